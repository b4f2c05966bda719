/* A step masks no interrupts: a handler that locks the block which is being moved finds it half moved, and what it writes
 * into it is lost.
 *
 * SPDX-License-Identifier: MIT
 */
#define BEGIN_MOVE() ((void)0)
#define END_MOVE() ((void)0)
#include "movable.h"
