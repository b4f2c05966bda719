/* SPDX-License-Identifier: MIT */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

arena_memory arena;
defrag_pool pool;
uint32_t table_length;
int overwritten;

void library_assert(const char *file, int line, const char *condition);

void library_assert(const char *file, int line, const char *condition) {
  if (!overwritten) {
    fail(file, line, condition);
  }
}

static uint64_t random_state;

uint32_t random_bits(void) {
  /* xorshift64* */
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (uint32_t)(random_state * 2685821657736338717ull >> 32);
}

uint32_t below(uint32_t bound) { return random_bits() % bound; }

void seed_random(uint64_t seed) { random_state = seed * 0x9e3779b97f4a7c15ull + 0x1234567ull; }

static uint32_t used = sizeof arena.memory; /* of the arena, by the last pool */

void make_pool(uint32_t bytes, uint32_t handles) {
  memset(&arena, 0xa5, offsetof(arena_memory, memory) + used);
  memset(arena.table, 0xa5, sizeof arena.table);
  memset(arena.after, 0xa5, sizeof arena.after);
  used = bytes;
  overwritten = 0;
  memset(&pool, 0x5a, sizeof pool);
  table_length = handles;
  EXPECT(defrag_init(&pool, arena.memory, bytes, arena.table, handles) == DEFRAG_OK);
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
}

void expect_sound(void) {
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  EXPECT(arena.table[table_length] == (defrag_entry)0xa5a5a5a5u);
  const unsigned char *after = (const unsigned char *)&arena + offsetof(arena_memory, memory) + used;
  for (uint32_t i = 0; i < 64; i++) {
    EXPECT(arena.before[i] == 0xa5 && after[i] == 0xa5);
  }
}

defrag_statistics statistics(void) {
  defrag_statistics s;
  defrag_get_statistics(&pool, &s);
  return s;
}

void *lock(defrag_handle handle) {
  void *address = NULL;
  EXPECT(defrag_try_lock(&pool, handle, &address) == DEFRAG_OK);
  EXPECT(address != NULL && address == defrag_address(&pool, handle));
  return address;
}

void unlock(defrag_handle handle) { EXPECT(defrag_unlock(&pool, handle) == DEFRAG_OK); }

defrag_handle alloc(uint32_t bytes) {
  defrag_handle handle = defrag_alloc(&pool, bytes);
  EXPECT(handle > 0);
  expect_sound();
  return handle;
}

defrag_handle alloc_pinned(uint32_t bytes) {
  defrag_handle handle = defrag_alloc_pinned(&pool, bytes);
  EXPECT(handle > 0);
  expect_sound();
  return handle;
}

void release(defrag_handle handle) {
  EXPECT(defrag_free(&pool, handle) == DEFRAG_OK);
  expect_sound();
}

void fill(defrag_handle handle, uint32_t bytes, uint32_t pattern) {
  unsigned char *p = lock(handle);
  for (uint32_t i = 0; i < bytes; i++) {
    p[i] = (unsigned char)(pattern + i * 7u);
  }
  unlock(handle);
}

void expect_content(defrag_handle handle, uint32_t bytes, uint32_t pattern) {
  const unsigned char *p = defrag_address(&pool, handle);
  if (p) {
    for (uint32_t i = 0; i < bytes; i++) {
      EXPECT(p[i] == (unsigned char)(pattern + i * 7u));
    }
  }
}

int32_t settle(uint32_t budget) {
  defrag_statistics s = statistics();
  uint32_t bound = 2u * (s.pool_bytes / (budget & ~7u) + 5u * (s.blocks + s.holes) + 8u);
  for (;;) {
    uint32_t before = pool.heap.bytes_moved;
    int32_t result = defrag_step(&pool, budget);
    EXPECT(pool.heap.bytes_moved - before <= budget);
    EXPECT(result != DEFRAG_CORRUPTED);
    expect_sound();
    if (result != 1) {
      return result;
    }
    EXPECT(bound-- > 0);
  }
}

int32_t serve(uint32_t bytes, uint32_t budget) {
  int blocked = 0;
  for (;;) {
    int32_t result = defrag_alloc(&pool, bytes);
    if (result != DEFRAG_FRAGMENTED) {
      return result;
    }
    int32_t why = settle(budget);
    if (why == DEFRAG_BLOCKED && blocked) {
      return why;
    }
    blocked = why == DEFRAG_BLOCKED;
    EXPECT(why == 0 || why == DEFRAG_BLOCKED || why == DEFRAG_OUT_OF_MEMORY);
  }
}

int32_t compact(uint32_t budget) {
  EXPECT(defrag_keep_ready(&pool, defrag_free_bytes(&pool)) == DEFRAG_OK);
  int32_t result = settle(budget);
  EXPECT(defrag_keep_ready(&pool, 0) == DEFRAG_OK);
  return result;
}

/* ---- Oracles ---- */

static int32_t put_on_map(void *context, const defrag_block *block) {
  heap_map *map = context;
  EXPECT(map->count < MAX_BLOCKS);
  map->block[map->count++] = *block;
  return 0;
}

const heap_map *map_heap(void) {
  static heap_map map;
  map.count = 0;
  EXPECT(defrag_walk(&pool, put_on_map, &map) == DEFRAG_OK);
  return &map;
}

/* A block in two parts and the hole that it moves into count as what they are. */
static uint32_t free_in(const defrag_block *block) {
  if (block->kind == DEFRAG_SPLIT) {
    return block->bytes / 8u - pool.move.size;
  }
  return block->kind == DEFRAG_FREE || block->kind == DEFRAG_HELD ? block->bytes / 8u : 0u;
}

uint32_t cheapest_window(uint32_t want) {
  const heap_map *map = map_heap();
  uint32_t cheapest = UINT32_MAX;
  for (uint32_t from = 0; from < map->count; from++) {
    uint32_t yields = 0;
    uint32_t cost = 0;
    for (uint32_t to = from; to < map->count && map->block[to].kind != DEFRAG_LOCKED; to++) {
      uint32_t hole = free_in(&map->block[to]);
      if (to == from && !hole) {
        break;
      }
      yields += hole;
      cost += map->block[to].bytes / 8u - hole;
      if (hole && yields >= want && cost < cheapest) {
        cheapest = cost;
      }
    }
  }
  return cheapest;
}

int room_for_pinned(uint32_t want) {
  const heap_map *map = map_heap();
  uint32_t room = 0;
  for (uint32_t i = 0; i < map->count; i++) {
    const defrag_block *block = &map->block[i];
    room += free_in(block);
    if (block->kind == DEFRAG_LOCKED) {
      /* It is pinned if its header says so. */
      uint16_t link;
      memcpy(&link, arena.memory + block->offset, sizeof link);
      if ((link & 0x8000u) && room >= want) {
        return 1;
      }
      room = 0;
    }
  }
  return room >= want;
}
