/*
 * Compaction: moving a block in parts, looking for a window, steps. A room of src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_COMPACT_H
#define DEFRAG_ROOM_COMPACT_H

#include "heap.h"

/* ---- Moving one block ---- */

/* Copies granules to lower addresses; the areas may overlap. A function of its own: it needs the registers. */
COLD void copy_down(word *to, const word *from, uint32_t granules) {
#if defined(__arm__)
#define COPY_16_BYTES "ldmia %1!, {r3, r4, r5, r6}\n\tstmia %0!, {r3, r4, r5, r6}\n\t"
#define COPIED : "+l"(to), "+l"(from) : : "r3", "r4", "r5", "r6", "memory"
#if defined(__OPTIMIZE_SIZE__)
  for (; granules >= 2u; granules -= 2u) {
    DEFRAG_LOOP_BOUND_BYTES(0, 16);
    __asm__ volatile(COPY_16_BYTES COPIED);
  }
  if (granules) {
#else
  /* What is no multiple of 32 bytes goes last, in a round of its own: so no round is longer than the others. */
  while (granules) {
    DEFRAG_LOOP_BOUND_BYTES(0, 32);
    if (granules >= 4u) {
      __asm__ volatile(COPY_16_BYTES COPY_16_BYTES COPIED);
      granules -= 4u;
      continue;
    }
    if (granules & 2u) {
      __asm__ volatile(COPY_16_BYTES COPIED);
    }
    if (!(granules & 1u)) {
      return;
    }
    granules = 0;
#endif
#else
  for (; granules > 0; granules--) {
#endif
    uint32_t first = from[0];
    uint32_t second = from[1];
    to[0] = first;
    to[1] = second;
    from += GRANULE / sizeof *from;
    to += GRANULE / sizeof *to;
  }
}

/* Whether the copy still stands, which makes the block's new place its place. A handler's lock gives it up at any time. */
INLINE int commit(entry_t *place, uint32_t index) {
  int stands = 0;
  DEFRAG_CRITICAL_ENTER();
  uint32_t entry = *(volatile entry_t *)place;
  if ((entry & LOCK_MASK) == COPYING) {
    *(volatile entry_t *)place = placed_at(entry, index);
    stands = 1;
  }
  DEFRAG_CRITICAL_LEAVE();
  return stands;
}

/* The copy is given up: a lock has come between. */
COLD int32_t discard(defrag_pool *pool, uintptr_t origin) {
  pool->move = MOVE_NONE;
#if DEFRAG_DIAGNOSTICS
  pool->discards++;
#endif
  (void)release(pool, origin, pool->move_to, pool->move_hole);
  return 1;
}

/* The next part of the block on its way. What is left of it. */
INLINE uint32_t move_part(defrag_pool *pool, uint32_t granules) {
  uint32_t left = pool->move_left;
  DEFRAG_ASSERT(pool->move != MOVE_NONE && pool->move_target < pool->move_source);
  word *target = (word *)pool->move_target;
  const word *source = (const word *)pool->move_source;
  if (granules < left) {
    pool->move_target = (uintptr_t)(target + granules * (GRANULE / sizeof *target));
    pool->move_source = (uintptr_t)(source + granules * (GRANULE / sizeof *source));
  } else {
    granules = left;
  }
  left -= granules;
  pool->move_left = (uint16_t)left;
#if DEFRAG_DIAGNOSTICS
  pool->bytes_moved += granules * GRANULE;
#endif
  copy_down(target, source, granules);
  return left;
}

/* The block is still on its way. The first granule has brought its old header with it. */
INLINE int32_t not_moved_yet(const defrag_pool *pool, around *window, uint32_t prev_free) {
  *header_of(window) = pool->move_header | prev_free << 16;
  return 1;
}

/* The window's next block is at `index`; a pass that another request has begun since starts where it did. */
INLINE void go_on_above(defrag_pool *pool, uintptr_t origin, uint32_t index) {
  if (pool->phase == PHASE_WINDOW) {
    pool->cursor = (uintptr_t)at(origin, index);
  }
}

/* All of the block is copied: makes the new place its place, and a hole of what it left. 1: there is more to do; 0: the
 * request would be served. */
SHARED int32_t end_move(defrag_pool *pool, uintptr_t origin, uint32_t prev_free, int joins) {
  uint32_t to = pool->move_to;
  uint32_t number = pool->move_entry;
  entry_t *place = &pool->table[number];
  around *window = at(origin, to);
  if (pool->move == MOVE_SLIDE) {
    *place = placed_at(*place, to);
  } else if (!commit(place, to)) {
    return not_moved_yet(pool, window, prev_free); /* the next step finds that a lock has given it up */
  }
  pool->move = MOVE_NONE;
  uint32_t size = pool->move_size;
  write_header(window, size, prev_free, number);
  uint32_t hole = to + size;
  uint32_t hole_size = pool->move_hole;
#if defined(__OPTIMIZE_SIZE__)
  (void)joins;
  at(origin, hole)->tag = 0;
  go_on_above(pool, origin, release(pool, origin, hole, hole_size));
  return pool->want != 0;
}
#else
  if (joins) {
    hole_size = join_above(pool, origin, hole, hole_size);
  }
  go_on_above(pool, origin, hole + hole_size);
  int32_t more = hole_size < pool->want;
  if (!more) {
    served(pool);
  }
  make_hole(pool, origin, hole, hole_size);
  return more;
}
#endif

/* ---- Steps ---- */

/* What the pending request needs, granules; 0: none is pending. */
INLINE uint32_t pending(const defrag_pool *pool) {
#if DEFRAG_PINNED
  if (pool->want == WANT_PINNED) {
    return pool->want_pinned;
  }
#endif
  return pool->want;
}

/* The pass is over and has found nothing. */
COLD int32_t end_pass(defrag_pool *pool) {
  if (pool->dirty) {
    begin_pass(pool);
    return 1;
  }
  if (pending(pool) > pool->free) {
    served(pool);
    return DEFRAG_OUT_OF_MEMORY;
  }
  pool->passes = 0;
  return DEFRAG_BLOCKED;
}

/* Looks at a few headers more for the cheapest window. Sizes are bytes here: that saves a shift with every header. */
COLD int32_t search(defrag_pool *pool, uintptr_t origin) {
  uint32_t want = pool->want * (uint32_t)GRANULE;
  uintptr_t left = pool->left;
  uintptr_t right = pool->cursor;
  uintptr_t end = origin + pool->end * (uint32_t)GRANULE;
  uint32_t window_free = pool->window_free;
  for (uint32_t visits = VISITS; visits > 0; visits--) {
    DEFRAG_LOOP_BOUND(VISITS);
    if (window_free >= want) {
      /* The window ends with a hole; it begins with one, or with blocks that it does not need. */
      uint32_t tag = ((const around *)left)->tag;
      uint32_t size = tag >> SIZE_SHIFT << 3;
      uint32_t cost = (uint32_t)(right - left) - window_free;
      left += size;
      if (tag & FREE) {
        window_free -= size;
        if (cost < pool->window_cost) {
          pool->window_cost = cost;
          pool->best = left;
        }
      }
      continue;
    }
    const around *block = (const around *)right;
    uint32_t tag = block->tag;
    uint32_t size = tag >> SIZE_SHIFT << 3;
    if (LOOKS_CORRUPTED(!size && right != end)) { /* the end is visited again and again: as a locked block */
      return DEFRAG_CORRUPTED;
    }
    if (tag & FREE) {
      if (pool->everything) {
        pool->phase = PHASE_WINDOW;
        pool->window_cost = NO_LIMIT;
        pool->cursor = right + size;
        return 1;
      }
      if (!window_free) {
        left = right;
      }
      window_free += size;
    } else {
      uint32_t offset = block->link * (uint32_t)sizeof(entry_t);
      if (offset >= pool->table_bytes || (uint32_t)*entry_at(pool, offset) << (32 - INDEX_SHIFT)) {
        window_free = 0; /* it cannot be moved */
      }
    }
    right += size;
    if (LOOKS_CORRUPTED(right > end)) {
      return DEFRAG_CORRUPTED;
    }
  }
  pool->left = left;
  pool->window_free = window_free;
  pool->cursor = right;
  uint32_t cost = pool->window_cost;
  if (right == end && window_free < want) {
    if (cost == NO_WINDOW) {
      pool->phase = PHASE_PASSED;
      return 1;
    }
  } else if (cost > want) {
    return 1;
  }
  /* A window that costs no more than it yields is good enough: to look for a better one costs as much. */
  pool->phase = PHASE_WINDOW;
  pool->cursor = pool->best;
  return 1;
}

/* Whether the hole of `below` granules that ends at `block`, the one at `index`, serves the request. */
INLINE int serves(defrag_pool *pool, uint32_t index, const around *block, uint32_t below) {
#if DEFRAG_PINNED
  if (pool->want == WANT_PINNED) {
    if (below < pool->want_pinned || !(block->link & PINNED)) {
      return 0;
    }
    pool->lowest_pinned = (uint16_t)index; /* not the one of last time, if a block stands where a pinned one was freed */
    return 1;
  }
#endif
  (void)index;
  (void)block;
  return below >= pool->want;
}

/* Begins to slide the block at the cursor into the hole below it, if there is one that does not serve as it is. 1; 0: there
 * is nothing to slide here; or DEFRAG_CORRUPTED. */
COLD int32_t begin_move(defrag_pool *pool, uintptr_t origin) {
  around *block = (around *)pool->cursor;
  uint32_t from = (uint32_t)(pool->cursor - origin) / GRANULE;
  uint32_t tag = block->tag;
  uint32_t hole_size = block->size_below;
  if (!(tag & PREV_FREE) || hole_size >= pool->want) {
    return 0;
  }
  uint32_t size = tag >> SIZE_SHIFT;
  uint32_t number = block->link;
  if (number & PINNED) { /* the end, too */
    return 0;
  }
  uint32_t cost = pool->window_cost;
  if (size * GRANULE > cost) { /* more than the window was to cost: it is not what it was */
    return 0;
  }
  uint32_t offset = number * (uint32_t)sizeof(entry_t);
  if (LOOKS_CORRUPTED(offset >= pool->table_bytes || size - 1u >= pool->end - from)) {
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
  pool->window_cost = cost - size * GRANULE;
  pool->move_size = (uint16_t)size;
  pool->move_left = (uint16_t)size;
  pool->move_entry = (uint16_t)number;
  pool->move_hole = (uint16_t)hole_size;
  pool->move_source = (uintptr_t)header_of(block);
  uint32_t to = from - hole_size;
  around *hole = at(origin, to);
  pool->cursor = (uintptr_t)hole;
  pool->move_to = (uint16_t)to;
  pool->move_target = (uintptr_t)header_of(hole);
#if defined(__OPTIMIZE_SIZE__)
  block->tag = (uint16_t)(size << SIZE_SHIFT); /* what next_part() copies first */
#endif
  if (hole_size >= size) {
    pool->move = MOVE_COPY;
    pool->move_header = header(hole_size, 0, HELD);
    block->tag = (uint16_t)(size << SIZE_SHIFT); /* no longer above a hole that is free */
    *place = (entry_t)(entry | COPYING);
  } else {
    pool->move = MOVE_SLIDE;
    pool->move_header = header(hole_size + size, 0, number);
    *place = (entry_t)(placed_at(entry, to) | SLIDING);
  }
  bin_remove(pool, origin, hole);
  hole->tag = 0;
  return 1;
}

/* Nothing is to be slid at the cursor: the hole below it serves, or the window is not what it was. */
COLD int32_t end_window(defrag_pool *pool, uintptr_t origin) {
  const around *block = (const around *)pool->cursor;
  if (block->tag & FREE) { /* what was freed meanwhile has joined the hole: the next step goes on above */
    pool->cursor += size_of(block) * GRANULE;
    return 1;
  }
  uint32_t index = (uint32_t)(pool->cursor - origin) / GRANULE;
  uint32_t below = block->size_below;
  if ((block->tag & PREV_FREE) && serves(pool, index, block, below)) {
    /* There are too many before it in its bin. */
    index -= below;
    bin_remove(pool, origin, at(origin, index));
    bin_insert(pool, origin, index, below);
    served(pool);
    return 0;
  }
  if (pool->everything) {
    pool->phase = PHASE_SEARCH; /* from here on */
    pool->window_free = 0;
    pool->window_cost = NO_WINDOW;
  } else {
    begin_pass(pool);
  }
  return 1;
}

#if !defined(__OPTIMIZE_SIZE__)
/* A move has just begun. Where the hole that it leaves behind joins another one, that is the next step's work: both would be
 * too much for one. */
COLD int32_t first_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  uint32_t left = move_part(pool, granules);
  const around *above = at(origin, pool->move_to + (uint32_t)pool->move_hole + pool->move_size);
  if (above->tag & FREE) {
    left = 1;
  }
  return left ? not_moved_yet(pool, at(origin, pool->move_to), 0) : end_move(pool, origin, 0, 0);
}
#endif

COLD int32_t next_part(defrag_pool *pool, uintptr_t origin, uint32_t granules) {
  if (pool->move == MOVE_COPY && (pool->table[pool->move_entry] & LOCK_MASK) != COPYING) {
    return discard(pool, origin);
  }
  uint32_t left = move_part(pool, granules);
  around *window = at(origin, pool->move_to);
  uint32_t prev_free = window->tag & PREV_FREE; /* what is below may have been freed since the move began */
  return left ? not_moved_yet(pool, window, prev_free) : end_move(pool, origin, prev_free, 1);
}

/* No request is pending. 1: there is one now, for the hole that is to be kept ready. */
COLD int32_t begin_idle(defrag_pool *pool, uintptr_t origin) {
#if DEFRAG_WATERMARK
  uint32_t ready = pool->ready;
  if (ready && ready <= pool->free && !find_hole(pool, origin, ready)) {
    note_request(pool, ready);
    pool->idle = 1;
    return 1;
  }
#endif
  (void)pool;
  (void)origin;
  return 0;
}

/* What there is to do where nothing is to be slid. */
COLD int32_t look_further(defrag_pool *pool, uintptr_t origin) {
  if (!pool->want) {
    return begin_idle(pool, origin);
  }
  return pool->phase == PHASE_PASSED ? end_pass(pool) : search(pool, origin);
}

OPERATION(defrag_step)(defrag_pool *pool, uint32_t budget) {
  uint32_t granules = budget / GRANULE;
  if (!granules) {
    return DEFRAG_BAD_ARGUMENT;
  }
  uintptr_t origin = origin_of(pool);
  if (pool->move == MOVE_NONE) {
    if (!pool->want || pool->phase != PHASE_WINDOW) {
      return look_further(pool, origin);
    }
    int32_t begun = begin_move(pool, origin);
    if (begun < 0) {
      return begun;
    }
    if (!begun) {
      return end_window(pool, origin);
    }
#if !defined(__OPTIMIZE_SIZE__)
    return first_part(pool, origin, granules);
#endif
  }
  return next_part(pool, origin, granules);
}

#if DEFRAG_WATERMARK
OPERATION(defrag_keep_ready)(defrag_pool *pool, uint32_t bytes) {
  if (bytes > DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  if (pool->idle) {
    served(pool);
  }
  pool->ready = (uint16_t)(bytes ? (bytes + HEADER + GRANULE - 1u) / GRANULE : 0u);
  return DEFRAG_OK;
}
#endif

#endif
