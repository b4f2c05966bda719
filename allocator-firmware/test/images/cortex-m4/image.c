/* An image for another CPU: the compiler is told so, and the code divides in hardware.
 *
 * SPDX-License-Identifier: MIT
 */
#define OWN_ALLOC
#include "trivial.h"

int32_t image_alloc(uint32_t bytes) { return trivial_alloc(bytes / (allocs + 1u) * (allocs + 1u)); }
