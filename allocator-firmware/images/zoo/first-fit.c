/*
 * The allocator image `first-fit`: a request is served by the lowest hole that has room for it.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5: Algorithm A, with the holes in order of address, and
 * Algorithm B to free. P. R. Wilson, M. S. Johnstone, M. Neely and D. Boles, "Dynamic Storage Allocation: A Survey and
 * Critical Review" (1995), compare it with its relatives.
 *
 * Layout: see holes.h. 4 bytes a block.
 *
 * Nothing is bounded: a request looks at each hole below the one that serves it, a free at each hole below its block. Small
 * holes gather at the low end, where every search begins.
 *
 * Good at: little fragmentation, since high memory stays whole as long as there is room below. Bad at: many small holes.
 */
#include "holes.h"

static int heap_init(uintptr_t start, uintptr_t end) { return holes_init(start, end); }

static uintptr_t heap_alloc(uint32_t request) {
  uint32_t bytes = block_bytes(request);
  if (!bytes) {
    return 0;
  }
  for (hole *before = &head; before->next; before = before->next) {
    if (before->next->bytes >= bytes) {
      return take(before, bytes);
    }
  }
  return 0;
}

static void heap_free(uintptr_t payload) {
  hole *block = block_of(payload);
  give_back(block, hole_below(block, &head));
}
