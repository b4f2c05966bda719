/*
 * An allocator whose worst cases are known, for tests of bounds: sixteen slots of 64 bytes, looked through from the first
 * on. An allocation takes longest when all are taken; a free, a lock and an unlock always take as long. A step clears a
 * scratch area, 16 bytes each time around its loop, with interrupts masked while it counts the steps.
 *
 * SPDX-License-Identifier: MIT
 *
 * SLOTS_BOUND is what it says of the loop over the slots.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "image_contract.h"
#include "loop_bound.h"

enum { SLOTS = 16, SLOT_BYTES = 64, SCRATCH_BYTES = 1024 };

IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;
IMAGE_KEEP const uint32_t image_features = IMAGE_MOVES_IN_STEP;

static uint32_t first;
static uint8_t taken[SLOTS];
static uint32_t scratch[SCRATCH_BYTES / 4];
static uint32_t steps;

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  first = (uint32_t)(uintptr_t)pool;
  return handles > SLOTS || bytes < SLOTS * SLOT_BYTES ? IMAGE_BAD_ARGUMENT : 0;
}

int32_t image_alloc(uint32_t bytes) {
  if (!bytes || bytes > SLOT_BYTES) {
    return IMAGE_INVALID_SIZE;
  }
  for (uint32_t i = 0; i < SLOTS; i++) {
    LOOP_BOUND(SLOTS_BOUND);
    if (!taken[i]) {
      taken[i] = 1;
      return (int32_t)i + 1;
    }
  }
  return IMAGE_OUT_OF_MEMORY;
}

static inline uint32_t slot(int32_t handle) {
  uint32_t i = (uint32_t)handle - 1u;
  return i < SLOTS && taken[i] ? i : SLOTS;
}

int32_t image_free(int32_t handle) {
  uint32_t i = slot(handle);
  if (i == SLOTS) {
    return IMAGE_INVALID_HANDLE;
  }
  taken[i] = 0;
  return 0;
}

uint32_t image_address(int32_t handle) {
  uint32_t i = slot(handle);
  return i == SLOTS ? 0 : first + i * SLOT_BYTES;
}

int32_t image_lock(int32_t handle) {
  uint32_t address = image_address(handle);
  return address ? (int32_t)address : (int32_t)IMAGE_INVALID_HANDLE;
}

int32_t image_unlock(int32_t handle) { return image_address(handle) ? 0 : (int32_t)IMAGE_INVALID_HANDLE; }

int32_t image_step(uint32_t budget_bytes) {
  volatile uint32_t *word = scratch;
  if (!budget_bytes || budget_bytes > SCRATCH_BYTES) {
    return IMAGE_BAD_ARGUMENT;
  }
  __asm__ volatile("cpsid i" : : : "memory");
  steps++;
  __asm__ volatile("cpsie i" : : : "memory");
  for (uint32_t left = budget_bytes + 15u; left >= 16u; left -= 16u) {
    LOOP_BOUND_BYTES(0, 16);
    word[0] = 0;
    word[1] = 0;
    word[2] = 0;
    word[3] = 0;
    word += 4;
  }
  return 0;
}

uint32_t image_free_bytes(void) {
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < SLOTS; i++) {
    LOOP_BOUND(SLOTS);
    bytes = bytes || taken[i] ? bytes : SLOT_BYTES;
  }
  return bytes;
}

#endif
