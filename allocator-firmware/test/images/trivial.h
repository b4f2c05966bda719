/*
 * An allocator in a page, for images that test a simulator's error handling: blocks one after the other, a freed block is
 * used again for a request that fits into it. No handle table in the pool: up to 64 blocks.
 *
 * SPDX-License-Identifier: MIT
 *
 * It defines the image contract. An image that does one of the calls in its own way defines OWN_ALLOC or OWN_FREE before it
 * includes this, and that function after; OWN_FEATURES is what image_features sums.
 */
#ifndef TRIVIAL_H
#define TRIVIAL_H

#include "image_contract.h"

enum { BLOCKS = 64 };

IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;
#ifndef OWN_FEATURES
#define OWN_FEATURES 0
#endif
IMAGE_KEEP const uint32_t image_features = OWN_FEATURES;

static struct {
  uint32_t address; /* 0: no block was made here yet */
  uint32_t bytes;
  uint32_t live;
} blocks[BLOCKS];

static uint32_t top;
static uint32_t end;
static uint32_t allocs; /* calls so far */

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  if (handles > BLOCKS) {
    return IMAGE_BAD_ARGUMENT;
  }
  top = (uint32_t)(uintptr_t)pool;
  end = top + bytes;
  return 0;
}

static inline int32_t trivial_alloc(uint32_t bytes) {
  uint32_t taken = (bytes + 7u) & ~7u;
  allocs++;
  if (!bytes || taken < bytes) {
    return IMAGE_INVALID_SIZE;
  }
  for (uint32_t i = 0; i < BLOCKS; i++) {
    if (!blocks[i].address) {
      if (taken > end - top) {
        return IMAGE_OUT_OF_MEMORY;
      }
      blocks[i].address = top;
      blocks[i].bytes = taken;
      top += taken;
    }
    if (!blocks[i].live && blocks[i].bytes >= taken) {
      blocks[i].live = 1;
      return (int32_t)i + 1;
    }
  }
  return IMAGE_OUT_OF_HANDLES;
}

static inline int32_t trivial_free(int32_t handle) {
  uint32_t i = (uint32_t)handle - 1u;
  if (i >= BLOCKS || !blocks[i].live) {
    return IMAGE_INVALID_HANDLE;
  }
  blocks[i].live = 0;
  return 0;
}

uint32_t image_address(int32_t handle) {
  uint32_t i = (uint32_t)handle - 1u;
  return i < BLOCKS && blocks[i].live ? blocks[i].address : 0;
}

uint32_t image_free_bytes(void) {
  uint32_t bytes = end - top;
  for (uint32_t i = 0; i < BLOCKS; i++) {
    bytes += blocks[i].live ? 0 : blocks[i].bytes;
  }
  return bytes;
}

int32_t image_lock(int32_t handle) {
  uint32_t address = image_address(handle);
  return address ? (int32_t)address : (int32_t)IMAGE_INVALID_HANDLE;
}

int32_t image_unlock(int32_t handle) { return image_address(handle) ? 0 : (int32_t)IMAGE_INVALID_HANDLE; }

#ifndef OWN_ALLOC
int32_t image_alloc(uint32_t bytes) { return trivial_alloc(bytes); }
#endif

#ifndef OWN_FREE
int32_t image_free(int32_t handle) { return trivial_free(handle); }
#endif

#endif
