/*
 * An allocator in two pages that moves blocks, for images that test what an interrupt may find in the middle of a move: up
 * to 8 blocks, and a step slides one block down, whole. Handles carry a generation.
 *
 * SPDX-License-Identifier: MIT
 *
 * It defines the image contract. Before it includes this, an image defines BEGIN_MOVE and END_MOVE, which a step does before
 * it looks at a block and after it has moved it or left it alone.
 */
#ifndef MOVABLE_H
#define MOVABLE_H

#include "image_contract.h"

enum { BLOCKS = 8, GENERATION_SHIFT = 8 };

IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;
IMAGE_KEEP const uint32_t image_features = IMAGE_MOVES_IN_STEP | IMAGE_ENFORCES_LOCKS | IMAGE_DETECTS_STALE_HANDLES;

typedef struct block {
  uint32_t address; /* 0: not live */
  uint32_t bytes;
  uint32_t locks;
  uint32_t generation;
} block;

static block blocks[BLOCKS];
static uint32_t count; /* of the table's entries that this pool has */
static uint32_t start;
static uint32_t end;
static uint32_t wanted; /* bytes of the request that failed and that steps work for; 0: none */

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  if (handles > BLOCKS) {
    return IMAGE_BAD_ARGUMENT;
  }
  count = handles;
  start = (uint32_t)(uintptr_t)pool;
  end = start + bytes;
  return 0;
}

static block *find(int32_t handle) {
  uint32_t i = ((uint32_t)handle & 0xffu) - 1u;
  if (i >= count || !blocks[i].address || blocks[i].generation != (uint32_t)handle >> GENERATION_SHIFT) {
    return 0;
  }
  return &blocks[i];
}

/* The live block that starts lowest from `from` on; 0: there is none. */
static block *next_from(uint32_t from) {
  block *found = 0;
  for (uint32_t i = 0; i < count; i++) {
    block *b = &blocks[i];
    if (b->address >= from && (!found || b->address < found->address)) {
      found = b;
    }
  }
  return found;
}

uint32_t image_free_bytes(void) {
  uint32_t bytes = end - start;
  for (uint32_t i = 0; i < count; i++) {
    bytes -= blocks[i].address ? blocks[i].bytes : 0;
  }
  return bytes;
}

/* The lowest hole for so many bytes; 0: there is none. */
static uint32_t place_for(uint32_t bytes) {
  uint32_t place = start;
  const block *above = next_from(place);
  while (above && above->address - place < bytes) {
    place = above->address + above->bytes;
    above = next_from(place);
  }
  return end - place < bytes ? 0 : place;
}

int32_t image_alloc(uint32_t bytes) {
  uint32_t taken = (bytes + 7u) & ~7u;
  if (!bytes || taken < bytes) {
    return IMAGE_INVALID_SIZE;
  }
  uint32_t i = 0;
  while (i < count && blocks[i].address) {
    i++;
  }
  if (i == count) {
    return IMAGE_OUT_OF_HANDLES;
  }
  uint32_t place = place_for(taken);
  if (!place) {
    if (image_free_bytes() < taken) {
      return IMAGE_OUT_OF_MEMORY;
    }
    wanted = taken;
    return IMAGE_FRAGMENTED;
  }
  if (taken >= wanted) {
    wanted = 0;
  }
  blocks[i].bytes = taken;
  blocks[i].locks = 0;
  blocks[i].address = place;
  return (int32_t)(blocks[i].generation << GENERATION_SHIFT | (i + 1u));
}

int32_t image_free(int32_t handle) {
  block *b = find(handle);
  if (!b) {
    return IMAGE_INVALID_HANDLE;
  }
  if (b->locks) {
    return IMAGE_STILL_LOCKED;
  }
  b->address = 0;
  b->generation = (b->generation + 1u) & 0xffffu;
  return 0;
}

int32_t image_lock(int32_t handle) {
  block *b = find(handle);
  if (!b) {
    return IMAGE_INVALID_HANDLE;
  }
  b->locks++;
  return (int32_t)b->address;
}

int32_t image_unlock(int32_t handle) {
  block *b = find(handle);
  if (!b) {
    return IMAGE_INVALID_HANDLE;
  }
  if (!b->locks) {
    return IMAGE_NOT_LOCKED;
  }
  b->locks--;
  return 0;
}

uint32_t image_address(int32_t handle) {
  const block *b = find(handle);
  return b ? b->address : 0;
}

/* Whether the request that failed would be served now. */
static int served_now(void) {
  if (wanted && place_for(wanted)) {
    wanted = 0;
    return 1;
  }
  return 0;
}

/* Moves the lowest block that can: all of it, whatever the budget. */
int32_t image_step(uint32_t budget_bytes) {
  if (budget_bytes < 8u) {
    return IMAGE_BAD_ARGUMENT;
  }
  uint32_t place = start;
  for (block *b = next_from(place); b; b = next_from(place)) {
    BEGIN_MOVE();
    if (b->address != place && !b->locks) {
      volatile uint32_t *to = (volatile uint32_t *)(uintptr_t)place;
      const volatile uint32_t *from = (const volatile uint32_t *)(uintptr_t)b->address;
      for (uint32_t i = 0; i < b->bytes; i += 4u) {
        *to++ = *from++;
      }
      b->address = place;
      END_MOVE();
      return !served_now();
    }
    END_MOVE();
    place = b->address + b->bytes;
  }
  if (wanted && !served_now()) {
    return image_free_bytes() < wanted ? IMAGE_OUT_OF_MEMORY : IMAGE_BLOCKED;
  }
  return 0;
}

int32_t image_check(void) {
  uint32_t place = start;
  for (const block *b = next_from(0x10000000u); b; b = next_from(place)) {
    if (b->address < place || b->address % 8u || b->bytes > end - b->address) {
      return IMAGE_CORRUPTED;
    }
    place = b->address + b->bytes;
  }
  return 0;
}

#endif
