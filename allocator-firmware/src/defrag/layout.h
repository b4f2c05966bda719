/*
 * What lies where: words, headers, handles, entries of the table. A room of src/defrag.c, whose head has the picture.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_LAYOUT_H
#define DEFRAG_ROOM_LAYOUT_H

#include "defrag/defrag.h"

#if defined(__GNUC__)
#define LIKELY(condition) __builtin_expect(!!(condition), 1)
#define MAY_ALIAS __attribute__((may_alias))
#define INLINE static inline __attribute__((always_inline))
#if DEFRAG_FOR_SIZE
#define SHARED static __attribute__((noinline))
#define COLD static
#else
#define SHARED INLINE
#define COLD static __attribute__((noinline))
#endif
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian targets only");
#else
#define LIKELY(condition) (condition)
#define MAY_ALIAS
#define INLINE static inline
#define SHARED static
#define COLD static
#endif

/* For a loop on a Cortex-M0. The variable is kept in one of the registers that are only for copies, sums and comparisons, so that the others
 * are there for what is loaded. And it is set behind a branch: what comes in place of that takes longer. */
#if defined(__GNUC__) && defined(__thumb__) && !defined(__thumb2__)
#define IN_A_HIGH_REGISTER(variable) __asm__("" : "+h"(variable))
#define NOT_WITHOUT_A_BRANCH(variable) __asm__("" : "+r"(variable))
#else
#define IN_A_HIGH_REGISTER(variable) ((void)0)
#define NOT_WITHOUT_A_BRANCH(variable) ((void)0)
#endif

typedef uint32_t MAY_ALIAS word;
typedef defrag_entry entry_t;

/* A header, and what the granule below it holds where PREV_FREE is set: the end of a hole. Else that is payload. */
typedef struct MAY_ALIAS around {
  uint16_t previous;   /* the hole before it in its bin, or HEAD; where the hole is one granule, this is its own `link` */
  uint16_t unused;     /* and this its own `tag` */
  uint16_t next;       /* the hole after it in its bin; 0: none */
  uint16_t size_below; /* its size */
  uint16_t link;       /* table index of a live block */
  uint16_t tag;        /* size and flags */
} around;

_Static_assert(sizeof(around) == 12, "the layout of a header and its surroundings");
_Static_assert(sizeof(int) >= 4, "constants are shifted by more than 15 bits");

enum {
  GRANULE = 8,
  HEADER = 4,
  LAST = DEFRAG_BINS, /* the list of the hole that is gathered for the request: looked at last */
  HEAD = 0x8000, /* and the bin's number: the previous link of the first hole in a bin, so that nobody has to find the bin */
  FREE = 1,      /* in the tag, next to PINNED: free_block() looks at both and at the number in one comparison */
  PREV_FREE = 2,
  FREE_TO_SIGN = 15, /* from the header's FREE to the sign */
  SIZE_SHIFT = 2,
  MAX_GRANULES = 16383,

  PINNED = 0x8000, /* in the link */
  HELD = 0x7fff,   /* the link of a hole into which a block is being copied */
  END = 0xffff,    /* the link of the header that ends the pool, pinned as it is */

#if DEFRAG_SMALL
  GENERATION_SHIFT = 12, /* in the entry */
  GENERATION_BITS = 4,
  INDEX_SHIFT = 3,
  INDEX_MASK = 0x1ff,
  LOCK_MASK = 7,
#else
  GENERATION_SHIFT = 21,
  GENERATION_BITS = 10,
  INDEX_SHIFT = 7,
  INDEX_MASK = 0x3fff,
  LOCK_MASK = 0x7f,
#endif
  FIRST_GENERATION = 1 << GENERATION_SHIFT,
  COPYING = LOCK_MASK - 2,
  SLIDING = LOCK_MASK - 1,
  NOT_LIVE = LOCK_MASK,

  CANDIDATES = 4, /* holes looked at in the request's own bin */
  VISITS = DEFRAG_FOR_SIZE ? 8 : 10, /* headers looked at in a step that moves nothing */
  FULL_STEP = 8,  /* granules of a step's budget that patience counts */
  PATIENCE_A_HANDLE = 3, /* steps of a full budget */
  LEAST_PATIENCE = 8,
  MOST_PATIENCE = 0xffff / FULL_STEP,
  NO_WINDOW = 0xffff, /* costs */
  NO_LIMIT = 0xfffe,
  WANT_PINNED = 0x7fff /* a `want` that no hole serves: steps work for want_pinned */
};

enum { MOVE_NONE, MOVE_COPY, MOVE_SLIDE };

/* What is done for the request. Nothing; nothing more, but its hole is kept until the next step; the next step looks for a window;
 * slides a block of the window; says why there is none; it is blocked; a free has made a hole for it, and the next step says so. */
enum { PHASE_NONE, PHASE_KEPT, PHASE_SEARCH, PHASE_WINDOW, PHASE_PASSED, PHASE_BLOCKED, PHASE_SERVED };

/* How. Aimed: the cheapest window. Everything: whatever can be moved. Exclusive: that, too, and what ends at the cursor or above it is
 * for no smaller request. */
enum { MODE_AIMED, MODE_EVERYTHING, MODE_EXCLUSIVE };

_Static_assert(DEFRAG_PASSES <= 255, "the most passes for a request");
#ifdef DEFRAG_PATIENCE
_Static_assert(DEFRAG_PATIENCE <= MOST_PATIENCE, "the most steps of patience");
#endif
_Static_assert(DEFRAG_MAX_POOL <= GRANULE * (INDEX_MASK + 1) && INDEX_MASK <= MAX_GRANULES, "the largest pool");
_Static_assert(DEFRAG_MAX_SIZE == DEFRAG_MAX_POOL - GRANULE - HEADER, "the largest block");
_Static_assert((int)DEFRAG_MAX_HANDLES <= (int)INDEX_MASK, "an entry has room for the number of the next one and 1");
_Static_assert((DEFRAG_MAX_LOCKS & (DEFRAG_MAX_LOCKS - 1)) == 0 && DEFRAG_MAX_LOCKS * 2 == LOCK_MASK + 1,
               "the count's top bit is set only when it is full, and in the states");

/* Bins by size in granules: 1-3, 4-7, 8-15, 16-31 | 32-63, 64-127, 128-511, 512 and more. */
SHARED uint32_t bin_of(uint32_t size) {
#if DEFRAG_FOR_SIZE
  static const uint8_t from[DEFRAG_BINS] = {0, 1, 2, 4, 8, 16, 32, 128}; /* in 4 granules */
  uint32_t bin = DEFRAG_BINS - 1;
  while (size >> 2 < from[bin]) {
    DEFRAG_LOOP_BOUND(DEFRAG_BINS - 1);
    bin--;
  }
  return bin;
#else
  static const uint8_t of_small[32] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2,
                                       3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
  static const uint8_t of_large[16] = {0, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6};
  if (LIKELY(size < 32u)) {
    return of_small[size];
  }
  return size < 512u ? of_large[size >> 5] : 7u;
#endif
}

/* The lowest bit set, of those below 8. */
INLINE uint32_t lowest_bit(uint32_t mask) {
#if DEFRAG_FOR_SIZE
  uint32_t bit = 0;
  while (!(mask >> bit & 1u)) {
    DEFRAG_LOOP_BOUND(DEFRAG_BINS - 1);
    bit++;
  }
  return bit;
#else
  static const uint8_t of_four[16] = {4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0};
  uint32_t low = of_four[mask & 15u];
  return low < 4u ? low : 4u + of_four[mask >> 4];
#endif
}

/* Of a block with so many bytes of payload. */
INLINE uint32_t granules_for(uint32_t bytes) { return (bytes + HEADER + GRANULE - 1u) / GRANULE; }

INLINE around *at(uintptr_t origin, uint32_t index) { return (around *)(origin + (uintptr_t)index * GRANULE); }

/* And back. */
INLINE uint32_t index_of(uintptr_t origin, const around *block) { return (uint32_t)((uintptr_t)block - origin) / GRANULE; }

/* What is `size` granules above a block or a hole. */
INLINE around *after(const around *block, uint32_t size) { return at((uintptr_t)block, size); }

/* What is `size` granules below. */
INLINE around *below(const around *above, uint32_t size) { return (around *)((uintptr_t)above - (uintptr_t)size * GRANULE); }

/* What at() counts from: what is around the block with index 0, which is none; nothing is ever read there. */
INLINE uintptr_t origin_of(const defrag_pool *pool) { return pool->heap.memory - sizeof(around); }

INLINE uint32_t header(uint32_t size, uint32_t flags, uint32_t link) { return size << (16 + SIZE_SHIFT) | flags << 16 | link; }

INLINE word *header_of(around *block) { return (word *)(void *)&block->link; }

INLINE void write_header(around *block, uint32_t size, uint32_t flags, uint32_t link) {
  *header_of(block) = header(size, flags, link);
}

/* What a header says, read at once: a loop over many headers takes half the loads. */
INLINE uint32_t size_in(uint32_t header_word) { return header_word >> (16 + SIZE_SHIFT); }

/* As a sign, which takes no constant. */
INLINE int is_free(uint32_t header_word) { return header_word << FREE_TO_SIGN >> 31 != 0; }

INLINE uint32_t size_of(const around *block) { return (uint32_t)block->tag >> SIZE_SHIFT; }

/* Whether the pool's own data looks overwritten, where that is asked for. */
#if DEFRAG_DIAGNOSTICS
#define LOOKS_CORRUPTED(condition) (condition)
#else
#define LOOKS_CORRUPTED(condition) 0
#endif

/* ---- Handles and entries ---- */

INLINE uint32_t index_in(uint32_t entry) { return entry >> INDEX_SHIFT & INDEX_MASK; }

/* A block's index, as its entry has it. */
INLINE uint32_t place_in_entry(uintptr_t origin, const around *block) {
  return (uint32_t)((uintptr_t)block - origin) * ((1u << INDEX_SHIFT) / GRANULE);
}

/* The entry with another index and without a lock. */
INLINE entry_t placed_at(uint32_t entry, uint32_t index) {
  return (entry_t)(entry >> GENERATION_SHIFT << GENERATION_SHIFT | index << INDEX_SHIFT);
}

/* The number of the handle's entry, which need not be one of the pool's. */
INLINE uint32_t number_in(defrag_handle handle) { return (uint32_t)handle << (32 - GENERATION_SHIFT) >> (32 - GENERATION_SHIFT); }

/* The offset of the handle's entry in the table, bytes; table_bytes or more if there is none. */
INLINE uint32_t entry_offset(defrag_handle handle) {
  return (uint32_t)handle << (32 - GENERATION_SHIFT) >> (32 - GENERATION_SHIFT - (DEFRAG_SMALL ? 1 : 2));
}

INLINE entry_t *entry_at(const defrag_pool *pool, uint32_t offset) {
  return (entry_t *)(void *)((unsigned char *)pool->heap.table + offset);
}

/* The entry of a live block, or of one that is not live any more; 0 for what no block ever had. */
SHARED entry_t *entry_of(const defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->heap.table_bytes) {
    return 0;
  }
  entry_t *place = entry_at(pool, offset);
  return (*place ^ (uint32_t)handle) >> GENERATION_SHIFT ? 0 : place;
}

#endif
