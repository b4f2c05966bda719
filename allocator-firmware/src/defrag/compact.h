/*
 * Compaction: looking for a window, moving its blocks, a step at a time. A room of src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_COMPACT_H
#define DEFRAG_ROOM_COMPACT_H

#include "move.h"

/* The pass is over and has found nothing, or the request was found blocked. A pass that kept what it met is believed, whatever has
 * changed meanwhile. */
COLD int32_t end_pass(defrag_pool *pool) {
  DEFRAG_ASSERT(pool->request.phase == PHASE_PASSED || (pool->request.phase == PHASE_BLOCKED && pool->request.mode == MODE_AIMED));
  if (pool->request.dirty && pool->request.mode != MODE_EXCLUSIVE) {
    begin_pass(pool);
    return 1;
  }
  if (pending(pool) > pool->heap.free) {
    end_request(pool);
    pool->request.phase = PHASE_NONE;
    return DEFRAG_OUT_OF_MEMORY;
  }
  pool->request.phase = PHASE_BLOCKED;
  pool->request.mode = MODE_AIMED;
  pool->request.passes = 0;
  fill_patience(pool);
  return DEFRAG_BLOCKED;
}

/* Looks at a few headers more for the cheapest window. */
COLD int32_t search(defrag_pool *pool, uintptr_t origin) {
  uint32_t want = pool->request.want;
  const around *left = at(origin, pool->request.left);
  const around *right = at(origin, pool->request.cursor);
  const around *end = at(origin, pool->heap.end);
  uint32_t window_free = pool->request.window_free;
  DEFRAG_ASSERT(pool->request.cursor && right <= end && (!window_free || after(left, window_free) <= right));
  for (uint32_t visits = VISITS; visits > 0; visits--) {
    DEFRAG_LOOP_BOUND(VISITS);
    if (window_free >= want) {
      /* The window ends with a hole; it begins with one, or with blocks that it does not need. */
      uint32_t tag = left->tag;
      uint32_t cost = index_of((uintptr_t)left, right) - window_free;
      left = after(left, tag >> SIZE_SHIFT);
      if (tag & FREE) {
        window_free -= tag >> SIZE_SHIFT;
        if (cost < pool->request.window_cost) {
          pool->request.window_cost = (uint16_t)cost;
          pool->request.best = (uint16_t)index_of(origin, left);
        }
      }
      continue;
    }
    const around *block = right;
    uint32_t tag = block->tag;
    uint32_t size = tag >> SIZE_SHIFT;
    if (LOOKS_CORRUPTED(!size && block != end)) { /* the end is visited again and again: as a locked block */
      return DEFRAG_CORRUPTED;
    }
    right = after(block, size);
    if (tag & FREE) {
      if (pool->request.mode != MODE_AIMED) {
        pool->request.phase = PHASE_WINDOW;
        pool->request.window_cost = NO_LIMIT;
        pool->request.cursor = (uint16_t)index_of(origin, right);
        return 1;
      }
      if (!window_free) {
        left = block;
      }
      window_free += size;
    } else {
      uint32_t offset = block->link * (uint32_t)sizeof(entry_t);
      if (offset >= pool->heap.table_bytes || (uint32_t)*entry_at(pool, offset) << (32 - INDEX_SHIFT)) {
        window_free = 0; /* it cannot be moved */
      }
    }
    if (LOOKS_CORRUPTED(right > end)) {
      return DEFRAG_CORRUPTED;
    }
  }
  pool->request.left = (uint16_t)index_of(origin, left);
  pool->request.window_free = (uint16_t)window_free;
  pool->request.cursor = (uint16_t)index_of(origin, right);
  uint32_t cost = pool->request.window_cost;
  if (right == end && window_free < want) {
    if (cost == NO_WINDOW) {
      pool->request.phase = PHASE_PASSED;
      return 1;
    }
  } else if (cost > want) {
    return 1;
  }
  /* A window that costs no more than it yields is good enough: to look for a better one costs as much. */
  DEFRAG_ASSERT(pool->request.best && pool->request.best <= index_of(origin, right));
  pool->request.phase = PHASE_WINDOW;
  pool->request.cursor = pool->request.best;
  return 1;
}

/* Begins to slide the block at the cursor into the hole below it, if there is one that does not serve as it is. 1; 0: there
 * is nothing to slide here; or DEFRAG_CORRUPTED. */
COLD int32_t begin_move(defrag_pool *pool, uintptr_t origin) {
  uint32_t from = pool->request.cursor;
  around *block = at(origin, from);
  DEFRAG_ASSERT(from && from <= pool->heap.end);
  uint32_t tag = block->tag;
  uint32_t hole_size = block->size_below;
  if (!(tag & PREV_FREE) || hole_size >= pool->request.want) {
    return 0;
  }
  uint32_t size = tag >> SIZE_SHIFT;
  uint32_t number = block->link;
  if (number & PINNED) { /* the end, too */
    return 0;
  }
  uint32_t cost = pool->request.window_cost;
  if (size > cost) { /* more than the window was to cost: it is not what it was */
    return 0;
  }
  uint32_t offset = number * (uint32_t)sizeof(entry_t);
  if (LOOKS_CORRUPTED(offset >= pool->heap.table_bytes || size - 1u >= pool->heap.end - from)) {
    return DEFRAG_CORRUPTED;
  }
  entry_t *place = entry_at(pool, offset);
  uint32_t entry = *place;
  if (LOOKS_CORRUPTED(index_in(entry) != from)) {
    return DEFRAG_CORRUPTED;
  }
  if (entry & LOCK_MASK) {
    return 0;
  }
  pool->request.window_cost = (uint16_t)(cost - size);
  pool->move.size = (uint16_t)size;
  pool->move.left = (uint16_t)size;
  pool->move.entry = (uint16_t)number;
  pool->move.hole = (uint16_t)hole_size;
  uint32_t to = from - hole_size;
  around *hole = at(origin, to);
  DEFRAG_ASSERT((hole->tag & FREE) && size_of(hole) == hole_size);
  pool->request.cursor = (uint16_t)to;
  pool->move.to = (uint16_t)to;
#if defined(__OPTIMIZE_SIZE__)
  block->tag = (uint16_t)(size << SIZE_SHIFT); /* what next_part() copies first */
#endif
  if (hole_size >= size && pool->request.mode != MODE_EXCLUSIVE) {
    pool->move.kind = MOVE_COPY;
    block->tag = (uint16_t)(size << SIZE_SHIFT); /* no longer above a hole that is free */
    *place = (entry_t)(entry | COPYING);
  } else {
    pool->move.kind = MOVE_SLIDE;
    *place = (entry_t)(placed_at(entry, to) | SLIDING);
  }
  bin_remove(pool, origin, hole);
  hole->tag = 0;
  return 1;
}

/* Whether the hole below `block`, the one at `index`, serves the request. */
INLINE int is_served(defrag_pool *pool, uint32_t index, const around *block) {
  return (block->tag & PREV_FREE) && serves(pool, index, block, block->size_below);
}

/* Nothing is to be slid at the cursor: the hole below it serves, or the window is not what it was. */
COLD int32_t end_window(defrag_pool *pool, uintptr_t origin) {
  uint32_t index = pool->request.cursor;
  const around *block = at(origin, index);
  /* What was freed meanwhile has joined the hole: the next step goes on above. */
  if ((block->tag & FREE) && pool->request.phase == PHASE_WINDOW) {
    pool->request.cursor = (uint16_t)(index + size_of(block));
    return 1;
  }
  if (is_served(pool, index, block)) {
    return answer(pool);
  }
  if (pool->request.phase == PHASE_WINDOW && pool->request.mode != MODE_AIMED) {
    pool->request.phase = PHASE_SEARCH; /* from here on */
    pool->request.window_free = 0;
    pool->request.window_cost = NO_WINDOW;
  } else {
    begin_pass(pool);
  }
  return 1;
}

#if !defined(__OPTIMIZE_SIZE__)
/* A move has just begun. Where the hole that it leaves behind joins another one, that is the next step's work: both would be
 * too much for one. */
COLD int32_t first_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  DEFRAG_ASSERT(pool->move.left == pool->move.size);
  uint32_t left = move_part(pool, origin, 0, granules);
  const around *above = at(origin, pool->move.to + (uint32_t)pool->move.hole + pool->move.size);
  if (above->tag & FREE) {
    left = 1;
  }
  return left ? not_moved_yet(pool, origin, 0) : end_move(pool, origin, 0, 0);
}
#endif

COLD int32_t next_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  if (pool->move.kind == MOVE_COPY && (pool->heap.table[pool->move.entry] & LOCK_MASK) != COPYING) {
    return discard(pool, origin);
  }
  uint32_t left = move_part(pool, origin, (uint32_t)pool->move.size - pool->move.left, granules);
  uint32_t prev_free = at(origin, pool->move.to)->tag & PREV_FREE; /* what is below may have been freed since the move began */
  return left ? not_moved_yet(pool, origin, prev_free) : end_move(pool, origin, prev_free, 1);
}

/* No request is pending. 1: there is one now, for the hole that is to be kept ready. But first 0, if the last request was granted before
 * a step had answered: the owner of a smaller one, which was not noted, asks again. */
COLD int32_t begin_idle(defrag_pool *pool, uintptr_t origin) {
#if DEFRAG_WATERMARK
  uint32_t ready = pool->request.ready;
  uint32_t phase = pool->request.phase;
  pool->request.phase = PHASE_NONE;
  if (phase == PHASE_NONE && ready && ready <= pool->heap.free && !find_hole(pool, origin, ready)) {
    pool->request.want = (uint16_t)ready;
    pool->request.idle = 1;
    pool->request.patience = 0; /* no program waits */
    pool->request.passes = 0;
    begin_pass(pool);
    return 1;
  }
#endif
  (void)pool;
  (void)origin;
  return 0;
}

/* What there is to do where nothing is on its way and nothing is to be slid. */
INLINE int32_t look_further(defrag_pool *pool, uintptr_t origin, uint32_t phase, uint32_t granules) {
  DEFRAG_ASSERT(pool->move.kind == MOVE_NONE);
  switch (phase) {
    case PHASE_SEARCH:
      return waits(pool, granules) ? search(pool, origin) : 1;
    case PHASE_SERVED:
      return end_window(pool, origin);
    case PHASE_PASSED:
    case PHASE_BLOCKED:
      return end_pass(pool);
    case PHASE_KEPT:
      return keep_no_longer(pool);
    default:
      break;
  }
  return begin_idle(pool, origin);
}

static int32_t step(defrag_pool *pool, uint32_t budget) {
  uint32_t granules = budget / GRANULE;
  if (!granules) {
    return DEFRAG_BAD_ARGUMENT;
  }
  uintptr_t origin = origin_of(pool);
  uint32_t phase = phase_of(pool);
  if (pool->move.kind != MOVE_NONE) {
    waits_for_move(pool, granules);
    int32_t more = next_part(pool, origin, granules);
    if (phase == PHASE_SERVED && is_served(pool, pool->request.cursor, at(origin, pool->request.cursor))) {
      return answer(pool);
    }
    return phase == PHASE_KEPT ? keep_no_longer(pool) : more;
  }
  if (phase != PHASE_WINDOW) {
    return look_further(pool, origin, phase, granules);
  }
  if (!waits(pool, granules)) {
    return 1;
  }
  int32_t begun = begin_move(pool, origin);
  if (begun < 0) {
    return begun;
  }
  if (!begun) {
    return end_window(pool, origin);
  }
#if defined(__OPTIMIZE_SIZE__)
  return next_part(pool, origin, granules);
#else
  return first_part(pool, origin, granules);
#endif
}

#if DEFRAG_WATERMARK
static int32_t keep_ready(defrag_pool *pool, uint32_t bytes) {
  if (bytes > DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  if (pool->request.idle || phase_of(pool) == PHASE_KEPT) {
    end_request(pool);
  }
  if (!pool->request.want) {
    pool->request.phase = PHASE_NONE; /* no step has to answer before they begin with this */
  }
  pool->request.ready = (uint16_t)(bytes ? (bytes + HEADER + GRANULE - 1u) / GRANULE : 0u);
  return DEFRAG_OK;
}
#endif

#endif
