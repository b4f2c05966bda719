/*
 * A hole that idle steps keep ready.
 *
 * SPDX-License-Identifier: MIT
 */
#include "harness.h"

/* Holes of 8, 6 and 4 granules between blocks of 5, all full else. */
static void three_holes(defrag_handle *h) {
  static const uint32_t sizes[] = {8, 5, 6, 5, 4, 5};
  make_pool(34 * 8, 8);
  for (int i = 0; i < 6; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
  }
  release(h[0]);
  release(h[2]);
  release(h[4]);
  EXPECT(pool.heap.free == 18);
}

static void steps_without_a_hole_to_keep_move_nothing(void) {
  defrag_handle h[6];
  three_holes(h);
  EXPECT(defrag_step(&pool, 64) == 0 && pool.heap.bytes_moved == 0);
  /* There is one already, exactly as large. */
  EXPECT(defrag_keep_ready(&pool, bytes_of(8)) == DEFRAG_OK);
  EXPECT(defrag_step(&pool, 64) == 0 && pool.heap.bytes_moved == 0);
}

static void idle_steps_make_the_hole_and_make_it_again(void) {
  defrag_handle h[6];
  three_holes(h);
  fill(h[1], 36, 1);
  fill(h[3], 36, 3);
  EXPECT(defrag_keep_ready(&pool, bytes_of(9)) == DEFRAG_OK);
  EXPECT(settle(16) == 0);
  uint32_t moved = pool.heap.bytes_moved;
  EXPECT(moved > 0 && statistics().largest_bytes >= bytes_of(9));
  EXPECT(settle(16) == 0 && pool.heap.bytes_moved == moved);
  /* It is taken, and there is not enough left: nothing moves. A free brings it back within reach. */
  defrag_handle taken = alloc(bytes_of(14));
  EXPECT(pool.heap.free == 4 && settle(16) == 0 && pool.heap.bytes_moved == moved);
  release(h[3]);
  EXPECT(pool.heap.free == 9);
  EXPECT(settle(16) == 0 && statistics().largest_bytes == bytes_of(9));
  release(taken);
  expect_content(h[1], 36, 1);
}

static void it_gives_up_where_not_enough_is_free(void) {
  defrag_handle h[6];
  three_holes(h);
  EXPECT(defrag_keep_ready(&pool, bytes_of(19)) == DEFRAG_OK);
  EXPECT(settle(64) == 0 && pool.heap.bytes_moved == 0);
  EXPECT(defrag_keep_ready(&pool, DEFRAG_MAX_SIZE + 1) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_keep_ready(&pool, UINT32_MAX) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_keep_ready(&pool, DEFRAG_MAX_SIZE) == DEFRAG_OK);
  EXPECT(settle(64) == 0 && pool.heap.bytes_moved == 0);
}

static void a_request_goes_first(void) {
  defrag_handle h[6];
  three_holes(h);
  EXPECT(defrag_keep_ready(&pool, bytes_of(18)) == DEFRAG_OK);
  EXPECT(defrag_alloc(&pool, bytes_of(10)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  EXPECT(statistics().largest_bytes < bytes_of(18) || !DEFRAG_PASSES);
  defrag_handle served = alloc(bytes_of(10));
  release(served);
  EXPECT(settle(64) == 0 && statistics().largest_bytes == bytes_of(18));
}

static void idle_steps_begin_after_one_that_answers_a_request_that_was_granted(void) {
  defrag_handle h[6];
  three_holes(h);
  EXPECT(defrag_keep_ready(&pool, bytes_of(12)) == DEFRAG_OK);
  EXPECT(defrag_alloc(&pool, bytes_of(10)) == DEFRAG_FRAGMENTED);
  release(h[1]);
  (void)alloc(bytes_of(10));
  EXPECT(defrag_step(&pool, 64) == 0 && !pool.request.idle);
  EXPECT(defrag_step(&pool, 64) == 1 && pool.request.idle);
  EXPECT(settle(64) == 0 && statistics().largest_bytes >= bytes_of(12));
}

static void a_hole_that_is_wanted_no_more_is_not_worked_for(void) {
  defrag_handle h[6];
  three_holes(h);
  (void)lock(h[3]);
  EXPECT(defrag_keep_ready(&pool, bytes_of(15)) == DEFRAG_OK);
  EXPECT(settle(64) == DEFRAG_BLOCKED);
  EXPECT(defrag_keep_ready(&pool, 0) == DEFRAG_OK);
  unlock(h[3]);
  EXPECT(settle(64) == 0 && has_moved(0));
}

const test ready_tests[] = {
    {"steps without a hole to keep move nothing", steps_without_a_hole_to_keep_move_nothing},
    {"idle steps make the hole, and make it again", idle_steps_make_the_hole_and_make_it_again},
    {"it gives up where not enough is free", it_gives_up_where_not_enough_is_free},
    {"a request goes first", a_request_goes_first},
    {"idle steps begin after one that answers a request that was granted",
     idle_steps_begin_after_one_that_answers_a_request_that_was_granted},
    {"a hole that is wanted no more is not worked for", a_hole_that_is_wanted_no_more_is_not_worked_for},
    {NULL, NULL},
};
