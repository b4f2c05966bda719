/*
 * The request that failed and that steps work for: when it begins, what other calls change of it, when it is served. A room of
 * src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_REQUEST_H
#define DEFRAG_ROOM_REQUEST_H

#include "layout.h"

/* What the pending request needs, granules; 0: none is pending. */
INLINE uint32_t pending(const defrag_pool *pool) {
#if DEFRAG_PINNED
  if (pool->request.want == WANT_PINNED) {
    return pool->request.want_pinned;
  }
#endif
  return pool->request.want;
}

/* The request is forgotten: it was served, or would be. */
INLINE void served(defrag_pool *pool) { pool->request.want = 0; }

/* The heap below the pass's right end may have changed: the window that is open is forgotten. */
INLINE void changed(defrag_pool *pool) {
  pool->request.window_free = 0;
  pool->request.dirty = 1;
}

/* [index, index + size) has one header now: what is at one inside goes to it. */
INLINE void joined(defrag_pool *pool, uint32_t index, uint32_t size) {
  if (pool->request.cursor - index < size) {
    pool->request.cursor = (uint16_t)index;
  }
  if (pool->request.best - index < size) {
    pool->request.best = (uint16_t)index;
  }
}

/* From the bottom up: looks for a window, or if that has been tried often enough slides everything. */
COLD void begin_pass(defrag_pool *pool) {
  DEFRAG_ASSERT(pool->request.want);
  uint32_t passes = pool->request.passes + 1u;
  pool->request.everything = passes > DEFRAG_PASSES;
  if (passes <= DEFRAG_PASSES) {
    pool->request.passes = (uint8_t)passes;
  }
#if DEFRAG_PINNED
  if (pool->request.want == WANT_PINNED) {
    pool->request.everything = 1;
  }
#endif
  pool->request.phase = PHASE_SEARCH;
  pool->request.cursor = 1;
  pool->request.window_free = 0;
  pool->request.window_cost = NO_WINDOW;
  pool->request.dirty = 0;
}

/* Has steps work for this request, if they do not yet. */
COLD void note_request(defrag_pool *pool, uint32_t want) {
#if DEFRAG_WATERMARK
  pool->request.idle = 0;
#endif
  uint32_t before = pool->request.want;
  DEFRAG_ASSERT(want && (want <= pool->heap.free || want == WANT_PINNED));
  if (want == before) {
    return;
  }
  pool->request.want = (uint16_t)want;
  if (before && pool->request.everything) {
    pool->request.dirty = 1; /* the work goes on; it may be served by what has been passed */
    return;
  }
  if (!before) {
    pool->request.passes = 0;
  }
  begin_pass(pool);
}

#endif
