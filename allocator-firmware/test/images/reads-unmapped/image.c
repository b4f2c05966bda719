/* The third allocation reads an address where nothing is, between other instructions of the same block.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_ALLOC
#include "trivial.h"

static uint32_t sum;

int32_t image_alloc(uint32_t bytes) {
  if (allocs == 2) {
    sum += bytes;
    sum ^= *(volatile uint32_t *)0x40000000u;
    sum += allocs;
  }
  return trivial_alloc(bytes);
}
