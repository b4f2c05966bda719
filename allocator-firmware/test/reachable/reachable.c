/*
 * The least pool of each small contract, by search: every heap that a program within the contract can reach on this library, and
 * on each of them every request that the contract allows. A request that is refused is stepped for until it is granted; a pool in
 * which one is not is too small.
 *
 *   reachable [granules]             the least pool of every contract that needs no more than so many granules
 *   reachable L n s q k resizes      the same of one contract, and a program that needs so many; resizes: no, fewer or more
 *
 * A contract: at most L bytes in n blocks of q to s bytes, at most k of them locked or pinned; and whether blocks are resized: not
 * at all, to fewer bytes only, or to more, too. docs/design/guarantee.md has the formula that this is held against; nothing of it
 * is here.
 *
 * A heap is a copy of the pool, its memory and its table, as the library left them while no request waits. Two heaps are one if
 * they have the same holes and the same blocks in the same places, the same blocks pinned, and the same order of each list of
 * holes. So they may differ in the numbers and generations of handles, in what blocks contain, and in statistics.
 *
 * What of a program need not be tried, since it changes nothing:
 *
 *   - Locks while no request waits: they keep a block where it is only while steps work. So each choice of up to k blocks is
 *     locked when a request is refused, and unlocked when it is granted.
 *   - More bytes than a block's granules need: with the fewest a program may have more blocks.
 *   - Contracts that allow the same blocks to be alive at once: each program within the one is within the other, with the fewest
 *     bytes for each block. One of them stands for all.
 *   - A contract that allows no more than one of which it is known that so many granules are enough; nor one that allows no less
 *     than one for which they are not.
 *
 * What is not tried: a program that is refused and does something else before it is answered, or has no more use for the answer.
 * And no request for a pinned block is made while others are locked: nothing is promised then.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void broken(const char *file, int line, const char *condition);
#define DEFRAG_ASSERT(condition) ((condition) ? (void)0 : broken(__FILE__, __LINE__, #condition))
#include "../../src/defrag.c"

enum { MOST = 16, MOST_IN_ALL = 12, MIXES = 8192, MIX_BITS = 320, ROUNDS = 2 };

static void broken(const char *file, int line, const char *condition) {
  fprintf(stderr, "FAILED: %s:%d: %s\n", file, line, condition);
  exit(1);
}

#define EXPECT(condition) ((condition) ? (void)0 : broken(__FILE__, __LINE__, #condition))

/* ---- A contract ---- */

typedef enum resizes { NO_RESIZE, SHRINKS, GROWS } resizes;

static const char *const resizes_words[] = {"no", "fewer", "more"};

typedef struct contract {
  uint32_t alive; /* bytes */
  uint32_t blocks;
  uint32_t largest; /* bytes */
  uint32_t smallest;
  uint32_t locked;
  resizes resized;
} contract;

static contract promised;
static uint32_t least, most; /* granules of its smallest and its largest block */

/* The fewest bytes that take so many granules. */
static uint32_t bytes_of(uint32_t granules) {
  uint32_t bytes = granules < 2u ? 1u : GRANULE * (granules - 1u) - HEADER + 1u;
  return bytes > promised.smallest ? bytes : promised.smallest;
}

static void promise(const contract *of) {
  promised = *of;
  least = granules_for(of->smallest);
  most = granules_for(of->largest);
}

/* ---- Heaps that were reached ---- */

typedef enum block_kind { A_HOLE, MOVABLE, FIXED } block_kind;

/* What is told apart. */
typedef struct shape {
  uint8_t part[40];
} shape;

typedef enum request_kind { MAKE, ALLOC, PIN, RESIZE, RELEASE } request_kind;

typedef struct request {
  request_kind kind;
  defrag_handle block; /* of a resize */
  uint32_t size;       /* granules, afterwards */
} request;

typedef struct heap {
  defrag_pool pool;
  unsigned char memory[GRANULE * (MOST + 1)];
  entry_t table[MOST];
  shape shape;
  uint32_t from; /* the heap that the call was made on */
  request by;
} heap;

typedef struct block {
  defrag_handle handle;
  uint32_t size;
  block_kind kind;
} block;

static struct {
  _Alignas(8) unsigned char memory[GRANULE * (MOST + 1)];
  entry_t table[MOST];
} arena;

static defrag_pool pool;
static uint32_t granules_in_all;
static heap *heaps;
static uint32_t heap_count, heap_room;
static uint32_t *places; /* of heaps, by their shapes: the number and 1 */
static uint32_t place_count;
static uint64_t heaps_in_all, refusals;
static uint32_t searches;
static request refused; /* the one that was not granted */
static uint32_t locked_meanwhile; /* a bit for each block alive that is locked while it waits */

static uint32_t origin_heap; /* the heap that calls begin with */
static block alive[MOST];
static uint32_t alive_count, alive_bytes, pinned_count;

static void begin_again(void) {
  const heap *from = &heaps[origin_heap];
  pool = from->pool;
  memcpy(arena.memory, from->memory, GRANULE * (granules_in_all + 1u));
  memcpy(arena.table, from->table, sizeof(entry_t) * promised.blocks);
}

static void read_shape(shape *into) {
  uintptr_t origin = origin_of(&pool);
  memset(into, 0, sizeof *into);
  uint8_t *next = into->part;
  for (uint32_t index = 1; index < pool.heap.end; index += size_of(at(origin, index))) {
    const around *here = at(origin, index);
    block_kind kind = here->tag & FREE ? A_HOLE : here->link & PINNED ? FIXED : MOVABLE;
    *next++ = (uint8_t)(size_of(here) << 2 | kind);
  }
  for (uint32_t bin = 0; bin <= LAST; bin++) {
    for (uint32_t hole = pool.holes.bins[bin]; hole; hole = at(origin, hole)->next) {
      *next++ = (uint8_t)hole;
    }
    *next++ = 0;
  }
  *next++ = (uint8_t)pool.heap.lowest_pinned;
  EXPECT(next <= into->part + sizeof into->part && !pool.request.want && !pool.move.kind);
}

static void read_blocks(void) {
  uintptr_t origin = origin_of(&pool);
  alive_count = alive_bytes = pinned_count = 0;
  for (uint32_t index = 1; index < pool.heap.end; index += size_of(at(origin, index))) {
    const around *here = at(origin, index);
    if (!(here->tag & FREE)) {
      uint32_t number = here->link & ~(uint32_t)PINNED;
      block_kind kind = here->link & PINNED ? FIXED : MOVABLE;
      alive[alive_count++] = (block){(defrag_handle)(placed_at(arena.table[number], 0) | number), size_of(here), kind};
      alive_bytes += bytes_of(size_of(here));
      pinned_count += kind == FIXED;
    }
  }
}

static uint32_t place_of(const shape *of) {
  uint64_t hash = 0;
  for (size_t i = 0; i < sizeof *of; i += sizeof(uint64_t)) {
    uint64_t word_of;
    memcpy(&word_of, of->part + i, sizeof word_of);
    hash = (hash ^ word_of) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 29;
  }
  uint32_t place = (uint32_t)hash & (place_count - 1u);
  while (places[place] && memcmp(&heaps[places[place] - 1u].shape, of, sizeof *of)) {
    place = (place + 1u) & (place_count - 1u);
  }
  return place;
}

static void make_room(void) {
  heap_room = heap_room ? 2u * heap_room : 4096u;
  heaps = realloc(heaps, heap_room * sizeof *heaps);
  free(places);
  place_count = 4u * heap_room;
  places = calloc(place_count, sizeof *places);
  EXPECT(heaps && places);
  for (uint32_t i = 0; i < heap_count; i++) {
    places[place_of(&heaps[i].shape)] = i + 1u;
  }
}

/* The heap as it is now has been reached. */
static void reached(const request *by) {
  shape now;
  read_shape(&now);
  uint32_t place = place_of(&now);
  if (places[place]) {
    return;
  }
  if (heap_count == heap_room) {
    make_room();
    place = place_of(&now);
  }
  heap *next = &heaps[heap_count++];
  next->pool = pool;
  memcpy(next->memory, arena.memory, GRANULE * (granules_in_all + 1u));
  memcpy(next->table, arena.table, sizeof(entry_t) * promised.blocks);
  next->shape = now;
  next->from = origin_heap;
  next->by = *by;
  places[place] = heap_count;
}

/* ---- Every call ---- */

static int32_t ask(const request *of) {
  uint32_t bytes = bytes_of(of->size);
  if (of->kind == RESIZE) {
    return defrag_resize(&pool, of->block, bytes);
  }
  return of->kind == PIN ? defrag_alloc_pinned(&pool, bytes) : defrag_alloc(&pool, bytes);
}

/* A request was refused, and the pool is as that has left it. Whether it is granted after steps. */
static int granted_after_steps(const request *of, uint32_t budget) {
  for (uint32_t round = 0; round < ROUNDS; round++) {
    int32_t result;
    do {
      result = defrag_step(&pool, budget);
    } while (result == 1);
    EXPECT(result == 0 || result == DEFRAG_BLOCKED);
    if (ask(of) >= 0) {
      return 1;
    }
    EXPECT(result == DEFRAG_BLOCKED);
  }
  return 0;
}

/* The same from the refusal on, with these blocks locked while it waits: a bit for each. */
static int granted_with_locked(const request *of, uint32_t locked, uint32_t budget) {
  void *address;
  begin_again();
  for (uint32_t i = 0; i < alive_count; i++) {
    EXPECT(!(locked >> i & 1u) || defrag_try_lock(&pool, alive[i].handle, &address) == DEFRAG_OK);
  }
  EXPECT(ask(of) == DEFRAG_FRAGMENTED);
  refused = *of;
  locked_meanwhile = locked;
  if (!granted_after_steps(of, budget)) {
    return 0;
  }
  for (uint32_t i = 0; i < alive_count; i++) {
    EXPECT(!(locked >> i & 1u) || defrag_unlock(&pool, alive[i].handle) == DEFRAG_OK);
  }
  reached(of);
  return 1;
}

/* With every choice of so many blocks more, of those from `next` on. */
static int granted_with_any_locked(const request *of, uint32_t next, uint32_t more, uint32_t locked) {
  if (!granted_with_locked(of, locked, GRANULE) || !granted_with_locked(of, locked, GRANULE * MOST)) {
    return 0;
  }
  for (uint32_t i = next; more && i < alive_count; i++) {
    if (alive[i].kind == MOVABLE && alive[i].handle != of->block && !granted_with_any_locked(of, i + 1u, more - 1u, locked | 1u << i)) {
      return 0;
    }
  }
  return 1;
}

static int granted(request of) {
  begin_again();
  int32_t result = ask(&of);
  if (result >= 0) {
    reached(&of);
    return 1;
  }
  refusals++;
  if (result == DEFRAG_STILL_LOCKED) {
    return 1; /* a pinned block cannot grow elsewhere: no pool helps */
  }
  if (result == DEFRAG_OUT_OF_MEMORY) {
    refused = of;
    locked_meanwhile = 0;
    return 0;
  }
  EXPECT(result == DEFRAG_FRAGMENTED);
  return granted_with_any_locked(&of, 0, of.kind == PIN ? 0 : promised.locked - pinned_count, 0);
}

static int every_request_is_granted(void) {
  begin_again();
  read_blocks();
  for (uint32_t size = least; size <= most; size++) {
    if (alive_count == promised.blocks || alive_bytes + bytes_of(size) > promised.alive) {
      break;
    }
    if (!granted((request){ALLOC, 0, size}) || (pinned_count < promised.locked && !granted((request){PIN, 0, size}))) {
      return 0;
    }
  }
  for (uint32_t i = 0; i < alive_count; i++) {
    begin_again();
    EXPECT(defrag_free(&pool, alive[i].handle) == DEFRAG_OK);
    reached(&(request){RELEASE, 0, alive[i].size});
    for (uint32_t size = least; promised.resized != NO_RESIZE && size <= most; size++) {
      int allowed = size < alive[i].size || (promised.resized == GROWS && size > alive[i].size);
      uint32_t others = alive_bytes - bytes_of(alive[i].size);
      if (allowed && others + bytes_of(size) <= promised.alive && !granted((request){RESIZE, alive[i].handle, size})) {
        return 0;
      }
    }
  }
  return 1;
}

/* Whether a pool of so many granules serves every request of every program within the contract. */
static int serves_all(uint32_t granules) {
  granules_in_all = granules;
  heap_count = 0;
  if (!heap_room) {
    make_room();
  }
  memset(places, 0, place_count * sizeof *places);
  memset(&arena, 0, sizeof arena);
  EXPECT(defrag_init(&pool, arena.memory, GRANULE * (granules + 1u), arena.table, promised.blocks) == DEFRAG_OK);
  origin_heap = 0;
  reached(&(request){MAKE, 0, granules});
  int served = 1;
  for (; served && origin_heap < heap_count; origin_heap++) {
    served = every_request_is_granted();
  }
  heaps_in_all += heap_count;
  return served;
}

/* ---- One contract ---- */

static const char *const words[] = {"make", "alloc", "pin", "resize", "free"};

static void show(uint32_t number) {
  const heap *here = &heaps[number];
  if (here->from != number) {
    show(here->from);
  }
  printf("  %-6s %2u    ", words[here->by.kind], (unsigned)here->by.size);
  for (uint32_t i = 0, granules = 0; granules < granules_in_all; granules += (uint32_t)here->shape.part[i++] >> 2) {
    printf(" %c%u", "-bp"[here->shape.part[i] & 3u], (unsigned)here->shape.part[i] >> 2);
  }
  printf("\n");
}

/* Its least pool, and a program to which a granule less does not grant a request. */
static void explain(const contract *of) {
  promise(of);
  uint32_t needed = 1;
  while (needed <= MOST && !serves_all(needed)) {
    needed++;
  }
  printf("%u granules, %u heaps\n", (unsigned)needed, (unsigned)heap_count);
  if (needed > 1u && !serves_all(needed - 1u)) {
    printf("in %u (- a hole, b a block, p a pinned one):\n", (unsigned)needed - 1u);
    show(origin_heap - 1u);
    printf("  %-6s %2u     is not granted", words[refused.kind], (unsigned)refused.size);
    for (uint32_t i = 0; i < alive_count; i++) {
      if (locked_meanwhile >> i & 1u) {
        printf(", block %u locked", (unsigned)i + 1u);
      }
    }
    printf("\n");
  }
}

/* ---- Every contract ---- */

/* Blocks that are alive at once. */
typedef struct mix {
  uint32_t granules;
  uint32_t blocks;
  uint32_t smallest, so_small; /* granules of the smallest ones, and how many those are */
  uint32_t largest;
  uint32_t bit; /* of a set */
} mix;

/* A bit for each mix of up to `limit` granules that a contract allows. */
typedef struct mix_set {
  uint64_t bits[MIX_BITS / 64];
} mix_set;

static uint32_t limit; /* granules that are tried at most */
static mix mixes[MIXES];
static uint32_t mix_count, mix_bits;

/* What pool a contract needs. */
typedef struct question {
  contract of;
  mix_set allowed;
  uint32_t most_alive; /* granules */
  uint32_t needed;     /* granules; 0: not known yet */
  enum { UNKNOWN, TOO_FEW, ENOUGH } tried; /* so many granules as are tried now */
} question;

static question *questions;
static uint32_t question_count;

/* The mixes of twice as many granules: a contract that allows one of more than `limit` allows one of these, since without one of its
 * blocks a mix is allowed, too. */
static void every_mix(mix of, uint32_t largest) {
  for (uint32_t size = 1; size <= largest && of.granules + size <= 2u * limit; size++) {
    mix next = {of.granules + size, of.blocks + 1u, size, size == of.smallest ? of.so_small + 1u : 1u, of.blocks ? of.largest : size, 0};
    if (next.granules <= limit) {
      next.bit = mix_bits++;
    }
    EXPECT(mix_count < MIXES && mix_bits <= MIX_BITS);
    mixes[mix_count++] = next;
    every_mix(next, size);
  }
}

/* The fewest bytes of a mix; 0: the contract has no such sizes, or not so many blocks. */
static uint32_t bytes_of_mix(const mix *of) {
  if (of->smallest < least || of->largest > most || of->blocks > promised.blocks) {
    return 0;
  }
  int32_t of_one = (int32_t)(GRANULE * (of->smallest - 1u)) - HEADER + 1;
  int32_t bytes = (int32_t)(GRANULE * of->granules) - (GRANULE + HEADER - 1) * (int32_t)of->blocks;
  return (uint32_t)(bytes + (int32_t)of->so_small * ((int32_t)bytes_of(of->smallest) - of_one));
}

/* Whether blocks may be alive that are more than `limit` granules; else what may be alive. */
static int allows_too_many(mix_set *allowed, uint32_t *granules, uint32_t *blocks) {
  memset(allowed, 0, sizeof *allowed);
  *granules = *blocks = 0;
  for (uint32_t i = 0; i < mix_count; i++) {
    uint32_t bytes = bytes_of_mix(&mixes[i]);
    if (bytes && bytes <= promised.alive) {
      if (mixes[i].granules > limit) {
        return 1;
      }
      allowed->bits[mixes[i].bit / 64u] |= 1ull << mixes[i].bit % 64u;
      *granules = mixes[i].granules > *granules ? mixes[i].granules : *granules;
      *blocks = mixes[i].blocks > *blocks ? mixes[i].blocks : *blocks;
    }
  }
  return 0;
}

static int is_known(const mix_set *allowed) {
  for (uint32_t i = 0; i < question_count; i++) {
    if (!memcmp(&questions[i].allowed, allowed, sizeof *allowed)) {
      return 1;
    }
  }
  return 0;
}

/* With each number of locked blocks, and each way to resize. */
static void every_promise(contract of, const mix_set *allowed, uint32_t granules, uint32_t blocks) {
  for (of.locked = 0; of.locked < blocks; of.locked++) {
    for (of.resized = NO_RESIZE; of.resized <= (least < most ? GROWS : NO_RESIZE); of.resized++) {
      questions = realloc(questions, (question_count + 1u) * sizeof *questions);
      EXPECT(questions);
      questions[question_count++] = (question){of, *allowed, granules, 0, UNKNOWN};
    }
  }
}

/* Every number of bytes that makes a difference. */
static void every_total(contract of) {
  promise(&of);
  mix_set allowed;
  uint32_t granules, blocks;
  for (of.alive = of.largest;; of.alive++) {
    promised = of;
    if (of.alive > of.blocks * of.largest || allows_too_many(&allowed, &granules, &blocks)) {
      return;
    }
    if (!is_known(&allowed)) {
      every_promise(of, &allowed, granules, blocks);
    }
  }
}

static void every_contract(void) {
  for (uint32_t smallest = 1; smallest <= limit; smallest++) {
    for (uint32_t largest = smallest; largest <= limit; largest++) {
      for (uint32_t blocks = 1; blocks * smallest <= limit; blocks++) {
        contract of = {.blocks = blocks, .smallest = smallest < 2u ? 1u : GRANULE * (smallest - 1u) - HEADER + 1u};
        for (; granules_for(of.smallest) == smallest; of.smallest++) {
          uint32_t bytes = largest < 2u ? 1u : GRANULE * (largest - 1u) - HEADER + 1u;
          of.largest = bytes > of.smallest ? bytes : of.smallest;
          every_total(of);
        }
      }
    }
  }
}

/* Whether each program within the one contract is within the other. */
static int is_within(const question *one, const question *other) {
  uint64_t more = 0;
  for (uint32_t i = 0; i < MIX_BITS / 64; i++) {
    more |= one->allowed.bits[i] & ~other->allowed.bits[i];
  }
  return !more && one->of.locked <= other->of.locked && one->of.resized <= other->of.resized;
}

/* Tries so many granules, and says what follows for the contracts that allow less, or more. */
static void try(question *asked, uint32_t granules) {
  promise(&asked->of);
  int enough = serves_all(granules);
  searches++;
  for (uint32_t i = 0; i < question_count; i++) {
    if (enough ? is_within(&questions[i], asked) : is_within(asked, &questions[i])) {
      EXPECT(questions[i].tried == UNKNOWN || questions[i].tried == (enough ? ENOUGH : TOO_FEW));
      questions[i].tried = enough ? ENOUGH : TOO_FEW;
    }
  }
}

static void answer_all(void) {
  for (uint32_t granules = 1; granules <= limit; granules++) {
    for (uint32_t i = 0; i < question_count; i++) {
      questions[i].tried = questions[i].needed ? ENOUGH : questions[i].most_alive > granules ? TOO_FEW : UNKNOWN;
    }
    /* In an order in which much follows from each: not from one end to the other. */
    uint32_t stride = question_count * 5u / 8u | 1u;
    while (question_count % stride == 0 && stride > 1u) {
      stride += 2u;
    }
    for (uint32_t i = 0, which = 0; i < question_count; i++, which = (which + stride) % question_count) {
      if (questions[which].tried == UNKNOWN) {
        try(&questions[which], granules);
      }
    }
    for (uint32_t i = 0; i < question_count; i++) {
      if (questions[i].tried == UNKNOWN) {
        try(&questions[i], granules);
      }
      if (!questions[i].needed && questions[i].tried == ENOUGH) {
        questions[i].needed = granules;
      }
    }
  }
}

static void print_all(void) {
  printf("# The least pool of every contract that needs no more than %u granules: `make reachable`.\n"
         "#\n"
         "# L       bytes alive at once, at most\n"
         "# n       blocks alive at once, at most\n"
         "# s, q    bytes of the largest and of the smallest block\n"
         "# k       blocks that are locked or pinned at once, at most\n"
         "# resize  whether one makes blocks of fewer bytes, or of more, too\n"
         "# N       granules with which every request of every program is granted, and with one less it is not\n"
         "#\n"
         "# L  n   s  q  k  resize N\n", (unsigned)limit);
  uint32_t contracts = 0;
  for (const question *next = questions; next < questions + question_count; next++) {
    if (next->needed) {
      printf("%3u %2u %3u %2u %2u  %-5s %2u\n", (unsigned)next->of.alive, (unsigned)next->of.blocks, (unsigned)next->of.largest,
             (unsigned)next->of.smallest, (unsigned)next->of.locked, resizes_words[next->of.resized], (unsigned)next->needed);
      contracts++;
    }
  }
  fprintf(stderr, "%u contracts, %u searches, %llu heaps, %llu refused requests\n", (unsigned)contracts, (unsigned)searches,
          (unsigned long long)heaps_in_all, (unsigned long long)refusals);
}

int main(int argc, char **argv) {
  if (argc == 7) {
    contract of = {(uint32_t)strtoul(argv[1], NULL, 10), (uint32_t)strtoul(argv[2], NULL, 10), (uint32_t)strtoul(argv[3], NULL, 10),
                   (uint32_t)strtoul(argv[4], NULL, 10), (uint32_t)strtoul(argv[5], NULL, 10), NO_RESIZE};
    while (of.resized < GROWS && strcmp(argv[6], resizes_words[of.resized])) {
      of.resized++;
    }
    explain(&of);
    return 0;
  }
  limit = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 7;
  if (limit < 1 || limit > MOST_IN_ALL) {
    fprintf(stderr, "granules: 1 to %d\n", MOST_IN_ALL);
    return 2;
  }
  every_mix((mix){0, 0, 0, 0, 0, 0}, limit);
  every_contract();
  answer_all();
  print_all();
  return 0;
}
