/*
 * The heap of the segregated fits: holes in lists by size, and blocks that find their neighbours by boundary tags. A file that
 * includes this one says which list a hole stands in, and which one serves a request; here is the rest.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5, Algorithm C: a hole says at both of its ends that it is one,
 * so a freed block is joined with both neighbours in a time that depends on nothing. As it has become usual, the lower tag of a block
 * is one bit in the header above it, and only a hole has the word that says where it begins: blocks in use pay 4 bytes.
 *
 * Sizes are multiples of 8, 16 at least:
 *
 *   | unused 4 | header, payload | header, next, link, ..., tag | header, payload | end 4 |
 *
 * A header is the size, and the bits HOLE and ABOVE_HOLE. Each block begins at 4 mod 8, and its payload at a multiple of 8. The end is
 * the header of a block of no bytes that is in use for ever. No two holes ever touch.
 *
 * No loop is timed, so every call is bounded.
 */
#ifndef ZOO_TAGGED_H
#define ZOO_TAGGED_H

#include "pointers.h"

typedef struct block {
  uint32_t header;
  /* Of a hole only. A list ends with a null pointer; what points at a hole is the head of its list, or the `next` before it. */
  struct block *next;
  struct block **link;
} block;

enum { HOLE = 1, ABOVE_HOLE = 2, FLAGS = 7, WORD = 4, LEAST_BLOCK = 16 };

/* Pools up to 64 KiB. */
enum { MOST_GRANULES = 8191, MOST_BYTES = MOST_GRANULES * 8 };

/* ---- What an including file defines: LISTS, the number of its lists, before; and these. ---- */

/* The list that a hole of so many granules of 8 bytes belongs to, from 0 on. */
static uint32_t list_of(uint32_t granules);

/* No list has a hole. */
static void lists_forget(void);

/* An empty list got a hole; the last one left it. */
static void list_filled(uint32_t list);
static void list_emptied(uint32_t list);

/* Whether the list is said to have holes. */
static int list_marked(uint32_t list);

/* A list that has holes only of so many granules or more, if there is one; else LISTS. granules: at most MOST_GRANULES. */
static uint32_t list_for(uint32_t granules);

/* ---- Lists ---- */

static block *heads[LISTS];

static inline uint32_t size_of(const block *b) { return b->header & ~(uint32_t)FLAGS; }

static inline block *at(const block *b, uint32_t bytes) { return (block *)((uintptr_t)b + bytes); }

/* The word below a block: if that is a hole, its tag. */
static inline block **tag_below(block *b) { return (block **)b - 1; }

/* Makes a hole of so many bytes, below a block that is in use, and puts it at the head of its list. */
static inline void make_hole(block *hole, uint32_t bytes) {
  block *above = at(hole, bytes);
  hole->header = bytes | HOLE;
  *tag_below(above) = hole;
  uint32_t list = list_of(bytes >> 3);
  block *next = heads[list];
  heads[list] = hole;
  hole->next = next;
  hole->link = &heads[list];
  if (next) {
    next->link = &hole->next;
  } else {
    list_filled(list);
  }
}

/* Takes a hole out of its list, which need not be looked for: if the hole was the only one, its link is the list's head. */
static inline void unlist(const block *hole) {
  block *next = hole->next;
  block **link = hole->link;
  *link = next;
  if (next) {
    next->link = link;
    return;
  }
  uintptr_t from_heads = (uintptr_t)link - (uintptr_t)heads;
  if (from_heads < sizeof heads) {
    list_emptied(from_heads / sizeof heads[0]);
  }
}

/* ---- The heap ---- */

static block *first;
static block *last; /* the end */

static int heap_init(uintptr_t start, uintptr_t end) {
  if (end - start < WORD + LEAST_BLOCK + WORD || end - start - 2 * WORD > MOST_BYTES) {
    return 0;
  }
  for (uint32_t list = 0; list < LISTS; list++) {
    heads[list] = 0;
  }
  lists_forget();
  first = (block *)(start + WORD);
  last = (block *)(end - WORD);
  last->header = ABOVE_HOLE;
  make_hole(first, (uint32_t)((uintptr_t)last - (uintptr_t)first));
  return 1;
}

static uintptr_t heap_alloc(uint32_t request) {
  if (request > MOST_BYTES - WORD) {
    return 0;
  }
  uint32_t bytes = (request + WORD + 7u) & ~7u;
  bytes = bytes < LEAST_BLOCK ? LEAST_BLOCK : bytes;
  uint32_t list = list_for(bytes >> 3);
  if (list >= LISTS) {
    return 0;
  }
  block *taken = heads[list];
  block *next = taken->next;
  heads[list] = next;
  if (next) {
    next->link = &heads[list];
  } else {
    list_emptied(list);
  }
  uint32_t all = taken->header - HOLE;
  uint32_t rest = all - bytes;
  if (rest >= LEAST_BLOCK) {
    taken->header = bytes;
    make_hole(at(taken, bytes), rest);
  } else {
    taken->header = all;
    at(taken, all)->header &= ~(uint32_t)ABOVE_HOLE;
  }
  return (uintptr_t)taken + WORD;
}

static void heap_free(uintptr_t payload) {
  block *freed = (block *)(payload - WORD);
  uint32_t header = freed->header;
  uint32_t bytes = header & ~(uint32_t)FLAGS;
  block *above = at(freed, bytes);
  if (above->header & HOLE) {
    unlist(above);
    bytes += above->header - HOLE;
  } else {
    above->header |= ABOVE_HOLE;
  }
  if (header & ABOVE_HOLE) {
    freed = *tag_below(freed);
    unlist(freed);
    bytes += freed->header - HOLE;
  }
  make_hole(freed, bytes);
}

/* ---- Looks ---- */

/* The granules of all holes. */
static inline uint32_t free_granules(void) {
  uint32_t bytes = 0;
  for (const block *b = first; b != last; b = at(b, size_of(b))) {
    bytes += b->header & HOLE ? size_of(b) : 0;
  }
  return bytes >> 3;
}

static int32_t heap_walk(image_records *records) {
  if (image_check()) {
    return IMAGE_CORRUPTED;
  }
  for (const block *b = first; b != last; b = at(b, size_of(b))) {
    if (b->header & HOLE) {
      image_record(records, (uint32_t)(uintptr_t)b, size_of(b), IMAGE_FREE, 0);
    } else {
      heap_block(records, (uintptr_t)b, size_of(b));
    }
  }
  for (uint32_t list = 0; list < LISTS; list++) {
    for (const block *b = heads[list]; b; b = b->next) {
      image_record(records, (uint32_t)(uintptr_t)b, size_of(b), IMAGE_LISTED, list);
    }
  }
  return 0;
}

/* Whether a list's link is to a place where a block can begin. */
static inline int is_inside(const block *b) {
  uintptr_t offset = (uintptr_t)b - (uintptr_t)first;
  return offset < (uintptr_t)last - (uintptr_t)first && !(offset & 7u);
}

/* Headers and tags agree, no two holes touch, each hole stands in the list that it belongs to, and there are as many blocks as
 * handles. */
int32_t image_check(void) {
  uint32_t holes = 0;
  uint32_t blocks = 0;
  uint32_t below = 0;
  for (block *b = first; b != last; b = at(b, size_of(b))) {
    uint32_t bytes = size_of(b);
    uint32_t hole = b->header & HOLE;
    if (bytes < LEAST_BLOCK || bytes > (uintptr_t)last - (uintptr_t)b || b->header != (bytes | hole | below * ABOVE_HOLE)) {
      return IMAGE_CORRUPTED;
    }
    if (hole && (below || *tag_below(at(b, bytes)) != b)) {
      return IMAGE_CORRUPTED;
    }
    holes += hole;
    blocks += !hole;
    below = hole;
  }
  if (last->header != below * ABOVE_HOLE || blocks != live_handles()) {
    return IMAGE_CORRUPTED;
  }
  for (uint32_t list = 0; list < LISTS; list++) {
    if (!list_marked(list) != !heads[list]) {
      return IMAGE_CORRUPTED;
    }
    block **link = &heads[list];
    for (block *b = heads[list]; b; b = b->next) {
      if (!holes-- || !is_inside(b) || !(b->header & HOLE) || b->link != link || list_of(size_of(b) >> 3) != list) {
        return IMAGE_CORRUPTED;
      }
      link = &b->next;
    }
  }
  return holes ? IMAGE_CORRUPTED : 0;
}

#endif
