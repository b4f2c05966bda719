/* Freeing a block leaves another value in r4, which the caller may rely on.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_FREE
#include "trivial.h"

int32_t free_and_return(int32_t handle);

__attribute__((used)) int32_t free_and_return(int32_t handle) { return trivial_free(handle); }

__attribute__((naked)) int32_t image_free(int32_t handle) {
  (void)handle;
  __asm__ volatile(
      "push {r3, lr}\n\t"
      "bl free_and_return\n\t"
      "movs r4, #1\n\t"
      "pop {r3, pc}");
}
