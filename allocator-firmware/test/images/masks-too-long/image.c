/* A step masks interrupts while it copies: no handler finds a block half moved, but one may have to wait for long.
 *
 * SPDX-License-Identifier: MIT
 */
#define BEGIN_MOVE() __asm__ volatile("cpsid i" ::: "memory")
#define END_MOVE() __asm__ volatile("cpsie i" ::: "memory")
#include "movable.h"
