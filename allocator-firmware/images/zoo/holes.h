/*
 * The heap of the classical sequential fits: one list of all holes in order of address. A file that includes this one says
 * which hole serves a request; here is how a block is cut from a hole, and how a freed one becomes a hole again.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5: a block is cut as in step A4 of Algorithm A, from the
 * upper end of its hole, so that the list stays as it is unless the hole is used up. A block is put back as in Algorithm B,
 * joined with the hole below and with the hole above. So no two holes ever touch.
 *
 * Sizes are multiples of 8. A block's word of size stands in front of its payload, and so stands a hole's; a hole has the
 * address of the next one where a block has its payload:
 *
 *   | unused 4 | size, payload | size, next | size, payload | ... | unused 4 |
 *
 * Each block begins at 4 mod 8, and its payload at a multiple of 8.
 */
#ifndef ZOO_HOLES_H
#define ZOO_HOLES_H

#include "pointers.h"

typedef struct hole {
  uint32_t bytes; /* of all of it, the word of size included */
  struct hole *next;
} hole;

enum { WORD = 4, LEAST_HOLE = 8 };

/* The list's head: a hole of no bytes below all others, with which none ever joins. */
static hole head;

static uintptr_t blocks_start;
static uintptr_t blocks_end;

static inline uintptr_t end_of(const hole *h) { return (uintptr_t)h + h->bytes; }

/* As heap_init(). */
static inline int holes_init(uintptr_t start, uintptr_t end) {
  if (end - start < WORD + LEAST_HOLE + WORD) {
    return 0;
  }
  blocks_start = start + WORD;
  blocks_end = end - WORD;
  hole *all = (hole *)blocks_start;
  all->bytes = (uint32_t)(blocks_end - blocks_start);
  all->next = 0;
  head.bytes = 0;
  head.next = all;
  return 1;
}

/* The bytes of a block for a request; 0: more than there are. */
static inline uint32_t block_bytes(uint32_t request) {
  uint32_t bytes = (request + WORD + 7u) & ~7u;
  return bytes > request ? bytes : 0;
}

/* Takes a block from the hole behind `before`, which has room for it, and gives its payload. */
static inline uintptr_t take(hole *before, uint32_t bytes) {
  hole *from = before->next;
  uint32_t rest = from->bytes - bytes;
  if (!rest) {
    before->next = from->next;
    return (uintptr_t)from + WORD;
  }
  from->bytes = rest;
  hole *block = (hole *)((uintptr_t)from + rest);
  block->bytes = bytes;
  return (uintptr_t)block + WORD;
}

static inline hole *block_of(uintptr_t payload) { return (hole *)(payload - WORD); }

/* The last hole below the block, searched for from `from` on, which is one of them. */
static inline hole *hole_below(const hole *block, hole *from) {
  while (from->next && from->next < block) {
    from = from->next;
  }
  return from;
}

/* Makes a hole of a block, joined with its neighbours, and gives that hole. below: the last hole below the block. */
static inline hole *give_back(hole *block, hole *below) {
  hole *above = below->next;
  if ((uintptr_t)above == end_of(block)) {
    block->bytes += above->bytes;
    above = above->next;
  }
  if (end_of(below) == (uintptr_t)block) {
    below->bytes += block->bytes;
    below->next = above;
    return below;
  }
  block->next = above;
  below->next = block;
  return block;
}

static inline uint32_t heap_free_bytes(void) {
  uint32_t bytes = 0;
  for (const hole *h = head.next; h; h = h->next) {
    bytes += h->bytes;
  }
  return bytes ? bytes - WORD : 0;
}

static inline int32_t heap_walk(image_records *records) {
  const hole *next_hole = head.next;
  for (uintptr_t at = blocks_start; at < blocks_end;) {
    const hole *block = (const hole *)at;
    if (block->bytes < LEAST_HOLE || block->bytes & 7u || block->bytes > blocks_end - at) {
      return IMAGE_CORRUPTED;
    }
    if (block == next_hole) {
      next_hole = next_hole->next;
      image_record(records, at, block->bytes, IMAGE_FREE, 0);
    } else {
      heap_block(records, at, block->bytes);
    }
    at = end_of(block);
  }
  for (const hole *h = head.next; h; h = h->next) {
    image_record(records, (uint32_t)(uintptr_t)h, h->bytes, IMAGE_LISTED, 0);
  }
  return 0;
}

/* The holes lie in order of address, no two of them touch, and what lies between is blocks, as many as there are handles. */
int32_t image_check(void) {
  uint32_t blocks = 0;
  const hole *next_hole = head.next;
  int after_hole = 0;
  for (uintptr_t at = blocks_start; at < blocks_end;) {
    const hole *block = (const hole *)at;
    if (block->bytes < LEAST_HOLE || block->bytes & 7u || block->bytes > blocks_end - at || (block == next_hole && after_hole)) {
      return IMAGE_CORRUPTED;
    }
    after_hole = block == next_hole;
    if (after_hole) {
      next_hole = next_hole->next;
    } else {
      blocks++;
    }
    at = end_of(block);
  }
  return !next_hole && blocks == live_handles() ? 0 : IMAGE_CORRUPTED;
}

#endif
