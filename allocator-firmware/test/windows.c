/*
 * Compaction that aims: what is moved against the least that has to be, over all windows; and what other calls do to it.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "model.h"

/* A random heap in the model, some of it locked or pinned. */
static void random_heap(uint32_t bytes, uint32_t largest, uint32_t obstacles) {
  model_begin(bytes, 128);
  while (model.count < 128) {
    uint32_t before = model.count;
    if (below(100) < obstacles / 2) {
      model_alloc_pinned(1 + below(largest), below(256), 0);
    } else {
      model_alloc(1 + below(largest), below(256), 0);
    }
    if (model.count == before) {
      break;
    }
  }
  for (uint32_t i = model.count; i-- > 0;) {
    if (below(100) < 45) {
      (void)model_free(i);
    } else if (below(100) < obstacles) {
      (void)model_lock(i);
    }
  }
  /* Until no request waits that failed on the way. */
  while (pool.request.want && pool.request.phase && model_settle(64) == 0) {
  }
}

static void steps_move_the_cheapest_window(void) {
  uint32_t tried = 0;
  uint32_t exact = 0;
  uint32_t blocked = 0;
  for (uint32_t round = 0; round < rounds(6000); round++) {
    random_heap(128 + 8 * below(496), 1 + below(200), below(3) * 8);
    uint32_t free = pool.heap.free;
    if (!free) {
      continue;
    }
    uint32_t want = 1 + below(free);
    if (defrag_alloc(&pool, bytes_of(want)) != DEFRAG_FRAGMENTED) {
      continue;
    }
    uint32_t cheapest = cheapest_window(want);
    uint32_t before = pool.heap.bytes_moved;
    int32_t result = model_settle(8 + below(150));
    uint32_t moved = (pool.heap.bytes_moved - before) / 8u;
    model_check(1);
    if (cheapest == UINT32_MAX) {
      EXPECT(result == DEFRAG_BLOCKED && (!DEFRAG_PASSES || moved == 0));
      blocked++;
      continue;
    }
    EXPECT(result == 0);
#if DEFRAG_PASSES
    /* No more than the cheapest; or the first one found that costs no more than it yields. */
    EXPECT(moved == cheapest || (moved > cheapest && moved <= want));
    exact += moved == cheapest;
#else
    exact += moved >= cheapest;
#endif
    tried++;
    EXPECT(defrag_alloc(&pool, bytes_of(want)) > 0);
  }
  printf("  %u requests, %u of them with the fewest bytes moved, %u blocked\n", (unsigned)tried, (unsigned)exact, (unsigned)blocked);
  EXPECT(tried > rounds(1000) && blocked > rounds(50) && exact > tried / 2);
}

#if DEFRAG_PASSES
/* Blocks and holes in turn, then a wall that cannot move. A size of 0 is left out. */
static uint32_t stretch(defrag_handle *handles, const uint32_t *sizes, uint32_t count) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < count; i++) {
    handles[n++] = sizes[i] ? alloc(bytes_of(sizes[i])) : 0;
  }
  (void)lock(alloc(bytes_of(1)));
  return n;
}

static void a_dear_window_loses_against_a_cheaper_one_above(void) {
  /* 9 free with 20 to move; then with 12 to move; then with 15. */
  static const uint32_t sizes[3][3] = {{4, 20, 5}, {5, 12, 4}, {4, 15, 5}};
  make_pool(4096, 32);
  defrag_handle h[3][3];
  for (int i = 0; i < 3; i++) {
    (void)stretch(h[i], sizes[i], 3);
  }
  (void)lock(alloc(bytes_of(pool.heap.free)));
  for (int i = 0; i < 3; i++) {
    release(h[i][0]);
    release(h[i][2]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(9)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0 && pool.heap.bytes_moved == 12 * 8);
}

static void a_window_is_as_narrow_as_it_can_be(void) {
  /* 5 | 9 | 5 | 3 | 6: only the last two holes are needed. */
  static const uint32_t sizes[5] = {5, 29, 5, 23, 6};
  make_pool(4096, 32);
  defrag_handle h[5];
  (void)stretch(h, sizes, 5);
  (void)lock(alloc(bytes_of(pool.heap.free)));
  for (int i = 0; i < 5; i += 2) {
    release(h[i]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(11)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0 && pool.heap.bytes_moved == 23 * 8);
}

/* Three windows for 24 granules, with 28, 60 and 32 to move; the steps have begun on the first one. */
static void begin_on_the_first_of_three(defrag_handle *h) {
  static const uint32_t sizes[3][5] = {{10, 14, 4, 14, 10}, {10, 30, 4, 30, 10}, {10, 16, 4, 16, 10}};
  make_pool(4096, 32);
  for (int i = 0; i < 3; i++) {
    (void)stretch(h + 5 * i, sizes[i], 5);
  }
  (void)lock(alloc(bytes_of(pool.heap.free)));
  for (int i = 14; i >= 0; i--) {
    if (i % 5 % 2 == 0) {
      release(h[i]);
    }
  }
  EXPECT(defrag_alloc(&pool, bytes_of(24)) == DEFRAG_FRAGMENTED);
  while (!pool.move.kind) {
    EXPECT(defrag_step(&pool, 24) == 1);
  }
  EXPECT(pool.move.entry == ((uint32_t)h[1] & 0xffu));
}

static void a_window_that_is_spoilt_is_given_up_and_the_request_is_served(void) {
  for (int kind = 0; kind < 4; kind++) {
    defrag_handle h[15];
    begin_on_the_first_of_three(h);
    fill(h[11], 124, 6);
    fill(h[13], 124, 8);
    switch (kind) {
      case 0: /* a lock on its second block */
        (void)lock(h[3]);
        break;
      case 1: /* an allocation from its last hole */
        EXPECT(defrag_address(&pool, alloc(bytes_of(10))) == (char *)defrag_address(&pool, h[3]) + 14 * 8);
        break;
      case 2: /* a free that makes it cheaper */
        release(h[1]);
        break;
      default: /* a lock on the block on its way */
        EXPECT(defrag_try_lock(&pool, h[1], &(void *){NULL}) == DEFRAG_MOVING);
        (void)lock(h[3]);
        release(h[1]);
        break;
    }
    EXPECT(settle(24) == 0);
    EXPECT(pool.heap.bytes_moved <= (28 + 32) * 8); /* no part of the dear one */
    (void)alloc(bytes_of(24));
    expect_content(h[11], 124, 6);
    expect_content(h[13], 124, 8);
  }
}

/* Two blocks of 4 are to be moved. When the first has, the second grows to what both were. */
static void a_window_costs_no_more_than_what_is_left_of_it(void) {
  static const uint32_t sizes[5] = {5, 4, 5, 4, 6};
  make_pool(512, 16);
  defrag_handle h[5];
  (void)stretch(h, sizes, 5);
  (void)lock(alloc(bytes_of(pool.heap.free)));
  for (int i = 0; i < 5; i += 2) {
    release(h[i]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(12)) == DEFRAG_FRAGMENTED);
  while (pool.heap.bytes_moved < 4 * 8) {
    EXPECT(defrag_step(&pool, 64) == 1);
  }
  EXPECT(pool.heap.bytes_moved == 4 * 8 && pool.move.kind == 0);
  EXPECT(defrag_resize(&pool, h[3], bytes_of(8)) == DEFRAG_OK);
  EXPECT(defrag_step(&pool, 64) == 1);
  EXPECT(pool.heap.bytes_moved == 4 * 8 && pool.request.phase == PHASE_SEARCH);
  EXPECT(settle(64) == 0);
}

/* It begins with a hole of 4 and has come to no other; below it and above what was looked at locked blocks enclose holes. */
static void what_is_taken_or_freed_outside_of_the_open_window_leaves_it_open(void) {
  static const uint32_t sizes[] = {2, 1, 2, 1, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 30};
  enum { COUNT = sizeof sizes / sizeof *sizes };
  make_pool(512, 32);
  defrag_handle h[COUNT];
  for (uint32_t i = 0; i < COUNT; i++) {
    h[i] = alloc(bytes_of(sizes[i]));
  }
  (void)lock(alloc(bytes_of(pool.heap.free)));
  (void)lock(h[1]);
  (void)lock(h[3]);
  release(h[0]);
  release(h[4]);
  release(h[14]);
  release(h[16]);
  EXPECT(defrag_alloc(&pool, bytes_of(31)) == DEFRAG_FRAGMENTED);
  EXPECT(defrag_step(&pool, 64) == 1 && pool.request.window_free == 4);
  uint32_t left = pool.request.left;
  uint32_t cursor = pool.request.cursor;
  (void)alloc(bytes_of(2));
  EXPECT(pool.request.window_free == 4 && pool.request.dirty);
  release(h[2]);
  EXPECT(pool.request.window_free == 4);
  (void)alloc(bytes_of(3));
  EXPECT(pool.request.window_free == 4 && pool.request.left == left && pool.request.cursor == cursor);
  (void)alloc(bytes_of(4));
  EXPECT(pool.request.window_free == 0 && pool.request.cursor == cursor);
}

static void a_handler_between_any_two_steps_gives_up_copies_only(void) {
  /* It locks, reads and unlocks the block that is moving, each time. The budget moves a block of up to 64 bytes at once, so
   * small ones go on; in the end a step moves the last one where none is small. */
  for (uint32_t round = 0; round < rounds(300); round++) {
    random_heap(128 + 8 * below(200), 1 + below(100), 0);
    if (pool.heap.free < 2 || defrag_alloc(&pool, bytes_of(pool.heap.free)) != DEFRAG_FRAGMENTED) {
      continue;
    }
    int32_t result = 1;
    for (uint32_t steps = 0; result == 1 && steps < 400; steps++) {
      result = model_step(8 + below(40));
      for (uint32_t i = 0; i < model.count; i++) {
        if (model_lock(i)) {
          model_unlock(i);
        }
      }
      model_check(1);
    }
    EXPECT(result == 1 || result == 0);
    EXPECT(model_settle(64) == 0); /* and once it leaves them alone, it is served */
    EXPECT(defrag_alloc(&pool, bytes_of(pool.heap.free)) > 0);
  }
}
#endif

static void a_program_that_never_rests_cannot_hold_up_a_request(void) {
  uint32_t most = 0;
  for (uint32_t round = 0; round < rounds(300); round++) {
    uint32_t bytes = 512 + 8 * below(400);
    random_heap(bytes, 1 + below(120), 0);
    uint32_t spare = 2 + below(4);
    if (pool.heap.free < 12 + spare || model.count > 100) {
      continue;
    }
    uint32_t want = pool.heap.free - spare;
    defrag_handle small = 0;
    uint32_t budget = 8 + below(100);
    /* All passes, each over the whole heap, and as many bytes. */
    uint32_t bound = (DEFRAG_PASSES + 2u) * (bytes / 8u * 2u + bytes / (budget & ~7u) + 8u) + 20u;
    uint32_t steps = 0;
    int32_t big;
    while ((big = defrag_alloc(&pool, bytes_of(want))) == DEFRAG_FRAGMENTED) {
      EXPECT(steps++ < bound);
      int32_t result = defrag_step(&pool, budget);
      EXPECT(result == 1 || result == 0);
      /* A small block comes or goes; and a second request, that fails too, takes turns with the first. */
      if (small) {
        EXPECT(defrag_free(&pool, small) == DEFRAG_OK);
        small = 0;
      } else {
        small = defrag_alloc(&pool, 4);
        EXPECT(small > 0 || small == DEFRAG_FRAGMENTED);
        small = small > 0 ? small : 0;
      }
      if (round % 2) {
        int32_t other = defrag_alloc(&pool, bytes_of(want - 1u));
        if (other > 0) {
          big = other;
          break;
        }
      }
      expect_sound();
    }
    EXPECT(big > 0);
    most = steps > most ? steps : most;
  }
  printf("  at most %u steps\n", (unsigned)most);
  EXPECT(most > 20);
}

static void a_request_is_served_if_obstacles_cannot_hold_up_enough(void) {
  uint32_t tried = 0;
  for (uint32_t round = 0; round < rounds(4000); round++) {
    random_heap(128 + 8 * below(496), 1 + below(200), 10);
    uint32_t obstacles = 0;
    for (uint32_t i = 0; i < model.count; i++) {
      obstacles += model.block[i].fixed_at != NULL;
    }
    if (!pool.heap.free) {
      continue;
    }
    /* free > (k + 1)(s - 1) */
    uint32_t size = (pool.heap.free - 1u) / (obstacles + 1u) + 1u;
    EXPECT(pool.heap.free > (obstacles + 1u) * (size - 1u));
    int32_t result = defrag_alloc(&pool, bytes_of(size));
    if (result == DEFRAG_FRAGMENTED) {
      tried++;
      EXPECT(model_settle(8 + below(120)) == 0);
      result = defrag_alloc(&pool, bytes_of(size));
    }
    EXPECT(result > 0 || (result == DEFRAG_OUT_OF_HANDLES && model.count == 128));
    expect_sound();
  }
  EXPECT(tried > rounds(500));
}

static void that_nothing_helps_is_said_right_after_the_last_look(void) {
  enum { BLOCKS = 6 };
  defrag_handle h[BLOCKS];
  make_pool(8 * (BLOCKS + 1), BLOCKS);
  for (uint32_t i = 0; i < BLOCKS; i++) {
    h[i] = alloc(bytes_of(1));
  }
  for (uint32_t i = 0; i < BLOCKS; i += 2) {
    release(h[i]);
    (void)lock(h[i + 1]);
  }
  EXPECT(defrag_alloc(&pool, bytes_of(2)) == DEFRAG_FRAGMENTED);
  /* With windows one look at all headers. Without: a look for each hole, a step that finds the block above it locked, and a last look. */
  for (uint32_t looks = DEFRAG_PASSES ? 1 : BLOCKS + 1; looks; looks--) {
    EXPECT(defrag_step(&pool, 64) == 1);
  }
  EXPECT(defrag_step(&pool, 64) == DEFRAG_BLOCKED);
  expect_sound();
}

const test window_tests[] = {
    {"that nothing helps is said right after the last look", that_nothing_helps_is_said_right_after_the_last_look},
    {"steps move the cheapest window", steps_move_the_cheapest_window},
#if DEFRAG_PASSES
    {"a dear window loses against a cheaper one above", a_dear_window_loses_against_a_cheaper_one_above},
    {"a window is as narrow as it can be", a_window_is_as_narrow_as_it_can_be},
    {"a window that is spoilt is given up, and the request is served",
     a_window_that_is_spoilt_is_given_up_and_the_request_is_served},
    {"a window costs no more than what is left of it", a_window_costs_no_more_than_what_is_left_of_it},
    {"what is taken or freed outside of the open window leaves it open", what_is_taken_or_freed_outside_of_the_open_window_leaves_it_open},
    {"a handler between any two steps gives up copies only", a_handler_between_any_two_steps_gives_up_copies_only},
#endif
    {"a program that never rests cannot hold up a request", a_program_that_never_rests_cannot_hold_up_a_request},
    {"a request is served if obstacles cannot hold up enough", a_request_is_served_if_obstacles_cannot_hold_up_enough},
    {NULL, NULL},
};
