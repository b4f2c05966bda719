/*
 * Ten defects that allocators of this kind are prone to: each has its test.
 *
 * SPDX-License-Identifier: MIT
 */
#include "harness.h"

static void best_fit_looks_past_the_first_hole_and_in_every_bin(void) {
  /* Own bin, second entry: holes of 8 and 10 granules, the smaller one freed last and so at the head. */
  make_pool(1024, 16);
  defrag_handle a = alloc(bytes_of(10));
  (void)alloc(4);
  defrag_handle b = alloc(bytes_of(8));
  (void)alloc(4);
  void *a_was = defrag_address(&pool, a);
  release(a);
  release(b);
  EXPECT(defrag_address(&pool, alloc(bytes_of(9))) == a_was);
  /* Each bin on its own: a pool whose only hole is in it, served to its last granule. */
  static const uint32_t sizes[] = {1, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 511, 512, 16383};
  for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes && sizes[i] <= LARGEST_HOLE; i++) {
    make_pool(sizes[i] * 8 + 8, 4);
    EXPECT(defrag_alloc(&pool, bytes_of(sizes[i]) + 1) == (sizes[i] == LARGEST_HOLE ? DEFRAG_INVALID_SIZE : DEFRAG_OUT_OF_MEMORY));
    (void)alloc(bytes_of(sizes[i]));
    EXPECT(defrag_alloc(&pool, 1) == DEFRAG_OUT_OF_MEMORY);
  }
  /* From every smaller bin to every larger one. */
  for (uint32_t i = 1; i < sizeof sizes / sizeof *sizes && sizes[i] <= LARGEST_HOLE; i++) {
    for (uint32_t j = 0; j < i; j++) {
      make_pool(sizes[i] * 8 + 8, 4);
      (void)alloc(bytes_of(sizes[j]));
    }
  }
  /* The closest fit of four. */
  make_pool(4096, 32);
  static const uint32_t holes[] = {12, 9, 11, 14};
  defrag_handle h[4];
  void *best = NULL;
  for (int i = 0; i < 4; i++) {
    h[i] = alloc(bytes_of(holes[i]));
    (void)alloc(4);
  }
  best = defrag_address(&pool, h[2]);
  for (int i = 0; i < 4; i++) {
    release(h[i]);
  }
  EXPECT(defrag_address(&pool, alloc(bytes_of(10))) == best);
}

static void every_payload_is_aligned_to_eight(void) {
  for (uint32_t bytes = 1; bytes <= 200; bytes++) {
    make_pool(1024, 8);
    for (int i = 0; i < 4; i++) {
      EXPECT(((uintptr_t)defrag_address(&pool, alloc(bytes)) & 7u) == 0);
    }
  }
  EXPECT(defrag_init(&pool, arena.memory + 4, 64, arena.table, 4) == DEFRAG_BAD_ARGUMENT);
}

static void a_hole_freed_below_a_move_is_not_forgotten(void) {
  for (uint32_t kind = 0; kind < 2; kind++) {
    make_pool(2048, 16);
    defrag_handle low = alloc(100);
    defrag_handle keep = alloc(60);
    defrag_handle gap = alloc(kind ? 500 : 40);
    defrag_handle big = alloc(400);
    defrag_handle top = alloc(20);
    fill(keep, 60, 1);
    fill(big, 400, 2);
    fill(top, 20, 3);
    release(gap);
    EXPECT(defrag_alloc(&pool, pool.heap.free * 8u - 4u) == DEFRAG_FRAGMENTED);
    while (pool.move.kind == 0 || pool.move.left == pool.move.size) { /* until big is under way */
      EXPECT(defrag_step(&pool, 64) == 1);
    }
        release(low);
    EXPECT(settle(64) == 0);
    EXPECT(compact(64) == 0);
    defrag_statistics s = statistics();
    EXPECT(s.holes == 1 && s.largest_bytes == s.free_bytes);
    EXPECT(defrag_address(&pool, keep) == arena.memory + 8);
    expect_content(keep, 60, 1);
    expect_content(big, 400, 2);
    expect_content(top, 20, 3);
  }
}

static void sizes_near_the_largest_do_not_wrap(void) {
  make_pool(2048, 8);
  for (uint32_t i = 0; i < 64; i++) {
    EXPECT(defrag_alloc(&pool, UINT32_MAX - i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, 0x80000000u + i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, 0x80000000u - i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, DEFRAG_MAX_SIZE + 1u + i) == DEFRAG_INVALID_SIZE);
    EXPECT(defrag_alloc(&pool, DEFRAG_MAX_SIZE - i) == DEFRAG_OUT_OF_MEMORY);
  }
  EXPECT(defrag_alloc(&pool, 0) == DEFRAG_INVALID_SIZE);
  static const uint32_t factors[] = {0, 1, 2, 3, 0xffff, 0x10000, 0x10001, 131060, 0x7fffffff, 0x80000000, 0xffffffff};
  for (uint32_t i = 0; i < sizeof factors / sizeof *factors; i++) {
    for (uint32_t j = 0; j < sizeof factors / sizeof *factors; j++) {
      uint64_t product = (uint64_t)factors[i] * factors[j];
      int32_t result = defrag_alloc_slice(&pool, factors[i], factors[j]);
      if (product == 0 || product > DEFRAG_MAX_SIZE) {
        EXPECT(result == DEFRAG_INVALID_SIZE);
      } else if (product > 2036) {
        EXPECT(result == DEFRAG_OUT_OF_MEMORY);
      } else {
        EXPECT(result > 0);
        release(result);
      }
    }
  }
  expect_sound();
}

static void the_one_free_handle_is_found_wherever_it_is(void) {
  for (uint32_t handles = 1; handles <= 40; handles++) {
    make_pool(4096, handles);
    defrag_handle h[40];
    for (uint32_t i = 0; i < handles; i++) {
      h[i] = alloc(8);
    }
    for (uint32_t i = 0; i < handles; i++) {
      EXPECT(defrag_alloc(&pool, 8) == DEFRAG_OUT_OF_HANDLES);
      release(h[i]);
      defrag_handle again = alloc(8);
      EXPECT(again != h[i]);
      EXPECT(defrag_free(&pool, h[i]) == DEFRAG_INVALID_HANDLE);
      h[i] = again;
    }
    for (uint32_t i = 0; i < handles; i++) {
      release(h[i]);
    }
    EXPECT(statistics().holes == 1);
  }
}

static void a_hole_below_a_locked_block_is_taken_up_after_the_unlock(void) {
  for (int pending = 0; pending < 2; pending++) {
    make_pool(1024, 8);
    defrag_handle a = alloc(200);
    defrag_handle b = alloc(200);
    defrag_handle c = alloc(200);
    defrag_handle d = alloc(200);
    fill(b, 200, 9);
    void *b_was = lock(b);
    release(a);
    release(c);
    if (pending) {
      EXPECT(defrag_alloc(&pool, 500) == DEFRAG_FRAGMENTED);
      EXPECT(settle(64) == DEFRAG_BLOCKED);
      EXPECT(settle(64) == DEFRAG_BLOCKED);
      EXPECT(defrag_blocker(&pool) == b);
    } else {
      EXPECT(compact(64) == DEFRAG_BLOCKED);
      EXPECT(has_moved(0) && (statistics().holes == 3 || !DEFRAG_PASSES));
    }
    EXPECT(defrag_address(&pool, b) == b_was);
    unlock(b);
    EXPECT((pending ? settle(64) : compact(64)) == 0);
    expect_content(b, 200, 9);
    if (pending) {
      (void)alloc(500);
    } else {
      EXPECT(statistics().holes == 1);
      EXPECT(defrag_blocker(&pool) == 0);
    }
    release(d);
  }
}

static void a_block_locked_across_a_compaction_stays(void) {
  make_pool(4096, 64);
  defrag_handle h[40];
  void *locked_at[40] = {0};
  for (uint32_t i = 0; i < 40; i++) {
    h[i] = alloc(20 + i);
    fill(h[i], 20 + i, i);
  }
  for (uint32_t i = 0; i < 40; i += 2) {
    release(h[i]);
  }
  for (uint32_t i = 1; i < 40; i += 6) {
    locked_at[i] = lock(h[i]);
    EXPECT(lock(h[i]) == locked_at[i]);
    unlock(h[i]); /* one lock is left: counts nest */
  }
  EXPECT(compact(24) == DEFRAG_BLOCKED);
  for (uint32_t i = 1; i < 40; i += 2) {
    expect_content(h[i], 20 + i, i);
    if (locked_at[i]) {
      EXPECT(defrag_address(&pool, h[i]) == locked_at[i]);
      EXPECT(defrag_free(&pool, h[i]) == DEFRAG_STILL_LOCKED);
      unlock(h[i]);
      EXPECT(defrag_unlock(&pool, h[i]) == DEFRAG_NOT_LOCKED);
    }
  }
  EXPECT(compact(24) == 0);
  EXPECT(statistics().holes == 1);
  for (uint32_t i = 1; i < 40; i += 2) {
    expect_content(h[i], 20 + i, i);
  }
}

static void compaction_ends(void) {
  /* Any heap, any budget, with and without a request that cannot be served: settle() bounds the number of steps. */
  for (uint32_t round = 0; round < rounds(3000); round++) {
    uint32_t bytes = 64 + 8 * below(300);
    make_pool(bytes, 64);
    defrag_handle h[64];
    uint32_t n = 0;
    while (n < 60) {
      defrag_handle handle = defrag_alloc(&pool, 1 + below(1 + below(120)));
      if (handle <= 0) {
        break;
      }
      h[n++] = handle;
    }
    for (uint32_t i = 0; i < n; i++) {
      switch (below(4)) {
        case 0:
        case 1:
          release(h[i]);
          break;
        case 2:
          (void)lock(h[i]);
          break;
        default:
          break;
      }
    }
    (void)defrag_alloc(&pool, 1 + below(bytes));
    uint32_t budget = 8 + below(100);
    int32_t first = settle(budget);
    EXPECT(first == 0 || first == DEFRAG_BLOCKED);
    if (first == 0) {
      EXPECT(settle(budget) == 0);
    }
    EXPECT(settle(budget) == (first == 0 ? 0 : DEFRAG_BLOCKED));
  }
}

static void every_remainder_of_a_split_is_a_hole(void) {
  for (uint32_t size = 1; size <= 40; size++) {
    for (uint32_t need = 1; need <= size; need++) {
      make_pool(size * 8 + 8, 8);
      (void)alloc(bytes_of(need));
      defrag_statistics s = statistics();
      EXPECT(s.holes == (need < size ? 1u : 0u));
      EXPECT(s.free_bytes == (need < size ? bytes_of(size - need) : 0u));
      if (need < size) {
        (void)alloc(bytes_of(size - need));
      }
    }
  }
}

static void blocks_take_what_they_need_and_no_more(void) {
  static const uint32_t sizes[] = {1, 4, 12, 60, 100, 500, 1000, 4096, 5000, 30000};
  for (uint32_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    make_pool(DEFRAG_MAX_POOL, MAX_TABLE);
    uint32_t expected = LARGEST_HOLE / granules(sizes[i]);
    if (expected > MAX_TABLE) {
      expected = MAX_TABLE;
    }
    uint32_t served = 0;
    while (defrag_alloc(&pool, sizes[i]) > 0) {
      served++;
    }
    EXPECT(served == expected);
    expect_sound();
  }
}

const test known_defect_tests[] = {
    {"defect 1: best fit looks past the first hole, and in every bin", best_fit_looks_past_the_first_hole_and_in_every_bin},
    {"defect 2: every payload is aligned to eight", every_payload_is_aligned_to_eight},
    {"defect 3: a hole freed below a move that is under way is not forgotten", a_hole_freed_below_a_move_is_not_forgotten},
    {"defect 4: sizes near the largest do not wrap", sizes_near_the_largest_do_not_wrap},
    {"defect 5: the one free handle is found, wherever it is", the_one_free_handle_is_found_wherever_it_is},
    {"defect 6: a hole below a locked block is taken up after the unlock", a_hole_below_a_locked_block_is_taken_up_after_the_unlock},
    {"defect 7: a block locked across a compaction stays", a_block_locked_across_a_compaction_stays},
    {"defect 8: compaction ends", compaction_ends},
    {"defect 9: every remainder of a split is a hole that serves", every_remainder_of_a_split_is_a_hole},
    {"defect 10: blocks take what they need and no more", blocks_take_what_they_need_and_no_more},
    {NULL, NULL},
};
