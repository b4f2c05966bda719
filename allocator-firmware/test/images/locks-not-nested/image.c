/* Locks and unlocks keep their argument in one place, and mask interrupts meanwhile in Thread mode only: a handler cannot be
 * interrupted by the thread. It can be by a more urgent handler that locks another block, and then goes on with that one.
 *
 * SPDX-License-Identifier: MIT
 */
#define BEGIN_MOVE() __asm__ volatile("cpsid i" ::: "memory")
#define END_MOVE() __asm__ volatile("cpsie i" ::: "memory")
#define image_lock lock_block
#define image_unlock unlock_block
#include "movable.h"
#undef image_lock
#undef image_unlock

int32_t image_lock(int32_t handle);
int32_t image_unlock(int32_t handle);

static volatile int32_t argument;

static int32_t with_argument(int32_t (*function)(int32_t), int32_t handle) {
  uint32_t exception;
  __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
  if (!exception) {
    BEGIN_MOVE();
  }
  argument = handle;
  int32_t answer = function(argument);
  if (!exception) {
    END_MOVE();
  }
  return answer;
}

int32_t image_lock(int32_t handle) { return with_argument(lock_block, handle); }

int32_t image_unlock(int32_t handle) { return with_argument(unlock_block, handle); }
