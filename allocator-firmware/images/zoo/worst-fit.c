/*
 * The allocator image `worst-fit`: a request is served by the largest hole, of equal ones by the lowest.
 *
 * SPDX-License-Identifier: MIT
 *
 * P. R. Wilson, M. S. Johnstone, M. Neely and D. Boles, "Dynamic Storage Allocation: A Survey and Critical Review" (1995):
 * the policy that would leave rests as large as can be, and that does badly. The holes are in order of address; blocks are
 * cut and freed as D. E. Knuth has it, The Art of Computer Programming, volume 1, section 2.5.
 *
 * Layout: see holes.h. 4 bytes a block.
 *
 * Nothing is bounded: a request looks at all holes, a free at each hole below its block.
 *
 * Good at: leaving no splinters. Bad at: large requests, since no large hole stays. It is here to show that.
 */
#include "holes.h"

static int heap_init(uintptr_t start, uintptr_t end) { return holes_init(start, end); }

static uintptr_t heap_alloc(uint32_t request) {
  uint32_t bytes = block_bytes(request);
  if (!bytes) {
    return 0;
  }
  hole *before_worst = 0;
  uint32_t most = bytes - 1u;
  for (hole *before = &head; before->next; before = before->next) {
    uint32_t room = before->next->bytes;
    if (room > most) {
      before_worst = before;
      most = room;
    }
  }
  return before_worst ? take(before_worst, bytes) : 0;
}

static void heap_free(uintptr_t payload) {
  hole *block = block_of(payload);
  give_back(block, hole_below(block, &head));
}
