/*
 * Blocks that grow and shrink. The model tests hold every answer against the heap; here is each way once.
 *
 * SPDX-License-Identifier: MIT
 */
#include "config.h"
#include "model.h"

static unsigned char *place_of(defrag_handle handle) { return defrag_address(&pool, handle); }

static void shrinking_and_growing_in_place_keep_the_address(void) {
  make_pool(512, 8);
  defrag_handle a = alloc(100);
  defrag_handle b = alloc(100);
  unsigned char *was = place_of(a);
  fill(a, 100, 1);
  EXPECT(defrag_resize(&pool, a, 97) == DEFRAG_OK); /* of the same size in granules */
  EXPECT(defrag_resize(&pool, a, 20) == DEFRAG_OK);
  expect_sound();
  EXPECT(place_of(a) == was && pool.heap.free == 63 - 3 - 13);
  expect_content(a, 20, 1);
  /* Back to all of what was given up, and no further. */
  EXPECT(defrag_resize(&pool, a, 60) == DEFRAG_OK && place_of(a) == was);
  EXPECT(defrag_resize(&pool, a, 100) == DEFRAG_OK && place_of(a) == was);
  expect_sound();
  expect_content(a, 20, 1);
  /* Also locked and pinned ones. */
  (void)lock(b);
  EXPECT(defrag_resize(&pool, b, 4) == DEFRAG_OK && defrag_resize(&pool, b, 116) == DEFRAG_OK);
  defrag_handle pinned = alloc_pinned(60);
  EXPECT(defrag_resize(&pool, pinned, 12) == DEFRAG_OK && defrag_resize(&pool, pinned, 60) == DEFRAG_OK);
  expect_sound();
  EXPECT(defrag_resize(&pool, pinned, 61) == DEFRAG_STILL_LOCKED);
  EXPECT(defrag_resize(&pool, b, 4) == DEFRAG_OK);
  (void)alloc(bytes_of(8));
  EXPECT(defrag_resize(&pool, b, 116) == DEFRAG_STILL_LOCKED);
}

static void growing_elsewhere_keeps_the_content_and_the_handle(void) {
  for (uint32_t from = 1; from < 80; from += 7) {
    for (uint32_t to = from + 8; to < 160; to += 13) {
      make_pool(512, 8);
      defrag_handle low = alloc(60);
      defrag_handle a = alloc(from);
      defrag_handle wall = alloc(4);
      fill(a, from, from);
      release(low);
      unsigned char *was = place_of(a);
      EXPECT(defrag_resize(&pool, a, to) == DEFRAG_OK);
      expect_sound();
      EXPECT(place_of(a) != was);
      expect_content(a, from, from);
      fill(a, to, 3);
      expect_content(a, to, 3);
      release(wall);
      release(a);
      EXPECT(statistics().holes == 1 && statistics().blocks == 0);
    }
  }
}

static void resizing_says_why_it_cannot(void) {
  make_pool(512, 8);
  defrag_handle a = alloc(60);
  defrag_handle b = alloc(60);
  defrag_handle c = alloc(100);
  defrag_handle d = alloc(pool.heap.free * 8u - 4u);
  fill(b, 60, 2);
  EXPECT(defrag_resize(&pool, b, 0) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_resize(&pool, b, DEFRAG_MAX_SIZE + 1) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_resize(&pool, b, UINT32_MAX) == DEFRAG_INVALID_SIZE);
  EXPECT(defrag_resize(&pool, b, 61) == DEFRAG_OUT_OF_MEMORY);
  EXPECT(defrag_resize(&pool, 0, 8) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_resize(&pool, (defrag_handle)((uint32_t)b ^ 0x80u), 8) == DEFRAG_INVALID_HANDLE); /* no such entry */
  release(a);
  release(c);
  EXPECT(defrag_resize(&pool, a, 8) == DEFRAG_INVALID_HANDLE);
  defrag_handle next = (defrag_handle)((uint32_t)pool.heap.table[pool.heap.last_handle] >> GENERATION_SHIFT << GENERATION_SHIFT |
                                       pool.heap.last_handle);
  EXPECT(defrag_resize(&pool, next, 8) == DEFRAG_INVALID_HANDLE); /* forged */
  (void)d;
  expect_content(b, 60, 2);
  expect_sound();
}

static void a_fragmented_resize_is_what_steps_work_for(void) {
  static const uint32_t sizes[] = {8, 2, 8, 4};
  make_pool(23 * 8, 6);
  defrag_handle h[4];
  for (int i = 0; i < 4; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
    fill(h[i], bytes_of(sizes[i]), (uint32_t)i);
  }
  release(h[0]);
  release(h[2]);
  EXPECT(pool.heap.free == 16);
  EXPECT(defrag_resize(&pool, h[3], bytes_of(12)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  EXPECT(defrag_resize(&pool, h[3], bytes_of(12)) == DEFRAG_OK);
  expect_sound();
  expect_content(h[3], bytes_of(4), 3);
  expect_content(h[1], bytes_of(2), 1);
}

/* A hole of 50 granules, a block of 50 that is being copied into it, and above it a hole of `above`. */
static defrag_handle begin_copy(uint32_t above) {
  make_pool(1200, 8);
  defrag_handle gap = alloc(bytes_of(50));
  defrag_handle big = alloc(bytes_of(50));
  defrag_handle room = above ? alloc(bytes_of(above)) : 0;
  (void)lock(alloc(4));
  defrag_handle rest = alloc(bytes_of(pool.heap.free - 5));
  (void)lock(rest);
  fill(big, bytes_of(50), 9);
  release(gap);
  if (room) {
    release(room);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(50 + above + (above ? 0 : 1))) == DEFRAG_FRAGMENTED);
  for (int i = 0; i < 20 && (!pool.move.kind || pool.move.left > 44); i++) {
    EXPECT(defrag_step(&pool, 16) == 1 || !above);
  }
  return big;
}

static void a_copy_is_given_up_for_a_resize(void) {
  static const uint32_t to[] = {4, 50, 58, 70};
  for (uint32_t i = 0; i < 4; i++) {
    defrag_handle big = begin_copy(8);
    unsigned char *was = place_of(big);
    EXPECT(pool.move.kind && was);
    int32_t result = defrag_resize(&pool, big, bytes_of(to[i]));
    expect_sound();
    EXPECT(pool.move.kind == 0 && pool.heap.discards == 1 && place_of(big) == was);
    EXPECT(result == (to[i] <= 58 ? DEFRAG_OK : pool.heap.free < 70 ? DEFRAG_OUT_OF_MEMORY : DEFRAG_FRAGMENTED));
    expect_content(big, bytes_of(to[i] < 50 ? to[i] : 50), 9);
  }
}

static void a_block_in_two_parts_is_not_resized(void) {
  make_pool(1024, 8);
  defrag_handle gap = alloc(40);
  defrag_handle big = alloc(400);
  fill(big, 400, 4);
  release(gap);
  EXPECT(defrag_alloc(&pool, bytes_of(pool.heap.free)) == DEFRAG_FRAGMENTED);
  while (defrag_address(&pool, big)) {
    EXPECT(defrag_step(&pool, 64) == 1);
  }
  EXPECT(defrag_resize(&pool, big, 8) == DEFRAG_MOVING);
  EXPECT(defrag_resize(&pool, big, 500) == DEFRAG_MOVING);
  EXPECT(settle(64) == 0);
  expect_content(big, 400, 4);
}

static void a_resize_serves_the_request_that_steps_work_for(void) {
  /* What it gives up, joined with what is free above, is enough. */
  static const uint32_t sizes[] = {8, 2, 8, 20, 1};
  make_pool(40 * 8, 6);
  defrag_handle h[5];
  for (int i = 0; i < 5; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
  }
  release(h[0]);
  release(h[2]);
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  EXPECT(defrag_resize(&pool, h[3], bytes_of(8)) == DEFRAG_OK);
  EXPECT(settle(64) == 0 && pool.heap.bytes_moved == 0);
  (void)alloc(bytes_of(12));
  /* What it takes is what a request was waiting for, which had not seen it behind four others. */
  static const uint32_t holes[] = {12, 8, 9, 10, 11};
  make_pool((50 + 5 + 4 + 1) * 8 + 8, 16);
  defrag_handle small = alloc(bytes_of(4));
  (void)lock(alloc(bytes_of(1)));
  for (int i = 0; i < 5; i++) {
    h[i] = alloc(bytes_of(holes[i]));
    (void)lock(alloc(bytes_of(1)));
  }
  for (int i = 0; i < 5; i++) {
    release(h[i]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  (void)alloc(bytes_of(11));
  unsigned char *was = place_of(small);
  EXPECT(defrag_resize(&pool, small, bytes_of(12)) == DEFRAG_OK && place_of(small) != was);
  EXPECT(settle(64) == 0 && pool.heap.bytes_moved == 0);
}

static void a_handler_s_lock_during_a_resize_leaves_the_block(void) {
  /* config.h: the handler runs just before the new place becomes the block's. The model tests have it too. */
  uint32_t refused = 0;
  for (uint32_t round = 0; round < rounds(2000); round++) {
    model_begin(512, 8);
    model_taste taste = {100, 50, 64};
    for (uint32_t i = 0; i < 60; i++) {
      model_operation(below, &taste);
    }
    for (uint32_t i = 0; i < model.count; i++) {
      interrupt_with(model.block[i].handle);
      model_resize(i, 1 + below(200), 0);
      model_check(1);
      refused += interrupt_came() ? 1u : 0u;
      interrupt_with(0);
    }
  }
  EXPECT(refused > rounds(50));
}

static void a_resize_that_a_handler_gives_up_ends_no_request(void) {
  static const uint32_t sizes[] = {3, 2, 1, 3, 6, 1};
  defrag_handle h[6];
  make_pool(17 * 8, 8);
  for (int i = 0; i < 6; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
  }
  release(h[0]);
  release(h[3]);
  EXPECT(defrag_alloc(&pool, bytes_of(5)) == DEFRAG_FRAGMENTED);
  release(h[4]);
  interrupt_with(h[1]);
  EXPECT(defrag_resize(&pool, h[1], bytes_of(6)) == DEFRAG_MOVING && interrupt_came());
  expect_sound();
  EXPECT(pool.request.want == 5 && settle(64) == 0 && pool.heap.bytes_moved == 0);
  (void)alloc(bytes_of(5));
}

static void an_overwritten_header_is_not_resized(void) {
  for (int kind = 0; kind < 3; kind++) {
    make_pool(512, 8);
    defrag_handle a = alloc(40);
    (void)alloc(40);
    unsigned char *header = place_of(a) - 4;
    switch (kind) {
      case 0:
        header[0] ^= 1;
        break;
      case 1:
        header[2] |= 1;
        break;
      default:
        header[2] = header[3] = 0;
        break;
    }
    EXPECT(defrag_resize(&pool, a, 30) == DEFRAG_CORRUPTED);
    EXPECT(defrag_free(&pool, a) == DEFRAG_CORRUPTED);
  }
}

const test resize_tests[] = {
    {"shrinking and growing in place keep the address", shrinking_and_growing_in_place_keep_the_address},
    {"growing elsewhere keeps the content and the handle", growing_elsewhere_keeps_the_content_and_the_handle},
    {"resizing says why it cannot", resizing_says_why_it_cannot},
    {"a fragmented resize is what steps work for", a_fragmented_resize_is_what_steps_work_for},
    {"a copy is given up for a resize", a_copy_is_given_up_for_a_resize},
    {"a block in two parts is not resized", a_block_in_two_parts_is_not_resized},
    {"a resize serves the request that steps work for", a_resize_serves_the_request_that_steps_work_for},
    {"a handler's lock during a resize leaves the block as it was", a_handler_s_lock_during_a_resize_leaves_the_block},
    {"a resize that a handler gives up ends no request", a_resize_that_a_handler_gives_up_ends_no_request},
    {"an overwritten header is not resized", an_overwritten_header_is_not_resized},
    {NULL, NULL},
};
