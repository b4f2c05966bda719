/* SPDX-License-Identifier: MIT */
#include "fresh.h"

#include <stdio.h>

enum { EXCLUSIVE = 2, VISITS = DEFRAG_FOR_SIZE ? 8 : 10, MOST = 16 };

fresh_counts fresh;

static uint32_t ceiling(uint32_t a, uint32_t b) { return (a + b - 1u) / b; }

/* Steps of `b` granules, of a request for r, on a heap with k obstacles; blocked: until that is said. */
static uint32_t bound_of(uint32_t r, uint32_t b, uint32_t blocks, uint32_t k, int blocked) {
  uint32_t free = pool.heap.free;
  uint32_t used = pool.heap.end - 1u - free;
  if (!DEFRAG_PASSES) {
    return (used + (b - 1u) * blocks) / b + blocks + 2u * k + 4u;
  }
  uint32_t headers = 2u * blocks + 1u < pool.heap.end - 1u ? 2u * blocks + 1u : pool.heap.end - 1u;
  uint32_t looks = ceiling(2u * headers, VISITS);
  if (blocked) {
    return looks + 1u;
  }
  uint32_t divided = (k + 1u) * (r - 1u);
  uint32_t windows = free > divided && r > 1u ? ceiling(free - divided, 2u * r - 2u) : 1u;
  uint32_t cost = used / windows > r ? used / windows : r;
  cost = cost < used ? cost : used;
  uint32_t moves = blocks < cost ? blocks : cost;
  uint32_t moving = (cost + (b - 1u) * moves) / b + (moves < r - 1u ? moves : r - 1u);
  return looks + (moving > 1u ? moving : 1u);
}

/* The pool is as the heap's maker has left it. */
static void wait_for(uint32_t r, uint32_t b, uint32_t blocks, uint32_t k) {
  uint32_t bound = bound_of(r, b, blocks, k, 0);
  uint32_t bound_blocked = bound_of(r, b, blocks, k, 1);
  int32_t result = defrag_alloc(&pool, bytes_of(r));
  if (result != DEFRAG_FRAGMENTED) {
    return;
  }
  uint32_t full = (pool.heap.end - 1u) / 8u + 3u * (table_length < (pool.heap.end - 1u) / 2u ? table_length : (pool.heap.end - 1u) / 2u) + 8u;
  int patient = pool.request.full_patience >= 8u * full; /* a smaller one is for those who are in a hurry */
  uint32_t steps = 0;
  do {
    steps++;
    result = defrag_step(&pool, 8u * b);
    EXPECT(!patient || pool.request.mode != EXCLUSIVE);
    EXPECT(!patient || steps <= (result == DEFRAG_BLOCKED ? bound_blocked : bound));
    EXPECT(steps < 100000u);
  } while (result == 1);
  fresh.requests++;
  if (result == 0) {
    if (patient && bound >= 10u && (uint64_t)steps * fresh.its_bound >= (uint64_t)fresh.longest * bound) {
      fresh.longest = steps;
      fresh.its_bound = bound;
    }
    EXPECT(defrag_alloc(&pool, bytes_of(r)) > 0);
  } else {
    EXPECT(result == DEFRAG_BLOCKED);
    fresh.blocked++;
  }
}

/* ---- All small heaps ---- */

static uint32_t sizes[MOST];
static char kinds[MOST]; /* hole, block, locked */

static void try_heap(uint32_t parts, uint32_t in_all) {
  static unsigned char memory[8 * (MOST + 1)];
  static defrag_entry table[MOST];
  defrag_handle handles[MOST];
  uint32_t blocks = 0;
  uint32_t locked = 0;
  make_pool(8u * (in_all + 1u), in_all);
  for (uint32_t i = 0; i < parts; i++) {
    handles[i] = defrag_alloc(&pool, bytes_of(sizes[i]));
    EXPECT(handles[i] > 0);
  }
  for (uint32_t i = 0; i < parts; i++) {
    if (kinds[i] == 'h') {
      EXPECT(defrag_free(&pool, handles[i]) == DEFRAG_OK);
      continue;
    }
    blocks++;
    if (kinds[i] == 'l') {
      (void)lock(handles[i]);
      locked++;
    }
  }
  fresh.heaps++;
  defrag_pool before = pool;
  memcpy(memory, arena.memory, 8u * (in_all + 1u));
  memcpy(table, arena.table, in_all * sizeof(defrag_entry));
  for (uint32_t r = 1; r <= before.heap.free && blocks < in_all; r++) {
    for (uint32_t b = 1; b <= 8; b *= 2) {
      wait_for(r, b, blocks, locked);
      pool = before;
      memcpy(arena.memory, memory, 8u * (in_all + 1u));
      memcpy(arena.table, table, in_all * sizeof(defrag_entry));
    }
  }
}

static void extend(uint32_t parts, uint32_t left, uint32_t locks, uint32_t in_all) {
  if (!left) {
    try_heap(parts, in_all);
    return;
  }
  for (uint32_t size = 1; size <= left; size++) {
    sizes[parts] = size;
    for (const char *kind = "hbl"; *kind; kind++) {
      if ((*kind == 'h' && parts && kinds[parts - 1u] == 'h') || (*kind == 'l' && locks == 2)) {
        continue;
      }
      kinds[parts] = *kind;
      extend(parts + 1u, left - size, locks + (*kind == 'l'), in_all);
    }
  }
}

void try_all_heaps(uint32_t granules_for_blocks) { extend(0, granules_for_blocks, 0, granules_for_blocks); }

/* ---- Periodic heaps ---- */

static uint32_t a_size(uint32_t largest) {
  uint32_t size = 1u + below(1u << below(10));
  return size < largest ? size : largest;
}

void try_a_periodic_heap(uint32_t largest) {
  static defrag_handle holes[MAX_TABLE];
  static const uint32_t budgets[] = {1, 2, 3, 8, 8, 8, 16, 128};
  uint32_t in_all = 60u + below(largest - 59u);
  uint32_t block = a_size(in_all / 4u);
  uint32_t hole = below(2) ? 1u + below(3) : a_size(in_all / 4u);
  uint32_t pairs = in_all / (block + hole);
  uint32_t most = (uint32_t)MAX_TABLE / 2u - 2u;
  pairs = pairs < most ? pairs : most;
  make_pool(8u * (in_all + 1u), 2u * pairs + 2u);
  uint32_t locked = 0;
  uint32_t period = 1u + below(3u + pairs / 4u);
  uint32_t locks = below(2) ? below(40) : 0u;
  for (uint32_t i = 0; i < pairs; i++) {
    holes[i] = defrag_alloc(&pool, bytes_of(hole));
    defrag_handle handle = defrag_alloc(&pool, bytes_of(block));
    EXPECT(holes[i] > 0 && handle > 0);
    if (locked < locks && i % period == period - 1u) {
      (void)lock(handle);
      locked++;
    }
  }
  uint32_t blocks = pairs;
  if (pool.heap.free) {
    EXPECT(defrag_alloc(&pool, bytes_of(pool.heap.free)) > 0);
    blocks++;
  }
  for (uint32_t i = 0; i < pairs; i++) {
    EXPECT(defrag_free(&pool, holes[i]) == DEFRAG_OK);
  }
  fresh.heaps++;
  uint32_t free = pool.heap.free;
  uint32_t shared = (free - 1u) / (locked + 1u) + 1u;
  wait_for(below(3) ? shared - below(2) * below(shared) : 1u + below(free), budgets[below(8)], blocks, locked);
}

/* ---- Tests ---- */

static void a_request_that_nothing_disturbs_is_served_within_its_bound(void) {
  memset(&fresh, 0, sizeof fresh);
  for (uint32_t in_all = 2; in_all <= 7u; in_all++) {
    try_all_heaps(in_all);
  }
  for (uint32_t i = 0; i < rounds(8000); i++) {
    try_a_periodic_heap(500);
  }
  printf("  %u heaps, %u waits, the longest %u of %u steps\n", (unsigned)fresh.heaps, (unsigned)fresh.requests, (unsigned)fresh.longest,
         (unsigned)fresh.its_bound);
  EXPECT(fresh.requests > 1000u && fresh.blocked > 100u && 4u * fresh.longest >= 3u * fresh.its_bound);
}

const test fresh_tests[] = {
    {"a request that nothing disturbs is served within its bound", a_request_that_nothing_disturbs_is_served_within_its_bound},
    {NULL, NULL},
};
