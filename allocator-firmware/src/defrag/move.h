/*
 * Moving one block, in parts. A room of src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_MOVE_H
#define DEFRAG_ROOM_MOVE_H

#include "heap.h"

/* One granule, of which both words are read before one is written: the areas may overlap. */
INLINE void copy_granule(word *to, const word *from) {
  uint32_t first = from[0];
  uint32_t second = from[1];
  to[0] = first;
  to[1] = second;
}

#define GRANULE_WORDS (GRANULE / sizeof(word))

/* copy_down() copies granules to lower addresses; the areas may overlap. A function of its own: it needs the registers. */
#if defined(__GNUC__) && defined(__arm__)
#define COPY_16_BYTES "ldmia %1!, {r3, r4, r5, r6}\n\tstmia %0!, {r3, r4, r5, r6}\n\t"
#define COPIED : "+l"(to), "+l"(from) : : "r3", "r4", "r5", "r6", "memory"
#endif

#if defined(COPIED) && DEFRAG_FOR_SIZE
SHARED void copy_down(word *to, const word *from, uint32_t granules) {
  for (; granules >= 2u; granules -= 2u) {
    DEFRAG_LOOP_BOUND_BYTES(0, 16);
    __asm__ volatile(COPY_16_BYTES COPIED);
  }
  if (granules) {
    copy_granule(to, from);
  }
}
#elif defined(COPIED)
COLD void copy_down(word *to, const word *from, uint32_t granules) {
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
    if (granules & 1u) {
      copy_granule(to, from);
    }
    return;
  }
}
#else
COLD void copy_down(word *to, const word *from, uint32_t granules) {
  for (; granules > 0; granules--) {
    copy_granule(to, from);
    to += GRANULE_WORDS;
    from += GRANULE_WORDS;
  }
}
#endif

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
  DEFRAG_ASSERT(pool->move.kind == MOVE_COPY);
  pool->move.kind = MOVE_NONE;
#if DEFRAG_DIAGNOSTICS
  pool->heap.discards++;
#endif
  release(pool, origin, at(origin, pool->move.to), pool->move.hole);
  return 1;
}

/* The next part of the block on its way, of which `done` granules have moved. What is left of it. */
INLINE uint32_t move_part(defrag_pool *pool, uintptr_t origin, uint32_t done, uint32_t granules) {
  uint32_t left = pool->move.size - done;
  DEFRAG_ASSERT(pool->move.kind != MOVE_NONE && pool->move.hole && done <= pool->move.size);
  if (granules > left) {
    granules = left;
  }
  left -= granules;
  pool->move.left = (uint16_t)left;
#if DEFRAG_DIAGNOSTICS
  pool->heap.bytes_moved += granules * GRANULE;
#endif
  around *target = at(origin, pool->move.to + done);
  copy_down(header_of(target), header_of(after(target, pool->move.hole)), granules);
  return left;
}

/* The block is still on its way. The first granule has brought its old header with it, and now one covers the hole into which it
 * is copied, or the hole and the block. */
INLINE int32_t not_moved_yet(const defrag_pool *pool, uintptr_t origin, uint32_t prev_free) {
  around *window = at(origin, pool->move.to);
  if (pool->move.kind == MOVE_COPY) {
    write_header(window, pool->move.hole, prev_free, HELD);
  } else {
    write_header(window, (uint32_t)pool->move.hole + pool->move.size, prev_free, pool->move.entry);
  }
  return 1;
}

/* Makes a hole of the granules at `hole` that a block has left, joined with the one above. 1: there is more to do; 0: there is nothing,
 * or the request would be served. */
INLINE int32_t leave_any_hole(defrag_pool *pool, uintptr_t origin, uint32_t hole, uint32_t size, int goes_on) {
  size = join_above(pool, origin, hole, size);
  uint32_t end = hole + size;
  around *above = at(origin, end);
  above->tag = (uint16_t)(above->tag | PREV_FREE);
  if (goes_on) {
    put_last(pool, origin, above, size);
  } else {
    bin_insert(pool, origin, hole, size);
  }
  int serves = size >= pool->request.want;
  /* The window's next block, or what is above a hole that has joined; a pass that has begun since starts where it did. */
  if (goes_on || serves || pool->request.cursor - hole < size) {
    pool->request.cursor = (uint16_t)end;
  }
  return serves ? answer(pool) : 1;
}

/* The same, of a window's block. */
COLD int32_t leave_hole(defrag_pool *pool, uintptr_t origin, uint32_t hole, uint32_t size) {
  return leave_any_hole(pool, origin, hole, size, 1);
}

/* All of the block is copied: makes the new place its place, and a hole of what it left. 1: there is more to do; 0: the
 * request would be served. */
INLINE int32_t end_move(defrag_pool *pool, uintptr_t origin, uint32_t prev_free) {
  uint32_t to = pool->move.to;
  uint32_t number = pool->move.entry;
  entry_t *place = &pool->heap.table[number];
  DEFRAG_ASSERT(!pool->move.left);
  if (pool->move.kind == MOVE_SLIDE) {
    DEFRAG_ASSERT((*place & LOCK_MASK) == SLIDING && index_in(*place) == to);
    *place = placed_at(*place, to);
  } else if (!commit(place, to)) {
    return not_moved_yet(pool, origin, prev_free); /* the next step finds that a lock has given it up */
  }
  pool->move.kind = MOVE_NONE;
  uint32_t size = pool->move.size;
  write_header(at(origin, to), size, prev_free, number);
  uint32_t hole = to + size;
  if (pool->request.phase == PHASE_WINDOW) {
    return leave_hole(pool, origin, hole, pool->move.hole);
  }
  return leave_any_hole(pool, origin, hole, pool->move.hole, 0);
}

#endif
