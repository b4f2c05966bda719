/*
 * The allocator image `best-fit`: a request is served by the smallest hole that has room for it, of equal ones by the lowest.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5: the best-fit method, with the holes in order of
 * address and Algorithm B to free. P. R. Wilson, M. S. Johnstone, M. Neely and D. Boles, "Dynamic Storage Allocation: A
 * Survey and Critical Review" (1995), find it and first fit by address the two that fragment least.
 *
 * Layout: see holes.h. 4 bytes a block.
 *
 * Nothing is bounded: a request looks at all holes unless one fits exactly, a free at each hole below its block.
 *
 * Good at: keeping large holes for large requests. Bad at: time, and the splinters that it leaves of holes that nearly fit.
 */
#include "holes.h"

static int heap_init(uintptr_t start, uintptr_t end) { return holes_init(start, end); }

static uintptr_t heap_alloc(uint32_t request) {
  uint32_t bytes = block_bytes(request);
  if (!bytes) {
    return 0;
  }
  hole *before_best = 0;
  uint32_t least = UINT32_MAX;
  for (hole *before = &head; before->next; before = before->next) {
    uint32_t room = before->next->bytes;
    if (room >= bytes && room < least) {
      before_best = before;
      least = room;
      if (room == bytes) {
        break;
      }
    }
  }
  return before_best ? take(before_best, bytes) : 0;
}

static void heap_free(uintptr_t payload) {
  hole *block = block_of(payload);
  give_back(block, hole_below(block, &head));
}
