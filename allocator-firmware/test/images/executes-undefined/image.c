/* The third allocation executes an undefined instruction.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_ALLOC
#include "trivial.h"

int32_t image_alloc(uint32_t bytes) {
  if (allocs == 2) {
    __asm__ volatile("udf #7");
  }
  return trivial_alloc(bytes);
}
