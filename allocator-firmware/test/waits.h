/*
 * What a request that was refused may count on while it waits: a light model of the pool, whose calls a program makes between two
 * steps, and a clock. The clock holds each step against the bound of docs/design/waiting.md, with what the proof needs taken from the
 * heap itself.
 *
 * All sizes are granules, and every block has all bytes of its granules.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_WAITS_H
#define DEFRAG_TEST_WAITS_H

#include "harness.h"

/* ---- The blocks ---- */

typedef struct held_block {
  defrag_handle handle;
  uint32_t size;
  uint32_t pattern; /* what its content was made of */
  uint32_t locks;
  int pinned;
} held_block;

typedef struct held_blocks {
  uint32_t count;
  uint32_t locked; /* blocks with a lock that is held over steps, or pinned */
  uint32_t largest; /* block that there was */
  held_block block[MAX_TABLE];
} held_blocks;

extern held_blocks held;

enum { NO_BLOCK = -1 };

void hold_nothing(uint32_t granules_for_blocks, uint32_t handles, uint32_t budget);

/* The library's functions, as a program calls them between two steps. Of a block: its number in held.block, which the last one gets when
 * it is freed. */
int32_t take(uint32_t size, int pinned);
int32_t drop(uint32_t which);
int32_t resize(uint32_t which, uint32_t size);
int32_t hold(uint32_t which);
void let(uint32_t which);
void touch(uint32_t which); /* a handler: locks, reads, unlocks */

/* The block whose header is at this place, or NO_BLOCK; the size of that or of the hole there; the size of the hole that ends there; the block
 * on its way. */
int block_at(uint32_t place);
uint32_t size_at(uint32_t place);
uint32_t hole_below(uint32_t place);
uint32_t place_of(uint32_t which);
int block_on_its_way(void);
uint32_t free_granules(void);

/* ---- The clock ---- */

/* Of all waits since it was cleared. */
typedef struct wait_counts {
  uint64_t waits, steps, calls, granted, blocked, exclusive;
  uint64_t for_larger;         /* answers that spoke of a larger request */
  uint32_t longest, its_bound; /* the wait that is longest by its bound, of those whose bound is 100 steps or more */
  uint32_t pass, pass_bound;   /* the same of exclusive passes alone */
  uint32_t last, last_bound;   /* the last wait */
} wait_counts;

extern wait_counts counts;

/* The bound, steps: until a request turns exclusive; and of its exclusive pass, on a heap of so many used granules in so many blocks, of
 * which it meets so many that it cannot move. */
uint32_t bound_until_exclusive(void);
uint32_t bound_of_pass(uint32_t used, uint32_t blocks, uint32_t obstacles);

/* A request of `size` granules, refused. */
void begin_waiting(uint32_t size, int pinned);

/* A step, held against the bound and with all that must hold after it. */
int32_t wait_a_step(void);

/* After an answer other than 1, as the very next call: asks again. > 0: granted; else it waits on, or, if it is not to, why. */
int32_t ask_again(int32_t answer);

/* All contents, and the self-check. */
void check_all_held(void);

#endif
