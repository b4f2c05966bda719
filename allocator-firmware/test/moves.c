/*
 * Moves that are interrupted by locks, unlocks and frees.
 *
 * SPDX-License-Identifier: MIT
 */
#include "model.h"

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
  EXPECT(defrag_keep_ready(&pool, pool.heap.free * 8u - 4u) == DEFRAG_OK);
  while (pool.move.kind == 0 || pool.move.size - pool.move.left < 16) {
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
  EXPECT(defrag_address(&pool, big) == was && pool.heap.discards == 1);
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

/* A block of 4 granules, which one step moves, above a hole of so many. A handler comes where a copy is about to stand. */
static void a_handler_gives_up_a_copy_that_one_step_makes_and_no_slide(void) {
  for (int impatient = 0; impatient < 2; impatient++) {
    for (uint32_t gap = 2; gap <= 6; gap++) {
      make_pool(1024, 16);
      if (impatient) {
        pool.request.full_patience = 0;
      }
      defrag_handle low = alloc(bytes_of(gap));
      defrag_handle block = alloc(bytes_of(4));
      defrag_handle high = alloc(bytes_of(8));
      (void)lock(alloc(bytes_of(pool.heap.free)));
      fill(block, 28, 5);
      release(low);
      release(high);
      EXPECT(defrag_alloc(&pool, bytes_of(gap + 8)) == DEFRAG_FRAGMENTED);
      interrupt_with(block);
      EXPECT(settle(64) == 0);
      int is_copied = gap >= 4 && !impatient;
      EXPECT(interrupt_came() == is_copied && (int)pool.heap.discards == is_copied);
      interrupt_with(0);
      expect_content(block, 28, 5);
      (void)alloc(bytes_of(gap + 8));
    }
  }
}

const test move_tests[] = {
    {"a lock during a copy discards it", a_lock_during_a_copy_discards_it},
    {"a lock during a slide is refused until it ends", a_lock_during_a_slide_is_refused_until_it_ends},
    {"a free during a move works", a_free_during_a_move_works},
    {"a handler gives up a copy that one step makes, and no slide", a_handler_gives_up_a_copy_that_one_step_makes_and_no_slide},
    {NULL, NULL},
};
