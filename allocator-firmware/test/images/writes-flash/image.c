/* The third allocation writes to flash.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_ALLOC
#include "trivial.h"

int32_t image_alloc(uint32_t bytes) {
  if (allocs == 2) {
    *(volatile uint32_t *)(uintptr_t)&image_contract = bytes;
  }
  return trivial_alloc(bytes);
}
