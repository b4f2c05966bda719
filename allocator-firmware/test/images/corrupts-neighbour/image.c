/* Works, but for this: freeing a block writes 4 bytes past its end, where the next block is.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_FREE
#include "trivial.h"

int32_t image_free(int32_t handle) {
  int32_t result = trivial_free(handle);
  if (result == 0) {
    uint32_t after = blocks[handle - 1].address + blocks[handle - 1].bytes;
    if (after < end) {
      *(volatile uint32_t *)(uintptr_t)after = 0xdeadbeefu;
    }
  }
  return result;
}
