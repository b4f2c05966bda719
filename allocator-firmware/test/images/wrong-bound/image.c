/* The same, but what it says of the loop of an allocation is too little.
 *
 * SPDX-License-Identifier: MIT
 */
#define SLOTS_BOUND 8
#include "slots.h"
