/*
 * The allocator image `next-fit`: first fit whose search begins where the last one ended, with a roving pointer.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5, exercise 6, on Algorithm A; the holes are in order of
 * address, and Algorithm B frees. C. Bays, "A comparison of next-fit, first-fit, and best-fit", Communications of the ACM 20
 * (3), 1977, measured that it serves less than its two relatives.
 *
 * Layout: see holes.h. 4 bytes a block.
 *
 * Nothing is bounded: a request that is refused looks at all holes. Requests that are served look at few, since small holes
 * gather nowhere. A free begins at the roving pointer, too, if its block is above.
 *
 * Good at: short searches. Bad at: fragmentation, since it cuts every large hole in its turn.
 */
#include "holes.h"

/* The next search begins at the hole behind this one, or behind the list's head. */
static hole *rover;

static int heap_init(uintptr_t start, uintptr_t end) {
  rover = &head;
  return holes_init(start, end);
}

static uintptr_t heap_alloc(uint32_t request) {
  uint32_t bytes = block_bytes(request);
  if (!bytes) {
    return 0;
  }
  hole *before = rover;
  do {
    const hole *candidate = before->next;
    if (!candidate) {
      before = &head;
    } else if (candidate->bytes < bytes) {
      before = before->next;
    } else {
      rover = before;
      return take(before, bytes);
    }
  } while (before != rover);
  return 0;
}

static void heap_free(uintptr_t payload) {
  hole *block = block_of(payload);
  hole *below = hole_below(block, rover < block ? rover : &head);
  const hole *above = below->next;
  hole *joined = give_back(block, below);
  if (rover == above && end_of(joined) > (uintptr_t)above) { /* it is a part of the joined one now */
    rover = joined;
  }
}
