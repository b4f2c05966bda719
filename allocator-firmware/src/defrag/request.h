/*
 * The request that failed and that steps work for: when it begins, what other calls change of it, when it is over. A room of
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

/* Whether no program waits for the request: it is for the hole that is to be kept ready. */
INLINE uint32_t is_idle(const defrag_pool *pool) {
#if DEFRAG_WATERMARK
  return pool->request.idle;
#else
  (void)pool;
  return 0;
#endif
}

/* Steps of a full budget until a request is worked for at the expense of smaller ones: no fewer than it takes to serve one that
 * nothing disturbs. A look at each header twice, and a move of each block, with a step of its own for the join, take less than 3 a
 * handle; the bytes that are moved, 1 for each FULL_STEP. There are no more blocks that are next to holes than half the granules. */
INLINE uint32_t steps_of_patience(uint32_t granules, uint32_t handles) {
#ifdef DEFRAG_PATIENCE
  (void)granules;
  (void)handles;
  return DEFRAG_PATIENCE;
#else
  uint32_t blocks = handles < granules / 2u ? handles : granules / 2u;
  uint32_t steps = granules / FULL_STEP + PATIENCE_A_HANDLE * blocks + LEAST_PATIENCE;
  return steps < MOST_PATIENCE ? steps : MOST_PATIENCE;
#endif
}

INLINE void fill_patience(defrag_pool *pool) { pool->request.patience = pool->request.full_patience; }

/* What steps do. */
INLINE uint32_t phase_of(const defrag_pool *pool) { return pool->request.want ? pool->request.phase : (uint32_t)PHASE_NONE; }

/* The request is over: it was granted, given up, or its hole was kept for it for a step. What else is known of it is no more. */
INLINE void end_request(defrag_pool *pool) { pool->request.want = 0; }

/* The hole that ends at the cursor serves the request: 0, for the step to answer. What the request needs is remembered: if it is not
 * granted, its patience is not filled. */
INLINE int32_t answer(defrag_pool *pool) {
  pool->request.phase = pool->request.mode == MODE_EXCLUSIVE ? PHASE_KEPT : PHASE_NONE;
#if DEFRAG_PINNED
  if (pool->request.want == WANT_PINNED) {
    pool->heap.lowest_pinned = pool->request.cursor; /* not the one of last time, if a block stands where a pinned one was freed */
  }
#endif
  return 0;
}

/* The owner has not come in the step for which the hole was kept: it is for all, and promised to who asks next. 0, for the step to
 * answer: a smaller one, which was refused meanwhile and was not noted, is asked for again. */
INLINE int32_t keep_no_longer(defrag_pool *pool) {
  pool->request.phase = PHASE_NONE;
  pool->request.mode = MODE_AIMED;
  fill_patience(pool);
  return 0;
}

/* No window is open, and none was found. */
INLINE void forget_windows(defrag_pool *pool) {
#if DEFRAG_PASSES > 0
  pool->request.window_free = 0;
  pool->request.window_cost = NO_WINDOW;
#else
  (void)pool;
#endif
}

/* Something has changed at or below `end`, and below the cursor: the window that is open is forgotten, unless it begins above. */
INLINE void touched(defrag_pool *pool, uint32_t end) {
#if DEFRAG_PASSES > 0
  if (end > pool->request.left) {
    pool->request.window_free = 0;
  }
#else
  (void)pool;
  (void)end;
#endif
}

/* The hole that ends at `end` was taken. */
INLINE void taken(defrag_pool *pool, uint32_t end) {
  if (end <= pool->request.cursor) {
    touched(pool, end);
  }
  pool->request.dirty = 1;
}

/* From `index` up to `end` there is one header now: what is at one inside goes to it. */
INLINE void joined(defrag_pool *pool, uint32_t index, uint32_t end) {
  pool->request.dirty = 1;
  uint32_t cursor = pool->request.cursor;
  if (index >= cursor) {
    return; /* all of it is still to be met, and no window that was found lies there */
  }
  touched(pool, end);
  if (end > cursor) {
    pool->request.cursor = (uint16_t)index;
  }
#if DEFRAG_PASSES > 0
  if (pool->request.best - index < end - index) {
    pool->request.best = (uint16_t)index;
  }
#endif
}

/* Whether the hole of `below` granules that ends at `block` serves the request. */
INLINE int serves(const defrag_pool *pool, const around *block, uint32_t below) {
  if (below >= pool->request.want) {
    return 1;
  }
#if DEFRAG_PINNED
  return pool->request.want == WANT_PINNED && below >= pool->request.want_pinned && (block->link & PINNED);
#else
  (void)block;
  return 0;
#endif
}

/* While a request is remembered, the hole of `size` granules at `index` has been made, or has grown. If it serves, the next step tells
 * the owner, and a pass that is under way is over. If the last step has answered, it may have joined the hole which that spoke of. */
INLINE void hole_made(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  uint32_t end = index + size;
  if (pool->request.phase <= PHASE_KEPT) {
    if (pool->request.cursor - index < size) {
      pool->request.cursor = (uint16_t)end;
    }
    return;
  }
  if (serves(pool, at(origin, end), size)) {
    pool->request.phase = PHASE_SERVED;
    pool->request.cursor = (uint16_t)end;
    return;
  }
  joined(pool, index, end);
}

/* While a request is remembered, one for `size` granules is about to take of the hole that ends at `end`. Whether it may; `needed`
 * is what it has to be for the remembered one to be over. */
INLINE int may_take(defrag_pool *pool, uint32_t size, uint32_t needed, uint32_t end) {
  if (size >= needed) {
    end_request(pool);
    return 1;
  }
  if (pool->request.mode == MODE_EXCLUSIVE && end >= pool->request.cursor) {
    return 0;
  }
  taken(pool, end);
  return 1;
}

/* A step of so many granules more for the request: what is left of its patience. */
INLINE uint32_t patience_after(const defrag_pool *pool, uint32_t granules) {
  uint32_t spent = granules < FULL_STEP ? granules : (uint32_t)FULL_STEP;
  return pool->request.patience > spent ? pool->request.patience - spent : 0u;
}

/* From the bottom up: looks for a window; or slides everything, if looking was spoilt often enough; or also keeps for the request
 * what it gathers, if that has waited long enough. */
INLINE void start_pass(defrag_pool *pool) {
  DEFRAG_ASSERT(pool->request.want);
  uint32_t passes = pool->request.passes + 1u;
  uint32_t mode = MODE_AIMED;
  if (passes > DEFRAG_PASSES) {
    mode = MODE_EVERYTHING;
  } else {
    pool->request.passes = (uint8_t)passes;
  }
#if DEFRAG_PINNED
  if (pool->request.want == WANT_PINNED) {
    mode = MODE_EVERYTHING;
  }
#endif
  if (!is_idle(pool)) {
    /* A pass costs patience, too: the step that finds one spoilt begins the next. */
    uint32_t left = DEFRAG_PASSES && passes > DEFRAG_PASSES ? 0u : patience_after(pool, FULL_STEP);
    pool->request.patience = (uint16_t)left;
    if (!left) {
      mode = MODE_EXCLUSIVE;
    }
  }
  pool->request.mode = (uint8_t)mode;
  pool->request.phase = PHASE_SEARCH;
  pool->request.cursor = 1;
  forget_windows(pool);
  pool->request.dirty = 0;
}

COLD void begin_pass(defrag_pool *pool) { start_pass(pool); }

/* Has steps work for this request, if they do not work for a larger one: `want` as the search has it, and what that is in
 * granules. One whose turn it is keeps it until a step has answered, and so does one whose exclusive pass would begin again: else larger
 * ones could keep it waiting, which are refused and blocked each time. */
INLINE void note_request(defrag_pool *pool, uint32_t want, uint32_t size) {
  uint32_t before = pool->request.want;
  uint32_t phase = phase_of(pool);
  DEFRAG_ASSERT(size && size <= pool->heap.free);
  if (!before || is_idle(pool)) {
    phase = PHASE_NONE;
    fill_patience(pool);
  }
#if DEFRAG_WATERMARK
  pool->request.idle = 0;
#endif
  uint32_t has_turn = 0;
  if (phase == PHASE_NONE) {
    pool->request.passes = 0;
  } else if (phase == PHASE_BLOCKED) {
    if (want == before && size == pending(pool)) {
      return;
    }
    has_turn = 1;
  } else if (pool->request.has_turn || want < before || (want == before && size <= pending(pool))) {
    return;
  }
  int goes_on = pool->request.mode != MODE_AIMED && phase >= PHASE_SEARCH && phase <= PHASE_PASSED;
#if DEFRAG_PINNED
  goes_on = goes_on && (want != WANT_PINNED || before == WANT_PINNED);
#endif
  if (!goes_on && pool->request.mode == MODE_EXCLUSIVE && phase >= PHASE_SEARCH) {
    return;
  }
  pool->request.has_turn = (uint8_t)has_turn;
#if DEFRAG_PINNED
  if (want == WANT_PINNED) {
    pool->request.want_pinned = (uint16_t)size;
  }
#endif
  pool->request.want = (uint16_t)want;
  if (!goes_on) { /* else: where the smaller one found no room there is none */
    start_pass(pool);
  }
}

/* No hole serves this request: why it is refused. If steps can help, they work for it from now on. */
COLD int32_t refuse(defrag_pool *pool, uint32_t want, uint32_t size) {
  if (size > pool->heap.free) {
    return DEFRAG_OUT_OF_MEMORY;
  }
  note_request(pool, want, size);
  return DEFRAG_FRAGMENTED;
}

/* Spends what a step of so many granules is worth, but for the last `kept`. 0: the request's patience has run out in this step. */
INLINE int waits(defrag_pool *pool, uint32_t granules, uint32_t kept) {
  if (LIKELY(pool->request.patience)) {
    uint32_t left = patience_after(pool, granules);
    left = left > kept ? left : kept;
    pool->request.patience = (uint16_t)left;
    return left != 0;
  }
  return 1;
}

#endif
