/*
 * A request that was refused is not kept waiting, whatever other calls do between the steps: what is gathered for it is kept, and its
 * hole is told and promised.
 *
 * SPDX-License-Identifier: MIT
 */
#include "progress.h"

void fill_pool(defrag_handle *h, const uint32_t *sizes, uint32_t count) {
  uint32_t all = 1;
  for (uint32_t i = 0; i < count; i++) {
    all += sizes[i];
  }
  make_pool(all * 8, count + 4);
  for (uint32_t i = 0; i < count; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
  }
  EXPECT(pool.heap.free == 0);
}

uint32_t fresh_patience(void) { return pool.request.full_patience - PASS; }

void be_impatient(void) { pool.request.full_patience = 0; }

void refuse(uint32_t size) { EXPECT(defrag_alloc(&pool, bytes_of(size)) == DEFRAG_FRAGMENTED); }

void refuse_pinned(uint32_t size) { EXPECT(defrag_alloc_pinned(&pool, bytes_of(size)) == DEFRAG_FRAGMENTED); }

static uint32_t place_of(defrag_handle handle) {
  return (uint32_t)((const unsigned char *)defrag_address(&pool, handle) - arena.memory) / 8u;
}

void three_holes(defrag_handle *h) {
  static const uint32_t sizes[] = {6, 1, 1, 6, 2, 6};
  fill_pool(h, sizes, 6);
  release(h[0]);
  release(h[3]);
  release(h[5]);
}

void nearly_served(defrag_handle *h) {
  static const uint32_t sizes[] = {4, 1, 4, 4, 1, 12};
  fill_pool(h, sizes, 6);
  (void)lock(h[1]);
  (void)lock(h[4]);
  release(h[0]);
  release(h[2]);
}

/* ---- Kept ---- */

static void a_smaller_request_takes_what_it_likes_of_a_patient_one(void) {
  defrag_handle h[6];
  three_holes(h);
  refuse(10);
  (void)alloc(bytes_of(3));
  EXPECT(defrag_resize(&pool, h[2], bytes_of(3)) == DEFRAG_OK);
  (void)alloc_pinned(bytes_of(3));
  EXPECT(pool.request.want == 10);
}

static void what_is_gathered_is_kept_from_smaller_requests(void) {
  for (uint32_t budget = 8; budget <= 64; budget += 56) {
    defrag_handle h[6];
    three_holes(h);
    be_impatient();
    refuse(10);
    int32_t more = 1;
    while (more == 1) {
      for (uint32_t size = 1; size < 10; size++) {
        refuse(size);
      }
      int32_t in_place = defrag_resize(&pool, h[4], bytes_of(3));
      int32_t elsewhere = defrag_resize(&pool, h[1], bytes_of(2));
      EXPECT(in_place == DEFRAG_FRAGMENTED || in_place == DEFRAG_MOVING);
      EXPECT(elsewhere == DEFRAG_FRAGMENTED || elsewhere == DEFRAG_MOVING);
      more = defrag_step(&pool, budget);
      expect_sound();
    }
    EXPECT(more == 0);
    /* And until the next step. */
    refuse(9);
    refuse_pinned(3);
    three_holes(h);
    be_impatient();
    refuse(10);
    EXPECT(settle(budget) == 0);
    refuse(9);
    (void)alloc(bytes_of(10));
    (void)alloc(bytes_of(6));
  }
}

static void what_is_gathered_is_kept_from_smaller_pinned_requests(void) {
  static const uint32_t sizes[] = {6, 2, 6, 2, 6};
  defrag_handle h[5];
  fill_pool(h, sizes, 5);
  be_impatient();
  release(h[0]);
  release(h[2]);
  refuse_pinned(5);
  EXPECT(pool.request.want_pinned == 5);
  release(h[4]);
  EXPECT(pool.request.phase == PHASE_SERVED);
  refuse_pinned(4);
  refuse(3);
  EXPECT(defrag_step(&pool, 8) == 0);
  refuse_pinned(4);
  refuse(3);
  EXPECT(place_of(alloc_pinned(bytes_of(5))) == 18);
}

static void what_was_gathered_is_kept_also_where_a_free_makes_another_hole_that_serves(void) {
  static const uint32_t sizes[] = {200, 1, 200, 1, 400, 1, 129, 1, 129, 1, 129, 1, 129, 1};
  enum { BLOCKS = sizeof sizes / sizeof *sizes };
  if (LARGEST_HOLE < 2000) {
    return; /* the small profile */
  }
  defrag_handle h[BLOCKS];
  fill_pool(h, sizes, BLOCKS);
  be_impatient();
  (void)lock(h[3]);
  release(h[0]);
  release(h[2]);
  refuse(400);
  EXPECT(settle(64) == 0 && pool.request.phase == PHASE_KEPT);
  release(h[4]);
  for (uint32_t i = 6; i < BLOCKS; i += 2) {
    release(h[i]); /* four in the same bin, where an allocation looks first */
  }
  refuse(130);
  expect_sound();
  (void)alloc(bytes_of(400));
}

static void what_a_pass_has_left_below_is_for_all(void) {
  static const uint32_t sizes[] = {3, 1, 6, 2, 6};
  defrag_handle h[5];
  fill_pool(h, sizes, 5);
  be_impatient();
  (void)lock(h[1]);
  release(h[0]);
  release(h[2]);
  release(h[4]);
  refuse(10);
  while (pool.request.cursor <= 4) {
    refuse(3);
    EXPECT(defrag_step(&pool, 8) == 1);
  }
  EXPECT(place_of(alloc(bytes_of(3))) == 1);
  EXPECT(settle(8) == 0);
  (void)alloc(bytes_of(10));
}

static void what_is_kept_is_free_again_after_the_next_step(void) {
  static const uint32_t sizes[] = {4, 8, 1, 4, 4, 1};
  defrag_handle h[6];
  fill_pool(h, sizes, 6);
  be_impatient();
  (void)lock(h[2]);
  (void)lock(h[5]);
  release(h[0]);
  release(h[3]);
  refuse(8);
  while (!pool.move.kind) {
    EXPECT(defrag_step(&pool, 8) == 1);
  }
  release(h[4]);
  EXPECT(defrag_step(&pool, 8) == 0);
  refuse(7);
  EXPECT(defrag_step(&pool, 8) == 0 && pool.move.kind && pool.request.phase == PHASE_NONE);
  (void)alloc(bytes_of(7));
  /* Also if a free has made another one. */
  three_holes(h);
  be_impatient();
  refuse(10);
  EXPECT(settle(64) == 0);
  release(h[4]);
  refuse(9);
  EXPECT(defrag_step(&pool, 64) == 0 && pool.request.phase == PHASE_NONE);
  EXPECT(pool.request.patience == pool.request.full_patience);
  (void)alloc(bytes_of(9));
  three_holes(h);
  be_impatient();
  refuse(10);
  EXPECT(settle(64) == 0);
  refuse(9);
  EXPECT(defrag_step(&pool, 64) == 0 && pool.request.phase == PHASE_NONE);
  EXPECT(pool.request.patience == pool.request.full_patience);
  (void)alloc(bytes_of(9));
}

/* ---- Slid ---- */

/* A block of 3 granules moves into a hole of 6, and is locked and unlocked after each step. How often a lock has met "moving". */
static uint32_t locks_refused(int impatient, uint32_t budget) {
  static const uint32_t sizes[] = {6, 3, 6};
  defrag_handle h[3];
  fill_pool(h, sizes, 3);
  if (impatient) {
    be_impatient();
  }
  fill(h[1], 20, 1);
  release(h[0]);
  release(h[2]);
  refuse(10);
  uint32_t refused = 0;
  while (defrag_step(&pool, budget) == 1) {
    void *address;
    if (defrag_try_lock(&pool, h[1], &address) == DEFRAG_MOVING) {
      EXPECT(pool.request.mode == MODE_EXCLUSIVE);
      refused++;
    } else {
      unlock(h[1]);
    }
    expect_sound();
  }
  expect_content(h[1], 20, 1);
  EXPECT(pool.heap.discards == 0 || !impatient);
  return refused;
}

static void a_block_slides_for_an_impatient_request_and_a_lock_waits_for_so_many_steps(void) {
  for (uint32_t budget = 8; budget <= 64; budget += 8) {
    uint32_t refused = locks_refused(1, budget);
    EXPECT(refused <= (3 * 8 + budget - 1) / budget && (refused || budget >= 3 * 8));
    (void)alloc(bytes_of(10));
  }
}

/* Each copy is given up, until it is slid. */
static void locks_do_not_keep_a_request_waiting(void) {
  EXPECT(locks_refused(0, 8) == 2 && pool.heap.discards > 0);
  (void)alloc(bytes_of(10));
}

/* ---- Told ---- */

static void a_free_that_serves_is_told_at_the_next_step(void) {
  for (int impatient = 0; impatient < 2; impatient++) {
    for (uint32_t steps = 0; steps < 24; steps++) {
      defrag_handle h[6];
      nearly_served(h);
      if (impatient) {
        be_impatient();
      }
      refuse(8);
      for (uint32_t i = 0; i < steps; i++) {
        int32_t more = defrag_step(&pool, 8);
        EXPECT(more == 1 || more == DEFRAG_BLOCKED);
      }
      /* There is idle work to do as well. */
      EXPECT(defrag_keep_ready(&pool, bytes_of(12)) == DEFRAG_OK);
      if (steps % 2) {
        release(h[3]);
      } else {
        EXPECT(defrag_resize(&pool, h[5], bytes_of(4)) == DEFRAG_OK);
      }
      if (pool.request.phase != PHASE_SERVED) { /* it was being copied, and the hole for the copy is given back first */
        EXPECT(pool.move.kind && defrag_step(&pool, 8) == 1);
      }
      EXPECT(defrag_step(&pool, 8) == 0);
      (void)alloc(bytes_of(8));
    }
  }
}

static void a_free_that_serves_a_pinned_request_is_told_at_the_next_step(void) {
  for (uint32_t steps = 0; steps < 24; steps++) {
    defrag_handle h[6];
    nearly_served(h);
    refuse_pinned(8);
    for (uint32_t i = 0; i < steps; i++) {
      int32_t more = defrag_step(&pool, 8);
      EXPECT(more == 1 || more == DEFRAG_BLOCKED);
    }
    release(h[3]); /* below a block that is locked, not pinned */
    EXPECT(pool.request.phase != PHASE_SERVED);
    release(h[5]);
    EXPECT(defrag_step(&pool, 8) == 0);
    EXPECT(place_of(alloc_pinned(bytes_of(8))) == 19);
  }
}

static void a_free_that_serves_is_told_in_the_middle_of_a_move(void) {
  static const uint32_t sizes[] = {4, 8, 1, 4, 4, 1};
  for (int pinned = 0; pinned < 2; pinned++) {
    defrag_handle h[6];
    fill_pool(h, sizes, 6);
    be_impatient();
    (void)lock(h[2]);
    if (pinned) {
      release(h[5]);
      h[5] = alloc_pinned(bytes_of(1));
    }
    (void)lock(h[5]);
    release(h[0]);
    release(h[3]);
    if (pinned) {
      refuse_pinned(8);
    } else {
      refuse(8);
    }
    while (!pool.move.kind) {
      EXPECT(defrag_step(&pool, 8) == 1);
    }
    release(h[4]);
    EXPECT(defrag_step(&pool, 8) == 0 && pool.move.kind);
    (void)(pinned ? alloc_pinned(bytes_of(8)) : alloc(bytes_of(8)));
    expect_sound();
  }
}

static void what_a_free_has_made_can_be_taken_before_the_step_unless_it_is_kept(void) {
  for (int in_a_move = 0; in_a_move < 2; in_a_move++) {
    defrag_handle h[6];
    static const uint32_t sizes[] = {4, 8, 1, 4, 4, 1};
    fill_pool(h, sizes, 6);
    EXPECT(defrag_keep_ready(&pool, bytes_of(5)) == DEFRAG_OK);
    (void)lock(h[5]);
    if (!in_a_move) {
      (void)lock(h[1]);
    }
    release(h[0]);
    release(h[3]);
    refuse(8);
    while (in_a_move && !pool.move.kind) {
      EXPECT(defrag_step(&pool, 8) == 1);
    }
    release(h[4]);
    EXPECT(pool.request.phase == PHASE_SERVED);
    (void)alloc(bytes_of(5));
    EXPECT(defrag_step(&pool, 8) == 1);
    EXPECT(pool.request.want == 8 && (pool.request.phase == PHASE_SEARCH || in_a_move));
  }
  defrag_handle h[6];
  nearly_served(h);
  be_impatient();
  refuse(8);
  release(h[3]);
  refuse(5);
  EXPECT(defrag_step(&pool, 8) == 0);
  (void)alloc(bytes_of(8));
}

/* ---- Promised ---- */

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

/* Holes of 5, 5 and 4 granules are gathered for the request, when a block of 12 is freed, and as many of 8 as an allocation looks at. */
static void an_answer_holds_although_another_hole_was_gathered(void) {
  static const uint32_t sizes[] = {5, 1, 5, 1, 4, 1, 12, 1, 8, 1, 8, 1, 8, 1, 8, 1};
  enum { GATHERED = DEFRAG_BINS };
  defrag_handle h[16];
  fill_pool(h, sizes, 16);
  for (uint32_t i = 5; i < 16; i += 2) {
    (void)lock(h[i]);
  }
  for (uint32_t i = 0; i < 6; i += 2) {
    release(h[i]);
  }
  refuse(12);
  while (!pool.holes.bins[GATHERED]) {
    EXPECT(defrag_step(&pool, 64) == 1);
  }
  for (uint32_t i = 6; i < 16; i += 2) {
    release(h[i]);
  }
  EXPECT(defrag_step(&pool, 64) == 0);
  EXPECT(place_of(alloc(bytes_of(12))) == 18);
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
    {"a smaller request takes what it likes of a patient one", a_smaller_request_takes_what_it_likes_of_a_patient_one},
    {"what is gathered is kept from smaller requests", what_is_gathered_is_kept_from_smaller_requests},
    {"what is gathered is kept from smaller pinned requests", what_is_gathered_is_kept_from_smaller_pinned_requests},
    {"what was gathered is kept also where a free makes another hole that serves", what_was_gathered_is_kept_also_where_a_free_makes_another_hole_that_serves},
    {"what a pass has left below is for all", what_a_pass_has_left_below_is_for_all},
    {"what is kept is free again after the next step", what_is_kept_is_free_again_after_the_next_step},
    {"a block slides for an impatient request and a lock waits for so many steps", a_block_slides_for_an_impatient_request_and_a_lock_waits_for_so_many_steps},
    {"locks do not keep a request waiting", locks_do_not_keep_a_request_waiting},
    {"a free that serves is told at the next step", a_free_that_serves_is_told_at_the_next_step},
    {"a free that serves a pinned request is told at the next step", a_free_that_serves_a_pinned_request_is_told_at_the_next_step},
    {"a free that serves is told in the middle of a move", a_free_that_serves_is_told_in_the_middle_of_a_move},
    {"what a free has made can be taken before the step unless it is kept", what_a_free_has_made_can_be_taken_before_the_step_unless_it_is_kept},
    {"an answer holds however many frees come in between", an_answer_holds_however_many_frees_come_in_between},
    {"an answer holds although another hole was gathered", an_answer_holds_although_another_hole_was_gathered},
    {"a hole that served and was taken is joined by the end of a move", a_hole_that_served_and_was_taken_is_joined_by_the_end_of_a_move},
    {NULL, NULL},
};
