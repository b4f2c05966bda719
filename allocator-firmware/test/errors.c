/*
 * Handles, locks and arguments that are refused; walks and typed access.
 *
 * SPDX-License-Identifier: MIT
 */
#include "harness.h"

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
  /* A stale handle is refused for the reuses of its entry that the header promises. */
  make_pool(64, 1);
  a = alloc(8);
  release(a);
  for (int i = 0; i < GENERATIONS - 1; i++) {
    defrag_handle b = alloc(8);
    EXPECT(b > 0 && b != a);
    EXPECT(defrag_free(&pool, a) == DEFRAG_INVALID_HANDLE);
    release(b);
  }
  /* The next handle of a free entry, forged. */
  defrag_handle next = alloc(8);
  EXPECT(next == a);
  release(next);
  defrag_handle forged = (defrag_handle)((uint32_t)pool.heap.table[0] >> GENERATION_SHIFT << GENERATION_SHIFT);
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
  EXPECT(defrag_init(&pool, arena.memory, DEFRAG_MAX_POOL + 1, arena.table, 4) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, NULL, 4) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, arena.table, 0) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, arena.table, DEFRAG_MAX_HANDLES + 1) == DEFRAG_BAD_ARGUMENT);
  EXPECT(defrag_init(&pool, arena.memory, 64, (defrag_entry *)(void *)((char *)arena.table + sizeof(defrag_entry) / 2), 4) == DEFRAG_BAD_ARGUMENT);
  make_pool(64, 4);
  for (uint32_t budget = 0; budget < 8; budget++) {
    EXPECT(defrag_step(&pool, budget) == DEFRAG_BAD_ARGUMENT);
  }
  EXPECT(defrag_step(&pool, UINT32_MAX) == 0);
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
  EXPECT(bin <= DEFRAG_BINS && offset % 8u == 4u && bytes % 8u == 0);
  sum[2]++;
  return 0;
}

static int32_t stop_at_once(void *context, const defrag_block *block) {
  (void)context;
  return (int32_t)block->bytes;
}

static int32_t stop_at_the_first_hole(void *context, uint32_t bin, uint32_t offset, uint32_t bytes) {
  (void)context;
  (void)bin;
  (void)offset;
  return (int32_t)bytes;
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
  EXPECT(defrag_walk_free(&pool, stop_at_the_first_hole, NULL) > 0);
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

const test error_tests[] = {
    {"handles that are not live are refused", handles_that_are_not_live_are_refused},
    {"locks are counted up to the limit", locks_are_counted_up_to_the_limit},
    {"bad arguments are refused", bad_arguments_are_refused},
    {"the walks show the whole heap", the_walks_show_the_whole_heap},
    {"typed mutexes give typed pointers", typed_mutexes_give_typed_pointers},
    {NULL, NULL},
};
