/*
 * Blocks that never move.
 *
 * SPDX-License-Identifier: MIT
 */
#include "harness.h"

static unsigned char *place_of(defrag_handle handle) { return defrag_address(&pool, handle); }

static void pinned_blocks_lie_at_the_top_and_never_move(void) {
  make_pool(1024, 16);
  defrag_handle low = alloc(100);
  defrag_handle first = alloc_pinned(60);
  EXPECT(place_of(first) == arena.memory + 1024 - 64);
  defrag_handle second = alloc_pinned(bytes_of(1));
  EXPECT(place_of(second) == place_of(first) - 8);
  fill(first, 60, 1);
  fill(second, 4, 2);
  EXPECT(lock(first) == place_of(first));
  EXPECT(defrag_free(&pool, first) == DEFRAG_STILL_LOCKED);
  unlock(first);
  /* A block between, and a hole below all: it moves, they do not. */
  defrag_handle movable = alloc(pool.heap.free * 8u - 4u);
  unsigned char *was = place_of(first);
  release(low);
  EXPECT(defrag_alloc_pinned(&pool, 100) == DEFRAG_FRAGMENTED && settle(64) == 0);
  EXPECT(place_of(movable) == arena.memory + 8 && place_of(first) == was && place_of(second) == was - 8);
  expect_content(first, 60, 1);
  expect_content(second, 4, 2);
  EXPECT(statistics().locked_blocks == 2);
  EXPECT(defrag_unlock(&pool, first) == DEFRAG_NOT_LOCKED);
}

static void the_room_of_the_lowest_goes_back_to_pinned_blocks(void) {
  make_pool(1024, 16);
  defrag_handle h[4];
  unsigned char *at[4];
  for (uint32_t i = 0; i < 4; i++) {
    h[i] = alloc_pinned(20 + 16 * i);
    at[i] = place_of(h[i]);
  }
  /* Last in, first out: the same places again. */
  for (uint32_t i = 4; i-- > 0;) {
    release(h[i]);
  }
  for (uint32_t i = 0; i < 4; i++) {
    h[i] = alloc_pinned(20 + 16 * i);
    EXPECT(place_of(h[i]) == at[i]);
  }
  /* Out of order: the room in between is for others, until all below it are gone. */
  release(h[1]);
  defrag_handle guest = alloc(36);
  EXPECT(place_of(guest) == at[1]);
  release(guest);
  release(h[2]);
  release(h[3]);
  EXPECT(place_of(alloc_pinned(36)) == at[1]);
}

static void all_pinned_blocks_can_go_and_come_again(void) {
  for (uint32_t round = 0; round < 200; round++) {
    make_pool(512, 16);
    defrag_handle h[8];
    for (uint32_t i = 0; i < 8; i++) {
      h[i] = alloc_pinned(4 + 8 * below(6));
    }
    for (uint32_t i = 8; i > 0; i--) {
      uint32_t one = below(i);
      release(h[one]);
      h[one] = h[i - 1];
    }
    defrag_handle all = alloc_pinned(500);
    EXPECT(place_of(all) == arena.memory + 8);
    EXPECT(defrag_alloc_pinned(&pool, 1) == DEFRAG_OUT_OF_MEMORY);
  }
}

static void steps_make_room_below_the_pinned_blocks(void) {
  make_pool(1024, 16);
  defrag_handle top = alloc_pinned(20);
  defrag_handle gap = alloc(200);
  defrag_handle big = alloc(pool.heap.free * 8u - 4u);
  fill(big, 700, 3);
  release(gap);
  EXPECT(defrag_alloc_pinned(&pool, 205) == DEFRAG_OUT_OF_MEMORY);
  EXPECT(defrag_alloc_pinned(&pool, 200) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  EXPECT(place_of(alloc_pinned(200)) == place_of(top) - 208);
  expect_content(big, 700, 3);
  EXPECT(place_of(big) == arena.memory + 8);
}

static void a_locked_block_below_blocks_a_pinned_request_until_the_unlock(void) {
  make_pool(1024, 16);
  defrag_handle gap = alloc(200);
  defrag_handle locked = alloc(100);
  (void)alloc_pinned(pool.heap.free * 8u - 4u);
  release(gap);
  (void)lock(locked);
  EXPECT(defrag_alloc_pinned(&pool, 100) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == DEFRAG_BLOCKED);
  EXPECT(defrag_blocker(&pool) == locked);
  unlock(locked);
  EXPECT(settle(64) == 0);
  (void)alloc_pinned(100);
}

static void a_pinned_block_is_an_obstacle(void) {
  make_pool(512, 16);
  defrag_handle low = alloc(96);
  defrag_handle pinned = alloc_pinned(bytes_of(pool.heap.free - 13u));
  defrag_handle lower = alloc_pinned(bytes_of(13));
  release(pinned);
  defrag_handle above = alloc(bytes_of(pool.heap.free - 13u));
  release(low);
  EXPECT(pool.heap.free == 26);
  EXPECT(defrag_alloc(&pool, bytes_of(14)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == DEFRAG_BLOCKED && has_moved(0));
  EXPECT(defrag_blocker(&pool) == lower);
  release(lower);
  (void)alloc(bytes_of(14));
  (void)above;
}

/* The pinned block at the top stays, the ones below it go, and a block has moved in between. */
static void room_below_the_topmost_pinned_block_is_found_again(void) {
  make_pool(512, 16);
  defrag_handle top = alloc_pinned(36);
  defrag_handle middle = alloc_pinned(36);
  defrag_handle lowest = alloc_pinned(36);
  release(middle);
  defrag_handle guest = alloc(36);
  EXPECT(place_of(guest) == place_of(top) - 40);
  fill(guest, 36, 5);
  release(lowest);
  EXPECT(defrag_alloc_pinned(&pool, 36) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  EXPECT(place_of(alloc_pinned(36)) == place_of(top) - 40);
  expect_content(guest, 36, 5);
}

static void a_smaller_pinned_request_is_served_after_the_larger_one_was_blocked(void) {
  for (uint32_t steps = 0; steps < 12; steps++) {
    make_pool(512, 16);
    defrag_handle elsewhere = alloc(36);
    (void)lock(alloc(4));
    (void)alloc_pinned(36);
    defrag_handle middle = alloc_pinned(36);
    defrag_handle lowest = alloc_pinned(36);
    release(middle);
    (void)alloc(36);
    (void)alloc(bytes_of(pool.heap.free));
    release(lowest);
    release(elsewhere);
    EXPECT(defrag_alloc_pinned(&pool, bytes_of(6)) == DEFRAG_FRAGMENTED);
    for (uint32_t i = 0; i < steps; i++) {
      (void)defrag_step(&pool, 64);
    }
    EXPECT(defrag_alloc_pinned(&pool, 36) == DEFRAG_FRAGMENTED);
    if (settle(64) == DEFRAG_BLOCKED) {
      EXPECT(defrag_alloc_pinned(&pool, 36) == DEFRAG_FRAGMENTED);
      EXPECT(settle(64) == 0);
    }
    (void)alloc_pinned(36);
  }
}

static void invalid_pinned_requests_are_refused(void) {
  make_pool(256, 2);
  EXPECT(defrag_alloc_pinned(&pool, 0) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_alloc_pinned(&pool, DEFRAG_MAX_SIZE + 1) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_alloc_pinned(&pool, UINT32_MAX) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_alloc_pinned(&pool, DEFRAG_MAX_SIZE) == DEFRAG_OUT_OF_MEMORY);
  (void)alloc_pinned(8);
  (void)alloc(8);
  EXPECT(defrag_alloc_pinned(&pool, 8) == DEFRAG_OUT_OF_HANDLES);
}

/* Two requests take turns, neither of which is served yet: the steps go on where they are. */
static void turns_of_pinned_requests_are_served(void) {
  make_pool(2048, 64);
  defrag_handle h[40];
  for (uint32_t i = 0; i < 40; i++) {
    h[i] = alloc(bytes_of(2 + i % 3));
  }
  (void)alloc(bytes_of(pool.heap.free));
  for (uint32_t i = 21; i < 40; i += 2) {
    release(h[i]);
  }
  uint32_t free = pool.heap.free;
  uint32_t steps = 0;
  while (defrag_alloc_pinned(&pool, bytes_of(free)) < 0 && defrag_alloc_pinned(&pool, bytes_of(free - 1)) < 0) {
    int32_t result = defrag_step(&pool, 64);
    EXPECT(result == 1 || result == 0);
    EXPECT(steps++ < 200);
    expect_sound();
  }
}

const test pinned_tests[] = {
    {"pinned blocks lie at the top and never move", pinned_blocks_lie_at_the_top_and_never_move},
    {"the room of the lowest goes back to pinned blocks", the_room_of_the_lowest_goes_back_to_pinned_blocks},
    {"all pinned blocks can go and come again", all_pinned_blocks_can_go_and_come_again},
    {"steps make room below the pinned blocks", steps_make_room_below_the_pinned_blocks},
    {"a locked block below blocks a pinned request until the unlock",
     a_locked_block_below_blocks_a_pinned_request_until_the_unlock},
    {"a pinned block is an obstacle", a_pinned_block_is_an_obstacle},
    {"room below the topmost pinned block is found again", room_below_the_topmost_pinned_block_is_found_again},
    {"a smaller pinned request is served after the larger one was blocked",
     a_smaller_pinned_request_is_served_after_the_larger_one_was_blocked},
    {"turns of pinned requests are served", turns_of_pinned_requests_are_served},
    {"invalid pinned requests are refused", invalid_pinned_requests_are_refused},
    {NULL, NULL},
};
