/*
 * Overwritten memory is found, and never read past.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "harness.h"

/* Steps for all the memory there is, without checks, until the answer is not 1. */
static int32_t step_to_the_largest(void) {
  EXPECT(defrag_keep_ready(&pool, pool.heap.free * 8u - 4u) == DEFRAG_OK);
  int32_t result = 1;
  for (uint32_t i = 0; result == 1; i++) {
    EXPECT(i < 1000);
    result = defrag_step(&pool, 64);
  }
  return result;
}

/* With a request that looks for a window, and with one for a pinned block, which slides everything. */
static void overwritten_headers_are_refused_where_they_are_met(void) {
  for (int kind = 0; kind < 10; kind++) {
    make_pool(512, 8);
    defrag_handle a = alloc(40);
    defrag_handle b = alloc(40);
    defrag_handle c = alloc(40);
    defrag_handle d = alloc(40);
    unsigned char *header = (unsigned char *)defrag_address(&pool, kind & 1 ? c : b) - 4;
    release(a);
    overwritten = 1;
    int stale = 0;
    switch (kind / 2) {
      case 0: /* another block's number */
        header[0] ^= 1 ^ 2;
        EXPECT(defrag_free(&pool, kind & 1 ? c : b) == DEFRAG_CORRUPTED);
        stale = kind & 1; /* no step has to look at it */
        break;
      case 1: /* no block's number */
        header[1] = 0x40;
        stale = kind & 1;
        break;
      case 2: /* no size */
        header[2] = header[3] = 0;
        EXPECT(defrag_free(&pool, kind & 1 ? c : b) == DEFRAG_CORRUPTED);
        break;
      case 3: /* a size past the end */
        header[3] = 0xff;
        break;
      default: /* its entry says it is elsewhere */
        arena.table[kind & 1 ? 2 : 1] ^= DEFRAG_SMALL ? 0x8 : 0x80;
        stale = kind & 1;
        break;
    }
    (void)d;
    EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
    defrag_pool was = pool;
    unsigned char memory[512];
    memcpy(memory, arena.memory, sizeof memory);
    EXPECT(step_to_the_largest() < 0 || stale || !DEFRAG_PASSES);
    pool = was;
    memcpy(arena.memory, memory, sizeof memory);
    pool.request.want = 0;
    if (defrag_alloc_pinned(&pool, bytes_of(pool.heap.free)) == DEFRAG_FRAGMENTED) {
      int32_t result = 1;
      for (uint32_t i = 0; result == 1; i++) {
        EXPECT(i < 1000);
        result = defrag_step(&pool, 64);
      }
      EXPECT(result < 0 || stale);
    }
  }
}

static void an_overwritten_header_is_found(void) {
  for (uint32_t offset = 0; offset < 512; offset++) {
    make_pool(512, 8);
    defrag_handle h[5];
    for (int i = 0; i < 5; i++) {
      h[i] = alloc(40);
    }
    release(h[1]);
    release(h[3]);
    overwritten = 1;
    /* Headers are at 4, 52, 100, ...; a hole's links are 8 and 4 bytes below the next one, its size just below it. */
    uint32_t in_block = (offset + 44u) % 48u;
    uint32_t block = (offset - 4u) / 48u;
    int matters;
    if (offset < 4) {
      matters = 0;
    } else if (offset < 244) {
      int is_hole = block == 1 || block == 3;
      matters = is_hole ? in_block == 2 || in_block == 3 || in_block == 40 || in_block == 41 || in_block >= 44 : in_block < 4;
    } else {
      matters = offset == 246 || offset == 247 || offset == 500 || offset == 501 || offset >= 504; /* the hole at the top, then the end */
    }
    arena.memory[offset] ^= 0x41;
    operation = offset;
    EXPECT((defrag_check(&pool) == DEFRAG_CORRUPTED) == matters);
  }
  operation = 0;
}

/* ---- The check, on every byte overwritten ---- */

typedef struct copy_of_pool {
  defrag_pool pool;
  unsigned char memory[1024];
  defrag_entry table[12];
} copy_of_pool;

static void save(copy_of_pool *copy) {
  copy->pool = pool;
  memcpy(copy->memory, arena.memory, sizeof copy->memory);
  memcpy(copy->table, arena.table, sizeof copy->table);
}

static void restore(const copy_of_pool *copy) {
  pool = copy->pool;
  memcpy(arena.memory, copy->memory, sizeof copy->memory);
  memcpy(arena.table, copy->table, sizeof copy->table);
}

static int32_t count_blocks(void *context, const defrag_block *block) {
  (void)block;
  ++*(uint32_t *)context;
  return 0;
}

static int32_t count_holes(void *context, uint32_t bin, uint32_t offset, uint32_t bytes) {
  (void)bin;
  (void)offset;
  (void)bytes;
  ++*(uint32_t *)context;
  return 0;
}

/* All that look at a pool come to an end, and read nothing outside of it: the sanitizer says so. What the check passes, the
 * walks show and steps can work on. */
static void look_at_what_was_overwritten(int steps_too) {
  uint32_t shown = 0;
  uint32_t listed = 0;
  int32_t walked = defrag_walk(&pool, count_blocks, &shown);
  int32_t listing = defrag_walk_free(&pool, count_holes, &listed);
  (void)statistics();
  (void)defrag_blocker(&pool);
  EXPECT(shown <= 64 && listed <= 64);
  if (defrag_check(&pool) == DEFRAG_OK) {
    EXPECT(walked == DEFRAG_OK && listing == DEFRAG_OK && shown > 0);
    if (steps_too) {
      (void)settle(16);
    }
  }
}

/* Blocks, and holes as negative numbers, granules; the last block is locked. A request for `want` granules, and so many steps. */
static const struct {
  int16_t sizes[10];
  uint8_t want;
  uint8_t steps;
} states[] = {
    {{-1, 2, -2, 2, -3, 2, -20, 2, -5, 8}, 0, 0}, /* several lists, several holes in one */
    {{-9, 7, -3, 2, -4, 30}, 16, 2},              /* a copy */
    {{-3, 9, -4, 2, -3, 20}, 10, 2},              /* a slide */
    {{-1, 1, -2, 1, -1, 1, -3, 30}, 7, 0},        /* a search that is about to begin, */
    {{-2, 9, -2, 9, -2, 9, -2, 9, -2, 5}, 9, 1},  /* and one that has looked at a few */
    {{1, 1, 1, 1, 1, 1, 1, 1}, 0, 0},             /* no hole and no free entry */
};

static void make_state(uint32_t number) {
  uint32_t all = 0;
  uint32_t count = 0;
  defrag_handle h[10];
  while (count < 10 && states[number].sizes[count]) {
    all += (uint32_t)abs(states[number].sizes[count++]);
  }
  make_pool(all * 8 + 8, number == 5 ? 8 : 12);
  for (uint32_t i = 0; i < count; i++) {
    h[i] = alloc(bytes_of((uint32_t)abs(states[number].sizes[i])));
  }
  (void)lock(h[count - 1]);
  for (uint32_t i = 0; i < count; i++) {
    if (states[number].sizes[i] < 0) {
      release(h[i]);
    }
  }
  if (states[number].want) {
    EXPECT(defrag_alloc(&pool, bytes_of(states[number].want)) == DEFRAG_FRAGMENTED);
  }
  for (uint32_t i = 0; i < states[number].steps; i++) {
    EXPECT(defrag_step(&pool, 8) == 1);
  }
}

static void the_check_never_reads_outside_and_lets_nothing_pass_that_steps_trip_over(void) {
  static const unsigned char flips[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff, 0x03, 0x05};
  uint32_t found = 0;
  for (uint32_t kind = 0; kind < sizeof states / sizeof *states; kind++) {
    make_state(kind);
    overwritten = 1;
    copy_of_pool saved;
    save(&saved);
    for (uint32_t flip = 0; flip < sizeof flips; flip++) {
      unsigned char *const areas[] = {arena.memory, (unsigned char *)arena.table, (unsigned char *)&pool};
      const size_t bytes[] = {pool.heap.end * 8u, table_length * sizeof *arena.table, sizeof pool};
      for (uint32_t area = 0; area < 3; area++) {
        for (size_t i = 0; i < bytes[area]; i++) {
          operation = i;
          if (area == 2 && (i >= offsetof(defrag_pool, heap.memory) || i / 2 == offsetof(defrag_pool, heap.end) / 2)) {
            continue; /* where the pool is and where it ends */
          }
          areas[area][i] ^= flips[flip];
          found += defrag_check(&pool) != DEFRAG_OK;
          look_at_what_was_overwritten(area == 0);
          restore(&saved);
        }
      }
    }
  }
  operation = 0;
  EXPECT(found > 5000);
}

/* What it takes more than one overwritten byte to get wrong. */
static void the_check_finds_lists_and_moves_that_only_look_right(void) {
  make_pool(1024, 12);
  defrag_handle h[9];
  for (uint32_t i = 0; i < 9; i++) {
    h[i] = alloc(bytes_of(i == 8 ? pool.heap.free : 2 + i % 2 * 2));
  }
  release(h[1]);
  release(h[3]);
  release(h[5]);
  overwritten = 1;
  copy_of_pool saved;
  save(&saved);
  uint32_t bin = 0;
  while (!pool.holes.bins[bin]) {
    bin++;
  }
  uint16_t first = pool.holes.bins[bin];
  /* A list of its own that begins with a block, or with a hole of another size. */
  pool.holes.bin_mask |= 0x80;
  pool.holes.bins[7] = 3;
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  pool.holes.bins[7] = first;
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  restore(&saved);
  /* Two of three holes in a circle: each is the one before the other. Before the payload above
   * a hole are, 12 bytes below it, the hole before it, and 8 bytes below it, the one after it. */
  uint16_t second;
  unsigned char *holes[2];
  holes[0] = arena.memory + first * 8u;
  memcpy(&second, holes[0] - 8, sizeof second);
  holes[1] = arena.memory + second * 8u;
  memcpy(holes[0] - 12, &second, sizeof second);
  memcpy(holes[1] - 8, &first, sizeof first);
  uint16_t third;
  memcpy(&third, saved.memory + second * 8u - 8, sizeof third);
  uint16_t head = (uint16_t)(0x8000u + bin);
  memcpy(arena.memory + third * 8u - 12, &head, sizeof head);
  pool.holes.bins[bin] = third; /* and no list leads to them */
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  restore(&saved);
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  /* A hole of another size behind the last one. */
  release(h[8]);
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  uint16_t end = pool.heap.end;
  memcpy(arena.memory + third * 8u - 8, &end, sizeof end);
  memcpy(arena.memory + end * 8u - 12, &third, sizeof third);
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  restore(&saved);
  /* Two of two, and the list is the circle. */
  (void)alloc(bytes_of(4));
  first = pool.holes.bins[bin];
  holes[0] = arena.memory + first * 8u;
  memcpy(&second, holes[0] - 8, sizeof second);
  holes[1] = arena.memory + second * 8u;
  memcpy(holes[0] - 12, &second, sizeof second);
  memcpy(holes[1] - 8, &first, sizeof first);
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  EXPECT(defrag_walk_free(&pool, count_holes, &(uint32_t){0}) == DEFRAG_CORRUPTED);
  /* Another block than the one that is being copied says that it is. */
  make_state(1);
  EXPECT(defrag_check(&pool) == DEFRAG_OK && pool.move.kind == 1);
  uint32_t moving = pool.move.entry;
  uint32_t copying = DEFRAG_SMALL ? 5 : 0x7d;
  arena.table[moving] = (defrag_entry)(arena.table[moving] - copying);
  pool.move.entry = 3;
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  arena.table[3] = (defrag_entry)(arena.table[3] + copying);
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
}

/* A hole that is alone in its bin goes behind the one that is gathered, with all links as they are in a list. */
static void the_check_finds_a_second_hole_in_the_list_that_is_looked_at_last(void) {
  enum { OF_32 = 4, GATHERED = DEFRAG_BINS };
  make_pool(1024, 12);
  defrag_handle low = alloc(bytes_of(3));
  (void)alloc(bytes_of(1));
  defrag_handle high = alloc(bytes_of(3));
  (void)lock(alloc(bytes_of(1)));
  defrag_handle other = alloc(bytes_of(40));
  (void)lock(alloc(bytes_of(pool.heap.free - 1)));
  (void)lock(alloc(bytes_of(1)));
  release(low);
  release(high);
  EXPECT(defrag_alloc(&pool, bytes_of(6)) == DEFRAG_FRAGMENTED);
  EXPECT(settle(64) == 0);
  release(other);
  overwritten = 1;
  uint16_t first = pool.holes.bins[GATHERED];
  uint16_t second = pool.holes.bins[OF_32];
  EXPECT(first && second && defrag_check(&pool) == DEFRAG_OK);
  memcpy(arena.memory + first * 8u - 8, &second, sizeof second);
  memcpy(arena.memory + second * 8u - 12, &first, sizeof first);
  pool.holes.bins[OF_32] = 0;
  pool.holes.bin_mask = 0;
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
}

static void the_check_counts_free_entries_and_looks_at_the_search(void) {
  make_pool(512, 8);
  (void)alloc(8);
  uint32_t first = pool.heap.first_handle - 1u;
  arena.table[first] = (defrag_entry)(arena.table[first] & arena.table[pool.heap.last_handle]); /* its link: none */
  pool.heap.last_handle = (uint16_t)first;
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
#if DEFRAG_PASSES
  make_state(4);
  EXPECT(pool.request.window_free > 0 && defrag_check(&pool) == DEFRAG_OK);
  pool.request.window_free++;
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  pool.request.window_free--;
  pool.request.left++;
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  pool.request.left--;
  pool.request.cursor++;
  EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
#endif
}

/* In a pass that slides everything, below the first hole. */
static void a_size_past_the_end_ends_a_pass(void) {
  make_pool(512, 8);
  defrag_handle a = alloc(40);
  defrag_handle b = alloc(40);
  (void)alloc(bytes_of(pool.heap.free));
  release(b);
  EXPECT(defrag_alloc_pinned(&pool, 40) == DEFRAG_FRAGMENTED);
  overwritten = 1;
  unsigned char *header = (unsigned char *)defrag_address(&pool, a) - 4;
  header[3] = 0x7f;
  EXPECT(defrag_step(&pool, 64) == DEFRAG_CORRUPTED);
  header[2] = header[3] = 0;
  EXPECT(defrag_step(&pool, 64) == DEFRAG_CORRUPTED);
}

static void a_hole_without_a_right_size_ends_a_pass(void) {
  static const unsigned char wrong[] = {0, 0x7f, 0xff};
  for (uint32_t i = 0; i < sizeof wrong; i++) {
    make_pool(512, 8);
    defrag_handle h = alloc(40);
    (void)alloc(bytes_of(pool.heap.free));
    unsigned char *header = (unsigned char *)defrag_address(&pool, h) - 4;
    release(h);
    EXPECT(defrag_alloc_pinned(&pool, 40) == DEFRAG_FRAGMENTED);
    overwritten = 1;
    header[3] = wrong[i];
    header[2] = (unsigned char)(header[2] & 3u);
    EXPECT(defrag_step(&pool, 64) == DEFRAG_CORRUPTED);
  }
}

#if DEFRAG_PASSES
static void a_header_without_a_size_where_a_window_begins_ends_the_search(void) {
  make_state(4);
  EXPECT(pool.request.window_free > 0);
  pool.request.window_free = pool.request.want; /* so that its left end goes up */
  overwritten = 1;
  unsigned char *header = arena.memory + pool.request.left * 8u - 4;
  header[2] = (unsigned char)(header[2] & 1u);
  header[3] = 0;
  EXPECT(defrag_step(&pool, 64) == DEFRAG_CORRUPTED);
}
#endif

const test corruption_tests[] = {
    {"overwritten headers are refused where they are met", overwritten_headers_are_refused_where_they_are_met},
    {"an overwritten header is found by the check", an_overwritten_header_is_found},
    {"the check never reads outside, and lets nothing pass that steps trip over",
     the_check_never_reads_outside_and_lets_nothing_pass_that_steps_trip_over},
    {"the check finds lists and moves that only look right", the_check_finds_lists_and_moves_that_only_look_right},
    {"the check finds a second hole in the list that is looked at last", the_check_finds_a_second_hole_in_the_list_that_is_looked_at_last},
    {"the check counts free entries and looks at the search", the_check_counts_free_entries_and_looks_at_the_search},
    {"a size past the end ends a pass", a_size_past_the_end_ends_a_pass},
    {"a hole without a right size ends a pass", a_hole_without_a_right_size_ends_a_pass},
#if DEFRAG_PASSES
    {"a header without a size where a window begins ends the search", a_header_without_a_size_where_a_window_begins_ends_the_search},
#endif
    {NULL, NULL},
};
