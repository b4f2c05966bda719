/*
 * The image contract over an allocator that hands out pointers. A file of the zoo includes this one, and defines the heap_*
 * functions that are declared here.
 *
 * SPDX-License-Identifier: MIT
 *
 * Handles are numbers of a table that stands before the pool, and that a real program has not (image_pointers). Blocks never
 * move, so a lock is just the address.
 */
#ifndef ZOO_POINTERS_H
#define ZOO_POINTERS_H

#include "image_contract.h"
#include "image_records.h"

IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;
IMAGE_KEEP const uint32_t image_features = 0;
IMAGE_KEEP const uint32_t image_pointers = sizeof(uint32_t);

enum { MOST_HANDLES = 0xffff };

/* Makes the heap between two addresses, both multiples of 8. 0: it is too small for the allocator, or too large. */
static int heap_init(uintptr_t start, uintptr_t end);

/* The address of a block's payload, a multiple of 8; 0: refused. bytes: at least 1, and anything up to 2^32 - 1. */
static uintptr_t heap_alloc(uint32_t bytes);

static void heap_free(uintptr_t payload);

/* As image_free_bytes(). */
static uint32_t heap_free_bytes(void);

/* A record of each block and hole by address, those of blocks by heap_block(); then those of the lists. 0, or
 * IMAGE_CORRUPTED. A file that defines HEAP_WITHOUT_WALK before this is included needs none, and has no pictures with holes. */
#ifndef HEAP_WITHOUT_WALK
static int32_t heap_walk(image_records *records);
#endif

/* An entry is a block's address, or 2 n + 1, where n is the next free entry's number from 1 on, and 0 the end. */
static uint32_t *table;
static uint32_t table_entries;
static uint32_t first_free;

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  uint32_t table_bytes = (handles * (uint32_t)sizeof(uint32_t) + 7u) & ~7u;
  if (!pool || ((uintptr_t)pool & 7u) || handles - 1u >= MOST_HANDLES || bytes < table_bytes) {
    return IMAGE_BAD_ARGUMENT;
  }
  table = pool;
  table_entries = handles;
  first_free = 1;
  for (uint32_t i = 0; i < handles; i++) {
    table[i] = (i + 1u < handles ? i + 2u : 0u) << 1 | 1u;
  }
  uintptr_t start = (uintptr_t)pool + table_bytes;
  uintptr_t end = (uintptr_t)pool + (bytes & ~7u);
  return heap_init(start, end) ? 0 : (int32_t)IMAGE_BAD_ARGUMENT;
}

int32_t image_alloc(uint32_t bytes) {
  if (!bytes) {
    return IMAGE_INVALID_SIZE;
  }
  uint32_t handle = first_free;
  if (!handle) {
    return IMAGE_OUT_OF_HANDLES;
  }
  uintptr_t payload = heap_alloc(bytes);
  if (!payload) {
    return IMAGE_OUT_OF_MEMORY;
  }
  uint32_t *entry = &table[handle - 1u];
  first_free = *entry >> 1;
  *entry = (uint32_t)payload;
  return (int32_t)handle;
}

/* The handle's entry if it is of a live block, else a null pointer. */
static uint32_t *live_entry(int32_t handle) {
  uint32_t number = (uint32_t)handle - 1u;
  if (number >= table_entries || table[number] & 1u) {
    return 0;
  }
  return &table[number];
}

int32_t image_free(int32_t handle) {
  uint32_t *entry = live_entry(handle);
  if (!entry) {
    return IMAGE_INVALID_HANDLE;
  }
  heap_free(*entry);
  *entry = first_free << 1 | 1u;
  first_free = (uint32_t)handle;
  return 0;
}

int32_t image_lock(int32_t handle) {
  const uint32_t *entry = live_entry(handle);
  return entry ? (int32_t)*entry : (int32_t)IMAGE_INVALID_HANDLE;
}

int32_t image_unlock(int32_t handle) { return live_entry(handle) ? 0 : (int32_t)IMAGE_INVALID_HANDLE; }

uint32_t image_address(int32_t handle) {
  const uint32_t *entry = live_entry(handle);
  return entry ? *entry : 0;
}

uint32_t image_free_bytes(void) { return heap_free_bytes(); }

/* How many blocks are alive, for self-checks. */
static inline uint32_t live_handles(void) {
  uint32_t live = 0;
  for (uint32_t i = 0; i < table_entries; i++) {
    live += !(table[i] & 1u);
  }
  return live;
}

/* The handle of the live block whose payload begins in these bytes; 0: none's does. */
static inline uint32_t handle_in(uintptr_t start, uint32_t bytes) {
  for (uint32_t i = 0; i < table_entries; i++) {
    if (!(table[i] & 1u) && table[i] >= start && table[i] - start < bytes) {
      return i + 1u;
    }
  }
  return 0;
}

/* The record of a block, header included, whose payload lies in it. */
static inline void heap_block(image_records *records, uintptr_t start, uint32_t bytes) {
  image_record(records, (uint32_t)start, bytes, IMAGE_USED, handle_in(start, bytes));
}

#ifndef HEAP_WITHOUT_WALK
int32_t image_walk(void *buffer, uint32_t bytes) {
  image_records records = image_records_in(buffer, bytes);
  int32_t error = heap_walk(&records);
  return error ? error : (int32_t)records.written;
}
#endif

#endif
