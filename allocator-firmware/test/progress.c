/*
 * A request that was refused is not kept waiting, whatever other calls do between the steps.
 *
 * SPDX-License-Identifier: MIT
 */
#include "harness.h"

/* A hole of 12 granules, below a block of 1, and as many blocks of 8 as holes are made of later, each between locked ones. The hole is
 * behind four others in its bin, and the last step has answered a request for it. */
typedef struct buried {
  defrag_handle above;
  defrag_handle others[8];
} buried;

static buried answered_with_a_buried_hole(int exclusive) {
  buried b;
  make_pool((12 + 1 + 2 + 8 * (8 + 1)) * 8 + 8, 32);
  if (exclusive) {
    pool.request.full_patience = 0;
  }
  defrag_handle h = alloc(bytes_of(12));
  b.above = alloc(bytes_of(1));
  (void)lock(alloc(bytes_of(2)));
  for (int i = 0; i < 8; i++) {
    b.others[i] = alloc(bytes_of(8));
    (void)lock(alloc(bytes_of(1)));
  }
  release(h);
  for (int i = 0; i < 4; i++) {
    release(b.others[i]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  return b;
}

static void an_answer_holds_however_many_frees_come_in_between(void) {
  for (int exclusive = 0; exclusive < 2; exclusive++) {
    for (int grows = 0; grows < 2; grows++) {
      buried b = answered_with_a_buried_hole(exclusive);
      if (grows) {
        release(b.above);
      }
      for (int i = 4; i < 8; i++) {
        release(b.others[i]);
      }
      EXPECT(defrag_address(&pool, alloc(bytes_of(12))) == arena.memory + 8);
    }
  }
}

/* A block of 6 granules is sliding into a hole of 1; the block of 10 above it is freed, which serves the request, and the hole is
 * taken, divided and given back in parts, none of which serves. */
static void a_hole_that_served_and_was_taken_is_joined_by_the_end_of_a_move(void) {
  static const uint32_t sizes[] = {1, 6, 10, 2, 1, 9};
  make_pool(30 * 8, 10);
  defrag_handle h[6];
  for (int i = 0; i < 6; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
  }
  release(h[0]);
  release(h[5]);
  EXPECT(defrag_alloc(&pool, bytes_of(10)) == DEFRAG_FRAGMENTED);
  while (!pool.move.kind) {
    EXPECT(defrag_step(&pool, 8) == 1);
  }
  release(h[2]);
  defrag_handle low = alloc(bytes_of(5));
  release(h[3]);
  defrag_handle middle = alloc(bytes_of(1));
  (void)alloc(bytes_of(6));
  release(low);
  release(middle);
  while (pool.move.kind) {
    EXPECT(defrag_step(&pool, 8) == 1);
    expect_sound();
  }
  EXPECT(settle(8) == 0);
  (void)alloc(bytes_of(10));
}

const test progress_tests[] = {
    {"an answer holds however many frees come in between", an_answer_holds_however_many_frees_come_in_between},
    {"a hole that served and was taken is joined by the end of a move", a_hole_that_served_and_was_taken_is_joined_by_the_end_of_a_move},
    {NULL, NULL},
};
