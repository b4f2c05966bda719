/* The third allocation reads a word from an address that is no multiple of four, which a Cortex-M0 faults on.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_ALLOC
#include "trivial.h"

static uint32_t sum;

int32_t image_alloc(uint32_t bytes) {
  if (allocs == 2) {
    uint32_t odd = (uint32_t)(uintptr_t)&sum + 1u;
    uint32_t word;
    __asm__ volatile("ldr %0, [%1]" : "=l"(word) : "l"(odd) : "memory");
    sum += word & 1u;
  }
  return trivial_alloc(bytes);
}
