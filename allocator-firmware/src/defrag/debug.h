/*
 * The debug mode, in which all blocks move all the time, and what is around each call. A room of src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_DEBUG_H
#define DEFRAG_ROOM_DEBUG_H

#include "compact.h"

#if DEFRAG_DEBUG_MOVE

/* ---- The debug mode ---- */

/* Where the run of blocks and holes that may move ends that begins at index: at a locked or pinned block, or at the end. */
static uint32_t end_of_run(const defrag_pool *pool, uint32_t index) {
  for (;;) {
    const around *block = at(origin_of(pool), index);
    if (!(block->tag & FREE) && ((block->link & PINNED) || (pool->heap.table[block->link] & LOCK_MASK))) {
      return index;
    }
    index += size_of(block);
  }
}

/* Turns the granules of [from, to) around. */
static void reverse(uintptr_t origin, uint32_t from, uint32_t to) {
  while (from + 1u < to) {
    to--;
    word *low = header_of(at(origin, from));
    word *high = header_of(at(origin, to));
    for (uint32_t i = 0; i < GRANULE / sizeof *low; i++) {
      word kept = low[i];
      low[i] = high[i];
      high[i] = kept;
    }
    from++;
  }
}

/* Has the last `by` granules of [from, to) first, and then the others. */
static void rotate(uintptr_t origin, uint32_t from, uint32_t to, uint32_t by) {
  reverse(origin, from, to);
  reverse(origin, from, from + by);
  reverse(origin, from + by, to);
}

/* Moves every block of the run [from, to), and makes one hole of its holes. The bins are not valid then.
 *
 *   |..|AA|.|BBB|...|  ->  |......|AA|BBB|    the last is a hole: up
 *   |..|AA|.|BBB|      ->  |AA|BBB|...|       the first is a hole: down
 *   |AA|...|BBB|       ->  |...|BBB|AA|       none is: up, the last one below all others
 *
 * While it works the blocks are sliding, for handlers. */
static void move_run(defrag_pool *pool, uintptr_t origin, uint32_t from, uint32_t to) {
  uint32_t starts_free = at(origin, from)->tag & FREE;
  uint32_t ends_free = 0;
  uint32_t to_place = from; /* the end of the blocks so far, packed */
  uint32_t last_size = 0;
  for (uint32_t index = from; index < to;) {
    around *block = at(origin, index);
    uint32_t size = size_of(block);
    ends_free = block->tag & FREE;
    if (!ends_free) {
      entry_t *place = &pool->heap.table[block->link];
      *place = (entry_t)(*place | SLIDING);
      uint32_t link = block->link;
      copy_down(header_of(at(origin, to_place)), header_of(block), size);
      write_header(at(origin, to_place), size, 0, link);
      to_place += size;
      last_size = size;
    }
    index += size;
  }
  uint32_t hole_size = to - to_place;
  uint32_t hole = to_place;
  if (ends_free || !starts_free) {
    if (!ends_free) {
      rotate(origin, from, to_place, last_size);
    }
    rotate(origin, from, to, hole_size);
    hole = from;
  }
  if (hole_size) {
    uint8_t *fill = (uint8_t *)header_of(at(origin, hole));
    for (uint32_t i = 0; i < hole_size * GRANULE; i++) {
      fill[i] = DEFRAG_DEBUG_FILL;
    }
    write_header(at(origin, hole), hole_size, FREE, 0);
  }
  uint32_t prev_free = 0;
  for (uint32_t index = from;; index += size_of(at(origin, index))) {
    around *block = at(origin, index);
    block->tag = (uint16_t)((block->tag & ~(uint32_t)PREV_FREE) | prev_free);
    if (index == to) {
      return;
    }
    prev_free = block->tag & FREE ? PREV_FREE : 0u;
    if (!prev_free) {
      entry_t *place = &pool->heap.table[block->link];
      *place = placed_at(*place, index);
    }
  }
}

/* Puts all holes into their bins, the larger ones before the smaller ones: so each request is served that a hole serves. */
static void rebuild_bins(defrag_pool *pool, uintptr_t origin) {
  pool->holes.bin_mask = 0;
  for (uint32_t bin = 0; bin <= LAST; bin++) {
    pool->holes.bins[bin] = 0;
  }
  uint32_t done = 0; /* size and index of the last one in, as one number */
  for (;;) {
    uint32_t next = UINT32_MAX;
    for (uint32_t index = 1; index < pool->heap.end; index += size_of(at(origin, index))) {
      uint32_t rank = size_of(at(origin, index)) << 16 | index;
      if ((at(origin, index)->tag & FREE) && rank > done && rank < next) {
        next = rank;
      }
    }
    if (next == UINT32_MAX) {
      return;
    }
    done = next;
    bin_insert(pool, origin, next & 0xffffu, next >> 16);
  }
}

/* Moves every block that may be moved. But an exclusive pass is never begun again, and what it has gathered is kept. */
static void move_all(defrag_pool *pool) {
  if (pool->move.kind != MOVE_NONE || (pool->request.want && pool->request.mode == MODE_EXCLUSIVE)) {
    return;
  }
  uintptr_t origin = origin_of(pool);
  for (uint32_t index = 1; index < pool->heap.end;) {
    uint32_t end = end_of_run(pool, index);
    if (end != index) {
      move_run(pool, origin, index, end);
    }
    index = end + size_of(at(origin, end));
    if (end == pool->heap.end) {
      break;
    }
  }
  rebuild_bins(pool, origin);
  if (phase_of(pool) > PHASE_KEPT) {
    begin_pass(pool); /* what the search knew is no more */
    pool->request.dirty = 1;
  } else {
    end_request(pool);
  }
}
#endif

/* ---- Around each call of a public function ---- */

/* Whether handlers may call it too; whether blocks may be elsewhere after it. */
enum { OF_THE_THREAD, OF_HANDLERS_TOO };
enum { STAYS, MAY_MOVE };

/* A call begins: a pool was made, and no other call of the thread's is under way. Whether one was: for leave(). */
INLINE uint32_t enter(defrag_pool *pool, int caller) {
  DEFRAG_ASSERT(pool && pool->heap.memory && pool->heap.table && pool->heap.end && pool->heap.free < pool->heap.end);
  (void)caller;
#if DEFRAG_ASSERTS_ || DEFRAG_DEBUG_MOVE
  uint32_t busy = pool->busy;
  DEFRAG_ASSERT(caller == OF_HANDLERS_TOO || !busy);
  pool->busy = 1;
  return busy;
#else
  (void)pool;
  return 0;
#endif
}

/* And it ends. Gives its result. */
INLINE int32_t leave(defrag_pool *pool, uint32_t was_busy, int movement, int32_t result) {
  (void)movement;
#if DEFRAG_DEBUG_MOVE
  if (movement == MAY_MOVE && !was_busy) {
    move_all(pool);
  }
#endif
#if DEFRAG_ASSERTS_ || DEFRAG_DEBUG_MOVE
  DEFRAG_ASSERT(pool->heap.free < pool->heap.end);
  pool->busy = was_busy;
#endif
  (void)pool;
  (void)was_busy;
  return result;
}

#endif
