/*
 * Bounded model checking by enumeration: every well-formed heap of up to N granules, laid down in memory directly, whether or not
 * a program could get there; and on each of them every call, every step and the insides of the free lists, once.
 *
 *   states [granules]
 *
 * A heap is: any layout of holes and of blocks, each free to move, locked or pinned; no move, or a copy or a slide that any
 * block is in, at any granule of it, the block locked, freed or replaced meanwhile or not; every order of every free list; and
 * every place at which the steps may be: which phase, in which mode, at which header, with which window open, with any best window.
 *
 * After the call: the self-check, the guards, and every block with its size, its locks and its content, at its place if it is
 * locked or pinned; what is kept for a larger request; that a free which serves one is told at the next step, and that what a step
 * promised is there. That is what a heap of the next call is made of, so it holds for any number of calls on such heaps.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What must hold inside the library, on every heap and in every state. */
static void broken(const char *file, int line, const char *condition);
#define DEFRAG_ASSERT(condition) ((condition) ? (void)0 : broken(__FILE__, __LINE__, #condition))
#include "../../src/defrag.c"

enum { MOST = 12, GUARD = 32 };

typedef enum segment_kind { A_HOLE, MOVABLE, LOCKED, FIXED, BEING_COPIED, THE_HELD_HOLE, IN_TWO_PARTS } segment_kind;

typedef struct segment {
  segment_kind kind;
  uint32_t size; /* granules; of a block in two parts the hole's included */
} segment;

/* A block as it must be after the call. */
typedef struct expected_block {
  defrag_handle handle; /* 0: gone */
  uint32_t size;
  uint32_t kept; /* granules of the content that must be there */
  uint32_t locks;
  uint32_t number; /* that its content was made of */
  uintptr_t fixed_at;
} expected_block;

static struct {
  _Alignas(8) unsigned char below[GUARD];
  _Alignas(8) unsigned char memory[8 * (MOST + 1) + GUARD];
  entry_t table[MOST + 1];
} arena;

typedef struct heap {
  defrag_pool pool;
  unsigned char memory[8 * (MOST + 1) + GUARD];
  entry_t table[MOST + 1];
} heap;

static defrag_pool pool;
static heap made; /* the heap that calls begin with */
static uint32_t granules_in_all;
static segment segments[MOST];
static uint32_t segment_count;
static uint32_t move_size, move_done;
static uint32_t headers[MOST + 1]; /* of the segments, and the end */
static expected_block blocks[MOST];
static uint32_t block_count;
static uint32_t kept;  /* what holes_above_cursor() said before the call */
static int promised; /* whether the hole that ends at the cursor served before the call */
static uint64_t heaps, states, calls;
static const char *what = "";
static uint32_t argument[2];

static void show(void) {
  for (uint32_t i = 0; i < segment_count; i++) {
    fprintf(stderr, " %c%u", ".ulpchs"[segments[i].kind], (unsigned)segments[i].size);
  }
  const defrag_request_ *request = &made.pool.request;
  fprintf(stderr, "  move size %u, done %u; want %u phase %u mode %u patience %u cursor %u left %u window_free %u best %u cost %u\n",
          (unsigned)move_size, (unsigned)move_done, request->want, request->phase, request->mode, request->patience, request->cursor, request->left,
          request->window_free, request->best, request->window_cost);
}

static void broken(const char *file, int line, const char *condition) {
  fprintf(stderr, "FAILED: %s(%u, %u), %s:%d: %s\n  on", what, (unsigned)argument[0], (unsigned)argument[1], file, line, condition);
  show();
  exit(1);
}

#define EXPECT(condition) ((condition) ? (void)0 : broken(__FILE__, __LINE__, #condition))

/* ---- A heap in memory ---- */

static unsigned char content(uint32_t number, uint32_t i) { return (unsigned char)(0x40u + number * 37u + i * 5u); }

/* The byte i of a block, its header's first byte being byte 0. */
static unsigned char *byte_at(uint32_t index, uint32_t i) { return arena.memory + index * GRANULE - HEADER + i; }

static void write_block(uint32_t index, uint32_t size, uint32_t number, uint32_t flags, uint32_t pinned) {
  write_header(at(origin_of(&pool), index), size, flags, number | pinned);
  for (uint32_t i = HEADER; i < size * GRANULE; i++) {
    *byte_at(index, i) = content(number, i);
  }
}

/* Lays the segments down; holes are in no list yet. */
static void lay_down(void) {
  memset(&arena, 0xa5, sizeof arena);
  EXPECT(defrag_init(&pool, arena.memory, (granules_in_all + 1) * GRANULE, arena.table, granules_in_all) == DEFRAG_OK);
  uintptr_t origin = origin_of(&pool);
  pool.heap.bins[bin_of(granules_in_all)] = 0;
  pool.heap.bin_mask = 0;
  memset(arena.memory + 4, 0x5a, granules_in_all * GRANULE);
  pool.heap.free = 0;
  block_count = 0;
  uint32_t index = 1;
  uint32_t flags = 0;
  uint32_t lowest = pool.heap.end;
  for (uint32_t i = 0; i < segment_count; i++) {
    uint32_t size = segments[i].size;
    uint32_t number = block_count;
    uint32_t state = 0;
    uint32_t of_block = size;
    headers[i] = index;
    switch (segments[i].kind) {
      case A_HOLE:
        pool.heap.free = (uint16_t)(pool.heap.free + size);
        at(origin, index + size)->size_below = (uint16_t)size;
        write_header(at(origin, index), size, FREE, 0);
        of_block = 0;
        break;
      case THE_HELD_HOLE:
        pool.heap.free = (uint16_t)(pool.heap.free + size);
        pool.move.kind = MOVE_COPY;
        pool.move.hole = (uint16_t)size;
        pool.move.to = (uint16_t)index;
        pool.move.entry = (uint16_t)number;
        of_block = 0;
        break;
      case IN_TWO_PARTS:
        pool.heap.free = (uint16_t)(pool.heap.free + size - move_size);
        pool.move.kind = MOVE_SLIDE;
        pool.move.hole = (uint16_t)(size - move_size);
        pool.move.to = (uint16_t)index;
        pool.move.entry = (uint16_t)number;
        of_block = move_size;
        state = SLIDING;
        write_block(index + size - move_size, move_size, number, 0, 0);
        break;
      case BEING_COPIED:
        state = COPYING;
        write_block(index, size, number, flags, 0);
        break;
      case FIXED:
        lowest = index;
        write_block(index, size, number, flags, PINNED);
        break;
      default:
        state = segments[i].kind == LOCKED ? 1 : 0;
        write_block(index, size, number, flags, 0);
        break;
    }
    if (of_block) {
      arena.table[number] = (entry_t)(placed_at(FIRST_GENERATION, index) | state);
      int fixed = segments[i].kind == FIXED || state == 1;
      blocks[block_count++] = (expected_block){(defrag_handle)(FIRST_GENERATION | number), of_block, of_block,
                                               state == 1, number, fixed ? pool.heap.memory + index * GRANULE : 0};
    }
    if (segments[i].kind == THE_HELD_HOLE || segments[i].kind == IN_TWO_PARTS) {
      pool.move.size = (uint16_t)move_size;
      pool.move.left = (uint16_t)(move_size - move_done);
    }
    flags = segments[i].kind == A_HOLE ? PREV_FREE : 0u;
    index += size;
    if (segments[i].kind == A_HOLE) {
      at(origin, index)->tag = (uint16_t)(at(origin, index)->tag | PREV_FREE); /* the next one keeps it, or is written with it */
    }
  }
  headers[segment_count] = index;
  write_header(at(origin, pool.heap.end), 0, flags, END);
  pool.heap.lowest_pinned = (uint16_t)lowest;
  pool.heap.least_free = 0;
  /* What of the block on its way has arrived; then the header that covers it. */
  if (pool.move.kind) {
    uint32_t to = pool.move.to;
    uint32_t from = to + pool.move.hole;
    uint32_t below = 0;
    for (uint32_t i = 0; i < segment_count && headers[i] < to; i++) {
      below = segments[i].kind == A_HOLE ? PREV_FREE : 0u;
    }
    memmove(byte_at(to, 0), byte_at(from, 0), (size_t)move_done * GRANULE);
    uint32_t covered = pool.move.hole + (pool.move.kind == MOVE_COPY ? 0u : move_size);
    write_header(at(origin, to), covered, below, pool.move.kind == MOVE_COPY ? (uint32_t)HELD : pool.move.entry);
  }
  pool.heap.first_handle = NO_ENTRY;
  if (block_count < granules_in_all) {
    pool.heap.first_handle = (uint16_t)block_count;
  } else {
    pool.heap.last_handle = 0;
  }
}

static void keep_heap(void) {
  made.pool = pool;
  memcpy(made.memory, arena.memory, sizeof made.memory);
  memcpy(made.table, arena.table, sizeof made.table);
}

static void begin_again(void) {
  pool = made.pool;
  memcpy(arena.memory, made.memory, sizeof made.memory);
  memcpy(arena.table, made.table, sizeof made.table);
}

/* ---- After a call ---- */

static void expect_block(const expected_block *block) {
  uint32_t number = (uint32_t)block->handle & INDEX_MASK;
  uint32_t entry = arena.table[number];
  uint32_t locks = entry & LOCK_MASK;
  uint32_t index = index_in(entry);
  EXPECT(((entry ^ (uint32_t)block->handle) >> GENERATION_SHIFT) == 0 && locks != NOT_LIVE);
  EXPECT(locks <= DEFRAG_MAX_LOCKS ? locks == block->locks : block->locks == 0);
  EXPECT(!block->fixed_at || (uintptr_t)defrag_address(&pool, block->handle) == block->fixed_at);
  uint32_t done = block->size;
  uint32_t from = index;
  if (locks == SLIDING) {
    EXPECT(pool.move.kind == MOVE_SLIDE && pool.move.entry == number && pool.move.size == block->size);
    done = (uint32_t)pool.move.size - pool.move.left;
    from = index + pool.move.hole;
  } else {
    EXPECT(size_of(at(origin_of(&pool), index)) == block->size);
  }
  for (uint32_t i = HEADER; i < block->kept * GRANULE; i++) {
    EXPECT(*byte_at(i / GRANULE < done ? index : from, i) == content(block->number, i));
  }
}

static void expect_heap(void) {
  calls++;
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  uint32_t free = granules_in_all;
  for (uint32_t i = 0; i < block_count; i++) {
    if (blocks[i].handle) {
      expect_block(&blocks[i]);
      free -= blocks[i].size;
    }
  }
  EXPECT(free == pool.heap.free);
  if (pool.request.want && pool.move.kind) { /* steps do not search while a block is on its way, and no call puts them above it */
    uint32_t phase = pool.request.phase;
    EXPECT(pool.request.cursor <= pool.move.to || phase == PHASE_NONE || phase == PHASE_KEPT || phase == PHASE_SERVED);
    EXPECT(phase != PHASE_SEARCH || (!pool.request.window_free && pool.request.window_cost == NO_WINDOW));
  }
  for (uint32_t i = 0; i < GUARD; i++) {
    EXPECT(arena.below[i] == 0xa5 && arena.memory[(granules_in_all + 1) * GRANULE + i] == 0xa5);
  }
  EXPECT(arena.table[granules_in_all] == (entry_t)0xa5a5a5a5u);
}

/* Granules of holes that end at the cursor or above it: at the one that the call began with. */
static uint32_t holes_above_cursor(void) {
  uint32_t holes = 0;
  for (uint32_t index = 1; index < pool.heap.end;) {
    const around *block = at(origin_of(&pool), index);
    index += size_of(block);
    holes += (block->tag & FREE) && index >= made.pool.request.cursor ? size_of(block) : 0u;
  }
  return holes;
}

/* A call for `size` granules is over. It has taken nothing of what is kept for a larger request. */
static void expect_kept(uint32_t size) {
  EXPECT(size >= pending(&made.pool) || made.pool.request.mode != MODE_EXCLUSIVE || holes_above_cursor() >= kept);
}

/* A step has answered 0. If a request waits, it is served, by the hole that ends at the cursor if by no other. */
static void expect_promise(void) {
  uint32_t bytes = pending(&pool) * GRANULE - HEADER;
  if (pool.request.want && pool.request.want != WANT_PINNED) {
    EXPECT(promised_hole(&pool, origin_of(&pool), pool.request.want));
  }
  if (pool.request.want && pool.heap.first_handle != NO_ENTRY) {
    EXPECT((pool.request.want == WANT_PINNED ? defrag_alloc_pinned(&pool, bytes) : defrag_alloc(&pool, bytes)) > 0);
  }
}

/* The block that was at `index` has been freed. If that serves a request that steps work for, the next step says so; if what serves was
 * there already, and the step has been, it still is. */
static void expect_told(uint32_t index) {
  uint32_t hole = 1;
  while (hole + size_of(at(origin_of(&pool), hole)) <= index) {
    hole += size_of(at(origin_of(&pool), hole));
  }
  uint32_t size = size_of(at(origin_of(&pool), hole));
  int below_pinned = (at(origin_of(&pool), hole + size)->link & PINNED) != 0;
  if (phase_of(&made.pool) > PHASE_KEPT && size >= pending(&pool) && (pool.request.want != WANT_PINNED || below_pinned)) {
    EXPECT(pool.request.phase == PHASE_SERVED);
    EXPECT(defrag_step(&pool, GRANULE) == 0);
    expect_promise();
  } else if (phase_of(&made.pool) <= PHASE_KEPT && promised) {
    expect_promise();
  }
}

/* A call that gives a new block of `size` granules, or an error. */
static void expect_allocated(int32_t result, uint32_t size) {
  expect_kept(size);
  if (result > 0) {
    blocks[block_count++] = (expected_block){result, size, 0, 0, 0, 0};
    expect_heap();
    block_count--;
  } else {
    EXPECT(result == (block_count == granules_in_all  ? DEFRAG_OUT_OF_HANDLES
                      : size > pool.heap.free ? DEFRAG_OUT_OF_MEMORY
                                         : DEFRAG_FRAGMENTED));
    expect_heap();
  }
}

/* ---- Every call ---- */

static void every_step(void) {
  static const uint32_t budgets[] = {8, 16, 8 * MOST};
  for (uint32_t i = 0; i < 3; i++) {
    what = "step";
    argument[0] = budgets[i];
    begin_again();
    int32_t result = defrag_step(&pool, budgets[i]);
    EXPECT(result == 1 || result == 0 || result == DEFRAG_BLOCKED || result == DEFRAG_OUT_OF_MEMORY);
    EXPECT(pool.heap.bytes_moved <= budgets[i]);
    expect_heap();
    if (!result && (phase_of(&made.pool) > PHASE_KEPT || promised)) {
      expect_promise();
    }
  }
}

static void every_other_call(void) {
  for (uint32_t size = 1; size <= granules_in_all; size++) {
    argument[0] = size;
    what = "alloc";
    begin_again();
    expect_allocated(defrag_alloc(&pool, size * GRANULE - HEADER), size);
    what = "alloc_pinned";
    begin_again();
    expect_allocated(defrag_alloc_pinned(&pool, size * GRANULE - HEADER), size);
  }
  for (uint32_t i = 0; i < block_count; i++) {
    const expected_block was = blocks[i];
    int in_two_parts = (made.table[i] & LOCK_MASK) == SLIDING;
    argument[0] = i;
    what = "free";
    begin_again();
    int32_t result = defrag_free(&pool, was.handle);
    EXPECT(result == (was.locks ? DEFRAG_STILL_LOCKED : DEFRAG_OK));
    blocks[i].handle = result ? was.handle : 0;
    expect_heap();
    if (!result) {
      expect_told(index_in(made.table[i]));
    }
    blocks[i] = was;

    what = "lock";
    begin_again();
    void *address = NULL;
    result = defrag_try_lock(&pool, was.handle, &address);
    EXPECT(result == (in_two_parts ? DEFRAG_MOVING : DEFRAG_OK) && address == defrag_address(&pool, was.handle));
    blocks[i].locks += result ? 0u : 1u;
    expect_heap();
    blocks[i] = was;

    what = "unlock";
    begin_again();
    result = defrag_unlock(&pool, was.handle);
    EXPECT(result == (was.locks ? DEFRAG_OK : DEFRAG_NOT_LOCKED));
    blocks[i].locks -= result ? 0u : 1u;
    expect_heap();
    blocks[i] = was;

    what = "resize";
    for (uint32_t size = 1; size <= granules_in_all; size++) {
      argument[1] = size;
      begin_again();
      result = defrag_resize(&pool, was.handle, size * GRANULE - HEADER);
      expect_kept(size);
      if (result == DEFRAG_OK) {
        EXPECT(!in_two_parts);
        blocks[i].size = size;
        blocks[i].kept = size < was.size ? size : was.size;
      } else {
        EXPECT(in_two_parts ? result == DEFRAG_MOVING
                            : size > was.size && (result == DEFRAG_OUT_OF_MEMORY || result == DEFRAG_FRAGMENTED ||
                                                  (result == DEFRAG_STILL_LOCKED && was.fixed_at)));
      }
      expect_heap();
      blocks[i] = was;
    }
  }
}

/* A hole out of its list, and back at the head of it: all other holes stay where they are. */
static void every_hole_out_and_in(void) {
  what = "bin_remove and bin_insert";
  for (uint32_t i = 0; i < segment_count; i++) {
    if (segments[i].kind == A_HOLE) {
      argument[0] = i;
      begin_again();
      uintptr_t origin = origin_of(&pool);
      bin_remove(&pool, origin, at(origin, headers[i]));
      uint32_t listed = 0;
      for (uint32_t bin = 0; bin < DEFRAG_BINS; bin++) {
        EXPECT(((uint32_t)pool.heap.bin_mask >> bin & 1u) == (pool.heap.bins[bin] ? 1u : 0u));
        for (uint32_t hole = pool.heap.bins[bin]; hole; hole = at(origin, hole)->link) {
          EXPECT(hole != headers[i]);
          listed++;
        }
      }
      bin_insert(&pool, origin, headers[i], segments[i].size);
      EXPECT(pool.heap.bins[bin_of(segments[i].size)] == headers[i]);
      for (uint32_t bin = 0; bin < DEFRAG_BINS; bin++) {
        for (uint32_t hole = pool.heap.bins[bin]; hole; hole = at(origin, hole)->link) {
          listed--;
        }
      }
      EXPECT(listed == (uint32_t)-1);
      expect_heap();
    }
  }
  begin_again();
}

static void in_this_state(int calls_too) {
  states++;
  keep_heap();
  kept = holes_above_cursor();
  const around *cursor = at(origin_of(&pool), pool.request.cursor);
  promised = pool.request.want && (cursor->tag & PREV_FREE) && cursor->size_below >= pool.request.want;
  what = "state";
  EXPECT(defrag_check(&pool) == DEFRAG_OK);
  every_step();
  if (calls_too) {
    every_other_call();
  }
  begin_again();
}

/* What has been said of the hole that ends at the cursor, or is to be said at the next step. Other calls may have been here since. */
static void every_answer(int calls_too) {
  pool.request.phase = PHASE_SERVED;
  pool.request.mode = MODE_AIMED;
  in_this_state(calls_too);
  pool.request.mode = MODE_EXCLUSIVE;
  in_this_state(calls_too);
  pool.request.phase = PHASE_KEPT;
  in_this_state(calls_too);
  pool.request.phase = PHASE_NONE;
  pool.request.mode = MODE_AIMED;
  in_this_state(calls_too);
}

/* Sliding all that can be moved, from the cursor on. */
static void every_sliding_pass(int calls_too) {
  pool.request.passes = DEFRAG_PASSES;
  pool.request.phase = PHASE_WINDOW;
  pool.request.window_cost = NO_LIMIT;
  in_this_state(calls_too);
  pool.request.phase = PHASE_SEARCH;
  pool.request.window_cost = NO_WINDOW;
  in_this_state(calls_too);
}

/* Looking for the cheapest window, at the cursor, after segment c - 1. */
static void every_aimed_pass(uint32_t want, uint32_t c) {
  pool.request.mode = MODE_AIMED;
  pool.request.passes = 1;
  pool.request.patience = 2; /* it runs out with the second granule */
  pool.request.phase = PHASE_WINDOW;
  pool.request.window_cost = (uint16_t)(want / 2u);
  in_this_state(0);
  pool.request.phase = PHASE_PASSED;
  pool.request.dirty = (uint8_t)(want & 1u);
  in_this_state(want == 2);
  pool.request.dirty = 0;
  pool.request.phase = PHASE_BLOCKED;
  in_this_state(want == 2);
  pool.request.phase = PHASE_SEARCH;
  pool.request.window_cost = NO_WINDOW;
  in_this_state(0);
  pool.request.patience = 0xffff;
  pool.request.has_turn = 1;
  in_this_state(want == 2);
  pool.request.has_turn = 0;
  if (pool.move.kind) {
    return;
  }
  pool.request.window_cost = (uint16_t)(granules_in_all - 1u);
  for (uint32_t best = 0; best <= segment_count; best++) {
    pool.request.best = (uint16_t)headers[best];
    in_this_state(want == 2);
  }
  /* A window that is open, from any hole. */
  for (uint32_t l = 0; l < c; l++) {
    if (segments[l].kind == A_HOLE) {
      pool.request.left = (uint16_t)headers[l];
      pool.request.window_free = 0;
      for (uint32_t i = l; i < c; i++) {
        uint32_t tag = at(origin_of(&pool), headers[i])->tag;
        pool.request.window_free = (uint16_t)(pool.request.window_free + (tag & FREE ? tag >> SIZE_SHIFT : 0u));
      }
      in_this_state(want == 3);
    }
  }
}

/* Every place at which the steps may be. */
static void every_search(void) {
  const defrag_pool without = pool;
  in_this_state(1);
  every_hole_out_and_in();
  for (uint32_t c = 0; c <= segment_count; c++) {
    int below = !pool.move.kind || headers[c] <= pool.move.to; /* expect_heap() says that a pass is never above it */
    for (uint32_t want = 1; want <= granules_in_all; want++) {
      pool = without;
      pool.request.want = (uint16_t)want;
      pool.request.cursor = (uint16_t)headers[c];
      pool.request.best = (uint16_t)headers[c];
      pool.request.ready = (uint16_t)(granules_in_all / 2u);
      every_answer(want == 2);
      if (!below) {
        continue;
      }
      pool.request.mode = MODE_EXCLUSIVE;
      every_sliding_pass(want == 3);
      pool.request.phase = PHASE_PASSED;
      pool.request.dirty = (uint8_t)(want & 1u);
      in_this_state(want == 2);
      pool.request.dirty = 0;
      pool.request.mode = MODE_EVERYTHING;
      pool.request.idle = 1;
      pool.request.ready = (uint16_t)want;
      every_sliding_pass(want == 1);
      pool.request.idle = 0;
      every_aimed_pass(want, c);
    }
    pool = without;
    pool.request.want = WANT_PINNED;
    pool.request.want_pinned = 2;
    pool.request.cursor = (uint16_t)headers[c];
    every_answer(0);
    if (below) {
      pool.request.mode = MODE_EVERYTHING;
      pool.request.patience = 2;
      every_sliding_pass(0);
      pool.request.mode = MODE_EXCLUSIVE;
      pool.request.patience = 0;
      every_sliding_pass(1);
    }
  }
  pool = without;
}

/* ---- Every heap ---- */

/* Puts the holes from segment i on into their lists, each at every place among those that are there. */
static void every_order(uint32_t i) {
  while (i < segment_count && segments[i].kind != A_HOLE) {
    i++;
  }
  if (i == segment_count) {
    heaps++;
    every_search();
    return;
  }
  uintptr_t origin = origin_of(&pool);
  uint32_t bin = bin_of(segments[i].size);
  heap saved = {.pool = pool};
  memcpy(saved.memory, arena.memory, sizeof saved.memory);
  memcpy(saved.table, arena.table, sizeof saved.table);
  uint32_t before = 0; /* the hole that it comes after; 0: at the head */
  for (;;) {
    around *hole = at(origin, headers[i]);
    uint32_t next = before ? at(origin, before)->link : pool.heap.bins[bin];
    hole->link = (uint16_t)next;
    hole->previous = (uint16_t)(before ? before : HEAD + bin);
    if (before) {
      at(origin, before)->link = (uint16_t)headers[i];
    } else {
      pool.heap.bins[bin] = (uint16_t)headers[i];
    }
    if (next) {
      at(origin, next)->previous = (uint16_t)headers[i];
    }
    pool.heap.bin_mask = (uint8_t)(pool.heap.bin_mask | 1u << bin);
    every_order(i + 1);
    pool = saved.pool;
    memcpy(arena.memory, saved.memory, sizeof saved.memory);
    memcpy(arena.table, saved.table, sizeof saved.table);
    if (!next) {
      return;
    }
    before = next;
  }
}

static void every_layout(uint32_t left, int moving, int copied_next) {
  if (!left) {
    if (!copied_next) {
      lay_down();
      every_order(0);
    }
    return;
  }
  segment *next = &segments[segment_count];
  segment_kind last = segment_count ? segments[segment_count - 1].kind : MOVABLE;
  if (copied_next) {
    if (move_size <= left) {
      *next = (segment){BEING_COPIED, move_size};
      segment_count++;
      every_layout(left - move_size, 1, 0);
      segment_count--;
    }
    return;
  }
  for (uint32_t size = 1; size <= left; size++) {
    for (segment_kind kind = A_HOLE; kind <= FIXED; kind++) {
      if (kind != A_HOLE || last != A_HOLE) {
        *next = (segment){kind, size};
        segment_count++;
        every_layout(left - size, moving, 0);
        segment_count--;
      }
    }
    if (!moving) {
      for (uint32_t moved = 1; moved <= size; moved++) {
        for (uint32_t done = 1; done <= moved; done++) {
          move_size = moved;
          move_done = done;
          *next = (segment){THE_HELD_HOLE, size};
          segment_count++;
          every_layout(left - size, 1, 1);
          every_layout(left - size, 1, 0); /* it has been locked, freed or replaced */
          segment_count--;
          if (size - moved >= 1 && size - moved < moved) {
            *next = (segment){IN_TWO_PARTS, size};
            segment_count++;
            every_layout(left - size, 1, 0);
            segment_count--;
          }
        }
      }
      move_size = move_done = 0;
    }
  }
}

int main(int argc, char **argv) {
  uint32_t most = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 5;
  if (most < 1 || most > MOST) {
    fprintf(stderr, "granules: 1 to %d\n", MOST);
    return 2;
  }
  for (granules_in_all = 1; granules_in_all <= most; granules_in_all++) {
    heaps = states = calls = 0;
    every_layout(granules_in_all, 0, 0);
    printf("%u granules: %llu heaps, %llu states, %llu calls\n", (unsigned)granules_in_all, (unsigned long long)heaps,
           (unsigned long long)states, (unsigned long long)calls);
    fflush(stdout);
  }
  return 0;
}
