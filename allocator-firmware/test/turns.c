/*
 * Of several requests that were refused, which one steps work for.
 *
 * SPDX-License-Identifier: MIT
 */
#include "progress.h"

static void a_smaller_request_is_served_after_a_larger_one_that_was_abandoned(void) {
  for (int impatient = 0; impatient < 2; impatient++) {
    for (int pinned = 0; pinned < 2; pinned++) {
      for (uint32_t steps = 0; steps < 12; steps++) {
        defrag_handle h[6];
        three_holes(h);
        if (impatient) {
          be_impatient();
        }
        if (pinned) {
          refuse_pinned(18);
        } else {
          refuse(18);
        }
        int32_t more = 1;
        for (uint32_t i = 0; i < steps && more == 1; i++) {
          more = defrag_step(&pool, 8);
          if (more == 1 && (impatient || !pinned)) { /* else the hole may be there and the step still to come */
            refuse(17);
            EXPECT(pool.request.want == (pinned ? 0x7fff : 18));
          }
        }
        EXPECT(serve(bytes_of(10), 8) > 0);
      }
    }
  }
}

static void a_request_for_a_pinned_block_is_larger_than_all_others(void) {
  defrag_handle h[6];
  three_holes(h);
  refuse(18);
  refuse_pinned(7);
  EXPECT(pool.request.want == 0x7fff && pool.request.want_pinned == 7);
  refuse(18);
  refuse_pinned(7);
  EXPECT(pool.request.want == 0x7fff && pool.request.want_pinned == 7);
  refuse_pinned(8);
  refuse_pinned(7);
  EXPECT(pool.request.want_pinned == 8);
  EXPECT(settle(8) == 0);
  (void)alloc_pinned(bytes_of(8));
}

static void a_larger_request_goes_on_where_an_impatient_one_is(void) {
  for (int impatient = 0; impatient < 2; impatient++) {
    defrag_handle h[6];
    three_holes(h);
    if (impatient) {
      be_impatient();
    }
    refuse(10);
    while (!pool.heap.bytes_moved) {
      EXPECT(defrag_step(&pool, 8) == 1);
    }
    uint32_t cursor = pool.request.cursor;
    EXPECT(cursor > 1);
    refuse(18);
    EXPECT(pool.request.want == 18 && pool.request.cursor == (impatient || !DEFRAG_PASSES ? cursor : 1));
    EXPECT(settle(8) == 0);
    (void)alloc(bytes_of(18));
  }
}

static void an_exclusive_pass_does_not_begin_again_for_a_pinned_request(void) {
  defrag_handle h[6];
  three_holes(h);
  be_impatient();
  refuse(10);
  while (pool.request.cursor == 1) {
    EXPECT(defrag_step(&pool, 64) == 1);
  }
  uint32_t cursor = pool.request.cursor;
  refuse_pinned(12);
  EXPECT(pool.request.want == 10 && pool.request.cursor == cursor);
  EXPECT(settle(64) == 0);
  release(alloc(bytes_of(10)));
  refuse_pinned(12);
  while (pool.request.cursor == 1) {
    EXPECT(defrag_step(&pool, 64) == 1);
  }
  refuse_pinned(18); /* but it goes on for a larger one */
  EXPECT(pool.request.cursor > 1 && pool.request.want_pinned == 18);
  EXPECT(settle(64) == 0);
  (void)alloc_pinned(bytes_of(18));
}

/* The hole that was made for a smaller one says nothing of what lies below it. */
static void a_larger_request_begins_at_the_bottom_once_the_smaller_one_has_its_answer(void) {
  for (uint32_t steps = 0; steps < 2; steps++) {
    defrag_handle h[6];
    nearly_served(h);
    be_impatient();
    refuse(8);
    release(h[3]);
    refuse(9);
    EXPECT(pool.request.phase == PHASE_SERVED && pool.request.want == 8);
    EXPECT(defrag_step(&pool, 8) == 0 && pool.request.phase == PHASE_KEPT);
    if (steps) {
      EXPECT(defrag_step(&pool, 8) == 0 && pool.request.phase == PHASE_NONE);
    }
    refuse(9);
    EXPECT(pool.request.phase == PHASE_SEARCH && pool.request.want == 9 && pool.request.cursor == 1);
    EXPECT(settle(8) == DEFRAG_BLOCKED);
    unlock(h[1]);
    EXPECT(serve(bytes_of(9), 8) > 0);
  }
}

static void a_request_whose_turn_it_is_keeps_it_until_a_step_has_answered(void) {
  defrag_handle h[6];
  nearly_served(h);
  (void)lock(h[3]);
  EXPECT(defrag_resize(&pool, h[5], bytes_of(8)) == DEFRAG_OK);
  refuse(11);
  EXPECT(settle(64) == DEFRAG_BLOCKED);
  refuse(9);
  refuse(11);
  EXPECT(pool.request.want == 9);
  EXPECT(settle(64) == DEFRAG_BLOCKED && pool.request.want == 9);
  refuse(11);
  EXPECT(pool.request.want == 11);
  refuse(9);
  EXPECT(pool.request.want == 11);
  /* The next one has none. */
  unlock(h[3]);
  release(h[3]);
  defrag_handle enough = alloc(bytes_of(8));
  EXPECT(settle(64) == DEFRAG_OUT_OF_MEMORY);
  release(enough);
  refuse(9);
  refuse(10);
  EXPECT(pool.request.want == 10);
}

static void the_same_request_goes_on_where_it_is(void) {
  for (int pinned = 0; pinned < 2; pinned++) {
    defrag_handle h[6];
    three_holes(h);
    (void)(pinned ? refuse_pinned(18) : refuse(18));
    while (!pool.heap.bytes_moved) {
      EXPECT(defrag_step(&pool, 8) == 1);
    }
    uint32_t cursor = pool.request.cursor;
    uint32_t phase = pool.request.phase;
    (void)(pinned ? refuse_pinned(18) : refuse(18));
    EXPECT(pool.request.cursor == cursor && pool.request.phase == phase);
  }
}

static void each_request_has_passes_of_its_own(void) {
  defrag_handle h[6];
  nearly_served(h);
  for (uint32_t round = 0; round < 6; round++) {
    refuse(8);
    EXPECT(pool.request.mode == (DEFRAG_PASSES ? MODE_AIMED : MODE_EVERYTHING));
    release(h[3]);
    release(alloc(bytes_of(8)));
    /* The same heap once more. */
    h[0] = alloc(bytes_of(4));
    h[2] = alloc(bytes_of(4));
    h[3] = alloc(bytes_of(4));
    release(h[0]);
    release(h[2]);
  }
}

const test turn_tests[] = {
    {"a smaller request is served after a larger one that was abandoned", a_smaller_request_is_served_after_a_larger_one_that_was_abandoned},
    {"a request for a pinned block is larger than all others", a_request_for_a_pinned_block_is_larger_than_all_others},
    {"a larger request goes on where an impatient one is", a_larger_request_goes_on_where_an_impatient_one_is},
    {"an exclusive pass does not begin again for a pinned request", an_exclusive_pass_does_not_begin_again_for_a_pinned_request},
    {"a larger request begins at the bottom once the smaller one has its answer", a_larger_request_begins_at_the_bottom_once_the_smaller_one_has_its_answer},
    {"a request whose turn it is keeps it until a step has answered", a_request_whose_turn_it_is_keeps_it_until_a_step_has_answered},
    {"the same request goes on where it is", the_same_request_goes_on_where_it_is},
    {"each request has passes of its own", each_request_has_passes_of_its_own},
    {NULL, NULL},
};
