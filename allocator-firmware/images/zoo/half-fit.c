/*
 * The allocator image `half-fit`: a request is served by any hole of a list whose holes all have room for it.
 *
 * SPDX-License-Identifier: MIT
 *
 * T. Ogasawara, "An algorithm with constant execution time for dynamic storage allocation", RTCSA 1995.
 *
 * List i has the holes from 2^i granules to less than 2^(i + 1). A request of g granules takes the head of the first list that has
 * holes, from ceil(log2 g) on, by a word with a bit for each list: so no hole is ever looked at that does not serve. What the block
 * does not need goes back as a hole, and a freed block is joined with both neighbours.
 *
 * Layout: see tagged.h. 4 bytes a block; outside the pool a word for each list and one for all of them.
 *
 * Every call is bounded, and nothing in it is repeated. The price is what Ogasawara calls incomplete memory use: of a list that
 * may have holes too small for a request none is tried, so a hole of nearly twice the request may not serve it.
 *
 * Good at: short calls with little code. Bad at: a heap that is nearly full, with requests just above a power of two.
 */
#include "bits.h"

/* Of holes of up to 2^13 - 1 granules. */
enum { LISTS = 13 };

#include "tagged.h"

/* Bit i: list i has holes. */
static uint32_t filled;

static inline uint32_t list_of(uint32_t granules) { return highest_bit(granules) - 1u; }

static inline void lists_forget(void) { filled = 0; }

static inline void list_filled(uint32_t list) { filled |= 1u << list; }

static inline void list_emptied(uint32_t list) { filled &= ~(1u << list); }

static inline int list_marked(uint32_t list) { return filled >> list & 1u; }

static inline uint32_t list_for(uint32_t granules) {
  uint32_t least = highest_bit(granules - 1u);
  uint32_t serve = filled >> least << least;
  return serve ? lowest_of(serve) : LISTS;
}

static uint32_t heap_free_bytes(void) {
  uint32_t granules = free_granules();
  return granules ? (8u << list_of(granules)) - WORD : 0;
}
