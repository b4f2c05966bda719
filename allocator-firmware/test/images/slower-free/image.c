/* The image `defrag` with a free that takes eight cycles more, as after a change that nobody meant to cost anything: a gate
 * has to see it and name the function.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>

/* Declared first as a part of the new one, so that all of a free is in one function as before. */
static inline __attribute__((always_inline)) int32_t free_as_it_was(int32_t handle);

#define image_free free_as_it_was
#include "../../../images/defrag/image.c"
#undef image_free

int32_t image_free(int32_t handle);

int32_t image_free(int32_t handle) {
  __asm__ volatile("nop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop\n\tnop");
  return free_as_it_was(handle);
}
