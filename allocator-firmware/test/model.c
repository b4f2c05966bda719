/* SPDX-License-Identifier: MIT */
#include "model.h"

#include "config.h"

model_state model;

static defrag_handle stale[STALE]; /* handles of blocks that were freed */
static defrag_handle interrupted; /* what the next commit's interrupt locks and unlocks; 0: none */
static int came;

void interrupt_with(defrag_handle handle) {
  interrupted = handle;
  came = 0;
}

int interrupt_came(void) { return came; }

void interrupt_before_commit(void) {
  if (interrupted) {
    void *address;
    int32_t result = defrag_try_lock(&pool, interrupted, &address);
    EXPECT(result == DEFRAG_OK || result == DEFRAG_MOVING || result == DEFRAG_INVALID_HANDLE ||
           result == DEFRAG_TOO_MANY_LOCKS);
    if (result == DEFRAG_OK) {
      EXPECT(address == defrag_address(&pool, interrupted));
      unlock(interrupted);
    }
    interrupted = 0;
    came = 1;
  }
}

/* ---- What an allocation sees ---- */

static uint32_t bin_of(uint32_t size) {
  static const uint32_t from[] = {1, 4, 8, 16, 32, 64, 128, 512};
  uint32_t bin = 7;
  while (from[bin] > size) {
    bin--;
  }
  return bin;
}

/* The hole that an allocation of `size` granules takes. */
typedef struct visible {
  uint32_t size;
  uint32_t seen_in_own_bin;
  uint32_t serves; /* granules of the hole; 0: none */
  uint32_t end;    /* granules from the start of the pool's memory to its end */
} visible;

static int32_t see(void *context, uint32_t bin, uint32_t offset, uint32_t bytes) {
  visible *v = context;
  uint32_t size = bytes / 8u;
  EXPECT(bin == DEFRAG_BINS || bin_of(size) == bin); /* the last list has a hole of any size */
  int closer = bin == bin_of(v->size) ? v->seen_in_own_bin++ < 4 && size >= v->size && (!v->serves || size < v->serves)
                                      : bin > bin_of(v->size) && size >= v->size && !v->serves;
  if (closer) {
    v->serves = size;
    v->end = (offset + bytes + 4u) / 8u;
  }
  return 0;
}

/* What the last answer promised, as well. */
static visible look_for(uint32_t size) {
  visible v = {size, 0, 0, 0};
  EXPECT(defrag_walk_free(&pool, see, &v) == 0);
  if (!v.serves && pool.request.want && !pool.holes.bins[DEFRAG_BINS]) {
    const heap_map *map = map_heap();
    for (uint32_t i = 0; i < map->count; i++) {
      const defrag_block *block = &map->block[i];
      if (block->kind == DEFRAG_FREE && block->offset + block->bytes + 4u == pool.request.cursor * 8u && block->bytes / 8u >= size) {
        v.serves = block->bytes / 8u;
        v.end = pool.request.cursor;
      }
    }
  }
  return v;
}

/* Whether the hole is kept for a larger request. */
static int is_kept(uint32_t end, uint32_t size, uint32_t larger) {
  return pool.request.want && pool.request.mode == MODE_EXCLUSIVE && size < larger && end >= pool.request.cursor;
}

static int is_served(uint32_t size) {
  visible v = look_for(size);
  return v.serves && !is_kept(v.end, size, pool.request.want);
}

static uint32_t free_granules(void) {
  uint32_t free = model.pool_bytes / 8u - 1u;
  for (uint32_t i = 0; i < model.count; i++) {
    free -= granules(model.block[i].bytes);
  }
  return free;
}

static uint32_t out_of_memory_or_fragmented(uint32_t size) {
  return (uint32_t)(size > free_granules() ? DEFRAG_OUT_OF_MEMORY : DEFRAG_FRAGMENTED);
}

/* ---- Steps ---- */

static int is_pinned_request(uint32_t want) { return want == 0x7fffu; }

/* Granules below the lowest of the pinned blocks at the top. */
static uint32_t room_below_pinned(void) {
  const heap_map *map = map_heap();
  uint32_t top = pool.heap.lowest_pinned * 8u - 4u;
  for (uint32_t i = 0; i < map->count; i++) {
    const defrag_block *block = &map->block[i];
    if (block->offset + block->bytes == top) {
      return block->kind == DEFRAG_FREE ? block->bytes / 8u : 0u;
    }
  }
  return 0;
}

/* After a pass in which nothing else might be taken it is said of what was free when that began; what was freed since has made no hole
 * that serves. */
static void expect_blocked(uint32_t want, int kept) {
  if (kept) {
    EXPECT(is_pinned_request(want) ? room_below_pinned() < pool.request.want_pinned : !look_for(want).serves);
    return;
  }
  if (is_pinned_request(want)) {
    EXPECT(!room_for_pinned(pool.request.want_pinned));
    return;
  }
  EXPECT(cheapest_window(want) == UINT32_MAX);
  defrag_handle blocker = defrag_blocker(&pool);
  int stands = 0;
  for (uint32_t i = 0; i < model.count; i++) {
    stands |= model.block[i].handle == blocker && model.block[i].fixed_at != NULL;
  }
  EXPECT(stands);
}

int32_t model_step(uint32_t budget) {
  uint32_t want = pool.request.want;
  uint32_t phase = want ? pool.request.phase : (uint32_t)PHASE_NONE;
  int kept = pool.request.mode == MODE_EXCLUSIVE && pool.request.dirty;
  uint32_t before = pool.heap.bytes_moved;
  int32_t result = defrag_step(&pool, budget);
  EXPECT(pool.heap.bytes_moved - before <= budget);
  switch (result) {
    case 0:
      if (is_pinned_request(want) && phase > PHASE_KEPT) {
        EXPECT(room_below_pinned() >= pool.request.want_pinned);
      } else if (phase > PHASE_KEPT) {
        EXPECT(look_for(want).serves);
      }
      break;
    case DEFRAG_BLOCKED:
      EXPECT(pool.heap.bytes_moved == before);
      expect_blocked(want, kept);
      break;
    case DEFRAG_OUT_OF_MEMORY:
      EXPECT((is_pinned_request(want) ? pool.request.want_pinned : want) > free_granules());
      break;
    default:
      EXPECT(result == 1);
  }
  return result;
}

int32_t model_settle(uint32_t budget) {
  defrag_statistics s = statistics();
  uint32_t bound = 2u * (s.pool_bytes / (budget & ~7u) + 5u * (s.blocks + s.holes) + 8u);
  for (;;) {
    int32_t result = model_step(budget);
    expect_sound();
    if (result != 1) {
      return result;
    }
    EXPECT(bound-- > 0);
  }
}

/* A request has failed: what a program does about it. 1: it tries again; 0: it gives up. */
static int try_again(uint32_t budget, int *blocked) {
  int32_t why = budget ? model_settle(budget) : DEFRAG_BLOCKED;
  if (!budget || (why == DEFRAG_BLOCKED && *blocked)) {
    return 0;
  }
  EXPECT(why == 0 || why == DEFRAG_BLOCKED || why == DEFRAG_OUT_OF_MEMORY);
  *blocked = why == DEFRAG_BLOCKED;
  return 1;
}

/* ---- Calls ---- */

void model_begin(uint32_t pool_bytes, uint32_t handles) {
  make_pool(pool_bytes, handles);
  model.pool_bytes = pool_bytes;
  model.count = 0;
  memset(stale, 0, sizeof stale);
  interrupted = 0;
}

static void expect_free_bytes(void) {
  uint32_t free = free_granules();
  EXPECT(defrag_free_bytes(&pool) == (free ? bytes_of(free) : 0));
}

static void add_block(defrag_handle handle, uint32_t bytes, uint32_t pattern, int pinned) {
  const unsigned char *at = defrag_address(&pool, handle);
  EXPECT(at >= arena.memory + 8 && at + bytes <= arena.memory + model.pool_bytes && ((uintptr_t)at & 7u) == 0);
  for (uint32_t i = 0; i < model.count; i++) {
    EXPECT(model.block[i].handle != handle);
  }
  EXPECT(model.count < MODEL_BLOCKS);
  model.block[model.count++] = (model_block){handle, bytes, pattern, 0, pinned ? at : NULL, pinned};
  fill(handle, bytes, pattern);
  expect_free_bytes();
}

void model_alloc(uint32_t bytes, uint32_t pattern, uint32_t budget) {
  uint32_t size = granules(bytes);
  int blocked = 0;
  int32_t result;
  expect_free_bytes();
  do {
    int served = is_served(size);
    result = defrag_alloc(&pool, bytes);
    if (model.count == table_length) {
      EXPECT(result == DEFRAG_OUT_OF_HANDLES);
      return;
    }
    EXPECT(served ? result > 0 : (uint32_t)result == out_of_memory_or_fragmented(size));
  } while (result == DEFRAG_FRAGMENTED && try_again(budget, &blocked));
  if (result > 0) {
    add_block(result, bytes, pattern, 0);
  }
}

void model_alloc_pinned(uint32_t bytes, uint32_t pattern, uint32_t budget) {
  uint32_t size = granules(bytes);
  int blocked = 0;
  uint32_t top;
  int32_t result;
  do {
    uint32_t want = pool.request.want;
    top = pool.heap.lowest_pinned;
    int served = room_below_pinned() >= size && !is_kept(top, size, is_pinned_request(want) ? pool.request.want_pinned : want);
    result = defrag_alloc_pinned(&pool, bytes);
    if (model.count == table_length) {
      EXPECT(result == DEFRAG_OUT_OF_HANDLES);
      return;
    }
    EXPECT(served ? result > 0 : (uint32_t)result == out_of_memory_or_fragmented(size));
  } while (result == DEFRAG_FRAGMENTED && try_again(budget, &blocked));
  if (result > 0) {
    EXPECT((unsigned char *)defrag_address(&pool, result) == arena.memory + (top - size) * 8u);
    add_block(result, bytes, pattern, 1);
  }
}

/* Whether a block is where it was, which it need not be in the debug mode. */
static int stands(defrag_handle handle, const void *was) {
  return DEFRAG_DEBUG_MOVE || defrag_address(&pool, handle) == was;
}

/* What a resize must answer; 1: that cannot be told, since it gives up a copy first. */
static int32_t expected_of_resize(const model_block *block, uint32_t size, uint32_t new_size) {
  const heap_map *map = map_heap();
  for (uint32_t i = 0; i < map->count; i++) {
    if (map->block[i].handle != block->handle) {
      continue;
    }
    if (map->block[i].kind == DEFRAG_SPLIT) {
      return DEFRAG_MOVING;
    }
    uint32_t above = i + 1 < map->count && map->block[i + 1].kind == DEFRAG_FREE ? map->block[i + 1].bytes / 8u : 0u;
    if (new_size <= size) {
      return DEFRAG_OK;
    }
    if (new_size <= size + above) {
      uint32_t end = (map->block[i + 1].offset + map->block[i + 1].bytes + 4u) / 8u;
      return is_kept(end, new_size, pool.request.want) ? (int32_t)DEFRAG_FRAGMENTED : (int32_t)DEFRAG_OK;
    }
    if (block->fixed_at) {
      return DEFRAG_STILL_LOCKED;
    }
    if (pool.move.kind && pool.move.entry == ((uint32_t)block->handle & 0xffu)) {
      return 1;
    }
    return is_served(new_size) ? (int32_t)DEFRAG_OK : (int32_t)out_of_memory_or_fragmented(new_size);
  }
  return DEFRAG_INVALID_HANDLE;
}

void model_resize(uint32_t which, uint32_t bytes, uint32_t budget) {
  model_block *block = &model.block[which];
  uint32_t size = granules(block->bytes);
  uint32_t new_size = granules(bytes);
  const void *was = defrag_address(&pool, block->handle);
  int blocked = 0;
  int32_t result;
  for (;;) {
    int32_t expected = expected_of_resize(block, size, new_size);
    int interrupts = interrupted == block->handle;
    result = defrag_resize(&pool, block->handle, bytes);
    if (interrupts && !interrupted) {
      EXPECT(result == DEFRAG_MOVING && (!was || stands(block->handle, was)));
      return;
    }
    EXPECT(expected == 1 ? result == DEFRAG_OK || (uint32_t)result == out_of_memory_or_fragmented(new_size) : result == expected);
    if (result != DEFRAG_FRAGMENTED || !try_again(budget, &blocked)) {
      break;
    }
    was = NULL;
  }
  if (result == DEFRAG_OK) {
    if (new_size <= size && was) {
      EXPECT(stands(block->handle, was));
    }
    expect_content(block->handle, bytes < block->bytes ? bytes : block->bytes, block->pattern);
    block->bytes = bytes;
    if (block->locks == DEFRAG_MAX_LOCKS) {
      model_unlock(which);
    }
    fill(block->handle, bytes, block->pattern);
  } else if (was) {
    EXPECT(stands(block->handle, was) || budget);
  }
  expect_free_bytes();
}

int model_free(uint32_t which) {
  model_block *block = &model.block[which];
  int32_t result = defrag_free(&pool, block->handle);
  if (block->locks) {
    EXPECT(result == DEFRAG_STILL_LOCKED);
    return 0;
  }
  EXPECT(result == DEFRAG_OK);
  stale[(uint32_t)block->handle % STALE] = block->handle;
  *block = model.block[--model.count];
  expect_free_bytes();
  return 1;
}

int model_lock(uint32_t which) {
  model_block *block = &model.block[which];
  void *address = NULL;
  int whole = defrag_address(&pool, block->handle) != NULL;
  int32_t result = defrag_try_lock(&pool, block->handle, &address);
  if (block->locks == DEFRAG_MAX_LOCKS) {
    EXPECT(result == DEFRAG_TOO_MANY_LOCKS);
  } else if (!whole) {
    EXPECT(result == DEFRAG_MOVING && !block->locks && address == NULL);
  } else {
    EXPECT(result == DEFRAG_OK && (!block->fixed_at || address == block->fixed_at));
    block->locks++;
    block->fixed_at = address;
    expect_content(block->handle, block->bytes, block->pattern);
    return 1;
  }
  return 0;
}

void model_unlock(uint32_t which) {
  model_block *block = &model.block[which];
  EXPECT(defrag_unlock(&pool, block->handle) == (block->locks ? DEFRAG_OK : DEFRAG_NOT_LOCKED));
  block->locks -= block->locks ? 1 : 0;
  if (!block->locks && !block->pinned) {
    block->fixed_at = NULL;
  }
}

void model_write(uint32_t which, uint32_t pattern) {
  model_block *block = &model.block[which];
  if (model_lock(which)) {
    block->pattern = pattern;
    for (uint32_t i = 0; i < block->bytes; i++) {
      ((unsigned char *)defrag_address(&pool, block->handle))[i] = (unsigned char)(pattern + i * 7u);
    }
    model_unlock(which);
  }
}

void model_keep_ready(uint32_t bytes) {
  EXPECT(defrag_keep_ready(&pool, bytes) == (bytes > DEFRAG_MAX_SIZE ? DEFRAG_INVALID_SIZE : DEFRAG_OK));
}

void model_check(int contents) {
  expect_sound();
  for (uint32_t i = 0; i < model.count; i++) {
    const model_block *block = &model.block[i];
    if (block->fixed_at) {
      EXPECT(defrag_address(&pool, block->handle) == block->fixed_at);
    }
    if (contents) {
      expect_content(block->handle, block->bytes, block->pattern);
    }
  }
}

static void use_a_stale_handle(uint32_t which) {
  defrag_handle handle = stale[which];
  for (uint32_t i = 0; i < model.count; i++) {
    if (model.block[i].handle == handle) {
      return; /* its generation has come round */
    }
  }
  void *address = NULL;
  EXPECT(defrag_free(&pool, handle) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_try_lock(&pool, handle, &address) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_unlock(&pool, handle) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_resize(&pool, handle, 8) == DEFRAG_INVALID_HANDLE);
  EXPECT(defrag_address(&pool, handle) == NULL);
}

static void unlock_everything_and_compact(uint32_t budget) {
  int pinned = 0;
  for (uint32_t i = 0; i < model.count; i++) {
    while (model.block[i].locks) {
      model_unlock(i);
    }
    pinned |= model.block[i].pinned;
  }
  model_keep_ready(0);
  if (model_settle(budget) == 0 && !pinned) {
    EXPECT(compact(budget) == 0);
    defrag_statistics s = statistics();
    EXPECT(s.holes == (s.free_bytes ? 1u : 0u) && s.largest_bytes == s.free_bytes && s.blocks == model.count);
  }
}

void model_operation(uint32_t (*choose)(uint32_t bound), model_taste *taste) {
  uint32_t kind = choose(100);
  uint32_t which = model.count ? choose(model.count) : 0;
  int any = model.count > 0;
  if (kind < 28) {
    if (choose(100) < taste->greed || !any) {
      uint32_t bytes = 1 + choose(1 + choose(taste->largest));
      uint32_t budget = choose(3) ? 0 : taste->budget;
      if (choose(16) == 0) {
        model_alloc_pinned(bytes, choose(256), budget);
      } else {
        model_alloc(bytes, choose(256), budget);
      }
    } else {
      (void)model_free(which);
    }
  } else if (kind < 33 && any) {
    model_resize(which, 1 + choose(taste->largest), choose(3) ? 0 : taste->budget);
  } else if (kind < 43 && any) {
    (void)model_lock(which);
  } else if (kind < 47 && any) {
    model_write(which, choose(256));
  } else if (kind < 62 && any) {
    model_unlock(which);
  } else if (kind < 90) {
    (void)model_step(taste->budget);
  } else if (kind < 93) {
    use_a_stale_handle(choose(STALE));
  } else if (kind < 96) {
    if (any) {
      interrupted = pool.move.kind ? (defrag_handle)0 : model.block[which].handle;
      for (uint32_t i = 0; i < model.count; i++) { /* rather the one on its way */
        if (pool.move.kind && ((uint32_t)model.block[i].handle & 0xffu) == (pool.move.entry & 0xffu)) {
          interrupted = model.block[i].handle;
        }
      }
    }
  } else if (kind < 98) {
    model_keep_ready(choose(3) ? 0 : choose(taste->largest));
  } else if (kind == 98) {
    taste->budget = 8 + choose(choose(2) ? 64 : 512);
    taste->greed = 30 + choose(45);
  } else if (choose(8) == 0) {
    unlock_everything_and_compact(taste->budget);
  }
}

/* ---- The random test ---- */

static void random_operations_agree_with_a_model(void) {
  static const struct {
    uint32_t bytes, handles, largest, operations;
  } runs[] = {
      {16, 2, 8, 2000},          {128, 8, 60, 40000},      {512, 32, 120, 60000},   {1024, 24, 400, 60000},
      {4096, 100, 200, 80000},   {4096, 64, 1500, 40000},  {16384, 200, 800, 20000}, {131072, 400, 4000, 6000},
      {131072, 64, 40000, 1500},
  };
  for (uint32_t i = 0; i < sizeof runs / sizeof *runs && runs[i].bytes <= DEFRAG_MAX_POOL; i++) {
    model_begin(runs[i].bytes, runs[i].handles);
    model_taste taste = {runs[i].largest, 50, 64};
    uint32_t operations = rounds(runs[i].operations);
    for (operation = 1; operation <= operations; operation++) {
      model_operation(below, &taste);
      model_check(operation % 16 == 0);
    }
  }
  operation = 0;
}

const test model_tests[] = {
    {"random operations agree with a model", random_operations_agree_with_a_model},
    {NULL, NULL},
};
