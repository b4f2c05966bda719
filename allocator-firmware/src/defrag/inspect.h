/*
 * Looking at a pool: addresses, walks, statistics, the self-check. A room of src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_INSPECT_H
#define DEFRAG_ROOM_INSPECT_H

#include "compact.h"

/* ---- Looking at a pool ---- */

DEFRAG_API void *defrag_address(const defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->heap.table_bytes) {
    return (void *)0;
  }
  uint32_t entry = *entry_at(pool, offset);
  uint32_t locks = entry & LOCK_MASK;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT || locks == NOT_LIVE || locks == SLIDING) {
    return (void *)0;
  }
  return (void *)(pool->heap.memory + (uintptr_t)index_in(entry) * GRANULE);
}

INLINE uint32_t payload_bytes(uint32_t granules) { return granules ? granules * GRANULE - HEADER : 0; }

DEFRAG_API uint32_t defrag_free_bytes(const defrag_pool *pool) { return payload_bytes(pool->heap.free); }

#if DEFRAG_DIAGNOSTICS

/* What the block at index is; its size in granules, or 0 if it cannot be a block. */
static uint32_t describe(const defrag_pool *pool, uint32_t index, defrag_block *out) {
  const around *block = at(origin_of(pool), index);
  uint32_t size = size_of(block);
  uint32_t number = block->link;
  if (!size || size > pool->heap.end - index) {
    return 0;
  }
  out->offset = index * GRANULE - HEADER;
  out->bytes = size * GRANULE;
  out->handle = 0;
  out->locks = 0;
  if (block->tag & FREE) {
    out->kind = DEFRAG_FREE;
  } else if (number == HELD) {
    out->kind = DEFRAG_HELD;
  } else if ((number & ~(uint32_t)PINNED) * sizeof(entry_t) < pool->heap.table_bytes) {
    uint32_t pinned = number & PINNED;
    number -= pinned;
    uint32_t entry = pool->heap.table[number];
    uint32_t locks = entry & LOCK_MASK;
    if (locks == NOT_LIVE || index_in(entry) != index) {
      return 0;
    }
    out->handle = (defrag_handle)(entry >> GENERATION_SHIFT << GENERATION_SHIFT | number);
    out->kind = locks == SLIDING ? DEFRAG_SPLIT : pinned ? DEFRAG_LOCKED : DEFRAG_USED;
    if (locks - 1u < DEFRAG_MAX_LOCKS) {
      out->kind = DEFRAG_LOCKED;
      out->locks = locks;
    }
  } else {
    return 0;
  }
  return size;
}

DEFRAG_API int32_t defrag_walk(const defrag_pool *pool, int32_t (*visit)(void *context, const defrag_block *block),
                               void *context) {
  uint32_t index = 1;
  while (index < pool->heap.end) {
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      return DEFRAG_CORRUPTED;
    }
    int32_t result = visit(context, &block);
    if (result) {
      return result;
    }
    index += size;
  }
  return DEFRAG_OK;
}

/* The hole that ends at index as a free list sees it; its size in granules, or 0 if it cannot be a hole. */
static uint32_t listed_hole(const defrag_pool *pool, uint32_t end) {
  if (end - 2u >= pool->heap.end - 1u) {
    return 0;
  }
  const around *above = at(origin_of(pool), end);
  uint32_t size = above->size_below;
  return (above->tag & PREV_FREE) && size < end && size_of(at(origin_of(pool), end - size)) == size ? size : 0;
}

DEFRAG_API int32_t defrag_walk_free(const defrag_pool *pool,
                                    int32_t (*visit)(void *context, uint32_t bin, uint32_t offset, uint32_t bytes),
                                    void *context) {
  uint32_t granules = pool->heap.free;
  for (uint32_t bin = 0; bin <= LAST; bin++) {
    uint32_t end = pool->holes.bins[bin];
    while (end) {
      uint32_t size = listed_hole(pool, end);
      /* A list that runs in a circle uses up the free memory. */
      if (!size || size > granules) {
        return DEFRAG_CORRUPTED;
      }
      granules -= size;
      int32_t result = visit(context, bin, (end - size) * GRANULE - HEADER, size * GRANULE);
      if (result) {
        return result;
      }
      end = at(origin_of(pool), end)->next;
    }
  }
  return DEFRAG_OK;
}

DEFRAG_API defrag_handle defrag_blocker(const defrag_pool *pool) {
  defrag_handle blocker = 0;
  defrag_handle last = 0; /* the locked block met last, */
  uint32_t below = 0;     /* what is free below it up to the one before, */
  uint32_t above = 0;     /* and above it up to here */
  uint32_t most = 0;
  uint32_t index = 1;
  for (;;) {
    defrag_block block;
    block.kind = DEFRAG_FREE;
    block.handle = 0;
    uint32_t size = index < pool->heap.end ? describe(pool, index, &block) : 0u;
    if (!size || block.kind == DEFRAG_LOCKED) {
      if (last && below + above > most) {
        most = below + above;
        blocker = last;
      }
      if (!size) {
        return blocker;
      }
      last = block.handle;
      below = above;
      above = 0;
    } else if (block.kind == DEFRAG_FREE || block.kind == DEFRAG_HELD) {
      above += size;
    }
    index += size;
  }
}

DEFRAG_API void defrag_get_statistics(const defrag_pool *pool, defrag_statistics *statistics) {
  uint32_t largest = 0;
  statistics->holes = 0;
  statistics->blocks = 0;
  statistics->locked_blocks = 0;
  uint32_t index = 1;
  while (index < pool->heap.end) {
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      break;
    }
    if (block.kind == DEFRAG_FREE) {
      statistics->holes++;
      if (size > largest) {
        largest = size;
      }
    } else if (block.kind != DEFRAG_HELD) {
      statistics->blocks++;
      if (block.kind == DEFRAG_LOCKED) {
        statistics->locked_blocks++;
      }
    }
    index += size;
  }
  statistics->pool_bytes = (pool->heap.end - 1u) * GRANULE;
  statistics->free_bytes = payload_bytes(pool->heap.free);
  statistics->least_free_bytes = payload_bytes(pool->heap.least_free);
  statistics->largest_bytes = payload_bytes(largest);
  statistics->bytes_moved = pool->heap.bytes_moved;
  statistics->discards = pool->heap.discards;
}

/* ---- The self-check ---- */

/* The place in its list of the hole that ends at index, from its own side; the lists are counted by the caller. */
static int hole_is_linked(const defrag_pool *pool, uint32_t end, uint32_t size) {
  uintptr_t origin = origin_of(pool);
  const around *above = at(origin, end);
  uint32_t next = above->next;
  uint32_t previous = above->previous;
  if (listed_hole(pool, end) != size) {
    return 0;
  }
  if (next && (!listed_hole(pool, next) || at(origin, next)->previous != end)) {
    return 0;
  }
  if (previous == (HEAD | LAST)) {
    return pool->holes.bins[LAST] == end;
  }
  if (previous >= HEAD) {
    return previous == HEAD + bin_of(size) && pool->holes.bins[bin_of(size)] == end;
  }
  return listed_hole(pool, previous) && at(origin, previous)->next == end; /* the lists show that its bin is this one's */
}

/* Where the block on its way was. */
static uint32_t move_from(const defrag_pool *pool) { return (uint32_t)pool->move.to + pool->move.hole; }

/* The block is neither whole nor untouched. */
static int move_is_partial(const defrag_pool *pool) { return pool->move.left < pool->move.size; }

static int move_is_sound(const defrag_pool *pool, const defrag_block *block, uint32_t index, uint32_t size) {
  if (block->kind == DEFRAG_HELD) {
    return pool->move.kind == MOVE_COPY && pool->move.to == index && move_from(pool) == index + size &&
           pool->move.size <= size && move_is_partial(pool);
  }
  return pool->move.kind == MOVE_SLIDE && pool->move.to == index && move_from(pool) > index &&
         move_from(pool) + pool->move.size == index + size && move_is_partial(pool) &&
         pool->move.entry == ((uint32_t)block->handle & INDEX_MASK);
}

/* What the walk meets of what the search keeps. */
typedef struct search_check {
  uint32_t headers; /* bits: the cursor 1, the window's left end 2, the best window's 4 */
  uint32_t window_free;
  uint32_t pinned;
} search_check;

static void see_header(const defrag_pool *pool, search_check *seen, uint32_t index, uint32_t free) {
  const defrag_request_ *request = &pool->request;
  seen->headers |= request->cursor == index ? 1u : 0u;
#if DEFRAG_PASSES > 0
  seen->headers |= (request->left == index ? 2u : 0u) | (request->best == index ? 4u : 0u);
  if (index >= request->left && index < request->cursor) {
    seen->window_free += free;
  }
#else
  (void)free;
#endif
#if DEFRAG_PINNED
  if (pool->heap.lowest_pinned == index) {
    seen->pinned = at(origin_of(pool), index)->link & PINNED;
  }
#endif
}

static int search_is_sound(const defrag_pool *pool, const search_check *seen) {
#if DEFRAG_PINNED
  if (!seen->pinned) {
    return 0;
  }
#endif
  uint32_t needed = pool->request.want ? 1u : 0u;
#if DEFRAG_PASSES > 0
  if (phase_of(pool) == PHASE_SEARCH) {
    if (pool->request.window_free) {
      if (seen->window_free != pool->request.window_free) { /* also where its left end is above its right one */
        return 0;
      }
      needed |= 2u;
    }
    if (pool->request.window_cost != NO_WINDOW) {
      needed |= 4u;
    }
  }
#endif
  return (seen->headers & needed) == needed;
}

DEFRAG_API int32_t defrag_check(const defrag_pool *pool) {
  uintptr_t origin = origin_of(pool);
  uint32_t end = pool->heap.end;
  uint32_t handles = pool->heap.table_bytes / (uint32_t)sizeof(entry_t);
  uint32_t index = 1;
  uint32_t free = 0;
  uint32_t holes = 0;
  uint32_t blocks = 0;
  uint32_t moves = 0;
  search_check seen = {0, 0, 0};
  uint32_t prev_free = 0;
  /* Every block: its size, its flags, its entry or its list. */
  for (;;) {
    const around *header = at(origin, index);
    uint32_t tag = header->tag;
    if ((tag & PREV_FREE) != prev_free) {
      return DEFRAG_CORRUPTED;
    }
    if (index == end) {
      if ((tag & ~(uint32_t)PREV_FREE) || header->link != END) {
        return DEFRAG_CORRUPTED;
      }
      break;
    }
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      return DEFRAG_CORRUPTED;
    }
    see_header(pool, &seen, index, (tag & FREE) ? size : 0u);
    if (block.kind == DEFRAG_FREE) {
      if (prev_free || !hole_is_linked(pool, index + size, size)) {
        return DEFRAG_CORRUPTED;
      }
      free += size;
      holes++;
    } else if (block.kind == DEFRAG_HELD || block.kind == DEFRAG_SPLIT) {
      if (!move_is_sound(pool, &block, index, size)) {
        return DEFRAG_CORRUPTED;
      }
      moves++;
      free += size;
      if (block.kind == DEFRAG_SPLIT) {
        free -= pool->move.size;
        blocks++;
      }
    } else {
      uint32_t number = (uint32_t)block.handle & INDEX_MASK;
      uint32_t state = pool->heap.table[number] & LOCK_MASK;
      if (state > DEFRAG_MAX_LOCKS && (pool->move.kind != MOVE_COPY || pool->move.entry != number || move_from(pool) != index)) {
        return DEFRAG_CORRUPTED;
      }
      blocks++;
    }
    prev_free = block.kind == DEFRAG_FREE ? PREV_FREE : 0u;
    index += size;
  }
  see_header(pool, &seen, end, 0);
  if (free != pool->heap.free || pool->heap.least_free > free || moves != (pool->move.kind != MOVE_NONE) || !search_is_sound(pool, &seen)) {
    return DEFRAG_CORRUPTED;
  }
  /* The lists: as many holes as there are, each in the bin of its size, or alone in the last one. */
  for (uint32_t bin = 0; bin <= LAST; bin++) {
    uint32_t end_of_hole = pool->holes.bins[bin];
    if (bin != LAST && (pool->holes.bin_mask >> bin & 1u) != (end_of_hole != 0u)) {
      return DEFRAG_CORRUPTED;
    }
    while (end_of_hole) {
      uint32_t size = listed_hole(pool, end_of_hole);
      if (!size || (bin == LAST ? at(origin, end_of_hole)->next != 0u : bin_of(size) != bin) || !holes) {
        return DEFRAG_CORRUPTED;
      }
      holes--;
      end_of_hole = at(origin, end_of_hole)->next;
    }
  }
  if (holes) {
    return DEFRAG_CORRUPTED;
  }
  /* The table: what is not a block's is in the queue. */
  uint32_t next = pool->heap.first_handle;
  uint32_t last = 0;
  uint32_t queued = 0;
  while (next) {
    uint32_t number = next - 1u;
    if (number >= handles || (pool->heap.table[number] & LOCK_MASK) != NOT_LIVE || queued == handles) {
      return DEFRAG_CORRUPTED;
    }
    queued++;
    last = number;
    next = index_in(pool->heap.table[number]);
  }
  if (queued + blocks != handles || (queued && last != pool->heap.last_handle)) {
    return DEFRAG_CORRUPTED;
  }
  for (uint32_t i = 0; i < handles; i++) {
    uint32_t generation = pool->heap.table[i] >> GENERATION_SHIFT;
    if (!generation || generation >> GENERATION_BITS) {
      return DEFRAG_CORRUPTED;
    }
  }
  return DEFRAG_OK;
}
#endif

#endif
