/* An allocator with known worst cases, all loops bounded.
 *
 * SPDX-License-Identifier: MIT
 */
#define SLOTS_BOUND SLOTS
#include "slots.h"
