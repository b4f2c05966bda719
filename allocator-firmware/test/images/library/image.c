/* The library as a program calls it: each public function out of line, with the flags, the bounds of loops and the masking of
 * the image `defrag`. It is no allocator image: `defrag-sim bounds --function` has its worst cases.
 *
 * SPDX-License-Identifier: MIT
 */
#include "loop_bound.h"

#define DEFRAG_LOOP_BOUND(count) LOOP_BOUND(count)
#define DEFRAG_LOOP_BOUND_BYTES(count, bytes_per) LOOP_BOUND_BYTES(count, bytes_per)
#define DEFRAG_CRITICAL_ENTER() \
  uint32_t primask_;            \
  __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask_) : : "memory")
#define DEFRAG_CRITICAL_LEAVE() __asm__ volatile("msr primask, %0" : : "r"(primask_) : "memory")
#include "../../../src/defrag.c"
