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

/* The blocks of the window may be so many granules more. */
INLINE void set_cost(defrag_pool *pool, uint32_t cost) {
#if DEFRAG_PASSES > 0
  pool->request.window_cost = (uint16_t)cost;
#else
  (void)pool;
  (void)cost;
#endif
}

INLINE uint32_t cost_left(const defrag_pool *pool) {
#if DEFRAG_PASSES > 0
  return pool->request.window_cost;
#else
  (void)pool;
  return NO_LIMIT;
#endif
}

/* A window has been chosen: its blocks slide, those above the hole that ends at `end`, if they are no more than `cost` granules. */
INLINE int32_t begin_window(defrag_pool *pool, uint32_t end, uint32_t cost) {
  pool->request.phase = PHASE_WINDOW;
  set_cost(pool, cost);
  pool->request.cursor = (uint16_t)end;
  return 1;
}

#if DEFRAG_PASSES > 0
/* Looks at a few headers more for the cheapest window. */
COLD int32_t search(defrag_pool *pool, uintptr_t origin) {
  uint32_t want = pool->request.want;
  uint32_t window_free = pool->request.window_free;
  around *left = at(origin, pool->request.left);
  around *right = at(origin, pool->request.cursor);
  const around *best = at(origin, pool->request.best);
  const around *end = at(origin, pool->heap.end);
  uint32_t table_bytes = pool->heap.table_bytes;
  uint32_t size = 1;
  uint32_t visits = VISITS;
  DEFRAG_ASSERT(pool->request.cursor && right <= end);
  do {
    DEFRAG_LOOP_BOUND(VISITS);
    IN_A_HIGH_REGISTER(want);
    IN_A_HIGH_REGISTER(origin);
    IN_A_HIGH_REGISTER(left);
    IN_A_HIGH_REGISTER(end);
    IN_A_HIGH_REGISTER(table_bytes);
    if (window_free >= want) { /* the left end goes up: it is at a hole, or at a block that the window does not need */
      uint32_t block = *header_of(left);
      size = size_in(block);
      left = after(left, size);
      if (is_free(block)) {
        window_free -= size;
        uint32_t cost = index_of((uintptr_t)left, right) - window_free;
        if (cost < pool->request.window_cost) {
          pool->request.window_cost = (uint16_t)cost;
          best = left;
        }
      }
      continue;
    }
    if (right >= end) {
      break;
    }
    uint32_t block = *header_of(right);
    size = size_in(block);
    if (is_free(block)) {
      if (pool->request.mode != MODE_AIMED) {
        if (LOOKS_CORRUPTED(size - 1u >= index_of((uintptr_t)right, end))) {
          return DEFRAG_CORRUPTED;
        }
        return begin_window(pool, index_of(origin, right) + size, NO_LIMIT);
      }
      if (!window_free) {
        left = right;
      }
      window_free += size;
    } else {
      uint32_t offset = (block & 0xffffu) * (uint32_t)sizeof(entry_t);
      if (offset >= table_bytes || (uint32_t)*entry_at(pool, offset) << (32 - INDEX_SHIFT)) {
        window_free = 0; /* it cannot be moved */
        NOT_WITHOUT_A_BRANCH(window_free);
      }
    }
    right = after(right, size);
  } while (--visits);
  if (LOOKS_CORRUPTED(right > end || !size)) {
    return DEFRAG_CORRUPTED;
  }
  pool->request.left = (uint16_t)index_of(origin, left);
  pool->request.best = (uint16_t)index_of(origin, best);
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
  return begin_window(pool, pool->request.best, cost);
}
#else
/* Looks at a few headers more for a hole. */
COLD int32_t search(defrag_pool *pool, uintptr_t origin) {
  uint32_t cursor = pool->request.cursor;
  uint32_t end = pool->heap.end;
  uint32_t visits = VISITS;
  DEFRAG_ASSERT(cursor && cursor <= end);
  do {
    DEFRAG_LOOP_BOUND(VISITS);
    if (cursor == end) {
      break;
    }
    const around *block = at(origin, cursor);
    uint32_t size = size_of(block);
    if (LOOKS_CORRUPTED(size - 1u >= end - cursor)) {
      return DEFRAG_CORRUPTED;
    }
    cursor += size;
    if (block->tag & FREE) {
      return begin_window(pool, cursor, NO_LIMIT);
    }
  } while (--visits);
  pool->request.cursor = (uint16_t)cursor;
  if (cursor == end) {
    pool->request.phase = PHASE_PASSED;
  }
  return 1;
}
#endif

/* Whether the hole below `block` serves the request. */
INLINE int is_served(const defrag_pool *pool, const around *block) {
  return (block->tag & PREV_FREE) && serves(pool, block, block->size_below);
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
  if (is_served(pool, block)) {
    if (pool->holes.bins[LAST] != index) {
      empty_last(pool, origin); /* an allocation looks for what it was answered with */
    }
    return answer(pool);
  }
  empty_last(pool, origin);
  if (pool->request.phase == PHASE_WINDOW && pool->request.mode != MODE_AIMED) {
    pool->request.phase = PHASE_SEARCH; /* from here on */
    forget_windows(pool);
  } else {
    begin_pass(pool);
  }
  return 1;
}

/* Whether a lock has come between: the copy is not wanted any more. */
INLINE int is_given_up(const defrag_pool *pool) {
  return pool->move.kind == MOVE_COPY && (pool->heap.table[pool->move.entry] & LOCK_MASK) != COPYING;
}

/* The next part of the block on its way, which may be its last. */
COLD int32_t next_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  if (is_given_up(pool)) {
    return discard(pool, origin);
  }
  uint32_t left = move_part(pool, origin, (uint32_t)pool->move.size - pool->move.left, granules);
  uint32_t prev_free = at(origin, pool->move.to)->tag & PREV_FREE; /* what is below may have been freed since the move began */
#if DEFRAG_FOR_SIZE
  return left ? not_moved_yet(pool, origin, prev_free) : end_move(pool, origin, prev_free);
#else
  (void)left;
  return end_move(pool, origin, prev_free);
#endif
}

#if !DEFRAG_FOR_SIZE
/* A part between the first one and the last: the header below stays as the first one has left it. */
COLD int32_t middle_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  if (is_given_up(pool)) {
    return discard(pool, origin);
  }
  (void)move_part(pool, origin, (uint32_t)pool->move.size - pool->move.left, granules);
  return 1;
}
#endif

/* The first part of a block that takes more than this step. Its hole is in no list until it has moved. */
INLINE int32_t begin_move(defrag_pool *pool, uintptr_t origin, entry_t *place, uint32_t granules) {
  uint32_t from = pool->request.cursor;
  around *block = at(origin, from);
  uint32_t hole_size = block->size_below;
  uint32_t to = from - hole_size;
  around *hole = at(origin, to);
  uint32_t size = size_of(block);
  uint32_t entry = *place;
  set_cost(pool, cost_left(pool) - size);
  pool->request.cursor = (uint16_t)to;
  pool->move.size = (uint16_t)size;
  pool->move.left = (uint16_t)size;
  pool->move.entry = block->link;
  pool->move.hole = (uint16_t)hole_size;
  pool->move.to = (uint16_t)to;
  block->tag = (uint16_t)(size << SIZE_SHIFT); /* no longer above a hole that is free */
  if (hole_size >= size && pool->request.mode != MODE_EXCLUSIVE) {
    pool->move.kind = MOVE_COPY;
    *place = (entry_t)(entry | COPYING);
  } else {
    pool->move.kind = MOVE_SLIDE;
    *place = (entry_t)(placed_at(entry, to) | SLIDING);
  }
  unlist_gathered(pool, origin, from);
  hole->tag = 0;
#if DEFRAG_FOR_SIZE
  return next_part(pool, origin, granules);
#else
  (void)move_part(pool, origin, 0, granules);
  return not_moved_yet(pool, origin, 0);
#endif
}

#if !DEFRAG_FOR_SIZE
/* All of a block, whose hole is in the last list again when the step is over. */
INLINE int32_t move_whole(defrag_pool *pool, uintptr_t origin, entry_t *place) {
  uint32_t from = pool->request.cursor;
  around *block = at(origin, from);
  uint32_t size = size_of(block);
  uint32_t hole_size = block->size_below;
  uint32_t number = block->link;
  uint32_t to = from - hole_size;
  uint32_t entry = *place;
  unlist_gathered(pool, origin, from);
  if (hole_size >= size && pool->request.mode != MODE_EXCLUSIVE) {
    *place = (entry_t)(entry | COPYING);
    copy_down(header_of(at(origin, to)), header_of(block), size);
    if (!commit(place, to)) {
      put_last(pool, origin, block, hole_size);
#if DEFRAG_DIAGNOSTICS
      pool->heap.discards++;
#endif
      return 1;
    }
  } else {
    *place = (entry_t)(entry | SLIDING);
    copy_down(header_of(at(origin, to)), header_of(block), size);
    *place = placed_at(entry, to);
  }
#if DEFRAG_DIAGNOSTICS
  pool->heap.bytes_moved += size * GRANULE;
#endif
  set_cost(pool, cost_left(pool) - size);
  write_header(at(origin, to), size, 0, number);
  return leave_any_hole(pool, origin, to + size, hole_size, 1);
}
#endif

/* Slides the block at the cursor into the hole below it, or begins to, if there is one that does not serve as it is. 1: there is more to
 * do. 0: the request would be served. Or DEFRAG_CORRUPTED. */
COLD int32_t move_block(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  uint32_t from = pool->request.cursor;
  const around *block = at(origin, from);
  DEFRAG_ASSERT(from && from <= pool->heap.end);
  uint32_t tag = block->tag;
  if (!(tag & PREV_FREE) || block->size_below >= pool->request.want) {
    return end_window(pool, origin);
  }
  uint32_t size = tag >> SIZE_SHIFT;
  uint32_t number = block->link;
  if ((number & PINNED) || size > cost_left(pool)) { /* the end, too; or more than the window was to cost: it is not what it was */
    return end_window(pool, origin);
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
    return end_window(pool, origin);
  }
#if !DEFRAG_FOR_SIZE
  if (size <= granules) {
    return move_whole(pool, origin, place);
  }
#endif
  return begin_move(pool, origin, place, granules);
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

/* What there is to do where nothing is on its way, to be looked at or to be slid. */
COLD int32_t look_further(defrag_pool *pool, uintptr_t origin, uint32_t phase) {
  DEFRAG_ASSERT(pool->move.kind == MOVE_NONE);
  switch (phase) {
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
    (void)waits(pool, granules, 1); /* it goes on whatever comes: the step after it can turn to the bottom */
#if DEFRAG_FOR_SIZE
    int32_t more = next_part(pool, origin, granules);
#else
    int32_t more = pool->move.left > granules ? middle_part(pool, origin, granules) : next_part(pool, origin, granules);
#endif
    if (phase == PHASE_SERVED && is_served(pool, at(origin, pool->request.cursor))) {
      return answer(pool);
    }
    return phase == PHASE_KEPT ? keep_no_longer(pool) : more;
  }
  if (phase - PHASE_SEARCH > PHASE_WINDOW - PHASE_SEARCH) {
    return look_further(pool, origin, phase);
  }
  if (!waits(pool, granules, 0)) {
    begin_pass(pool);
    return 1;
  }
  if (phase == PHASE_WINDOW) {
    return move_block(pool, origin, granules);
  }
  if (pool->holes.bins[LAST]) { /* what was gathered has not been used */
    empty_last(pool, origin);
    return 1;
  }
  return search(pool, origin);
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
  pool->request.ready = (uint16_t)(bytes ? granules_for(bytes) : 0u);
  return DEFRAG_OK;
}
#endif

#endif
