/*
 * Steps that work for a request.
 *
 * SPDX-License-Identifier: MIT
 */
#include "harness.h"

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
  EXPECT(settle(64) == 0 && has_moved(0));
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
  (void)alloc(pool.heap.free * 8u - 164u);
  defrag_handle top = alloc(156);
  EXPECT(pool.heap.free == 0);
  for (int i = 0; i < 9; i += 2) {
    release(h[i]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(10)) == DEFRAG_FRAGMENTED);
  EXPECT(defrag_step(&pool, 64) == 1); /* finds a window */
  int32_t moved = defrag_step(&pool, 64);
  EXPECT(moved == 0 || (moved == 1 && defrag_step(&pool, 64) == 0)); /* where the two holes join in a step of its own */
  EXPECT(has_moved(16));
  h[0] = alloc(bytes_of(10));
  /* A hole made by a free will do as well. */
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  release(top);
  EXPECT(defrag_step(&pool, 64) == 0 && has_moved(16));
  (void)alloc(bytes_of(12));
}

static void a_request_that_was_served_meanwhile_is_forgotten(void) {
  make_pool(512, 8);
  defrag_handle a = alloc(100);
  defrag_handle b = alloc(100);
  defrag_handle c = alloc(100);
  defrag_handle d = alloc(pool.heap.free * 8u - 4u);
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

static void a_request_that_an_allocation_serves_is_forgotten(void) {
  bury_a_hole();
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  (void)alloc(bytes_of(11));
  (void)alloc(bytes_of(10));
  EXPECT(defrag_address(&pool, alloc(bytes_of(12))) == arena.memory + 8);
  EXPECT(settle(64) == 0 && pool.request.want == 0);
}

static void the_larger_request_stays(void) {
  for (uint32_t steps = 0; steps < 6; steps++) {
    bury_a_hole();
    EXPECT(defrag_alloc(&pool, bytes_of(20)) == DEFRAG_FRAGMENTED);
    int32_t result = 1;
    for (uint32_t i = 0; i < steps; i++) {
      result = defrag_step(&pool, 64);
    }
    int32_t smaller = defrag_alloc(&pool, bytes_of(12));
    if (DEFRAG_PASSES || smaller < 0) { /* else what steps have reached by now is the hole of 12 */
      EXPECT(smaller == DEFRAG_FRAGMENTED);
      EXPECT(pool.request.want == (result == DEFRAG_BLOCKED ? 12 : 20));
      EXPECT(serve(bytes_of(12), 64) > 0);
    }
  }
}

static void a_request_that_was_found_blocked_makes_way(void) {
  bury_a_hole();
  EXPECT(defrag_alloc(&pool, bytes_of(20)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == DEFRAG_BLOCKED);
  EXPECT(defrag_step(&pool, 64) == DEFRAG_BLOCKED && pool.request.want == 20);
  EXPECT(defrag_alloc(&pool, bytes_of(20)) == DEFRAG_FRAGMENTED);
  EXPECT(defrag_step(&pool, 64) == DEFRAG_BLOCKED);
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  (void)alloc(bytes_of(12));
}

/* Where the move ends says nothing about what is below it. */
static void a_request_that_comes_during_a_move_begins_at_the_bottom(void) {
  static const uint32_t sizes[] = {8, 2, 8, 1, 4, 4, 4, 4, 4, 1};
  make_pool(41 * 8, 10);
  defrag_handle h[10];
  for (int i = 0; i < 10; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
  }
  (void)lock(h[3]);
  release(h[4]);
  release(h[6]);
  release(h[8]);
  EXPECT(defrag_alloc(&pool, bytes_of(10)) == DEFRAG_FRAGMENTED);
  while (!pool.move.kind) {
    EXPECT(defrag_step(&pool, 8) == 1);
  }
  EXPECT(pool.move.left > 0);
  release(h[0]);
  release(h[2]);
  EXPECT(defrag_alloc(&pool, bytes_of(16)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(8) == 0);
  (void)alloc(bytes_of(16));
}

static void a_pending_request_that_no_longer_fits_is_out_of_memory(void) {
  bury_a_hole();
  EXPECT(defrag_alloc(&pool, bytes_of(50)) == DEFRAG_FRAGMENTED);
  (void)alloc(bytes_of(11));
  EXPECT(settle(64) == DEFRAG_OUT_OF_MEMORY);
}

static void a_request_is_served_if_locks_cannot_hold_up_enough(void) {
  uint32_t tried = 0;
  for (uint32_t round = 0; round < rounds(6000); round++) {
    uint32_t bytes = 128 + 8 * below(496);
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
    uint32_t size = (pool.heap.free - 1u) / (locked + 1u) + 1u;
    EXPECT(pool.heap.free > (locked + 1u) * (size - 1u));
    int32_t result = defrag_alloc(&pool, bytes_of(size));
    if (result == DEFRAG_FRAGMENTED) {
      tried++;
      EXPECT(settle(8 + below(120)) == 0);
      result = defrag_alloc(&pool, bytes_of(size));
    }
    EXPECT(result > 0);
    expect_sound();
  }
  EXPECT(tried > rounds(1000));
}

const test request_tests[] = {
    {"a hole that an allocation does not see is brought up", a_hole_that_an_allocation_does_not_see_is_brought_up},
    {"steps end as soon as the request would be served", steps_end_as_soon_as_the_request_would_be_served},
    {"a request that was served meanwhile is forgotten", a_request_that_was_served_meanwhile_is_forgotten},
    {"a request that an allocation serves is forgotten", a_request_that_an_allocation_serves_is_forgotten},
    {"the larger request stays", the_larger_request_stays},
    {"a request that was found blocked makes way", a_request_that_was_found_blocked_makes_way},
    {"a request that comes during a move begins at the bottom", a_request_that_comes_during_a_move_begins_at_the_bottom},
    {"a pending request that no longer fits is out of memory", a_pending_request_that_no_longer_fits_is_out_of_memory},
    {"a request is served if the locked blocks cannot hold up enough", a_request_is_served_if_locks_cannot_hold_up_enough},
    {NULL, NULL},
};
