/* SPDX-License-Identifier: MIT */
#include "waits.h"

#include "model.h"

enum { NONE, KEPT, SEARCH, WINDOW, PASSED, BLOCKED, SERVED };
enum { AIMED, EVERYTHING, EXCLUSIVE };
enum { COPIED = 1, SLID, PINNED_REQUEST = 0x7fff };

held_blocks held;
wait_counts counts;

static uint16_t of_entry[MAX_TABLE]; /* the block's number, + 1 */
static uint32_t step_budget;         /* bytes */
static uint32_t last_pattern;

static struct {
  int on;
  uint32_t size;
  int pinned;
  uint32_t steps;       /* since it was refused, or since an answer that was not its own */
  int exclusive;        /* the pass is */
  uint32_t pass_steps;  /* since that began */
  uint32_t used, blocks, free; /* when it began */
  uint32_t extra;       /* steps: for the move that was under way then */
  uint32_t ends;        /* of its stretches: obstacles that it met, the pool's end included */
  int all_pinned;       /* they were */
  int has_turn;         /* it was refused after a verdict on another one; nothing at least as large has been granted since */
  uint32_t slides;      /* steps in a row after which the same block was being slid */
  defrag_handle slid;   /* 0: none */
} now;

/* ---- Reading the heap ---- */

static uint32_t half_word(uint32_t offset) {
  uint16_t value;
  memcpy(&value, arena.memory + offset, sizeof value);
  return value;
}

static uint32_t link_at(uint32_t place) { return half_word(8u * place - 4u); }
static uint32_t tag_at(uint32_t place) { return half_word(8u * place - 2u); }

uint32_t size_at(uint32_t place) { return tag_at(place) >> 2; }
uint32_t hole_below(uint32_t place) { return tag_at(place) & 2u ? half_word(8u * place - 6u) : 0u; }

static uint32_t number_of(defrag_handle handle) { return (uint32_t)handle & ((1u << GENERATION_SHIFT) - 1u); }

int block_at(uint32_t place) {
  if (place >= pool.heap.end || (tag_at(place) & 1u)) {
    return NO_BLOCK;
  }
  uint32_t number = link_at(place) & 0x7fffu;
  return number < table_length ? (int)of_entry[number] - 1 : NO_BLOCK;
}

uint32_t place_of(uint32_t which) {
  const unsigned char *address = defrag_address(&pool, held.block[which].handle);
  return address ? (uint32_t)(address - arena.memory) / 8u : pool.move.to;
}

int block_on_its_way(void) {
  uint32_t all_locks = 2u * DEFRAG_MAX_LOCKS - 1u;
  int is_copied = (arena.table[pool.move.entry] & all_locks) == all_locks - 2u; /* else it was given up, or freed */
  return pool.move.kind == SLID || (pool.move.kind == COPIED && is_copied) ? (int)of_entry[pool.move.entry] - 1 : NO_BLOCK;
}

uint32_t free_granules(void) { return pool.heap.free; }

static int is_exclusive(void) { return pool.request.want && pool.request.mode == EXCLUSIVE && pool.request.phase != BLOCKED; }

/* What the pending request needs: all pinned ones are larger than all others. */
static uint32_t pending(void) {
  return pool.request.want == PINNED_REQUEST ? (uint32_t)PINNED_REQUEST + pool.request.want_pinned : pool.request.want;
}

static uint32_t own(void) { return now.pinned ? (uint32_t)PINNED_REQUEST + now.size : now.size; }

/* ---- Contents ---- */

static uint32_t word_of(uint32_t pattern, uint32_t i) { return pattern * 2654435761u + i * 40503u; }

static void write_content(uint32_t which) {
  held_block *block = &held.block[which];
  unsigned char *address = defrag_address(&pool, block->handle);
  EXPECT(address != NULL);
  block->pattern = ++last_pattern;
  for (uint32_t i = 0; i < 2u * block->size - 1u; i++) {
    uint32_t word = word_of(block->pattern, i);
    memcpy(address + 4u * i, &word, sizeof word);
  }
}

static void expect_words(uint32_t which, uint32_t size) {
  const held_block *block = &held.block[which];
  const unsigned char *address = defrag_address(&pool, block->handle);
  for (uint32_t i = 0; address && i < 2u * size - 1u; i++) {
    uint32_t word;
    memcpy(&word, address + 4u * i, sizeof word);
    EXPECT(word == word_of(block->pattern, i));
  }
}

void check_all_held(void) {
  expect_sound();
  uint32_t used = 0;
  for (uint32_t i = 0; i < held.count; i++) {
    expect_words(i, held.block[i].size);
    used += held.block[i].size;
  }
  EXPECT(used + pool.heap.free == pool.heap.end - 1u);
}

/* ---- The bound ---- */

static uint32_t ceiling(uint32_t a, uint32_t b) { return (a + b - 1u) / b; }
static uint32_t budget_granules(void) { return step_budget / 8u; }

uint32_t bound_until_exclusive(void) {
  uint32_t b = budget_granules();
  uint32_t patience = ceiling(pool.request.full_patience, b < 8u ? b : 8u);
  return patience + ceiling(held.largest, b);
}

uint32_t bound_of_pass(uint32_t used, uint32_t blocks, uint32_t obstacles) {
  uint32_t b = budget_granules();
  return (used + (b - 1u) * blocks) / b + blocks + 2u * obstacles + 4u;
}

/* ---- The clock ---- */

static void pass_begins(void) {
  now.exclusive = 1;
  now.pass_steps = 0;
  now.used = pool.heap.end - 1u - pool.heap.free;
  now.blocks = held.count;
  now.free = pool.heap.free;
  now.extra = pool.move.kind ? ceiling(pool.move.size, budget_granules()) : 0u;
  now.ends = 0;
  now.all_pinned = 1;
}

/* After each call: whether it has begun, or ended, what steps work for. */
static void observe(uint32_t want_before) {
  counts.calls++;
  if (!now.on) {
    return;
  }
  if (want_before && !pool.request.want) { /* what steps worked for was granted, to whomever */
    now.steps = 0;
    now.exclusive = 0;
    now.has_turn = 0;
  }
  if (is_exclusive() && !now.exclusive) {
    pass_begins();
  }
}

void begin_waiting(uint32_t size, int pinned) {
  counts.waits++;
  memset(&now, 0, sizeof now);
  now.on = 1;
  now.size = size;
  now.pinned = pinned;
  if (is_exclusive()) {
    pass_begins();
  }
}

static void note(uint32_t steps, uint32_t bound, uint32_t *longest, uint32_t *its_bound) {
  if (bound >= 100u && (uint64_t)steps * *its_bound >= (uint64_t)*longest * bound) {
    *longest = steps;
    *its_bound = bound;
  }
}

static void hold_against_the_bound(void) {
  uint32_t until = bound_until_exclusive();
  if (!now.exclusive) {
    EXPECT(now.steps <= until);
    return;
  }
  uint32_t pass = bound_of_pass(now.used, now.blocks, now.ends ? now.ends - 1u : 0u) + now.extra;
  EXPECT(now.pass_steps <= pass);
  EXPECT(now.steps <= until + pass);
}

static void note_the_end(void) {
  uint32_t until = bound_until_exclusive();
  uint32_t used = now.exclusive ? now.used : pool.heap.end - 1u - pool.heap.free;
  uint32_t pass = bound_of_pass(used, now.exclusive ? now.blocks : held.count, now.ends ? now.ends - 1u : 0u) + now.extra;
  counts.last = now.steps;
  counts.last_bound = until + pass;
  note(now.steps, until + pass, &counts.longest, &counts.its_bound);
  if (now.exclusive) {
    counts.exclusive++;
    note(now.pass_steps, pass, &counts.pass, &counts.pass_bound);
  }
}

static void expect_truly_blocked(uint32_t want, int exclusive) {
  uint32_t size = want >= PINNED_REQUEST ? want - PINNED_REQUEST : want;
  if (!exclusive) {
    if (want >= PINNED_REQUEST) {
      EXPECT(!room_for_pinned(size));
    } else {
      EXPECT(cheapest_window(size) == UINT32_MAX);
    }
    return;
  }
  if (want < PINNED_REQUEST || now.all_pinned) {
    EXPECT(now.free <= now.ends * (size - 1u));
  }
  if (want < PINNED_REQUEST) {
    EXPECT(statistics().largest_bytes < bytes_of(size));
  }
}

static void expect_locks_work(void) {
  if (pool.move.kind != SLID) {
    now.slid = 0;
    return;
  }
  defrag_handle handle = held.block[block_on_its_way()].handle;
  now.slides = now.slid == handle ? now.slides + 1u : 1u;
  now.slid = handle;
  EXPECT(now.slides <= ceiling(pool.move.size, budget_granules()));
  void *address;
  EXPECT(defrag_try_lock(&pool, handle, &address) == DEFRAG_MOVING);
}

int32_t wait_a_step(void) {
  uint32_t want = pending();
  uint32_t phase = want ? pool.request.phase : 0u;
  int exclusive = now.exclusive;
  int moving = block_on_its_way();
  uint32_t size_moving = pool.move.size;
  uint32_t cursor = pool.request.cursor;
  int at_obstacle = exclusive && phase == WINDOW && moving == NO_BLOCK && !(tag_at(cursor) & 1u);
  uint32_t moved = pool.heap.bytes_moved;

  int32_t result = defrag_step(&pool, step_budget);
  counts.steps++;
  now.steps++;
  now.pass_steps++;
  EXPECT(pool.heap.bytes_moved - moved <= step_budget);

  if (at_obstacle && pool.request.phase == SEARCH) { /* the pass goes on above what cannot be moved */
    int obstacle = block_at(cursor);
    EXPECT(cursor == pool.heap.end || (obstacle != NO_BLOCK && (held.block[obstacle].locks || held.block[obstacle].pinned)));
    now.all_pinned &= cursor == pool.heap.end || held.block[obstacle].pinned;
    now.ends++;
  }
  if (moving != NO_BLOCK) {
    EXPECT(held.block[moving].size == size_moving);
    expect_words((uint32_t)moving, size_moving);
  }
  if (held.count) {
    uint32_t any = below(held.count);
    expect_words(any, held.block[any].size);
  }
  expect_locks_work();
  if (pool.heap.end < 400u || counts.steps % 8u == 0) {
    EXPECT(defrag_check(&pool) == DEFRAG_OK);
  }
  if (!now.on) {
    return result;
  }
  if (is_exclusive() && !exclusive) {
    pass_begins();
  }
  hold_against_the_bound();
  if (result == 1) {
    EXPECT(!pool.request.want || !pool.request.idle); /* while somebody waits */
    return result;
  }
  note_the_end();
  switch (result) {
    case 0:
      break;
    case DEFRAG_BLOCKED:
      counts.blocked++;
      expect_truly_blocked(want, exclusive && phase == PASSED);
      break;
    default:
      EXPECT(result == DEFRAG_OUT_OF_MEMORY && free_granules() < (want < PINNED_REQUEST ? want : want - PINNED_REQUEST));
      break;
  }
  return result;
}

int32_t ask_again(int32_t answer) {
  uint32_t want = pending();
  int for_other = pool.request.want == 0 || want != own();
  int kept = pool.request.want && pool.request.phase == KEPT && want > own();
  int enough = now.pinned ? want == own() : (want >= PINNED_REQUEST ? want - PINNED_REQUEST : want) >= now.size;
  int must = answer == 0 && want && !kept && enough;
  int32_t result = take(now.size, now.pinned);
  EXPECT(!now.has_turn || want == own());
  if (result > 0) {
    now.on = 0;
    counts.granted++;
    return result;
  }
  EXPECT(!must || result == DEFRAG_OUT_OF_HANDLES);
  if (result != DEFRAG_FRAGMENTED || (answer == DEFRAG_BLOCKED && !for_other)) {
    now.on = 0;
    return result == DEFRAG_FRAGMENTED ? answer : result;
  }
  counts.for_larger++;
  now.has_turn = answer == DEFRAG_BLOCKED && pending() == own();
  now.steps = 0;
  now.exclusive = 0;
  if (is_exclusive()) {
    pass_begins();
  }
  return 0;
}

/* ---- Calls ---- */

void hold_nothing(uint32_t granules_for_blocks, uint32_t handles, uint32_t budget) {
  make_pool(8u * (granules_for_blocks + 1u), handles);
  memset(of_entry, 0, sizeof of_entry);
  memset(&now, 0, sizeof now);
  held.count = 0;
  held.locked = 0;
  held.largest = 1;
  step_budget = budget;
  interrupt_with(0);
}

int32_t take(uint32_t size, int pinned) {
  uint32_t want = pool.request.want;
  int32_t result = pinned ? defrag_alloc_pinned(&pool, bytes_of(size)) : defrag_alloc(&pool, bytes_of(size));
  observe(want);
  if (result > 0) {
    of_entry[number_of(result)] = (uint16_t)(held.count + 1u);
    held.block[held.count] = (held_block){result, size, 0, 0, pinned};
    held.locked += pinned ? 1u : 0u;
    held.largest = size > held.largest ? size : held.largest;
    write_content(held.count++);
  } else {
    EXPECT(result == DEFRAG_FRAGMENTED || result == DEFRAG_OUT_OF_MEMORY || result == DEFRAG_OUT_OF_HANDLES);
  }
  return result;
}

int32_t drop(uint32_t which) {
  held_block *block = &held.block[which];
  uint32_t want = pool.request.want;
  int32_t result = defrag_free(&pool, block->handle);
  EXPECT(result == (block->locks ? DEFRAG_STILL_LOCKED : DEFRAG_OK));
  if (block->pinned && want == PINNED_REQUEST && !block->locks) { /* a pass for a pinned one may begin again */
    now.steps = 0;
    now.exclusive = 0;
    observe(want);
    now.all_pinned = 0;
  }
  observe(want);
  if (result == DEFRAG_OK) {
    held.locked -= block->pinned ? 1u : 0u;
    of_entry[number_of(block->handle)] = 0;
    held_block *last = &held.block[--held.count];
    if (last != block) {
      *block = *last;
      of_entry[number_of(block->handle)] = (uint16_t)(which + 1u);
    }
  }
  return result;
}

int32_t resize(uint32_t which, uint32_t size) {
  held_block *block = &held.block[which];
  uint32_t want = pool.request.want;
  int32_t result = defrag_resize(&pool, block->handle, bytes_of(size));
  observe(want);
  if (result == DEFRAG_OK) {
    expect_words(which, size < block->size ? size : block->size);
    block->size = size;
    held.largest = size > held.largest ? size : held.largest;
    write_content(which);
  }
  return result;
}

int32_t hold(uint32_t which) {
  held_block *block = &held.block[which];
  void *address;
  uint32_t want = pool.request.want;
  int32_t result = defrag_try_lock(&pool, block->handle, &address);
  observe(want);
  if (result == DEFRAG_OK) {
    held.locked += block->locks || block->pinned ? 0u : 1u;
    block->locks++;
    expect_words(which, block->size);
  } else {
    EXPECT(result == DEFRAG_MOVING || result == DEFRAG_TOO_MANY_LOCKS);
  }
  return result;
}

void let(uint32_t which) {
  held_block *block = &held.block[which];
  uint32_t want = pool.request.want;
  EXPECT(defrag_unlock(&pool, block->handle) == DEFRAG_OK);
  observe(want);
  block->locks--;
  held.locked -= block->locks || block->pinned ? 0u : 1u;
}

void touch(uint32_t which) {
  if (hold(which) == DEFRAG_OK) {
    let(which);
  }
}
