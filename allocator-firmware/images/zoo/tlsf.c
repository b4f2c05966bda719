/*
 * The allocator image `tlsf`, two-level segregated fit: as half-fit, with 16 lists where that has one, so a good fit and not any.
 *
 * SPDX-License-Identifier: MIT
 *
 * M. Masmano, I. Ripoll, A. Crespo and J. Real, "TLSF: a New Dynamic Memory Allocator for Real-Time Systems", ECRTS 2004.
 *
 * The first level divides sizes by powers of two, the second each of those ranges in 16 of equal width. A word has a bit for each
 * range of the first level that has holes, and each range a word with a bit for each of its lists. A request is rounded up to where
 * a list begins, and takes the head of the first list from there on that has holes: two searches for a bit, and no hole is ever
 * looked at that does not serve. What the block does not need goes back as a hole, and a freed block is joined with both
 * neighbours.
 *
 * A hole of g granules of 8 bytes, with e = floor(log2 g) - 4, or 0 if that is less, stands in list 16 e + g / 2^e: the quotient has
 * 5 bits, and e is added to its first, as with the exponent of a floating-point number. So rows of 16 lists follow each other
 * without a gap, sizes below 32 granules have a list each, and a request that is rounded up into the next row needs no
 * second look at its size.
 *
 * Layout: see tagged.h. 4 bytes a block, where the paper has 8, for there a block in use says, too, where the one below begins.
 * Outside the pool 160 lists for pools up to 64 KiB, 640 bytes, and the bits: a lot for a small part.
 *
 * Every call is bounded, and nothing in it is repeated. A request is refused although a hole has room for it only if that hole is
 * less than a 16th larger.
 *
 * Good at: nearly best fit in bounded time. Bad at: code and memory of its own.
 */
#include "bits.h"

enum { COLUMN_BITS = 4, COLUMNS = 1 << COLUMN_BITS, ROWS = 10, LISTS = ROWS * COLUMNS };

#include "tagged.h"

/* Bit r: a list of row r has holes. */
static uint32_t rows;

/* Bit c: list c of the row has holes. The row beyond the last has none: a request near the largest is rounded up to there. */
static uint16_t columns[ROWS + 1];

/* What the granules of a list are a multiple of is 2^e; the list of a multiple. */
static inline uint32_t exponent(uint32_t granules) { return highest_bit(granules >> (COLUMN_BITS + 1)); }

static inline uint32_t list_at(uint32_t e, uint32_t granules) { return (e << COLUMN_BITS) + (granules >> e); }

static inline uint32_t list_of(uint32_t granules) { return list_at(exponent(granules), granules); }

static inline void lists_forget(void) {
  rows = 0;
  for (uint32_t row = 0; row <= ROWS; row++) {
    columns[row] = 0;
  }
}

static inline void list_filled(uint32_t list) {
  uint32_t row = list >> COLUMN_BITS;
  columns[row] = (uint16_t)(columns[row] | 1u << (list & (COLUMNS - 1)));
  rows |= 1u << row;
}

static inline void list_emptied(uint32_t list) {
  uint32_t row = list >> COLUMN_BITS;
  uint32_t left = columns[row] & ~(1u << (list & (COLUMNS - 1)));
  columns[row] = (uint16_t)left;
  if (!left) {
    rows &= ~(1u << row);
  }
}

static inline int list_marked(uint32_t list) {
  uint32_t row = list >> COLUMN_BITS;
  return columns[row] >> (list & (COLUMNS - 1)) & rows >> row & 1u;
}

static inline uint32_t list_for(uint32_t granules) {
  uint32_t e = exponent(granules);
  uint32_t least = list_at(e, granules + (1u << e) - 1u);
  uint32_t row = least >> COLUMN_BITS;
  uint32_t column = least & (COLUMNS - 1);
  uint32_t serve = (uint32_t)columns[row] >> column << column;
  if (!serve) {
    uint32_t larger = rows >> (row + 1u) << (row + 1u);
    if (!larger) {
      return LISTS;
    }
    row = lowest_of(larger);
    serve = columns[row];
  }
  return (row << COLUMN_BITS) + lowest_of(serve);
}

/* The least hole of the list that one hole of all free memory would stand in. */
static uint32_t heap_free_bytes(void) {
  uint32_t granules = free_granules();
  uint32_t e = exponent(granules);
  return granules ? (granules >> e << e) * 8u - WORD : 0;
}
