/* The third allocation never returns.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_ALLOC
#include "trivial.h"

int32_t image_alloc(uint32_t bytes) {
  while (allocs == 2) {
    __asm__ volatile("");
  }
  return trivial_alloc(bytes);
}
