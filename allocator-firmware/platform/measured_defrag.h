/* The library as source, as images have it: the bounds of its loops are marked, and it masks interrupts by PRIMASK.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MEASURED_DEFRAG_H
#define MEASURED_DEFRAG_H

#include "loop_bound.h"

#define DEFRAG_LOOP_BOUND(count) LOOP_BOUND(count)
#define DEFRAG_LOOP_BOUND_BYTES(count, bytes_per) LOOP_BOUND_BYTES(count, bytes_per)
#define DEFRAG_CRITICAL_ENTER() \
  uint32_t primask_;            \
  __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(primask_) : : "memory")
#define DEFRAG_CRITICAL_LEAVE() __asm__ volatile("msr primask, %0" : : "r"(primask_) : "memory")
#include "../src/defrag.c"

#endif
