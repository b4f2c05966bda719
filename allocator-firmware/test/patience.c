/*
 * How long a request waits until it is worked for at the expense of others, and what is said then.
 *
 * SPDX-License-Identifier: MIT
 */
#include "progress.h"

/* ---- Patience ---- */

static void patience_is_what_an_undisturbed_request_takes(void) {
  make_pool(1024, 16);
  EXPECT(pool.request.full_patience == 8 * (127 / 8 + 3 * 16 + 8));
  make_pool(1024, 128);
  EXPECT(pool.request.full_patience == 8 * (127 / 8 + 3 * 63 + 8));
  make_pool(DEFRAG_MAX_POOL, MAX_TABLE);
  uint32_t most = DEFRAG_MAX_POOL / 8 - 1;
  uint32_t blocks = MAX_TABLE < most / 2 ? (uint32_t)MAX_TABLE : most / 2;
  uint32_t steps = most / 8 + 3 * blocks + 8;
  EXPECT(pool.request.full_patience == 8 * (steps < 8191 ? steps : 8191));
}

static void a_step_spends_its_budget_of_it_but_no_more_than_sixty_four_bytes(void) {
  defrag_handle h[6];
  three_holes(h);
  refuse(18);
  uint32_t left = fresh_patience();
  EXPECT(pool.request.patience == left);
  static const uint32_t budgets[] = {8, 16, 1000};
  for (uint32_t i = 0; i < 3; i++) {
    EXPECT(defrag_step(&pool, budgets[i]) == 1);
    left -= budgets[i] < 64 ? budgets[i] / 8 : 8;
    EXPECT(pool.request.patience == left);
  }
}

static void a_step_that_uses_it_up_only_turns_to_the_bottom(void) {
  uint32_t moves = 0;
  for (uint16_t patience = PASS + 1; patience < PASS + 6; patience++) {
    static const uint32_t sizes[] = {2, 4, 6, 2, 6};
    defrag_handle h[5];
    fill_pool(h, sizes, 5);
    release(h[0]);
    release(h[2]);
    release(h[4]);
    pool.request.full_patience = patience;
    refuse(14);
    while (pool.request.mode != MODE_EXCLUSIVE) {
      uint32_t moved = pool.heap.bytes_moved;
      EXPECT(defrag_step(&pool, 8) == 1);
      EXPECT(pool.request.patience || pool.heap.bytes_moved == moved);
      moves += pool.move.kind && pool.request.patience == 1;
    }
    EXPECT(pool.request.patience == 0 && pool.request.phase == PHASE_SEARCH && pool.request.cursor == 1);
    EXPECT(pool.move.kind == 0);
    EXPECT(settle(8) == 0);
    (void)alloc(bytes_of(14));
  }
  EXPECT(moves > 5); /* it waits for the end of one */
}

static void it_is_full_again_when_the_request_was_granted_or_found_blocked(void) {
  defrag_handle h[6];
  three_holes(h);
  refuse(10);
  EXPECT(settle(8) == 0);
  EXPECT(pool.request.patience < fresh_patience());
  defrag_handle granted = alloc(bytes_of(10));
  release(granted);
  (void)alloc(bytes_of(5));
  refuse(13);
  EXPECT(pool.request.patience == fresh_patience());
  nearly_served(h);
  refuse(8);
  EXPECT(settle(8) == DEFRAG_BLOCKED);
  EXPECT(pool.request.patience == pool.request.full_patience);
}

static void an_answer_that_was_not_used_does_not_fill_it(void) {
  defrag_handle h[6];
  three_holes(h);
  refuse(12);
  EXPECT(settle(8) == 0);
  uint32_t left = pool.request.patience;
  EXPECT(left < fresh_patience() && pool.request.want == 12);
  EXPECT(defrag_step(&pool, 8) == 0);
  (void)alloc(bytes_of(3));
  (void)alloc(bytes_of(5)); /* of the hole that was made */
  refuse(10);
  EXPECT(pool.request.patience == left - PASS);
}

/* Each pass is spoilt: by a handler that has a lock of a block which no move needs. */
static void a_request_whose_passes_are_spoilt_is_impatient(void) {
  defrag_handle h[6];
  nearly_served(h);
  (void)lock(h[3]);
  (void)lock(h[5]);
  refuse(8);
  uint32_t begun[] = {0, 0, 0};
  int32_t more = 1;
  while (more == 1) {
    if (pool.request.phase == PHASE_SEARCH && pool.request.cursor == 1) {
      begun[pool.request.mode]++;
    }
    unlock(h[5]);
    (void)lock(h[5]);
    more = defrag_step(&pool, 64);
  }
  EXPECT(more == DEFRAG_BLOCKED && begun[MODE_EXCLUSIVE] == 1 && begun[MODE_AIMED] == DEFRAG_PASSES);
  EXPECT(begun[MODE_EVERYTHING] == 0 || !DEFRAG_PASSES);
  EXPECT(pool.request.passes == 0 && pool.request.mode == MODE_AIMED);
}

/* ---- The verdict ---- */

static void an_impatient_pass_is_believed_whatever_has_changed(void) {
  defrag_handle h[6];
  nearly_served(h);
  be_impatient();
  (void)lock(h[3]);
  refuse(8);
  int32_t more = 1;
  uint32_t steps = 0;
  while (more == 1) {
    unlock(h[4]);
    (void)lock(h[4]);
    more = defrag_step(&pool, 64);
    EXPECT(++steps < 12);
  }
  EXPECT(more == DEFRAG_BLOCKED && pool.request.dirty);
  /* It is looked at again: an unlock since may have made room. */
  unlock(h[3]);
  EXPECT(defrag_step(&pool, 64) == 1 && pool.request.phase == PHASE_SEARCH);
}

static void a_hole_that_was_freed_behind_a_pass_is_no_reason_to_say_blocked(void) {
  for (uint32_t steps = 0; steps < 8; steps++) {
    defrag_handle h[6];
    nearly_served(h);
    be_impatient();
    refuse(8);
    int32_t more = 1;
    for (uint32_t i = 0; i < steps && more == 1; i++) {
      more = defrag_step(&pool, 64);
    }
    unlock(h[1]);
    release(h[1]);
    EXPECT(serve(bytes_of(8), 64) > 0);
  }
}

/* ---- Holes that idle steps keep ready ---- */

static void idle_work_keeps_nothing_from_requests_however_often_it_is_spoilt(void) {
  defrag_handle h[6];
  nearly_served(h);
  be_impatient();
  (void)lock(h[3]);
  (void)lock(h[5]);
  EXPECT(defrag_keep_ready(&pool, bytes_of(8)) == DEFRAG_OK);
  for (uint32_t i = 0; i < 60; i++) {
    EXPECT(defrag_step(&pool, 64) == 1);
    EXPECT(pool.request.idle && pool.request.mode != MODE_EXCLUSIVE);
    release(alloc(bytes_of(4)));
  }
  EXPECT(pool.request.mode == MODE_EVERYTHING);
}

static void a_request_goes_before_idle_work_with_all_its_patience(void) {
  defrag_handle h[6];
  three_holes(h);
  EXPECT(defrag_keep_ready(&pool, bytes_of(17)) == DEFRAG_OK);
  EXPECT(defrag_step(&pool, 64) == 1 && pool.request.idle && pool.request.patience == 0);
  refuse(8);
  EXPECT(pool.request.want == 8 && !pool.request.idle && pool.request.patience == fresh_patience());
  EXPECT(settle(64) == 0);
  (void)alloc(bytes_of(8));
}

static void an_abandoned_request_does_not_keep_idle_steps_from_their_work(void) {
  for (int impatient = 0; impatient < 2; impatient++) {
    defrag_handle h[6];
    three_holes(h);
    if (impatient) {
      be_impatient();
    }
    refuse(8);
    EXPECT(settle(8) == 0);
    EXPECT(defrag_keep_ready(&pool, bytes_of(18)) == DEFRAG_OK);
    EXPECT(defrag_step(&pool, 8) == 1 && pool.request.idle);
    EXPECT(settle(8) == 0 && statistics().largest_bytes == bytes_of(18));
    /* And that, too, is told before more is done. */
    EXPECT(defrag_step(&pool, 8) == 0);
  }
}

const test patience_tests[] = {
    {"patience is what an undisturbed request takes", patience_is_what_an_undisturbed_request_takes},
    {"a step spends its budget of it but no more than sixty four bytes", a_step_spends_its_budget_of_it_but_no_more_than_sixty_four_bytes},
    {"a step that uses it up only turns to the bottom", a_step_that_uses_it_up_only_turns_to_the_bottom},
    {"it is full again when the request was granted or found blocked", it_is_full_again_when_the_request_was_granted_or_found_blocked},
    {"an answer that was not used does not fill it", an_answer_that_was_not_used_does_not_fill_it},
    {"a request whose passes are spoilt is impatient", a_request_whose_passes_are_spoilt_is_impatient},
    {"an impatient pass is believed whatever has changed", an_impatient_pass_is_believed_whatever_has_changed},
    {"a hole that was freed behind a pass is no reason to say blocked", a_hole_that_was_freed_behind_a_pass_is_no_reason_to_say_blocked},
    {"idle work keeps nothing from requests however often it is spoilt", idle_work_keeps_nothing_from_requests_however_often_it_is_spoilt},
    {"a request goes before idle work with all its patience", a_request_goes_before_idle_work_with_all_its_patience},
    {"an abandoned request does not keep idle steps from their work", an_abandoned_request_does_not_keep_idle_steps_from_their_work},
    {NULL, NULL},
};
