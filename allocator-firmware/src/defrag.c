/*
 * defrag: see include/defrag/defrag.h for what it does. This file says how.
 *
 * SPDX-License-Identifier: MIT
 *
 * Memory is counted in granules of 8 bytes. The block with index g (1 and up; 0 means none) has its payload at memory + 8 g
 * and its header in the 4 bytes before it, so that the payload is aligned and the 4 bytes are all that a live block pays:
 *
 *   memory   +0    +4        +8        +16                        8 end - 4   8 end
 *            | -   | header  | payload ...   | header | payload ... | end header |
 *                  block 1                     block 1 + size(1)
 *
 *   header: bits 31..18 size in granules, header included · 17 FREE · 16 PREV_FREE · 15..0 a live block's table index, and
 *           PINNED in bit 15; a hole's next link
 *   a hole also keeps its previous link in the 2 bytes after the header and its size in its last 2 bytes, where the next
 *   block finds it when its PREV_FREE says that there is one. A hole of one granule holds just that.
 *
 * Free memory is always joined: no hole is next to a hole. So a live block finds both its neighbours in O(1).
 *
 * A table entry is one word (or half of one: DEFRAG_SMALL), from the top: generation, never 0 · index of the block, or of the
 * next free entry · lock count, or one of the states above DEFRAG_MAX_LOCKS, which lock and unlock sort out off their fast
 * path. A handle is the generation in the same place with the entry's number below it, so that one XOR and one shift compare
 * the generations and refuse negative handles.
 *
 * Compaction works for one request, `want`. It looks for the cheapest window: the stretch of memory with no locked block in
 * it that has `want` granules free in all, and the fewest to move.
 *
 *   |AAAA|..|BB|...|LL|....|C|...|DDDD|      want 7: the window is ....|C|... and costs 1
 *   |AAAA|..|BB|...|LL|C|.......|DDDD|
 *
 * One pass from the bottom finds it, with a left and a right end that both only go up: the right one until the window holds
 * enough, then the left one until it does not any more. So a header is looked at twice at most, a few in each step. Then the
 * blocks of the window slide down, and the hole goes up and joins the next ones, until it serves.
 *
 * Other calls may change the heap between two steps. They never restart the pass: it forgets the window that is open and goes
 * on (changed(), joined()). A window that was chosen and does not hold what it promised is given up, and the pass
 * begins again. After DEFRAG_PASSES of them the steps slide everything that can be moved, from the bottom up, so that a program that
 * allocates and frees all the time cannot hold them up for ever.
 *
 * "Blocked" is never a guess: it is said only after a pass that found no window while nothing was freed or unlocked.
 *
 * Without other calls in between steps come to an end: a pass raises its right end or its left end with each header that it
 * looks at, it begins again only after a move, and a move lowers the sum of all blocks' indexes.
 *
 * A block is moved in parts of a step's budget. While it is on its way, its hole is in no bin.
 *   Copying, if the hole is at least as large as the block: the block stays whole until the commit. A lock in between changes
 *   the state in the block's entry, and the copy is given up.
 *
 *     |held hole..........|BBBB|    ->    |BBBB|..........|....|
 *
 *   Sliding, else: one header covers the hole and the block, and locks are refused until the last part.
 *
 *     |window: hole + block    |    ->    |BBBBBBBBBBBB|.......|
 *
 * Interrupt handlers may lock and unlock, each lock released before the handler returns. So an entry's count is the same
 * after a handler as before it, and nothing has to be masked but the one place where a handler can turn COPYING into 0 lock
 * counts between a look and a store: the commit of a copy. free() makes the entry invalid before it touches the block.
 */
#include "defrag/defrag.h"

#if defined(__GNUC__)
#define MAY_ALIAS __attribute__((may_alias))
#define INLINE static inline __attribute__((always_inline))
#if defined(__OPTIMIZE_SIZE__)
#define SHARED static __attribute__((noinline))
#define COLD static
#else
#define SHARED INLINE
#define COLD static __attribute__((noinline))
#endif
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian targets only");
#else
#define MAY_ALIAS
#define INLINE static inline
#define SHARED static
#define COLD static
#endif

/* The head of a public function whose outcome the hooks are told. With hooks it is the inner function of the one that is
 * public; see the end of this file. */
#if DEFRAG_HOOKED_
#define OPERATION(name) static int32_t name##_
#else
#define OPERATION(name) DEFRAG_API int32_t name
#endif

typedef uint32_t MAY_ALIAS word;
typedef defrag_entry entry_t;

/* A block's header and what is around it, from 4 bytes before the header on. */
typedef struct MAY_ALIAS around {
  uint16_t unused;
  uint16_t size_below; /* the size of the hole below, where PREV_FREE is set */
  uint16_t link;       /* table index of a live block, next hole of a free one */
  uint16_t tag;        /* size and flags */
  uint16_t previous;   /* the previous hole or HEAD, where FREE is set; else payload */
} around;

_Static_assert(sizeof(around) == 10, "the layout of a header and its surroundings");
_Static_assert(sizeof(int) >= 4, "constants are shifted by more than 15 bits");

enum {
  GRANULE = 8,
  HEADER = 4,
  HEAD = 0x8000, /* and the bin's number: the previous link of the first hole in a bin, so that nobody has to find the bin */
  PREV_FREE = 1, /* in the tag */
  FREE = 2,
  SIZE_SHIFT = 2,
  MAX_GRANULES = 16383,

  PINNED = 0x8000, /* in the link */
  HELD = 0x7fff,   /* the link of a hole into which a block is being copied */
  END = 0xffff,    /* the link of the header that ends the pool, pinned as it is */

#if DEFRAG_SMALL
  GENERATION_SHIFT = 12, /* in the entry */
  GENERATION_BITS = 4,
  INDEX_SHIFT = 3,
  INDEX_MASK = 0x1ff,
  LOCK_MASK = 7,
#else
  GENERATION_SHIFT = 21,
  GENERATION_BITS = 10,
  INDEX_SHIFT = 7,
  INDEX_MASK = 0x3fff,
  LOCK_MASK = 0x7f,
#endif
  NO_ENTRY = INDEX_MASK,
  FIRST_GENERATION = 1 << GENERATION_SHIFT,
  LAST_FREE_ENTRY = FIRST_GENERATION - 1, /* an entry but for its generation: NO_ENTRY and NOT_LIVE */
  COPYING = LOCK_MASK - 2,
  SLIDING = LOCK_MASK - 1,
  NOT_LIVE = LOCK_MASK,

  CANDIDATES = 4, /* holes looked at in the request's own bin */
  VISITS = 7,     /* headers looked at in a step that moves nothing */
  NO_WINDOW = 0x7fffffff, /* costs */
  NO_LIMIT = 0x7ffffffe,
  WANT_PINNED = 0xffff /* a `want` that no hole serves: steps work for want_pinned */
};

enum { MOVE_NONE, MOVE_COPY, MOVE_SLIDE };

/* What the next step does for the request: slides a block of the window; looks for a window; says why there is none. */
enum { PHASE_WINDOW, PHASE_SEARCH, PHASE_PASSED };

_Static_assert(DEFRAG_MAX_POOL <= GRANULE * (INDEX_MASK + 1) && INDEX_MASK <= MAX_GRANULES, "the largest pool");
_Static_assert(DEFRAG_MAX_SIZE == DEFRAG_MAX_POOL - GRANULE - HEADER, "the largest block");
_Static_assert((int)DEFRAG_MAX_HANDLES <= (int)NO_ENTRY, "all numbers but NO_ENTRY name an entry");
_Static_assert((DEFRAG_MAX_LOCKS & (DEFRAG_MAX_LOCKS - 1)) == 0 && DEFRAG_MAX_LOCKS * 2 == LOCK_MASK + 1,
               "the count's top bit is set only when it is full, and in the states");

/* Bins by size in granules: 1-3, 4-7, 8-15, 16-31 | 32-63, 64-127, 128-511, 512 and more. */
SHARED uint32_t bin_of(uint32_t size) {
#if defined(__OPTIMIZE_SIZE__)
  static const uint8_t from[DEFRAG_BINS] = {0, 1, 2, 4, 8, 16, 32, 128}; /* in 4 granules */
  uint32_t bin = DEFRAG_BINS - 1;
  while (size >> 2 < from[bin]) {
    DEFRAG_LOOP_BOUND(DEFRAG_BINS - 1);
    bin--;
  }
  return bin;
#else
  static const uint8_t of_small[32] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2,
                                       3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  static const uint8_t of_large[16] = {0, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6};
  if (size < 32u) {
    return of_small[size];
  }
  return size < 512u ? of_large[size >> 5] : 7u;
#endif
}

/* The lowest bit set, of those below 8. */
INLINE uint32_t lowest_bit(uint32_t mask) {
#if defined(__OPTIMIZE_SIZE__)
  uint32_t bit = 0;
  while (!(mask >> bit & 1u)) {
    DEFRAG_LOOP_BOUND(DEFRAG_BINS - 1);
    bit++;
  }
  return bit;
#else
  static const uint8_t of_four[16] = {4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0};
  uint32_t low = of_four[mask & 15u];
  return low < 4u ? low : 4u + of_four[mask >> 4];
#endif
}

INLINE around *at(uintptr_t origin, uint32_t index) { return (around *)(origin + (uintptr_t)index * GRANULE); }

/* What at() counts from: index 0 is a granule below the memory, and nothing is ever read there. */
INLINE uintptr_t origin_of(const defrag_pool *pool) { return pool->memory - GRANULE; }

INLINE uint32_t header(uint32_t size, uint32_t flags, uint32_t link) { return size << (16 + SIZE_SHIFT) | flags << 16 | link; }

INLINE word *header_of(around *block) { return (word *)(void *)&block->link; }

INLINE void write_header(around *block, uint32_t size, uint32_t flags, uint32_t link) {
  *header_of(block) = header(size, flags, link);
}

INLINE uint32_t size_of(const around *block) { return (uint32_t)block->tag >> SIZE_SHIFT; }


/* Whether the pool's own data looks overwritten, where that is asked for. */
#if DEFRAG_DIAGNOSTICS
#define LOOKS_CORRUPTED(condition) (condition)
#else
#define LOOKS_CORRUPTED(condition) 0
#endif

/* ---- Handles and entries ---- */

INLINE uint32_t index_in(uint32_t entry) { return entry >> INDEX_SHIFT & INDEX_MASK; }

/* The entry with another index and without a lock. */
INLINE entry_t placed_at(uint32_t entry, uint32_t index) {
  return (entry_t)(entry >> GENERATION_SHIFT << GENERATION_SHIFT | index << INDEX_SHIFT);
}

/* The number of the handle's entry, which need not be one of the pool's. */
INLINE uint32_t number_in(defrag_handle handle) { return (uint32_t)handle << (32 - GENERATION_SHIFT) >> (32 - GENERATION_SHIFT); }

/* The offset of the handle's entry in the table, bytes; table_bytes or more if there is none. */
INLINE uint32_t entry_offset(defrag_handle handle) {
  return (uint32_t)handle << (32 - GENERATION_SHIFT) >> (32 - GENERATION_SHIFT - (DEFRAG_SMALL ? 1 : 2));
}

INLINE entry_t *entry_at(const defrag_pool *pool, uint32_t offset) {
  return (entry_t *)(void *)((unsigned char *)pool->table + offset);
}

/* The entry of a live block, or of one that is not live any more; 0 for what no block ever had. */
SHARED entry_t *entry_of(const defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->table_bytes) {
    return 0;
  }
  entry_t *place = entry_at(pool, offset);
  return (*place ^ (uint32_t)handle) >> GENERATION_SHIFT ? 0 : place;
}

/* ---- Holes ---- */

/* At the head of its bin. The order keeps few values alive at a time: Thumb has eight registers for them. */
COLD void bin_insert(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  DEFRAG_ASSERT(size && index && index + size <= pool->end);
  around *hole = at(origin, index);
  ((around *)((uintptr_t)hole + size * GRANULE))->size_below = (uint16_t)size;
  hole->tag = (uint16_t)(size << SIZE_SHIFT | FREE);
  uint32_t bin = bin_of(size);
  hole->previous = (uint16_t)(HEAD + bin);
  pool->bin_mask = (uint8_t)(pool->bin_mask | 1u << bin);
  uint32_t head = pool->bins[bin];
  hole->link = (uint16_t)head;
  pool->bins[bin] = (uint16_t)index;
  if (head) {
    at(origin, head)->previous = (uint16_t)index;
  }
}

SHARED void bin_remove(defrag_pool *pool, uintptr_t origin, const around *hole) {
  DEFRAG_ASSERT((hole->tag & FREE) && pool->bins[bin_of(size_of(hole))]);
  uint32_t next = hole->link;
  uint32_t previous = hole->previous;
  if (next) {
    at(origin, next)->previous = (uint16_t)previous;
  }
  if (previous < HEAD) {
    at(origin, previous)->link = (uint16_t)next;
  } else {
    uint32_t bin = previous - HEAD;
    pool->bins[bin] = (uint16_t)next;
    if (!next) {
      pool->bin_mask = (uint8_t)(pool->bin_mask & ~(1u << bin));
    }
  }
}

/* A hole for `size` granules: the closest fit among the first few of the size's own bin, else the head of the next bin that
 * has one. 0: none found. */
SHARED uint32_t find_hole(const defrag_pool *pool, uintptr_t origin, uint32_t size) {
  uint32_t bin = bin_of(size);
  uint32_t candidate = pool->bins[bin];
  uint32_t found = 0;
  uint32_t best = 1u << 16;
  for (uint32_t i = 0; i < CANDIDATES && candidate; i++) {
    DEFRAG_LOOP_BOUND(CANDIDATES);
    const around *hole = at(origin, candidate);
    /* A hole that is too small wraps to far above every real excess. */
    uint32_t excess = (uint32_t)hole->tag - (size << SIZE_SHIFT);
    if (excess < best) {
      best = excess;
      found = candidate;
    }
    candidate = hole->link;
  }
  if (!found) {
    uint32_t larger = pool->bin_mask & 0xfeu << bin;
    if (larger) {
      found = pool->bins[lowest_bit(larger)];
    }
  }
  return found;
}

/* Takes the hole at index + size out of its bin, if there is one, and gives the size with it. */
INLINE uint32_t join_above(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  const around *above = at(origin, index + size);
  if (above->tag & FREE) {
    size += size_of(above);
    bin_remove(pool, origin, above);
  }
  return size;
}

/* Makes [index, index + size) a hole; what is around it is not free. */
INLINE void make_hole(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  around *above = at(origin, index + size);
  DEFRAG_ASSERT(!(above->tag & FREE));
  above->tag = (uint16_t)(above->tag | PREV_FREE);
  bin_insert(pool, origin, index, size);
}

/* The request is forgotten: it was served, or would be. */
INLINE void served(defrag_pool *pool) { pool->want = 0; }

/* The heap below the pass's right end may have changed: the window that is open is forgotten. */
INLINE void changed(defrag_pool *pool) {
  pool->window_free = 0;
  pool->dirty = 1;
}

/* `size` bytes from `place` on have one header now: what points to one inside goes to it. */
INLINE void joined(defrag_pool *pool, uintptr_t place, uint32_t size) {
  if (pool->cursor - place < size) {
    pool->cursor = place;
  }
  if (pool->best - place < size) {
    pool->best = place;
  }
}

/* Makes [index, index + size) a hole, joined with the holes around it. The PREV_FREE in its header is valid. Where the hole
 * ends. */
SHARED uint32_t release(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  size = join_above(pool, origin, index, size);
  const around *block = at(origin, index);
  if (block->tag & PREV_FREE) {
    uint32_t size_below = block->size_below;
    index -= size_below;
    size += size_below;
    bin_remove(pool, origin, at(origin, index));
  }
  make_hole(pool, origin, index, size);
  joined(pool, (uintptr_t)at(origin, index), size * GRANULE);
  changed(pool);
  if (size >= pool->want) {
    served(pool);
  }
  return index + size;
}

/* ---- Making a pool ---- */

OPERATION(defrag_init)(defrag_pool *pool, void *memory, uint32_t bytes, defrag_entry *table, uint32_t handles) {
  if (!pool || !memory || ((uintptr_t)memory & (GRANULE - 1u)) || bytes < DEFRAG_MIN_POOL || bytes > DEFRAG_MAX_POOL ||
      !table || ((uintptr_t)table & (sizeof(defrag_entry) - 1u)) || handles - 1u >= DEFRAG_MAX_HANDLES) {
    return DEFRAG_BAD_ARGUMENT;
  }
  uint32_t end = bytes / GRANULE;
  /* volatile, so that no compiler makes it a call of memset, which a program without libc lacks. */
  volatile word *clear = (volatile word *)(void *)pool;
  for (uint32_t i = 0; i < sizeof *pool / sizeof *clear; i++) {
    clear[i] = 0;
  }
  pool->memory = (uintptr_t)memory;
  pool->table = table;
  pool->table_bytes = handles * (uint32_t)sizeof(defrag_entry);
  pool->end = (uint16_t)end;
  pool->free = (uint16_t)(end - 1u);
#if DEFRAG_PINNED
  pool->lowest_pinned = (uint16_t)end;
#endif
#if DEFRAG_DIAGNOSTICS
  pool->least_free = pool->free;
#endif
  pool->last_handle = (uint16_t)(handles - 1u);
  for (uint32_t i = handles, next = NO_ENTRY; i > 0; next = i) {
    i--;
    table[i] = (entry_t)(FIRST_GENERATION | next << INDEX_SHIFT | NOT_LIVE);
  }
  uintptr_t origin = origin_of(pool);
  write_header(at(origin, end), 0, PREV_FREE, END);
  bin_insert(pool, origin, 1, end - 1u);
  return DEFRAG_OK;
}

/* ---- Allocating and freeing ---- */

/* From the bottom up: looks for a window, or if that has been tried often enough slides everything. */
COLD void begin_pass(defrag_pool *pool) {
  uint32_t passes = pool->passes + 1u;
  pool->everything = passes > DEFRAG_PASSES;
  if (passes <= DEFRAG_PASSES) {
    pool->passes = (uint8_t)passes;
  }
#if DEFRAG_PINNED
  if (pool->want == WANT_PINNED) {
    pool->everything = 1;
  }
#endif
  pool->phase = PHASE_SEARCH;
  pool->cursor = pool->memory; /* the lowest header's */
  pool->window_free = 0;
  pool->window_cost = NO_WINDOW;
  pool->dirty = 0;
}

/* Has steps work for this request, if they do not yet. */
COLD void note_request(defrag_pool *pool, uint32_t want) {
#if DEFRAG_WATERMARK
  pool->idle = 0;
#endif
  uint32_t before = pool->want;
  if (want == before) {
    return;
  }
  pool->want = (uint16_t)want;
  if (before && pool->everything) {
    pool->dirty = 1; /* the work goes on; it may be served by what has been passed */
    return;
  }
  if (!before) {
    pool->passes = 0;
  }
  begin_pass(pool);
}

COLD int32_t not_served(defrag_pool *pool, uint32_t size) {
  if (size > pool->free) {
    return DEFRAG_OUT_OF_MEMORY;
  }
  note_request(pool, size);
  return DEFRAG_FRAGMENTED;
}

INLINE void take_free(defrag_pool *pool, uint32_t size) {
  DEFRAG_ASSERT(size <= pool->free);
  uint32_t free = pool->free - size;
  pool->free = (uint16_t)free;
#if DEFRAG_DIAGNOSTICS
  if (free < pool->least_free) {
    pool->least_free = (uint16_t)free;
  }
#endif
}

/* Gives the block of `size` granules at `index`, whose header is not written yet, the first free entry. Its handle. */
INLINE int32_t give_handle(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size, uint32_t flags, uint32_t pinned) {
  uint32_t number = pool->first_handle;
  write_header(at(origin, index), size, flags, number | pinned);
  take_free(pool, size);
  changed(pool);
  entry_t *place = &pool->table[number];
  uint32_t entry = *place;
  pool->first_handle = (uint16_t)index_in(entry);
  uint32_t generation = placed_at(entry, 0);
  *place = (entry_t)(generation | index << INDEX_SHIFT);
  return (int32_t)(generation | number);
}

/* Takes the hole at `hole` out of its bin, and gives back what lies from `end` on. */
INLINE void take_hole(defrag_pool *pool, uintptr_t origin, uint32_t hole, uint32_t end) {
  around *whole = at(origin, hole);
  uint32_t hole_end = hole + size_of(whole);
  DEFRAG_ASSERT((whole->tag & FREE) && hole < end && end <= hole_end);
  bin_remove(pool, origin, whole);
  if (hole_end != end) {
    bin_insert(pool, origin, end, hole_end - end);
  } else {
    around *next = at(origin, end);
    next->tag = (uint16_t)(next->tag & ~(uint32_t)PREV_FREE);
  }
}

OPERATION(defrag_alloc)(defrag_pool *pool, uint32_t bytes) {
  if (bytes - 1u >= DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  if (pool->first_handle == NO_ENTRY) {
    return DEFRAG_OUT_OF_HANDLES;
  }
  uint32_t size = (bytes + HEADER + GRANULE - 1u) / GRANULE;
  uintptr_t origin = origin_of(pool);
  uint32_t index = find_hole(pool, origin, size);
  if (!index) {
    return not_served(pool, size);
  }
  take_hole(pool, origin, index, index + size);
  if (size >= pool->want) {
    served(pool);
  }
  /* No hole is next to a hole, so the block's own PREV_FREE is 0. */
  return give_handle(pool, origin, index, size, 0, 0);
}

#if DEFRAG_PINNED
OPERATION(defrag_alloc_pinned)(defrag_pool *pool, uint32_t bytes) {
  if (bytes - 1u >= DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  if (pool->first_handle == NO_ENTRY) {
    return DEFRAG_OUT_OF_HANDLES;
  }
  uint32_t size = (bytes + HEADER + GRANULE - 1u) / GRANULE;
  uintptr_t origin = origin_of(pool);
  around *above = at(origin, pool->lowest_pinned);
  uint32_t hole_size = above->tag & PREV_FREE ? above->size_below : 0u;
  if (hole_size < size) {
    if (size > pool->free) {
      return DEFRAG_OUT_OF_MEMORY;
    }
    if (size != pool->want_pinned) {
      pool->want_pinned = (uint16_t)size;
      pool->dirty = 1; /* it may be served by what has been passed */
    }
    note_request(pool, WANT_PINNED);
    return DEFRAG_FRAGMENTED;
  }
  uint32_t hole = pool->lowest_pinned - hole_size;
  uint32_t rest = hole_size - size;
  bin_remove(pool, origin, at(origin, hole));
  if (rest) {
    bin_insert(pool, origin, hole, rest);
  }
  above->tag = (uint16_t)(above->tag & ~(uint32_t)PREV_FREE);
  if (pool->want == WANT_PINNED) {
    served(pool);
  }
  pool->lowest_pinned = (uint16_t)(hole + rest);
  return give_handle(pool, origin, hole + rest, size, rest ? PREV_FREE : 0u, PINNED);
}
#endif

DEFRAG_API int32_t defrag_alloc_slice(defrag_pool *pool, uint32_t count, uint32_t item_bytes) {
  /* Neither factor can exceed the largest block; with both below 2^16 the product cannot wrap. */
  uint32_t bytes;
  if (item_bytes == 1u) {
    bytes = count;
  } else if (count == 1u) {
    bytes = item_bytes;
  } else if ((count | item_bytes) >> 16) {
    bytes = 0;
  } else {
    bytes = count * item_bytes;
  }
  return defrag_alloc(pool, bytes);
}

OPERATION(defrag_free)(defrag_pool *pool, defrag_handle handle) {
  entry_t *place = entry_of(pool, handle);
  if (!place) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t entry = *place;
  uint32_t locks = entry & LOCK_MASK;
  if (locks) {
    if (locks == NOT_LIVE) {
      return DEFRAG_INVALID_HANDLE;
    }
    if (locks <= DEFRAG_MAX_LOCKS) {
      return DEFRAG_STILL_LOCKED;
    }
  }
  uintptr_t origin = origin_of(pool);
  uint32_t index = index_in(entry);
  uint32_t number = number_in(handle);
  const around *block = at(origin, index);
  uint32_t size = size_of(block);
  if (LOOKS_CORRUPTED((block->link & ~(uint32_t)PINNED) != number || (block->tag & FREE) || !size)) {
    return DEFRAG_CORRUPTED;
  }
  /* The next generation, in no block, the last of the free entries. From here on no handler reaches the block. */
  uint32_t next = (entry | LAST_FREE_ENTRY) + FIRST_GENERATION;
  if (next >> (GENERATION_SHIFT + GENERATION_BITS)) {
    next = FIRST_GENERATION | LAST_FREE_ENTRY;
  }
  *place = (entry_t)next;
  if (pool->first_handle == NO_ENTRY) {
    pool->first_handle = (uint16_t)number;
  } else {
    entry_t *last = &pool->table[pool->last_handle];
    *last = (entry_t)(*last ^ (number ^ NO_ENTRY) << INDEX_SHIFT); /* its link is NO_ENTRY, all ones */
  }
  pool->last_handle = (uint16_t)number;
  uint32_t free = pool->free + size;
  if (locks == SLIDING) {
    /* The hole that it slides into goes with it: one header covers both. A copy is given up by the next step. */
    free -= pool->move_hole;
    pool->move = MOVE_NONE;
  }
  pool->free = (uint16_t)free;
#if DEFRAG_PINNED
  uint32_t above = release(pool, origin, index, size);
  if (index == pool->lowest_pinned) {
    /* Its room is for the next pinned block. */
    pool->lowest_pinned = (uint16_t)(at(origin, above)->link & PINNED ? above : pool->end);
  }
#else
  (void)release(pool, origin, index, size);
#endif
  return DEFRAG_OK;
}

/* ---- Locking ---- */

/* The address, or an error as a number just below 2^n. All on one path without calls, since a call costs more than the rest:
 * this is what the images measure. */
INLINE uintptr_t lock_entry(const defrag_pool *pool, defrag_handle handle) {
  entry_t *place = entry_of(pool, handle);
  if (!place) {
    return (uintptr_t)DEFRAG_INVALID_HANDLE;
  }
  uint32_t entry = *place;
  if (entry & DEFRAG_MAX_LOCKS) {
    uint32_t locks = entry & LOCK_MASK;
    if (locks == DEFRAG_MAX_LOCKS) {
      return (uintptr_t)DEFRAG_TOO_MANY_LOCKS;
    }
    if (locks != COPYING) {
      return (uintptr_t)(locks == SLIDING ? DEFRAG_MOVING : DEFRAG_INVALID_HANDLE);
    }
    /* The block is whole. The next step sees that it is not COPYING any more and gives up the copy. */
    entry ^= COPYING;
  }
  *place = (entry_t)(entry + 1u);
  return pool->memory + (uintptr_t)index_in(entry) * GRANULE;
}

OPERATION(defrag_try_lock)(defrag_pool *pool, defrag_handle handle, void **address) {
  uintptr_t result = lock_entry(pool, handle);
  if (result >= (uintptr_t)DEFRAG_BAD_ARGUMENT) {
    return (int32_t)result;
  }
  *address = (void *)result;
  return DEFRAG_OK;
}

OPERATION(defrag_unlock)(defrag_pool *pool, defrag_handle handle) {
  entry_t *place = entry_of(pool, handle);
  if (!place) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t entry = *place;
  /* 1 to DEFRAG_MAX_LOCKS become 0 to DEFRAG_MAX_LOCKS - 1; 0 and the states get or keep the top bit. */
  entry -= 1u;
  if (entry & DEFRAG_MAX_LOCKS) {
    return (entry & LOCK_MASK) == NOT_LIVE - 1 ? DEFRAG_INVALID_HANDLE : DEFRAG_NOT_LOCKED;
  }
  *place = (entry_t)entry;
  pool->dirty = 1;
  return DEFRAG_OK;
}

/* ---- Moving one block ---- */

/* Copies granules to lower addresses; the areas may overlap. A function of its own: it needs the registers. */
COLD void copy_down(word *to, const word *from, uint32_t granules) {
#if defined(__arm__)
#define COPY_16_BYTES "ldmia %1!, {r3, r4, r5, r6}\n\tstmia %0!, {r3, r4, r5, r6}\n\t"
#define COPIED : "+l"(to), "+l"(from) : : "r3", "r4", "r5", "r6", "memory"
#if defined(__OPTIMIZE_SIZE__)
  for (; granules >= 2u; granules -= 2u) {
    DEFRAG_LOOP_BOUND_BYTES(0, 16);
    __asm__ volatile(COPY_16_BYTES COPIED);
  }
  if (granules) {
#else
  /* What is no multiple of 32 bytes goes last, in a round of its own: so no round is longer than the others. */
  while (granules) {
    DEFRAG_LOOP_BOUND_BYTES(0, 32);
    if (granules >= 4u) {
      __asm__ volatile(COPY_16_BYTES COPY_16_BYTES COPIED);
      granules -= 4u;
      continue;
    }
    if (granules & 2u) {
      __asm__ volatile(COPY_16_BYTES COPIED);
    }
    if (!(granules & 1u)) {
      return;
    }
    granules = 0;
#endif
#else
  for (; granules > 0; granules--) {
#endif
    uint32_t first = from[0];
    uint32_t second = from[1];
    to[0] = first;
    to[1] = second;
    from += GRANULE / sizeof *from;
    to += GRANULE / sizeof *to;
  }
}

/* Whether the copy still stands, which makes the block's new place its place. A handler's lock gives it up at any time. */
INLINE int commit(entry_t *place, uint32_t index) {
  int stands = 0;
  DEFRAG_CRITICAL_ENTER();
  uint32_t entry = *(volatile entry_t *)place;
  if ((entry & LOCK_MASK) == COPYING) {
    *(volatile entry_t *)place = placed_at(entry, index);
    stands = 1;
  }
  DEFRAG_CRITICAL_LEAVE();
  return stands;
}

/* The copy is given up: a lock has come between. */
COLD int32_t discard(defrag_pool *pool, uintptr_t origin) {
  pool->move = MOVE_NONE;
#if DEFRAG_DIAGNOSTICS
  pool->discards++;
#endif
  (void)release(pool, origin, pool->move_to, pool->move_hole);
  return 1;
}

/* The next part of the block on its way. What is left of it. */
INLINE uint32_t move_part(defrag_pool *pool, uint32_t granules) {
  uint32_t left = pool->move_left;
  DEFRAG_ASSERT(pool->move != MOVE_NONE && pool->move_target < pool->move_source);
  word *target = (word *)pool->move_target;
  const word *source = (const word *)pool->move_source;
  if (granules < left) {
    pool->move_target = (uintptr_t)(target + granules * (GRANULE / sizeof *target));
    pool->move_source = (uintptr_t)(source + granules * (GRANULE / sizeof *source));
  } else {
    granules = left;
  }
  left -= granules;
  pool->move_left = (uint16_t)left;
#if DEFRAG_DIAGNOSTICS
  pool->bytes_moved += granules * GRANULE;
#endif
  copy_down(target, source, granules);
  return left;
}

/* The block is still on its way. The first granule has brought its old header with it. */
INLINE int32_t not_moved_yet(const defrag_pool *pool, around *window, uint32_t prev_free) {
  *header_of(window) = pool->move_header | prev_free << 16;
  return 1;
}

/* The window's next block is at `index`; a pass that another request has begun since starts where it did. */
INLINE void go_on_above(defrag_pool *pool, uintptr_t origin, uint32_t index) {
  if (pool->phase == PHASE_WINDOW) {
    pool->cursor = (uintptr_t)at(origin, index);
  }
}

/* All of the block is copied: makes the new place its place, and a hole of what it left. 1: there is more to do; 0: the
 * request would be served. */
SHARED int32_t end_move(defrag_pool *pool, uintptr_t origin, uint32_t prev_free, int joins) {
  uint32_t to = pool->move_to;
  uint32_t number = pool->move_entry;
  entry_t *place = &pool->table[number];
  around *window = at(origin, to);
  if (pool->move == MOVE_SLIDE) {
    *place = placed_at(*place, to);
  } else if (!commit(place, to)) {
    return not_moved_yet(pool, window, prev_free); /* the next step finds that a lock has given it up */
  }
  pool->move = MOVE_NONE;
  uint32_t size = pool->move_size;
  write_header(window, size, prev_free, number);
  uint32_t hole = to + size;
  uint32_t hole_size = pool->move_hole;
#if defined(__OPTIMIZE_SIZE__)
  (void)joins;
  at(origin, hole)->tag = 0;
  go_on_above(pool, origin, release(pool, origin, hole, hole_size));
  return pool->want != 0;
}
#else
  if (joins) {
    hole_size = join_above(pool, origin, hole, hole_size);
  }
  go_on_above(pool, origin, hole + hole_size);
  int32_t more = hole_size < pool->want;
  if (!more) {
    served(pool);
  }
  make_hole(pool, origin, hole, hole_size);
  return more;
}
#endif

/* ---- Steps ---- */

/* What the pending request needs, granules; 0: none is pending. */
INLINE uint32_t pending(const defrag_pool *pool) {
#if DEFRAG_PINNED
  if (pool->want == WANT_PINNED) {
    return pool->want_pinned;
  }
#endif
  return pool->want;
}

/* The pass is over and has found nothing. */
COLD int32_t end_pass(defrag_pool *pool) {
  if (pool->dirty) {
    begin_pass(pool);
    return 1;
  }
  if (pending(pool) > pool->free) {
    served(pool);
    return DEFRAG_OUT_OF_MEMORY;
  }
  pool->passes = 0;
  return DEFRAG_BLOCKED;
}

/* Looks at a few headers more for the cheapest window. Sizes are bytes here: that saves a shift with every header. */
COLD int32_t search(defrag_pool *pool, uintptr_t origin) {
  uint32_t want = pool->want * (uint32_t)GRANULE;
  uintptr_t left = pool->left;
  uintptr_t right = pool->cursor;
  uintptr_t end = origin + pool->end * (uint32_t)GRANULE;
  uint32_t window_free = pool->window_free;
  for (uint32_t visits = VISITS; visits > 0; visits--) {
    DEFRAG_LOOP_BOUND(VISITS);
    if (window_free >= want) {
      /* The window ends with a hole; it begins with one, or with blocks that it does not need. */
      uint32_t tag = ((const around *)left)->tag;
      uint32_t size = tag >> SIZE_SHIFT << 3;
      uint32_t cost = (uint32_t)(right - left) - window_free;
      left += size;
      if (tag & FREE) {
        window_free -= size;
        if (cost < pool->window_cost) {
          pool->window_cost = cost;
          pool->best = left;
        }
      }
      continue;
    }
    const around *block = (const around *)right;
    uint32_t tag = block->tag;
    uint32_t size = tag >> SIZE_SHIFT << 3;
    if (LOOKS_CORRUPTED(!size && right != end)) { /* the end is visited again and again: as a locked block */
      return DEFRAG_CORRUPTED;
    }
    if (tag & FREE) {
      if (pool->everything) {
        pool->phase = PHASE_WINDOW;
        pool->window_cost = NO_LIMIT;
        pool->cursor = right + size;
        return 1;
      }
      if (!window_free) {
        left = right;
      }
      window_free += size;
    } else {
      uint32_t offset = block->link * (uint32_t)sizeof(entry_t);
      if (offset >= pool->table_bytes || (uint32_t)*entry_at(pool, offset) << (32 - INDEX_SHIFT)) {
        window_free = 0; /* it cannot be moved */
      }
    }
    right += size;
    if (LOOKS_CORRUPTED(right > end)) {
      return DEFRAG_CORRUPTED;
    }
  }
  pool->left = left;
  pool->window_free = window_free;
  pool->cursor = right;
  uint32_t cost = pool->window_cost;
  if (right == end && window_free < want) {
    if (cost == NO_WINDOW) {
      pool->phase = PHASE_PASSED;
      return 1;
    }
  } else if (cost > want) {
    return 1;
  }
  /* A window that costs no more than it yields is good enough: to look for a better one costs as much. */
  pool->phase = PHASE_WINDOW;
  pool->cursor = pool->best;
  return 1;
}

/* Whether the hole of `below` granules that ends at `block`, the one at `index`, serves the request. */
INLINE int serves(defrag_pool *pool, uint32_t index, const around *block, uint32_t below) {
#if DEFRAG_PINNED
  if (pool->want == WANT_PINNED) {
    if (below < pool->want_pinned || !(block->link & PINNED)) {
      return 0;
    }
    pool->lowest_pinned = (uint16_t)index; /* not the one of last time, if a block stands where a pinned one was freed */
    return 1;
  }
#endif
  (void)index;
  (void)block;
  return below >= pool->want;
}

/* Begins to slide the block at the cursor into the hole below it, if there is one that does not serve as it is. 1; 0: there
 * is nothing to slide here; or DEFRAG_CORRUPTED. */
COLD int32_t begin_move(defrag_pool *pool, uintptr_t origin) {
  around *block = (around *)pool->cursor;
  uint32_t from = (uint32_t)(pool->cursor - origin) / GRANULE;
  uint32_t tag = block->tag;
  uint32_t hole_size = block->size_below;
  if (!(tag & PREV_FREE) || hole_size >= pool->want) {
    return 0;
  }
  uint32_t size = tag >> SIZE_SHIFT;
  uint32_t number = block->link;
  if (number & PINNED) { /* the end, too */
    return 0;
  }
  uint32_t cost = pool->window_cost;
  if (size * GRANULE > cost) { /* more than the window was to cost: it is not what it was */
    return 0;
  }
  uint32_t offset = number * (uint32_t)sizeof(entry_t);
  if (LOOKS_CORRUPTED(offset >= pool->table_bytes || size - 1u >= pool->end - from)) {
    return DEFRAG_CORRUPTED;
  }
  entry_t *place = entry_at(pool, offset);
  uint32_t entry = *place;
  if (LOOKS_CORRUPTED(index_in(entry) != from)) {
    return DEFRAG_CORRUPTED;
  }
  if (entry & LOCK_MASK) {
    return 0;
  }
  pool->window_cost = cost - size * GRANULE;
  pool->move_size = (uint16_t)size;
  pool->move_left = (uint16_t)size;
  pool->move_entry = (uint16_t)number;
  pool->move_hole = (uint16_t)hole_size;
  pool->move_source = (uintptr_t)header_of(block);
  uint32_t to = from - hole_size;
  around *hole = at(origin, to);
  pool->cursor = (uintptr_t)hole;
  pool->move_to = (uint16_t)to;
  pool->move_target = (uintptr_t)header_of(hole);
#if defined(__OPTIMIZE_SIZE__)
  block->tag = (uint16_t)(size << SIZE_SHIFT); /* what next_part() copies first */
#endif
  if (hole_size >= size) {
    pool->move = MOVE_COPY;
    pool->move_header = header(hole_size, 0, HELD);
    block->tag = (uint16_t)(size << SIZE_SHIFT); /* no longer above a hole that is free */
    *place = (entry_t)(entry | COPYING);
  } else {
    pool->move = MOVE_SLIDE;
    pool->move_header = header(hole_size + size, 0, number);
    *place = (entry_t)(placed_at(entry, to) | SLIDING);
  }
  bin_remove(pool, origin, hole);
  hole->tag = 0;
  return 1;
}

/* Nothing is to be slid at the cursor: the hole below it serves, or the window is not what it was. */
COLD int32_t end_window(defrag_pool *pool, uintptr_t origin) {
  const around *block = (const around *)pool->cursor;
  if (block->tag & FREE) { /* what was freed meanwhile has joined the hole: the next step goes on above */
    pool->cursor += size_of(block) * GRANULE;
    return 1;
  }
  uint32_t index = (uint32_t)(pool->cursor - origin) / GRANULE;
  uint32_t below = block->size_below;
  if ((block->tag & PREV_FREE) && serves(pool, index, block, below)) {
    /* There are too many before it in its bin. */
    index -= below;
    bin_remove(pool, origin, at(origin, index));
    bin_insert(pool, origin, index, below);
    served(pool);
    return 0;
  }
  if (pool->everything) {
    pool->phase = PHASE_SEARCH; /* from here on */
    pool->window_free = 0;
    pool->window_cost = NO_WINDOW;
  } else {
    begin_pass(pool);
  }
  return 1;
}

#if !defined(__OPTIMIZE_SIZE__)
/* A move has just begun. Where the hole that it leaves behind joins another one, that is the next step's work: both would be
 * too much for one. */
COLD int32_t first_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  uint32_t left = move_part(pool, granules);
  const around *above = at(origin, pool->move_to + (uint32_t)pool->move_hole + pool->move_size);
  if (above->tag & FREE) {
    left = 1;
  }
  return left ? not_moved_yet(pool, at(origin, pool->move_to), 0) : end_move(pool, origin, 0, 0);
}
#endif

COLD int32_t next_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  if (pool->move == MOVE_COPY && (pool->table[pool->move_entry] & LOCK_MASK) != COPYING) {
    return discard(pool, origin);
  }
  uint32_t left = move_part(pool, granules);
  around *window = at(origin, pool->move_to);
  uint32_t prev_free = window->tag & PREV_FREE; /* what is below may have been freed since the move began */
  return left ? not_moved_yet(pool, window, prev_free) : end_move(pool, origin, prev_free, 1);
}

/* No request is pending. 1: there is one now, for the hole that is to be kept ready. */
COLD int32_t begin_idle(defrag_pool *pool, uintptr_t origin) {
#if DEFRAG_WATERMARK
  uint32_t ready = pool->ready;
  if (ready && ready <= pool->free && !find_hole(pool, origin, ready)) {
    note_request(pool, ready);
    pool->idle = 1;
    return 1;
  }
#endif
  (void)pool;
  (void)origin;
  return 0;
}

/* What there is to do where nothing is to be slid. */
COLD int32_t look_further(defrag_pool *pool, uintptr_t origin) {
  if (!pool->want) {
    return begin_idle(pool, origin);
  }
  return pool->phase == PHASE_PASSED ? end_pass(pool) : search(pool, origin);
}

OPERATION(defrag_step)(defrag_pool *pool, uint32_t budget) {
  uint32_t granules = budget / GRANULE;
  if (!granules) {
    return DEFRAG_BAD_ARGUMENT;
  }
  uintptr_t origin = origin_of(pool);
  if (pool->move == MOVE_NONE) {
    if (!pool->want || pool->phase != PHASE_WINDOW) {
      return look_further(pool, origin);
    }
    int32_t begun = begin_move(pool, origin);
    if (begun < 0) {
      return begun;
    }
    if (!begun) {
      return end_window(pool, origin);
    }
#if !defined(__OPTIMIZE_SIZE__)
    return first_part(pool, origin, granules);
#endif
  }
  return next_part(pool, origin, granules);
}

#if DEFRAG_WATERMARK
OPERATION(defrag_keep_ready)(defrag_pool *pool, uint32_t bytes) {
  if (bytes > DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  if (pool->idle) {
    served(pool);
  }
  pool->ready = (uint16_t)(bytes ? (bytes + HEADER + GRANULE - 1u) / GRANULE : 0u);
  return DEFRAG_OK;
}
#endif

#if DEFRAG_RESIZE

/* ---- Resizing ---- */

/* Copies the block into a hole elsewhere, and frees what it had. */
INLINE int32_t resize_elsewhere(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size, uint32_t new_size) {
  around *block = at(origin, index);
  uint32_t number = block->link;
  entry_t *place = &pool->table[number];
  if ((number & PINNED) || (*place & LOCK_MASK)) {
    return DEFRAG_STILL_LOCKED;
  }
  uint32_t to = find_hole(pool, origin, new_size);
  if (!to) {
    return not_served(pool, new_size);
  }
  take_hole(pool, origin, to, to + new_size);
  take_free(pool, new_size);
  if (new_size >= pool->want) {
    served(pool);
  }
  *place = (entry_t)(*place | COPYING);
  copy_down(header_of(at(origin, to)), header_of(block), size);
  write_header(at(origin, to), new_size, 0, number);
  int stands = commit(place, to);
  if (!stands) {
    index = to;
    size = new_size;
  }
  pool->free = (uint16_t)(pool->free + size);
  (void)release(pool, origin, index, size);
  return stands ? DEFRAG_OK : DEFRAG_MOVING;
}

OPERATION(defrag_resize)(defrag_pool *pool, defrag_handle handle, uint32_t bytes) {
  if (bytes - 1u >= DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->table_bytes) {
    return DEFRAG_INVALID_HANDLE;
  }
  entry_t *place = entry_at(pool, offset);
  uint32_t entry = *place;
  uint32_t locks = entry & LOCK_MASK;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT || locks == NOT_LIVE) {
    return DEFRAG_INVALID_HANDLE;
  }
  if (locks == SLIDING) {
    return DEFRAG_MOVING;
  }
  uintptr_t origin = origin_of(pool);
  if (locks == COPYING) {
    *place = placed_at(entry, index_in(entry));
    (void)discard(pool, origin);
  }
  uint32_t index = index_in(entry);
  around *block = at(origin, index);
  uint32_t size = size_of(block);
  uint32_t new_size = (bytes + HEADER + GRANULE - 1u) / GRANULE;
  if ((block->link & ~(uint32_t)PINNED) != offset / (uint32_t)sizeof(entry_t) || (block->tag & FREE) || !size) {
    return DEFRAG_CORRUPTED;
  }
  uint32_t link = block->link;
  uint32_t prev_free = block->tag & PREV_FREE;
  if (new_size < size) {
    write_header(block, new_size, prev_free, link);
    write_header(at(origin, index + new_size), size - new_size, 0, HELD);
    pool->free = (uint16_t)(pool->free + size - new_size);
    (void)release(pool, origin, index + new_size, size - new_size);
  } else if (new_size > size) {
    uint32_t hole = index + size;
    const around *above = at(origin, hole);
    if (!(above->tag & FREE) || size + size_of(above) < new_size) {
      return resize_elsewhere(pool, origin, index, size, new_size);
    }
    take_hole(pool, origin, hole, index + new_size);
    write_header(block, new_size, prev_free, link);
    take_free(pool, new_size - size);
    joined(pool, (uintptr_t)block, new_size * GRANULE);
    changed(pool);
  }
  return DEFRAG_OK;
}
#endif

/* ---- Looking at a pool ---- */

DEFRAG_API void *defrag_address(const defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->table_bytes) {
    return (void *)0;
  }
  uint32_t entry = *entry_at(pool, offset);
  uint32_t locks = entry & LOCK_MASK;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT || locks == NOT_LIVE || locks == SLIDING) {
    return (void *)0;
  }
  return (void *)(pool->memory + (uintptr_t)index_in(entry) * GRANULE);
}

INLINE uint32_t payload_bytes(uint32_t granules) { return granules ? granules * GRANULE - HEADER : 0; }

DEFRAG_API uint32_t defrag_free_bytes(const defrag_pool *pool) { return payload_bytes(pool->free); }

#if DEFRAG_DIAGNOSTICS

/* What the block at index is; its size in granules, or 0 if it cannot be a block. */
static uint32_t describe(const defrag_pool *pool, uint32_t index, defrag_block *out) {
  const around *block = at(origin_of(pool), index);
  uint32_t size = size_of(block);
  uint32_t number = block->link;
  if (!size || size > pool->end - index) {
    return 0;
  }
  out->offset = index * GRANULE - HEADER;
  out->bytes = size * GRANULE;
  out->handle = 0;
  out->locks = 0;
  if (block->tag & FREE) {
    out->kind = DEFRAG_FREE;
  } else if (number == HELD) {
    out->kind = DEFRAG_HELD;
  } else if ((number & ~(uint32_t)PINNED) * sizeof(entry_t) < pool->table_bytes) {
    uint32_t pinned = number & PINNED;
    number -= pinned;
    uint32_t entry = pool->table[number];
    uint32_t locks = entry & LOCK_MASK;
    if (locks == NOT_LIVE || index_in(entry) != index) {
      return 0;
    }
    out->handle = (defrag_handle)(entry >> GENERATION_SHIFT << GENERATION_SHIFT | number);
    out->kind = locks == SLIDING ? DEFRAG_SPLIT : pinned ? DEFRAG_LOCKED : DEFRAG_USED;
    if (locks - 1u < DEFRAG_MAX_LOCKS) {
      out->kind = DEFRAG_LOCKED;
      out->locks = locks;
    }
  } else {
    return 0;
  }
  return size;
}

DEFRAG_API int32_t defrag_walk(const defrag_pool *pool, int32_t (*visit)(void *context, const defrag_block *block),
                               void *context) {
  uint32_t index = 1;
  while (index < pool->end) {
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      return DEFRAG_CORRUPTED;
    }
    int32_t result = visit(context, &block);
    if (result) {
      return result;
    }
    index += size;
  }
  return DEFRAG_OK;
}

/* The hole at index as a free list sees it; its size in granules, or 0 if it cannot be a hole. */
static uint32_t listed_hole(const defrag_pool *pool, uint32_t index) {
  uint32_t end = pool->end;
  if (index - 1u >= end - 1u) {
    return 0;
  }
  const around *hole = at(origin_of(pool), index);
  uint32_t size = size_of(hole);
  return hole->tag & FREE && size <= end - index ? size : 0;
}

DEFRAG_API int32_t defrag_walk_free(const defrag_pool *pool,
                                    int32_t (*visit)(void *context, uint32_t bin, uint32_t offset, uint32_t bytes),
                                    void *context) {
  uint32_t granules = pool->free;
  for (uint32_t bin = 0; bin < DEFRAG_BINS; bin++) {
    uint32_t index = pool->bins[bin];
    while (index) {
      uint32_t size = listed_hole(pool, index);
      /* A list that runs in a circle uses up the free memory. */
      if (!size || size > granules) {
        return DEFRAG_CORRUPTED;
      }
      granules -= size;
      int32_t result = visit(context, bin, index * GRANULE - HEADER, size * GRANULE);
      if (result) {
        return result;
      }
      index = at(origin_of(pool), index)->link;
    }
  }
  return DEFRAG_OK;
}

DEFRAG_API defrag_handle defrag_blocker(const defrag_pool *pool) {
  defrag_handle blocker = 0;
  defrag_handle last = 0; /* the locked block met last, */
  uint32_t below = 0;     /* what is free below it up to the one before, */
  uint32_t above = 0;     /* and above it up to here */
  uint32_t most = 0;
  uint32_t index = 1;
  for (;;) {
    defrag_block block;
    block.kind = DEFRAG_FREE;
    block.handle = 0;
    uint32_t size = index < pool->end ? describe(pool, index, &block) : 0u;
    if (!size || block.kind == DEFRAG_LOCKED) {
      if (last && below + above > most) {
        most = below + above;
        blocker = last;
      }
      if (!size) {
        return blocker;
      }
      last = block.handle;
      below = above;
      above = 0;
    } else if (block.kind == DEFRAG_FREE || block.kind == DEFRAG_HELD) {
      above += size;
    }
    index += size;
  }
}

DEFRAG_API void defrag_get_statistics(const defrag_pool *pool, defrag_statistics *statistics) {
  uint32_t largest = 0;
  statistics->holes = 0;
  statistics->blocks = 0;
  statistics->locked_blocks = 0;
  uint32_t index = 1;
  while (index < pool->end) {
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      break;
    }
    if (block.kind == DEFRAG_FREE) {
      statistics->holes++;
      if (size > largest) {
        largest = size;
      }
    } else if (block.kind != DEFRAG_HELD) {
      statistics->blocks++;
      if (block.kind == DEFRAG_LOCKED) {
        statistics->locked_blocks++;
      }
    }
    index += size;
  }
  statistics->pool_bytes = (pool->end - 1u) * GRANULE;
  statistics->free_bytes = payload_bytes(pool->free);
  statistics->least_free_bytes = payload_bytes(pool->least_free);
  statistics->largest_bytes = payload_bytes(largest);
  statistics->bytes_moved = pool->bytes_moved;
  statistics->discards = pool->discards;
}

/* ---- The self-check ---- */

/* The hole's place in its list, from its own side; the lists are counted by the caller. */
static int hole_is_linked(const defrag_pool *pool, uint32_t index, uint32_t size) {
  uintptr_t origin = origin_of(pool);
  const around *hole = at(origin, index);
  uint32_t next = hole->link;
  uint32_t previous = hole->previous;
  if (at(origin, index + size)->size_below != size) {
    return 0;
  }
  if (next && (!listed_hole(pool, next) || at(origin, next)->previous != index)) {
    return 0;
  }
  if (previous >= HEAD) {
    return previous == HEAD + bin_of(size) && pool->bins[bin_of(size)] == index;
  }
  return listed_hole(pool, previous) && bin_of(listed_hole(pool, previous)) == bin_of(size) &&
         at(origin, previous)->link == index;
}

/* Where the block on its way was. */
static uint32_t move_from(const defrag_pool *pool) { return (uint32_t)pool->move_to + pool->move_hole; }

/* The block is neither whole nor untouched, and the next part goes where the last one ended. */
static int move_is_partial(const defrag_pool *pool) {
  uint32_t done = (uint32_t)pool->move_size - pool->move_left;
  uintptr_t origin = origin_of(pool);
  return pool->move_left < pool->move_size &&
         (!pool->move_left || (pool->move_target == (uintptr_t)header_of(at(origin, pool->move_to + done)) &&
                               pool->move_source == (uintptr_t)header_of(at(origin, move_from(pool) + done))));
}

static int move_is_sound(const defrag_pool *pool, const defrag_block *block, uint32_t index, uint32_t size) {
  if (block->kind == DEFRAG_HELD) {
    return pool->move == MOVE_COPY && pool->move_to == index && move_from(pool) == index + size &&
           pool->move_size <= size && move_is_partial(pool);
  }
  return pool->move == MOVE_SLIDE && pool->move_to == index && move_from(pool) > index &&
         move_from(pool) + pool->move_size == index + size && move_is_partial(pool) &&
         pool->move_entry == ((uint32_t)block->handle & INDEX_MASK);
}

/* What the walk meets of what the search keeps. */
typedef struct search_check {
  uint32_t headers; /* bits: the cursor 1, the window's left end 2, the best window's 4 */
  uint32_t window_free;
  uint32_t pinned;
} search_check;

static void see_header(const defrag_pool *pool, search_check *seen, uint32_t index, uint32_t free) {
  uintptr_t place = (uintptr_t)at(origin_of(pool), index);
  seen->headers |= (pool->cursor == place ? 1u : 0u) | (pool->left == place ? 2u : 0u) | (pool->best == place ? 4u : 0u);
  if (place >= pool->left && place < pool->cursor) {
    seen->window_free += free;
  }
#if DEFRAG_PINNED
  if (pool->lowest_pinned == index) {
    seen->pinned = at(origin_of(pool), index)->link & PINNED;
  }
#endif
}

static int search_is_sound(const defrag_pool *pool, const search_check *seen) {
#if DEFRAG_PINNED
  if (!seen->pinned) {
    return 0;
  }
#endif
  uint32_t needed = 0;
  if (pool->want && pool->phase == PHASE_SEARCH) {
    needed = 1u;
    if (pool->window_free) {
      if (seen->window_free * GRANULE != pool->window_free) { /* also where its left end is above its right one */
        return 0;
      }
      needed |= 2u;
    }
    if (pool->window_cost != NO_WINDOW) {
      needed |= 4u;
    }
  } else if (pool->want && (pool->phase == PHASE_WINDOW)) {
    needed = 1u;
  }
  return (seen->headers & needed) == needed;
}

DEFRAG_API int32_t defrag_check(const defrag_pool *pool) {
  uintptr_t origin = origin_of(pool);
  uint32_t end = pool->end;
  uint32_t handles = pool->table_bytes / (uint32_t)sizeof(entry_t);
  uint32_t index = 1;
  uint32_t free = 0;
  uint32_t holes = 0;
  uint32_t blocks = 0;
  uint32_t moves = 0;
  search_check seen = {0, 0, 0};
  uint32_t prev_free = 0;
  /* Every block: its size, its flags, its entry or its list. */
  for (;;) {
    const around *header = at(origin, index);
    uint32_t tag = header->tag;
    if ((tag & PREV_FREE) != prev_free) {
      return DEFRAG_CORRUPTED;
    }
    if (index == end) {
      if (tag >> 1 || header->link != END) {
        return DEFRAG_CORRUPTED;
      }
      break;
    }
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      return DEFRAG_CORRUPTED;
    }
    see_header(pool, &seen, index, (tag & FREE) ? size : 0u);
    if (block.kind == DEFRAG_FREE) {
      if (prev_free || !hole_is_linked(pool, index, size)) {
        return DEFRAG_CORRUPTED;
      }
      free += size;
      holes++;
    } else if (block.kind == DEFRAG_HELD || block.kind == DEFRAG_SPLIT) {
      if (!move_is_sound(pool, &block, index, size)) {
        return DEFRAG_CORRUPTED;
      }
      moves++;
      free += size;
      if (block.kind == DEFRAG_SPLIT) {
        free -= pool->move_size;
        blocks++;
      }
    } else {
      uint32_t number = (uint32_t)block.handle & INDEX_MASK;
      uint32_t state = pool->table[number] & LOCK_MASK;
      if (state > DEFRAG_MAX_LOCKS && (pool->move != MOVE_COPY || pool->move_entry != number || move_from(pool) != index)) {
        return DEFRAG_CORRUPTED;
      }
      blocks++;
    }
    prev_free = block.kind == DEFRAG_FREE ? PREV_FREE : 0u;
    index += size;
  }
  see_header(pool, &seen, end, 0);
  if (free != pool->free || pool->least_free > free || moves != (pool->move != MOVE_NONE) || !search_is_sound(pool, &seen)) {
    return DEFRAG_CORRUPTED;
  }
  /* The lists: as many holes as there are, each in the bin of its size. */
  for (uint32_t bin = 0; bin < DEFRAG_BINS; bin++) {
    uint32_t hole = pool->bins[bin];
    if ((pool->bin_mask >> bin & 1u) != (hole != 0u)) {
      return DEFRAG_CORRUPTED;
    }
    while (hole) {
      uint32_t size = listed_hole(pool, hole);
      if (!size || bin_of(size) != bin || !holes) {
        return DEFRAG_CORRUPTED;
      }
      holes--;
      hole = at(origin, hole)->link;
    }
  }
  if (holes) {
    return DEFRAG_CORRUPTED;
  }
  /* The table: what is not a block's is in the queue. */
  uint32_t number = pool->first_handle;
  uint32_t last = NO_ENTRY;
  uint32_t queued = 0;
  while (number != NO_ENTRY) {
    if (number >= handles || (pool->table[number] & LOCK_MASK) != NOT_LIVE || queued == handles) {
      return DEFRAG_CORRUPTED;
    }
    queued++;
    last = number;
    number = index_in(pool->table[number]);
  }
  if (queued + blocks != handles || (queued && last != pool->last_handle)) {
    return DEFRAG_CORRUPTED;
  }
  for (uint32_t i = 0; i < handles; i++) {
    uint32_t generation = pool->table[i] >> GENERATION_SHIFT;
    if (!generation || generation >> GENERATION_BITS) {
      return DEFRAG_CORRUPTED;
    }
  }
  return DEFRAG_OK;
}
#endif

/* ---- Hooks ---- */

#if DEFRAG_DEBUG_MOVE

/* Where the run of blocks and holes that may move ends that begins at index: at a locked or pinned block, or at the end. */
static uint32_t end_of_run(const defrag_pool *pool, uint32_t index) {
  for (;;) {
    const around *block = at(origin_of(pool), index);
    if (!(block->tag & FREE) && ((block->link & PINNED) || (pool->table[block->link] & LOCK_MASK))) {
      return index;
    }
    index += size_of(block);
  }
}

/* Turns the granules of [from, to) around. */
static void reverse(uintptr_t origin, uint32_t from, uint32_t to) {
  while (from + 1u < to) {
    to--;
    word *low = header_of(at(origin, from));
    word *high = header_of(at(origin, to));
    for (uint32_t i = 0; i < GRANULE / sizeof *low; i++) {
      word kept = low[i];
      low[i] = high[i];
      high[i] = kept;
    }
    from++;
  }
}

/* Has the last `by` granules of [from, to) first, and then the others. */
static void rotate(uintptr_t origin, uint32_t from, uint32_t to, uint32_t by) {
  reverse(origin, from, to);
  reverse(origin, from, from + by);
  reverse(origin, from + by, to);
}

/* Moves every block of the run [from, to), and makes one hole of its holes. The bins are not valid then.
 *
 *   |..|AA|.|BBB|...|  ->  |......|AA|BBB|    the last is a hole: up
 *   |..|AA|.|BBB|      ->  |AA|BBB|...|       the first is a hole: down
 *   |AA|...|BBB|       ->  |...|BBB|AA|       none is: up, the last one below all others
 *
 * While it works the blocks are sliding, for handlers. */
static void move_run(defrag_pool *pool, uintptr_t origin, uint32_t from, uint32_t to) {
  uint32_t starts_free = at(origin, from)->tag & FREE;
  uint32_t ends_free = 0;
  uint32_t to_place = from; /* the end of the blocks so far, packed */
  uint32_t last_size = 0;
  for (uint32_t index = from; index < to;) {
    around *block = at(origin, index);
    uint32_t size = size_of(block);
    ends_free = block->tag & FREE;
    if (!ends_free) {
      entry_t *place = &pool->table[block->link];
      *place = (entry_t)(*place | SLIDING);
      uint32_t link = block->link;
      copy_down(header_of(at(origin, to_place)), header_of(block), size);
      write_header(at(origin, to_place), size, 0, link);
      to_place += size;
      last_size = size;
    }
    index += size;
  }
  uint32_t hole_size = to - to_place;
  uint32_t hole = to_place;
  if (ends_free || !starts_free) {
    if (!ends_free) {
      rotate(origin, from, to_place, last_size);
    }
    rotate(origin, from, to, hole_size);
    hole = from;
  }
  if (hole_size) {
    uint8_t *fill = (uint8_t *)header_of(at(origin, hole));
    for (uint32_t i = 0; i < hole_size * GRANULE; i++) {
      fill[i] = DEFRAG_DEBUG_FILL;
    }
    write_header(at(origin, hole), hole_size, FREE, 0);
  }
  uint32_t prev_free = 0;
  for (uint32_t index = from;; index += size_of(at(origin, index))) {
    around *block = at(origin, index);
    block->tag = (uint16_t)((block->tag & ~(uint32_t)PREV_FREE) | prev_free);
    if (index == to) {
      return;
    }
    prev_free = block->tag & FREE ? PREV_FREE : 0u;
    if (!prev_free) {
      entry_t *place = &pool->table[block->link];
      *place = placed_at(*place, index);
    }
  }
}

/* Puts all holes into their bins, the larger ones before the smaller ones: so each request is served that a hole serves. */
static void rebuild_bins(defrag_pool *pool, uintptr_t origin) {
  pool->bin_mask = 0;
  for (uint32_t bin = 0; bin < DEFRAG_BINS; bin++) {
    pool->bins[bin] = 0;
  }
  uint32_t done = 0; /* size and index of the last one in, as one number */
  for (;;) {
    uint32_t next = UINT32_MAX;
    for (uint32_t index = 1; index < pool->end; index += size_of(at(origin, index))) {
      uint32_t rank = size_of(at(origin, index)) << 16 | index;
      if ((at(origin, index)->tag & FREE) && rank > done && rank < next) {
        next = rank;
      }
    }
    if (next == UINT32_MAX) {
      return;
    }
    done = next;
    bin_insert(pool, origin, next & 0xffffu, next >> 16);
    if (next >> 16 >= pool->want) {
      served(pool);
    }
  }
}

/* Moves every block that may be moved. */
static void move_all(defrag_pool *pool) {
  if (pool->move != MOVE_NONE) {
    return;
  }
  uintptr_t origin = origin_of(pool);
  for (uint32_t index = 1; index < pool->end;) {
    uint32_t end = end_of_run(pool, index);
    if (end != index) {
      move_run(pool, origin, index, end);
    }
    index = end + size_of(at(origin, end));
    if (end == pool->end) {
      break;
    }
  }
  rebuild_bins(pool, origin);
  if (pool->want) {
    begin_pass(pool); /* what the search knew is no more */
    pool->dirty = 1;
  }
}
#endif

#if DEFRAG_HOOKED_

/* What a call of the thread's comes to: whether a pool was made, and no other call of the thread's is under way. */
INLINE uint32_t enter(defrag_pool *pool, int in_handlers_too) {
  DEFRAG_ASSERT(pool && pool->memory && pool->table && pool->end && pool->free < pool->end);
  (void)in_handlers_too;
#if DEFRAG_ASSERTS_ || DEFRAG_DEBUG_MOVE
  uint32_t busy = pool->busy;
  DEFRAG_ASSERT(in_handlers_too || !busy);
  pool->busy = 1;
  return busy;
#else
  (void)pool;
  return 0;
#endif
}

/* And its end. `may_move`: after this call blocks may be where they were not. Gives the result. */
INLINE int32_t leave(defrag_pool *pool, uint32_t was_busy, int may_move, int32_t result) {
  (void)may_move;
#if DEFRAG_DEBUG_MOVE
  if (may_move && !was_busy) {
    move_all(pool);
  }
#endif
#if DEFRAG_ASSERTS_ || DEFRAG_DEBUG_MOVE
  DEFRAG_ASSERT(pool->free < pool->end);
  pool->busy = was_busy;
#endif
  (void)pool;
  (void)was_busy;
  return result;
}

DEFRAG_API int32_t defrag_init(defrag_pool *pool, void *memory, uint32_t bytes, defrag_entry *table, uint32_t handles) {
  int32_t result = defrag_init_(pool, memory, bytes, table, handles);
  DEFRAG_TRACE(DEFRAG_EVENT_INIT, 0, result);
  return result;
}

DEFRAG_API int32_t defrag_alloc(defrag_pool *pool, uint32_t bytes) {
  uint32_t was_busy = enter(pool, 0);
  int32_t result = leave(pool, was_busy, 1, defrag_alloc_(pool, bytes));
  DEFRAG_ASSERT(result < 0 || defrag_address(pool, result));
  DEFRAG_TRACE(DEFRAG_EVENT_ALLOC, result, (int32_t)bytes);
  return result;
}

#if DEFRAG_PINNED
DEFRAG_API int32_t defrag_alloc_pinned(defrag_pool *pool, uint32_t bytes) {
  uint32_t was_busy = enter(pool, 0);
  int32_t result = leave(pool, was_busy, 1, defrag_alloc_pinned_(pool, bytes));
  DEFRAG_ASSERT(result < 0 || defrag_address(pool, result));
  DEFRAG_TRACE(DEFRAG_EVENT_ALLOC_PINNED, result, (int32_t)bytes);
  return result;
}
#endif

DEFRAG_API int32_t defrag_free(defrag_pool *pool, defrag_handle handle) {
  uint32_t was_busy = enter(pool, 0);
  int32_t result = leave(pool, was_busy, 1, defrag_free_(pool, handle));
  DEFRAG_ASSERT(result != DEFRAG_OK || !defrag_address(pool, handle));
  DEFRAG_TRACE(DEFRAG_EVENT_FREE, handle, result);
  return result;
}

DEFRAG_API int32_t defrag_try_lock(defrag_pool *pool, defrag_handle handle, void **address) {
  uint32_t was_busy = enter(pool, 1);
  DEFRAG_ASSERT(address);
  int32_t result = leave(pool, was_busy, 0, defrag_try_lock_(pool, handle, address));
  DEFRAG_ASSERT(result != DEFRAG_OK || *address == defrag_address(pool, handle));
  DEFRAG_TRACE(DEFRAG_EVENT_LOCK, handle, result);
  return result;
}

DEFRAG_API int32_t defrag_unlock(defrag_pool *pool, defrag_handle handle) {
  uint32_t was_busy = enter(pool, 1);
  int32_t result = leave(pool, was_busy, 1, defrag_unlock_(pool, handle));
  DEFRAG_TRACE(DEFRAG_EVENT_UNLOCK, handle, result);
  return result;
}

DEFRAG_API int32_t defrag_step(defrag_pool *pool, uint32_t budget) {
  uint32_t was_busy = enter(pool, 0);
  uint32_t wanted = pool->want;
  int32_t result = defrag_step_(pool, budget);
  DEFRAG_ASSERT(result <= 1);
  /* Not while steps work for a request, nor between the last of them and the next attempt: they would never come to an end. */
  result = leave(pool, was_busy, !wanted && !pool->want, result);
  DEFRAG_TRACE(DEFRAG_EVENT_STEP, 0, result);
  return result;
}

#if DEFRAG_WATERMARK
DEFRAG_API int32_t defrag_keep_ready(defrag_pool *pool, uint32_t bytes) {
  uint32_t was_busy = enter(pool, 0);
  int32_t result = leave(pool, was_busy, 0, defrag_keep_ready_(pool, bytes));
  DEFRAG_TRACE(DEFRAG_EVENT_KEEP_READY, 0, result < 0 ? result : (int32_t)bytes);
  return result;
}
#endif

#if DEFRAG_RESIZE
DEFRAG_API int32_t defrag_resize(defrag_pool *pool, defrag_handle handle, uint32_t bytes) {
  uint32_t was_busy = enter(pool, 0);
  int32_t result = leave(pool, was_busy, 1, defrag_resize_(pool, handle, bytes));
  DEFRAG_TRACE(DEFRAG_EVENT_RESIZE, handle, result < 0 ? result : (int32_t)bytes);
  return result;
}
#endif
#endif
