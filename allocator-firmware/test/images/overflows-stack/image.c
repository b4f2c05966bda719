/* An allocation recurses deeper the larger the request: by 32 bytes of stack for each 8 bytes asked for, and from the
 * third allocation on by 8 KiB in any case.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_ALLOC
#include "trivial.h"

static __attribute__((noinline)) uint32_t deep(uint32_t depth) {
  volatile uint32_t local[6];
  local[depth % 4u] = depth;
  return depth ? deep(depth - 1u) + local[depth % 4u] : 0;
}

int32_t image_alloc(uint32_t bytes) {
  uint32_t depth = bytes / 8u + (allocs >= 2 ? 256u : 0u);
  return deep(depth) == 1u && depth > 1u ? (int32_t)IMAGE_CORRUPTED : trivial_alloc(bytes);
}
