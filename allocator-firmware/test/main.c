/*
 * Tests of the library on a computer. One line a test; the first failure ends the run with status 1.
 *
 *   host-test [seed]
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "defrag/defrag.h"

/* ---- Harness ---- */

static const char *test_name = "";
static unsigned long test_seed;
static unsigned long operation;

#define EXPECT(condition)                                                                                                  \
  do {                                                                                                                     \
    if (!(condition)) {                                                                                                    \
      fprintf(stderr, "FAILED: %s\n  %s:%d: %s\n  seed %lu, operation %lu\n", test_name, __FILE__, __LINE__, #condition, \
              test_seed, operation);                                                                                       \
      exit(1);                                                                                                             \
    }                                                                                                                      \
  } while (0)

static uint64_t random_state;

static uint32_t random_bits(void) {
  /* xorshift64* */
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (uint32_t)(random_state * 2685821657736338717ull >> 32);
}

static uint32_t below(uint32_t bound) { return random_bits() % bound; }

static void seed_random(uint64_t seed) { random_state = seed * 0x9e3779b97f4a7c15ull + 0x1234567ull; }

/* ---- A pool with guards around its memory and its table ---- */

enum { MAX_POOL = 131072, MAX_TABLE = 4096 };

static struct {
  _Alignas(8) unsigned char before[64];
  unsigned char memory[MAX_POOL];
  unsigned char after[64];
  uint32_t table[MAX_TABLE + 1];
} arena;

static defrag_pool pool;
static uint32_t table_length;

static void make_pool(uint32_t bytes, uint32_t handles) {
  memset(&arena, 0xa5, sizeof arena);
  memset(&pool, 0x5a, sizeof pool);
  table_length = handles;
  EXPECT(defrag_init(&pool, arena.memory, bytes, arena.table, handles) == DEFRAG_OK);
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
}

static void expect_sound(void) {
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  EXPECT(arena.table[table_length] == 0xa5a5a5a5u);
  for (uint32_t i = 0; i < 64; i++) {
    EXPECT(arena.before[i] == 0xa5 && arena.after[i] == 0xa5);
  }
}

static uint32_t granules(uint32_t bytes) { return (bytes + 11u) / 8u; }

/* For holes of an exact number of granules. */
static uint32_t bytes_of(uint32_t size) { return size * 8u - 4u; }

static defrag_statistics statistics(void) {
  defrag_statistics s;
  defrag_get_statistics(&pool, &s);
  return s;
}

static void *lock(defrag_handle handle) {
  void *address = NULL;
  EXPECT(defrag_try_lock(&pool, handle, &address) == DEFRAG_OK);
  EXPECT(address != NULL && address == defrag_address(&pool, handle));
  return address;
}

static void unlock(defrag_handle handle) { EXPECT(defrag_unlock(&pool, handle) == DEFRAG_OK); }

static defrag_handle alloc(uint32_t bytes) {
  defrag_handle handle = defrag_alloc(&pool, bytes);
  EXPECT(handle > 0);
  expect_sound();
  return handle;
}

static void release(defrag_handle handle) {
  EXPECT(defrag_free(&pool, handle) == DEFRAG_OK);
  expect_sound();
}

static void fill(defrag_handle handle, uint32_t bytes, uint32_t pattern) {
  unsigned char *p = lock(handle);
  for (uint32_t i = 0; i < bytes; i++) {
    p[i] = (unsigned char)(pattern + i * 7u);
  }
  unlock(handle);
}

static void expect_content(defrag_handle handle, uint32_t bytes, uint32_t pattern) {
  const unsigned char *p = defrag_address(&pool, handle);
  if (p) {
    for (uint32_t i = 0; i < bytes; i++) {
      EXPECT(p[i] == (unsigned char)(pattern + i * 7u));
    }
  }
}

/* Steps until there is no more to do, checking in between; the last answer. The number of steps is bounded: every block
 * moves at most once, in parts of the budget, and every header is looked at twice at most. */
static int32_t settle(uint32_t budget) {
  defrag_statistics s = statistics();
  uint32_t bound = s.pool_bytes / (budget & ~7u) + 6u * (s.blocks + s.holes) + 8u;
  for (;;) {
    uint32_t before = pool.bytes_moved;
    int32_t result = defrag_step(&pool, budget);
    EXPECT(pool.bytes_moved - before <= budget);
    EXPECT(result != DEFRAG_CORRUPTED);
    expect_sound();
    if (result != 1) {
      return result;
    }
    EXPECT(bound-- > 0);
  }
}

/* Has all free memory made one hole, and what settle() says of it. */
static int32_t compact(uint32_t budget) {
  EXPECT(defrag_keep_ready(&pool, defrag_free_bytes(&pool)) == DEFRAG_OK);
  int32_t result = settle(budget);
  EXPECT(defrag_keep_ready(&pool, 0) == DEFRAG_OK);
  return result;
}

/* ---- The ten defects ---- */

static void best_fit_looks_past_the_first_hole_and_in_every_bin(void) {
  /* Own bin, second entry: holes of 8 and 10 granules, the smaller one freed last and so at the head. */
  make_pool(1024, 16);
  defrag_handle a = alloc(bytes_of(10));
  (void)alloc(4);
  defrag_handle b = alloc(bytes_of(8));
  (void)alloc(4);
  void *a_was = defrag_address(&pool, a);
  release(a);
  release(b);
  EXPECT(defrag_address(&pool, alloc(bytes_of(9))) == a_was);
  /* Each bin on its own: a pool whose only hole is in it, served to its last granule. */
  static const uint32_t sizes[] = {1, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 511, 512, 16383};
  for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    make_pool(sizes[i] * 8 + 8, 4);
    EXPECT(defrag_alloc(&pool, bytes_of(sizes[i]) + 1) == (sizes[i] == 16383 ? DEFRAG_INVALID_SIZE : DEFRAG_OUT_OF_MEMORY));
    (void)alloc(bytes_of(sizes[i]));
    EXPECT(defrag_alloc(&pool, 1) == DEFRAG_OUT_OF_MEMORY);
  }
  /* From every smaller bin to every larger one. */
  for (uint32_t i = 1; i < sizeof sizes / sizeof *sizes; i++) {
    for (uint32_t j = 0; j < i; j++) {
      make_pool(sizes[i] * 8 + 8, 4);
      (void)alloc(bytes_of(sizes[j]));
    }
  }
  /* The closest fit of four. */
  make_pool(4096, 32);
  static const uint32_t holes[] = {12, 9, 11, 14};
  defrag_handle h[4];
  void *best = NULL;
  for (int i = 0; i < 4; i++) {
    h[i] = alloc(bytes_of(holes[i]));
    (void)alloc(4);
  }
  best = defrag_address(&pool, h[2]);
  for (int i = 0; i < 4; i++) {
    release(h[i]);
  }
  EXPECT(defrag_address(&pool, alloc(bytes_of(10))) == best);
}

static void every_payload_is_aligned_to_eight(void) {
  for (uint32_t bytes = 1; bytes <= 200; bytes++) {
    make_pool(1024, 8);
    for (int i = 0; i < 4; i++) {
      EXPECT(((uintptr_t)defrag_address(&pool, alloc(bytes)) & 7u) == 0);
    }
  }
  EXPECT(defrag_init(&pool, arena.memory + 4, 64, arena.table, 4) == DEFRAG_BAD_ARGUMENT);
}

static void a_hole_freed_below_a_move_is_not_forgotten(void) {
  for (uint32_t kind = 0; kind < 2; kind++) {
    make_pool(2048, 16);
    defrag_handle low = alloc(100);
    defrag_handle keep = alloc(60);
    defrag_handle gap = alloc(kind ? 500 : 40);
    defrag_handle big = alloc(400);
    defrag_handle top = alloc(20);
    fill(keep, 60, 1);
    fill(big, 400, 2);
    fill(top, 20, 3);
    release(gap);
    EXPECT(defrag_alloc(&pool, pool.free * 8u - 4u) == DEFRAG_FRAGMENTED);
    while (pool.move == 0 || pool.move_left == pool.move_size) { /* until big is under way */
      EXPECT(defrag_step(&pool, 64) == 1);
    }
        release(low);
    EXPECT(settle(64) == 0);
    EXPECT(compact(64) == 0);
    defrag_statistics s = statistics();
    EXPECT(s.holes == 1 && s.largest_bytes == s.free_bytes);
    EXPECT(defrag_address(&pool, keep) == arena.memory + 8);
    expect_content(keep, 60, 1);
    expect_content(big, 400, 2);
    expect_content(top, 20, 3);
  }
}

static void sizes_near_the_largest_do_not_wrap(void) {
  make_pool(4096, 8);
  for (uint32_t i = 0; i < 64; i++) {
    EXPECT(defrag_alloc(&pool, UINT32_MAX - i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, 0x80000000u + i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, 0x80000000u - i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, DEFRAG_MAX_SIZE + 1u + i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, DEFRAG_MAX_SIZE - i) == DEFRAG_OUT_OF_MEMORY);
  }
  EXPECT(defrag_alloc(&pool, 0) == DEFRAG_INVALID_SIZE);
  static const uint32_t factors[] = {0, 1, 2, 3, 0xffff, 0x10000, 0x10001, 131060, 0x7fffffff, 0x80000000, 0xffffffff};
  for (uint32_t i = 0; i < sizeof factors / sizeof *factors; i++) {
    for (uint32_t j = 0; j < sizeof factors / sizeof *factors; j++) {
      uint64_t product = (uint64_t)factors[i] * factors[j];
      int32_t result = defrag_alloc_slice(&pool, factors[i], factors[j]);
      if (product == 0 || product > DEFRAG_MAX_SIZE) {
        EXPECT(result == DEFRAG_INVALID_SIZE);
      } else if (product > 4084) {
        EXPECT(result == DEFRAG_OUT_OF_MEMORY);
      } else {
        EXPECT(result > 0);
        release(result);
      }
    }
  }
  expect_sound();
}

static void the_one_free_handle_is_found_wherever_it_is(void) {
  for (uint32_t handles = 1; handles <= 40; handles++) {
    make_pool(4096, handles);
    defrag_handle h[40];
    for (uint32_t i = 0; i < handles; i++) {
      h[i] = alloc(8);
    }
    for (uint32_t i = 0; i < handles; i++) {
      EXPECT(defrag_alloc(&pool, 8) == DEFRAG_OUT_OF_HANDLES);
      release(h[i]);
      defrag_handle again = alloc(8);
      EXPECT(again != h[i]);
      EXPECT(defrag_free(&pool, h[i]) == DEFRAG_INVALID_HANDLE);
      h[i] = again;
    }
    for (uint32_t i = 0; i < handles; i++) {
      release(h[i]);
    }
    EXPECT(statistics().holes == 1);
  }
}

static void a_hole_below_a_locked_block_is_taken_up_after_the_unlock(void) {
  for (int pending = 0; pending < 2; pending++) {
    make_pool(1024, 8);
    defrag_handle a = alloc(200);
    defrag_handle b = alloc(200);
    defrag_handle c = alloc(200);
    defrag_handle d = alloc(200);
    fill(b, 200, 9);
    void *b_was = lock(b);
    release(a);
    release(c);
    if (pending) {
      EXPECT(defrag_alloc(&pool, 500) == DEFRAG_FRAGMENTED);
      EXPECT(settle(64) == DEFRAG_BLOCKED);
      EXPECT(settle(64) == DEFRAG_BLOCKED);
      EXPECT(defrag_blocker(&pool) == b);
    } else {
      EXPECT(compact(64) == DEFRAG_BLOCKED);
      EXPECT(statistics().holes == 3 && pool.bytes_moved == 0);
    }
    EXPECT(defrag_address(&pool, b) == b_was);
    unlock(b);
    EXPECT((pending ? settle(64) : compact(64)) == 0);
    expect_content(b, 200, 9);
    if (pending) {
      (void)alloc(500);
    } else {
      EXPECT(statistics().holes == 1);
      EXPECT(defrag_blocker(&pool) == 0);
    }
    release(d);
  }
}

static void a_block_locked_across_a_compaction_stays(void) {
  make_pool(4096, 64);
  defrag_handle h[40];
  void *locked_at[40] = {0};
  for (uint32_t i = 0; i < 40; i++) {
    h[i] = alloc(20 + i);
    fill(h[i], 20 + i, i);
  }
  for (uint32_t i = 0; i < 40; i += 2) {
    release(h[i]);
  }
  for (uint32_t i = 1; i < 40; i += 6) {
    locked_at[i] = lock(h[i]);
    EXPECT(lock(h[i]) == locked_at[i]);
    unlock(h[i]); /* one lock is left: counts nest */
  }
  EXPECT(compact(24) == DEFRAG_BLOCKED);
  for (uint32_t i = 1; i < 40; i += 2) {
    expect_content(h[i], 20 + i, i);
    if (locked_at[i]) {
      EXPECT(defrag_address(&pool, h[i]) == locked_at[i]);
      EXPECT(defrag_free(&pool, h[i]) == DEFRAG_STILL_LOCKED);
      unlock(h[i]);
      EXPECT(defrag_unlock(&pool, h[i]) == DEFRAG_NOT_LOCKED);
    }
  }
  EXPECT(compact(24) == 0);
  EXPECT(statistics().holes == 1);
  for (uint32_t i = 1; i < 40; i += 2) {
    expect_content(h[i], 20 + i, i);
  }
}

static void compaction_ends(void) {
  /* Any heap, any budget, with and without a request that cannot be served: settle() bounds the number of steps. */
  for (uint32_t round = 0; round < 3000; round++) {
    uint32_t bytes = 64 + 8 * below(300);
    make_pool(bytes, 64);
    defrag_handle h[64];
    uint32_t n = 0;
    while (n < 60) {
      defrag_handle handle = defrag_alloc(&pool, 1 + below(1 + below(120)));
      if (handle <= 0) {
        break;
      }
      h[n++] = handle;
    }
    for (uint32_t i = 0; i < n; i++) {
      switch (below(4)) {
        case 0:
        case 1:
          release(h[i]);
          break;
        case 2:
          (void)lock(h[i]);
          break;
        default:
          break;
      }
    }
    (void)defrag_alloc(&pool, 1 + below(bytes));
    uint32_t budget = 8 + below(100);
    int32_t first = settle(budget);
    EXPECT(first == 0 || first == DEFRAG_BLOCKED);
    if (first == 0) {
      EXPECT(settle(budget) == 0);
    }
    EXPECT(settle(budget) == (first == 0 ? 0 : DEFRAG_BLOCKED));
  }
}

static void every_remainder_of_a_split_is_a_hole(void) {
  for (uint32_t size = 1; size <= 40; size++) {
    for (uint32_t need = 1; need <= size; need++) {
      make_pool(size * 8 + 8, 8);
      (void)alloc(bytes_of(need));
      defrag_statistics s = statistics();
      EXPECT(s.holes == (need < size ? 1u : 0u));
      EXPECT(s.free_bytes == (need < size ? bytes_of(size - need) : 0u));
      if (need < size) {
        (void)alloc(bytes_of(size - need));
      }
    }
  }
}

static void blocks_take_what_they_need_and_no_more(void) {
  static const uint32_t sizes[] = {1, 4, 12, 60, 100, 500, 1000, 4096, 5000, 30000};
  for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    make_pool(MAX_POOL, MAX_TABLE);
    uint32_t expected = 16383u / granules(sizes[i]);
    if (expected > MAX_TABLE) {
      expected = MAX_TABLE;
    }
    uint32_t served = 0;
    while (defrag_alloc(&pool, sizes[i]) > 0) {
      served++;
    }
    EXPECT(served == expected);
    expect_sound();
  }
}

/* ---- Moves that are interrupted ---- */

enum { BIG = 400 };

/* A hole of `gap` bytes, then a block of BIG bytes, then one of 20, under way for 128 bytes. */
static defrag_handle begin_move(uint32_t gap, defrag_handle *top) {
  make_pool(2048, 16);
  defrag_handle hole = alloc(gap);
  defrag_handle big = alloc(BIG);
  *top = alloc(20);
  fill(big, BIG, 77);
  fill(*top, 20, 78);
  release(hole);
  EXPECT(defrag_keep_ready(&pool, pool.free * 8u - 4u) == DEFRAG_OK);
  while (pool.move == 0 || pool.move_size - pool.move_left < 16) {
    EXPECT(defrag_step(&pool, 64) == 1);
    expect_sound();
  }
  return big;
}

static int32_t count_kind(void *context, const defrag_block *block) {
  uint32_t *counts = context;
  counts[block->kind]++;
  return 0;
}

static void a_lock_during_a_copy_discards_it(void) {
  defrag_handle top;
  defrag_handle big = begin_move(BIG, &top);
  uint32_t counts[5] = {0};
  EXPECT(defrag_walk(&pool, count_kind, counts) == 0 && counts[DEFRAG_HELD] == 1);
  void *was = defrag_address(&pool, big);
  EXPECT(lock(big) == was);
  expect_sound();
  expect_content(big, BIG, 77);
  EXPECT(compact(64) == DEFRAG_BLOCKED);
  EXPECT(defrag_address(&pool, big) == was && pool.discards == 1);
  unlock(big);
  EXPECT(compact(64) == 0);
  EXPECT(defrag_address(&pool, big) == arena.memory + 8);
  expect_content(big, BIG, 77);
  expect_content(top, 20, 78);
  /* Written to between two parts. */
  big = begin_move(BIG, &top);
  fill(big, BIG, 5);
  expect_sound();
  EXPECT(compact(64) == 0);
  expect_content(big, BIG, 5);
  EXPECT(defrag_address(&pool, big) == arena.memory + 8);
  /* Written to and freed. */
  big = begin_move(BIG, &top);
  fill(big, BIG, 5);
  release(big);
  EXPECT(compact(64) == 0);
  EXPECT(defrag_address(&pool, top) == arena.memory + 8);
  expect_content(top, 20, 78);
}

static void a_lock_during_a_slide_is_refused_until_it_ends(void) {
  defrag_handle top;
  defrag_handle big = begin_move(40, &top);
  uint32_t counts[5] = {0};
  EXPECT(defrag_walk(&pool, count_kind, counts) == 0 && counts[DEFRAG_SPLIT] == 1);
  void *address = &pool;
  EXPECT(defrag_try_lock(&pool, big, &address) == DEFRAG_MOVING && address == &pool);
  EXPECT(defrag_unlock(&pool, big) == DEFRAG_NOT_LOCKED);
  EXPECT(defrag_address(&pool, big) == NULL);
  while (defrag_address(&pool, big) == NULL) {
    EXPECT(defrag_step(&pool, 64) == 1);
    expect_sound();
  }
  expect_content(big, BIG, 77);
  EXPECT(lock(big) == arena.memory + 8);
  expect_content(top, 20, 78);
}

static void a_free_during_a_move_works(void) {
  for (uint32_t gap = 40; gap <= BIG; gap += BIG - 40) {
    defrag_handle top;
    defrag_handle big = begin_move(gap, &top);
    release(big);
    EXPECT(defrag_free(&pool, big) == DEFRAG_INVALID_HANDLE);
    EXPECT(statistics().blocks == 1);
    EXPECT(compact(64) == 0);
    EXPECT(statistics().holes == 1);
    EXPECT(defrag_address(&pool, top) == arena.memory + 8);
    expect_content(top, 20, 78);
    /* And of the block above it. */
    big = begin_move(gap, &top);
    release(top);
    EXPECT(compact(64) == 0);
    EXPECT(statistics().holes == 1);
    expect_content(big, BIG, 77);
  }
}

/* ---- Steps that work for a request ---- */

/* Holes of 12, 8, 9, 10, 11, 8 granules between locked blocks of 2, freed in this order, so that the one of 12 is the last in
 * its bin. Nothing else is free, and nothing can move. */
static void bury_a_hole(void) {
  static const uint32_t holes[] = {12, 8, 9, 10, 11, 8};
  make_pool((58 + 6 * 2) * 8 + 8, 16);
  defrag_handle h[6];
  for (int i = 0; i < 6; i++) {
    h[i] = alloc(bytes_of(holes[i]));
    (void)lock(alloc(bytes_of(2)));
  }
  for (int i = 0; i < 6; i++) {
    release(h[i]);
  }
  EXPECT(defrag_free_bytes(&pool) == bytes_of(58));
}

static void a_hole_that_an_allocation_does_not_see_is_brought_up(void) {
  bury_a_hole();
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0 && pool.bytes_moved == 0);
  EXPECT(defrag_address(&pool, alloc(bytes_of(12))) == arena.memory + 8);
  /* Also when it was passed before, for a larger request. */
  bury_a_hole();
  EXPECT(defrag_alloc(&pool, bytes_of(20)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == DEFRAG_BLOCKED);
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  EXPECT(defrag_address(&pool, alloc(bytes_of(12))) == arena.memory + 8);
}

static void steps_end_as_soon_as_the_request_would_be_served(void) {
  make_pool(1024, 16);
  defrag_handle h[9];
  for (int i = 0; i < 9; i++) {
    h[i] = alloc(bytes_of(i % 2 ? 2 : 5));
  }
  (void)alloc(pool.free * 8u - 164u);
  defrag_handle top = alloc(156);
  EXPECT(pool.free == 0);
  for (int i = 0; i < 9; i += 2) {
    release(h[i]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(10)) == DEFRAG_FRAGMENTED);
  EXPECT(defrag_step(&pool, 64) == 1); /* finds a window */
  EXPECT(defrag_step(&pool, 64) == 1); /* moves, and leaves two holes side by side to be joined */
  EXPECT(defrag_step(&pool, 64) == 0); /* joins them */
  EXPECT(pool.bytes_moved == 16);
  h[0] = alloc(bytes_of(10));
  /* A hole made by a free will do as well. */
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  release(top);
  EXPECT(defrag_step(&pool, 64) == 0 && pool.bytes_moved == 16);
  (void)alloc(bytes_of(12));
}

static void a_request_that_fails_during_a_move_is_looked_for_from_the_bottom(void) {
  for (uint32_t pinned = 0; pinned < 2; pinned++) {
    for (uint32_t steps = 0; steps < 12; steps++) {
      make_pool(512, 8);
      defrag_handle h[8];
      for (int i = 0; i < 7; i++) {
        h[i] = alloc(60);
      }
      release(h[1]);
      (void)alloc(20);
      release(h[4]);
      EXPECT(defrag_alloc(&pool, 100) == DEFRAG_FRAGMENTED);
      for (uint32_t i = 0; i < steps; i++) {
        EXPECT(defrag_step(&pool, 16) >= 0);
      }
      int32_t result = pinned ? defrag_alloc_pinned(&pool, 4) : defrag_alloc(&pool, 116);
      if (result == DEFRAG_FRAGMENTED) {
        EXPECT(settle(64) == 0);
        result = pinned ? defrag_alloc_pinned(&pool, 4) : defrag_alloc(&pool, 116);
      }
      EXPECT(result > 0);
      expect_sound();
    }
  }
}

static void a_request_that_was_served_meanwhile_is_forgotten(void) {
  make_pool(512, 8);
  defrag_handle a = alloc(100);
  defrag_handle b = alloc(100);
  defrag_handle c = alloc(100);
  defrag_handle d = alloc(pool.free * 8u - 4u);
  (void)lock(b);
  (void)lock(d);
  release(a);
  release(c);
  EXPECT(defrag_alloc(&pool, 150) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == DEFRAG_BLOCKED);
  unlock(b);
  release(b);
  (void)alloc(150);
  (void)alloc(90);
  EXPECT(settle(64) == 0);
}

static void a_pending_request_that_no_longer_fits_is_out_of_memory(void) {
  bury_a_hole();
  EXPECT(defrag_alloc(&pool, bytes_of(50)) == DEFRAG_FRAGMENTED);
  (void)alloc(bytes_of(11));
  EXPECT(settle(64) == DEFRAG_OUT_OF_MEMORY);
}

/* Steps for all the memory there is, without checks, until the answer is not 1. */
static int32_t step_to_the_largest(void) {
  EXPECT(defrag_keep_ready(&pool, pool.free * 8u - 4u) == DEFRAG_OK);
  int32_t result = 1;
  for (uint32_t i = 0; result == 1; i++) {
    EXPECT(i < 1000);
    result = defrag_step(&pool, 64);
  }
  return result;
}

static void overwritten_headers_are_refused_where_they_are_met(void) {
  for (int kind = 0; kind < 4; kind++) {
    make_pool(512, 8);
    defrag_handle a = alloc(40);
    defrag_handle b = alloc(40);
    defrag_handle c = alloc(40);
    (void)c;
    unsigned char *header = (unsigned char *)defrag_address(&pool, b) - 4;
    switch (kind) {
      case 0: /* another block's number */
        release(a);
        header[0] ^= 2;
        EXPECT(defrag_free(&pool, b) == DEFRAG_CORRUPTED);
        EXPECT(step_to_the_largest() < 0);
        break;
      case 1: /* no block's number */
        release(a);
        header[1] = 0x40;
        EXPECT(step_to_the_largest() < 0 && pool.bytes_moved == 0);
        break;
      case 2: /* no size */
        release(a);
        header[2] = header[3] = 0;
        EXPECT(defrag_free(&pool, b) == DEFRAG_CORRUPTED);
        EXPECT(step_to_the_largest() < 0);
        break;
      default: /* a size past the end */
        release(a);
        header[3] = 0xff;
        EXPECT(step_to_the_largest() < 0);
        break;
    }
    EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  }
}

/* ---- Errors ---- */

static void handles_that_are_not_live_are_refused(void) {
  make_pool(1024, 4);
  defrag_handle a = alloc(16);
  for (uint32_t bit = 0; bit < 32; bit++) {
    defrag_handle wrong = (defrag_handle)((uint32_t)a ^ 1u << bit);
    void *address = NULL;
    EXPECT(defrag_free(&pool, wrong) == DEFRAG_INVALID_HANDLE);
    EXPECT(defrag_try_lock(&pool, wrong, &address) == DEFRAG_INVALID_HANDLE);
    EXPECT(defrag_unlock(&pool, wrong) == DEFRAG_INVALID_HANDLE);
    EXPECT(defrag_address(&pool, wrong) == NULL);
  }
  EXPECT(defrag_free(&pool, 0) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_free(&pool, -1) == DEFRAG_INVALID_HANDLE);
  release(a);
  /* A stale handle is refused for 1022 reuses of its entry. */
  make_pool(64, 1);
  a = alloc(8);
  release(a);
  for (int i = 0; i < 1022; i++) {
    defrag_handle b = alloc(8);
    EXPECT(b > 0 && b != a);
    EXPECT(defrag_free(&pool, a) == DEFRAG_INVALID_HANDLE);
    release(b);
  }
  /* The next handle of a free entry, forged. */
  defrag_handle next = alloc(8);
  EXPECT(next == a);
  release(next);
  defrag_handle forged = (defrag_handle)(pool.table[0] >> 21 << 21);
  void *address = NULL;
  EXPECT(defrag_free(&pool, forged) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_try_lock(&pool, forged, &address) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_unlock(&pool, forged) == DEFRAG_INVALID_HANDLE);
}

static void locks_are_counted_up_to_the_limit(void) {
  make_pool(256, 4);
  defrag_handle a = alloc(16);
  void *address = NULL;
  EXPECT(defrag_unlock(&pool, a) == DEFRAG_NOT_LOCKED);
  for (int i = 0; i < DEFRAG_MAX_LOCKS; i++) {
    (void)lock(a);
    expect_sound();
  }
  EXPECT(defrag_try_lock(&pool, a, &address) == DEFRAG_TOO_MANY_LOCKS && address == NULL);
  EXPECT(defrag_free(&pool, a) == DEFRAG_STILL_LOCKED);
  for (int i = 0; i < DEFRAG_MAX_LOCKS; i++) {
    unlock(a);
    expect_sound();
  }
  EXPECT(defrag_unlock(&pool, a) == DEFRAG_NOT_LOCKED);
  release(a);
}

static void bad_arguments_are_refused(void) {
  EXPECT(defrag_init(NULL, arena.memory, 64, arena.table, 4) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, NULL, 64, arena.table, 4) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 15, arena.table, 4) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, MAX_POOL + 1, arena.table, 4) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, NULL, 4) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, arena.table, 0) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, arena.table, DEFRAG_MAX_HANDLES + 1) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, (uint32_t *)(void *)((char *)arena.table + 2), 4) == DEFRAG_BAD_ARGUMENT);
  make_pool(64, 4);
  for (uint32_t budget = 0; budget < 8; budget++) {
    EXPECT(defrag_step(&pool, budget) == DEFRAG_BAD_ARGUMENT);
  }
  EXPECT(defrag_step(&pool, UINT32_MAX) == 0);
}

static void an_overwritten_header_is_found(void) {
  for (uint32_t offset = 0; offset < 512; offset++) {
    make_pool(512, 8);
    defrag_handle h[5];
    for (int i = 0; i < 5; i++) {
      h[i] = alloc(40);
    }
    release(h[1]);
    release(h[3]);
    /* Headers are at 4, 52, 100, ...; a hole's links and its size are around them. */
    uint32_t in_block = (offset + 44u) % 48u;
    uint32_t block = (offset - 4u) / 48u;
    int matters;
    if (offset < 4) {
      matters = 0;
    } else if (offset < 244) {
      int is_hole = block == 1 || block == 3;
      matters = in_block < 4 || (is_hole && (in_block < 6 || in_block >= 46));
    } else {
      matters = offset < 250 || offset >= 506; /* the hole at the top, then the end */
    }
    arena.memory[offset] ^= 0x41;
    operation = offset;
    EXPECT((defrag_check(&pool) == DEFRAG_CORRUPTED) == matters);
  }
  operation = 0;
}

static int32_t sum_blocks(void *context, const defrag_block *block) {
  uint32_t *sum = context;
  EXPECT(block->offset == 4u + sum[0]);
  sum[0] += block->bytes;
  sum[1] += block->kind == DEFRAG_FREE;
  return 0;
}

static int32_t sum_listed(void *context, uint32_t bin, uint32_t offset, uint32_t bytes) {
  uint32_t *sum = context;
  EXPECT(bin < DEFRAG_BINS && offset % 8u == 4u && bytes % 8u == 0);
  sum[2]++;
  return 0;
}

static int32_t stop_at_once(void *context, const defrag_block *block) {
  (void)context;
  return (int32_t)block->bytes;
}

static void the_walks_show_the_whole_heap(void) {
  make_pool(1024, 16);
  defrag_handle h[6];
  for (uint32_t i = 0; i < 6; i++) {
    h[i] = alloc(10 + 30 * i);
  }
  release(h[0]);
  release(h[2]);
  release(h[4]);
  uint32_t sum[3] = {0};
  EXPECT(defrag_walk(&pool, sum_blocks, sum) == 0);
  EXPECT(defrag_walk_free(&pool, sum_listed, sum) == 0);
  EXPECT(sum[0] == 1016 && sum[1] == 4 && sum[2] == 4);
  EXPECT(defrag_walk(&pool, stop_at_once, NULL) == 16);
}

typedef struct sample {
  uint32_t time;
  uint16_t value;
} sample;

static void typed_mutexes_give_typed_pointers(void) {
  make_pool(1024, 8);
  DEFRAG_MUTEX(sample) one;
  DEFRAG_MUTEX(uint16_t) many;
  EXPECT(DEFRAG_ALLOC(&pool, &one) == DEFRAG_OK);
  EXPECT(DEFRAG_ALLOC_SLICE(&pool, &many, 100u) == DEFRAG_OK);
  sample *s = DEFRAG_TRY_LOCK(&pool, &one);
  uint16_t *values = DEFRAG_TRY_LOCK(&pool, &many);
  EXPECT(s && values);
  *s = (sample){1, 2};
  for (uint16_t i = 0; i < 100; i++) {
    values[i] = i;
  }
  EXPECT(DEFRAG_FREE(&pool, &one) == DEFRAG_STILL_LOCKED);
  EXPECT(DEFRAG_UNLOCK(&pool, &one) == DEFRAG_OK && DEFRAG_FREE(&pool, &one) == DEFRAG_OK);
  EXPECT(one.handle == 0 && DEFRAG_TRY_LOCK(&pool, &one) == NULL);
  EXPECT(DEFRAG_ALLOC_SLICE(&pool, &one, 0x40000000u) == DEFRAG_INVALID_SIZE && one.handle == 0);
  EXPECT(values[99] == 99 && DEFRAG_UNLOCK(&pool, &many) == DEFRAG_OK && DEFRAG_FREE(&pool, &many) == DEFRAG_OK);
}

/* ---- The guarantee with locked blocks ---- */

static void a_request_is_served_if_locks_cannot_hold_up_enough(void) {
  uint32_t tried = 0;
  for (uint32_t round = 0; round < 6000; round++) {
    uint32_t bytes = 128 + 8 * below(500);
    make_pool(bytes, 128);
    defrag_handle h[128];
    uint32_t n = 0;
    uint32_t largest = 1 + below(200);
    while (n < 128) {
      defrag_handle handle = defrag_alloc(&pool, 1 + below(largest));
      if (handle <= 0) {
        break;
      }
      h[n++] = handle;
    }
    uint32_t locked = 0;
    for (uint32_t i = 0; i < n; i++) {
      uint32_t choice = below(16);
      if (choice < 9 || i == n / 2) {
        release(h[i]);
      } else if (choice == 15 && locked < 4) {
        (void)lock(h[i]);
        locked++;
      }
    }
    /* free > (k + 1)(s - 1) */
    uint32_t size = (pool.free - 1u) / (locked + 1u) + 1u;
    EXPECT(pool.free > (locked + 1u) * (size - 1u));
    int32_t result = defrag_alloc(&pool, bytes_of(size));
    if (result == DEFRAG_FRAGMENTED) {
      tried++;
      EXPECT(settle(8 + below(120)) == 0);
      result = defrag_alloc(&pool, bytes_of(size));
    }
    EXPECT(result > 0);
    expect_sound();
  }
  EXPECT(tried > 1000);
}

/* ---- The model ---- */

typedef struct model_block {
  defrag_handle handle;
  uint32_t bytes;
  uint32_t pattern;
  uint32_t locks;
  const void *locked_at;
} model_block;

enum { MODEL_BLOCKS = 512, STALE = 64 };

static model_block blocks[MODEL_BLOCKS];
static uint32_t block_count;
static defrag_handle stale[STALE];

static uint32_t bin_of(uint32_t size) {
  static const uint32_t from[] = {1, 4, 8, 16, 32, 64, 128, 512};
  uint32_t bin = 7;
  while (from[bin] > size) {
    bin--;
  }
  return bin;
}

typedef struct visible {
  uint32_t size;
  uint32_t seen_in_own_bin;
  int serves;
} visible;

static int32_t see(void *context, uint32_t bin, uint32_t offset, uint32_t bytes) {
  visible *v = context;
  (void)offset;
  EXPECT(bin_of(bytes / 8u) == bin);
  if (bin == bin_of(v->size)) {
    v->serves |= v->seen_in_own_bin++ < 4 && bytes / 8u >= v->size;
  } else {
    v->serves |= bin > bin_of(v->size);
  }
  return 0;
}

static uint32_t model_free(uint32_t pool_bytes) {
  uint32_t free_granules = pool_bytes / 8u - 1u;
  for (uint32_t i = 0; i < block_count; i++) {
    free_granules -= granules(blocks[i].bytes);
  }
  return free_granules;
}

static void model_alloc(uint32_t pool_bytes, uint32_t bytes, int retry, uint32_t budget) {
  visible v = {granules(bytes), 0, 0};
  uint32_t free_granules = model_free(pool_bytes);
  EXPECT(defrag_free_bytes(&pool) == (free_granules ? bytes_of(free_granules) : 0));
  EXPECT(defrag_walk_free(&pool, see, &v) == 0);
  int32_t result = defrag_alloc(&pool, bytes);
  if (block_count == table_length) {
    EXPECT(result == DEFRAG_OUT_OF_HANDLES);
    return;
  }
  EXPECT(v.serves ? result > 0 : result == (v.size > free_granules ? DEFRAG_OUT_OF_MEMORY : DEFRAG_FRAGMENTED));
  if (result == DEFRAG_FRAGMENTED && retry) {
    int32_t why = settle(budget);
    if (why == DEFRAG_BLOCKED) {
      uint32_t held_up = 0;
      for (uint32_t i = 0; i < block_count; i++) {
        held_up |= blocks[i].locks && blocks[i].handle == defrag_blocker(&pool);
      }
      EXPECT(held_up);
      return;
    }
    EXPECT(why == 0);
    result = defrag_alloc(&pool, bytes);
    EXPECT(result > 0);
  }
  if (result > 0) {
    const unsigned char *at = defrag_address(&pool, result);
    EXPECT(at >= arena.memory + 8 && at + bytes <= arena.memory + pool_bytes && ((uintptr_t)at & 7u) == 0);
    blocks[block_count] = (model_block){result, bytes, random_bits(), 0, NULL};
    fill(result, bytes, blocks[block_count].pattern);
    block_count++;
  }
}

static void model_check(int contents) {
  expect_sound();
  for (uint32_t i = 0; i < block_count; i++) {
    if (blocks[i].locks) {
      EXPECT(defrag_address(&pool, blocks[i].handle) == blocks[i].locked_at);
    }
    if (contents) {
      expect_content(blocks[i].handle, blocks[i].bytes, blocks[i].pattern);
    }
  }
}

static void model_run(uint32_t pool_bytes, uint32_t handles, uint32_t largest, uint32_t operations) {
  make_pool(pool_bytes, handles);
  block_count = 0;
  memset(stale, 0, sizeof stale);
  uint32_t budget = 64;
  uint32_t greed = 50;
  for (operation = 1; operation <= operations; operation++) {
    if (operation % 512 == 0) {
      budget = 8 + below(below(2) ? 64 : 512);
      greed = 30 + below(45);
    }
    uint32_t choice = below(100);
    model_block *b = block_count ? &blocks[below(block_count)] : NULL;
    if (choice < 30) {
      if (below(100) < greed) {
        model_alloc(pool_bytes, 1 + below(1 + below(largest)), below(3) == 0, budget);
      } else if (b) {
        int32_t result = defrag_free(&pool, b->handle);
        if (b->locks) {
          EXPECT(result == DEFRAG_STILL_LOCKED);
        } else {
          EXPECT(result == DEFRAG_OK);
          stale[below(STALE)] = b->handle;
          *b = blocks[--block_count];
        }
      }
    } else if (choice < 45 && b) {
      void *address = NULL;
      int whole = defrag_address(&pool, b->handle) != NULL;
      int32_t result = defrag_try_lock(&pool, b->handle, &address);
      if (b->locks == DEFRAG_MAX_LOCKS) {
        EXPECT(result == DEFRAG_TOO_MANY_LOCKS);
      } else if (!whole) {
        EXPECT(result == DEFRAG_MOVING && !b->locks);
      } else {
        EXPECT(result == DEFRAG_OK && (!b->locks || address == b->locked_at));
        b->locks++;
        b->locked_at = address;
        expect_content(b->handle, b->bytes, b->pattern);
        if (below(2)) {
          b->pattern = random_bits();
          for (uint32_t i = 0; i < b->bytes; i++) {
            ((unsigned char *)address)[i] = (unsigned char)(b->pattern + i * 7u);
          }
        }
      }
    } else if (choice < 65 && b) {
      EXPECT(defrag_unlock(&pool, b->handle) == (b->locks ? DEFRAG_OK : DEFRAG_NOT_LOCKED));
      b->locks -= b->locks ? 1 : 0;
    } else if (choice < 95) {
      uint32_t before = pool.bytes_moved;
      int32_t result = defrag_step(&pool, budget);
      EXPECT(result == 1 || result == 0 || result == DEFRAG_BLOCKED || result == DEFRAG_OUT_OF_MEMORY);
      EXPECT(pool.bytes_moved - before <= budget);
    } else if (choice < 98) {
      defrag_handle handle = stale[below(STALE)];
      int live = 0;
      for (uint32_t i = 0; i < block_count; i++) {
        live |= blocks[i].handle == handle;
      }
      if (!live) {
        void *address = NULL;
        EXPECT(defrag_free(&pool, handle) == DEFRAG_INVALID_HANDLE);
        EXPECT(defrag_try_lock(&pool, handle, &address) == DEFRAG_INVALID_HANDLE);
        EXPECT(defrag_unlock(&pool, handle) == DEFRAG_INVALID_HANDLE);
      }
    } else if (below(20) == 0) {
      /* Everything unlocked, and compaction to its end: one hole. */
      for (uint32_t i = 0; i < block_count; i++) {
        while (blocks[i].locks) {
          unlock(blocks[i].handle);
          blocks[i].locks--;
        }
      }
      if (settle(budget) == 0) {
        EXPECT(compact(budget) == 0);
        defrag_statistics s = statistics();
        EXPECT(s.holes == (s.free_bytes ? 1u : 0u) && s.largest_bytes == s.free_bytes && s.blocks == block_count);
      }
    }
    model_check(operation % 16 == 0);
  }
  operation = 0;
}

static void random_operations_agree_with_a_model(void) {
  static const struct {
    uint32_t bytes, handles, largest, operations;
  } runs[] = {
      {16, 2, 8, 2000},          {128, 8, 60, 40000},      {512, 32, 120, 60000},   {1024, 24, 400, 60000},
      {4096, 100, 200, 80000},   {4096, 64, 1500, 40000},  {16384, 200, 800, 20000}, {131072, 400, 4000, 6000},
      {131072, 64, 40000, 1500},
  };
  uint32_t total = 0;
  for (uint32_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    model_run(runs[i].bytes, runs[i].handles, runs[i].largest, runs[i].operations);
    total += runs[i].operations;
  }
  printf("  %u operations\n", (unsigned)total);
}

/* ---- All short sequences on a small heap ---- */

enum { SMALL_POOL = 104, SLOTS = 3, DEPTH = 6 };

typedef struct small_state {
  defrag_pool pool;
  unsigned char memory[SMALL_POOL];
  uint32_t table[SLOTS];
  defrag_handle handle[SLOTS];
  uint32_t bytes[SLOTS];
  uint32_t locks[SLOTS];
} small_state;

static small_state now;
static unsigned long sequences;

static void explore(uint32_t depth) {
  static const uint32_t sizes[] = {4, 20, 36};
  static const uint32_t budgets[] = {8, 16, 64};
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  for (uint32_t i = 0; i < SLOTS; i++) {
    if (now.handle[i]) {
      expect_content(now.handle[i], now.bytes[i], i);
    }
  }
  sequences++;
  if (depth == 0) {
    return;
  }
  now.pool = pool;
  memcpy(now.memory, arena.memory, SMALL_POOL);
  memcpy(now.table, arena.table, sizeof now.table);
  const small_state saved = now;
  for (uint32_t choice = 0; choice < 3 * SLOTS + 6; choice++) {
    uint32_t slot = choice / 3;
    int done = 0;
    if (slot < SLOTS) {
      int32_t result;
      void *address;
      if (!now.handle[slot]) {
        /* Slots are alike: only the first empty one is used. */
        uint32_t first = 0;
        while (now.handle[first]) {
          first++;
        }
        if (first == slot) {
          result = defrag_alloc(&pool, sizes[choice % 3]);
          if (result > 0) {
            now.handle[slot] = result;
            now.bytes[slot] = sizes[choice % 3];
            fill(result, now.bytes[slot], slot);
          }
          done = 1;
        }
      } else if (choice % 3 == 0) {
        result = defrag_free(&pool, now.handle[slot]);
        EXPECT(result == (now.locks[slot] ? DEFRAG_STILL_LOCKED : DEFRAG_OK));
        if (!result) {
          now.handle[slot] = 0;
          done = 1;
        }
      } else if (choice % 3 == 1) {
        result = defrag_try_lock(&pool, now.handle[slot], &address);
        EXPECT(result == DEFRAG_OK || (result == DEFRAG_MOVING && !defrag_address(&pool, now.handle[slot])));
        if (!result) {
          now.locks[slot]++;
          done = 1;
        }
      } else if (now.locks[slot]) {
        unlock(now.handle[slot]);
        now.locks[slot]--;
        done = 1;
      }
    } else if (choice < 3 * SLOTS + 3) {
      (void)defrag_step(&pool, budgets[choice % 3]);
      done = 1;
    } else if (choice == 3 * SLOTS + 3) {
      done = settle(16) == 0;
    } else if (choice == 3 * SLOTS + 4) {
      done = defrag_alloc(&pool, 60) == DEFRAG_FRAGMENTED;
    }
    if (done) {
      explore(depth - 1);
    }
    now = saved;
    pool = saved.pool;
    memcpy(arena.memory, saved.memory, SMALL_POOL);
    memcpy(arena.table, saved.table, sizeof saved.table);
  }
}

static void all_short_sequences_on_a_small_heap_are_sound(void) {
  /* From three heaps: empty; full of blocks; full, with a large block above a hole. */
  static const uint32_t first[3][SLOTS] = {{0, 0, 0}, {20, 36, 20}, {12, 60, 4}};
  for (uint32_t start = 0; start < 3; start++) {
    make_pool(SMALL_POOL, SLOTS);
    memset(&now, 0, sizeof now);
    for (uint32_t i = 0; i < SLOTS && first[start][i]; i++) {
      now.handle[i] = alloc(first[start][i]);
      now.bytes[i] = first[start][i];
      fill(now.handle[i], now.bytes[i], i);
    }
    explore(DEPTH);
  }
  printf("  %lu sequences\n", sequences);
}

/* ---- ---- */

static const struct {
  const char *name;
  void (*run)(void);
} tests[] = {
    {"defect 1: best fit looks past the first hole, and in every bin", best_fit_looks_past_the_first_hole_and_in_every_bin},
    {"defect 2: every payload is aligned to eight", every_payload_is_aligned_to_eight},
    {"defect 3: a hole freed below a move that is under way is not forgotten", a_hole_freed_below_a_move_is_not_forgotten},
    {"defect 4: sizes near the largest do not wrap", sizes_near_the_largest_do_not_wrap},
    {"defect 5: the one free handle is found, wherever it is", the_one_free_handle_is_found_wherever_it_is},
    {"defect 6: a hole below a locked block is taken up after the unlock",
     a_hole_below_a_locked_block_is_taken_up_after_the_unlock},
    {"defect 7: a block locked across a compaction stays", a_block_locked_across_a_compaction_stays},
    {"defect 8: compaction ends", compaction_ends},
    {"defect 9: every remainder of a split is a hole that serves", every_remainder_of_a_split_is_a_hole},
    {"defect 10: blocks take what they need and no more", blocks_take_what_they_need_and_no_more},
    {"a lock during a copy discards it", a_lock_during_a_copy_discards_it},
    {"a lock during a slide is refused until it ends", a_lock_during_a_slide_is_refused_until_it_ends},
    {"a free during a move works", a_free_during_a_move_works},
    {"a hole that an allocation does not see is brought up", a_hole_that_an_allocation_does_not_see_is_brought_up},
    {"steps end as soon as the request would be served", steps_end_as_soon_as_the_request_would_be_served},
    {"a request that fails during a move is looked for from the bottom",
     a_request_that_fails_during_a_move_is_looked_for_from_the_bottom},
    {"a request that was served meanwhile is forgotten", a_request_that_was_served_meanwhile_is_forgotten},
    {"a pending request that no longer fits is out of memory", a_pending_request_that_no_longer_fits_is_out_of_memory},
    {"overwritten headers are refused where they are met", overwritten_headers_are_refused_where_they_are_met},
    {"handles that are not live are refused", handles_that_are_not_live_are_refused},
    {"locks are counted up to the limit", locks_are_counted_up_to_the_limit},
    {"bad arguments are refused", bad_arguments_are_refused},
    {"an overwritten header is found by the check", an_overwritten_header_is_found},
    {"the walks show the whole heap", the_walks_show_the_whole_heap},
    {"typed mutexes give typed pointers", typed_mutexes_give_typed_pointers},
    {"a request is served if the locked blocks cannot hold up enough", a_request_is_served_if_locks_cannot_hold_up_enough},
    {"all short sequences on a small heap are sound", all_short_sequences_on_a_small_heap_are_sound},
    {"random operations agree with a model", random_operations_agree_with_a_model},
};

int main(int argc, char **argv) {
  test_seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
  printf("seed %lu\n", test_seed);
  for (uint32_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    test_name = tests[i].name;
    seed_random(test_seed + 1000u * i);
    tests[i].run();
    printf("ok: %s\n", test_name);
    fflush(stdout);
  }
  return 0;
}
