/*
 * The allocator image `newlib-nano`: the image contract over malloc, free and realloc of the toolchain's newlib-nano.
 *
 * SPDX-License-Identifier: MIT
 *
 * Handles are numbers of a table at the start of the pool; the rest of the pool is what _sbrk gives out. Blocks never move,
 * so a lock is just the address.
 */
#include <stdlib.h>

#include "image_contract.h"
#include "image_records.h"

IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;
IMAGE_KEEP const uint32_t image_features = 0;
IMAGE_KEEP const uint32_t image_pointers = sizeof(uint32_t); /* the table: malloc hands out pointers */

/* What newlib-nano's malloc keeps. A chunk is its size and its payload, aligned to 8; while it is free, the next free chunk
 * comes after the size. The list is in order of address. */
typedef struct chunk {
  long size;
  struct chunk *next;
} chunk;

extern chunk *__malloc_free_list;
extern char *__malloc_sbrk_start;

enum { OVERHEAD = 8 };

static uintptr_t heap_start;
static uintptr_t heap_claimed;
static uintptr_t heap_end;

/* An entry is a block's address, or 2 n + 1, where n is the next free entry's number from 1 on, and 0 the end. */
static uint32_t *table;
static uint32_t table_entries;
static uint32_t first_free;

void *_sbrk(ptrdiff_t increment);

void *_sbrk(ptrdiff_t increment) {
  uintptr_t claimed = heap_claimed;
  if (increment > (ptrdiff_t)(heap_end - claimed)) {
    return (void *)-1;
  }
  heap_claimed = claimed + (uintptr_t)increment;
  return (void *)claimed;
}

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  if (!pool || ((uintptr_t)pool & 7u) || handles - 1u >= 0xffffu) {
    return IMAGE_BAD_ARGUMENT;
  }
  uint32_t table_bytes = (handles * 4u + 7u) & ~7u;
  if (bytes < table_bytes + 2u * OVERHEAD) {
    return IMAGE_BAD_ARGUMENT;
  }
  table = pool;
  table_entries = handles;
  first_free = 1;
  for (uint32_t i = 0; i < handles; i++) {
    table[i] = (i + 1u < handles ? i + 2u : 0u) << 1 | 1u;
  }
  heap_start = (uintptr_t)pool + table_bytes;
  heap_claimed = heap_start;
  heap_end = (uintptr_t)pool + bytes;
  __malloc_free_list = 0;
  __malloc_sbrk_start = 0;
  return 0;
}

uint32_t image_free_bytes(void) {
  uint32_t bytes = (uint32_t)(heap_end - heap_claimed);
  for (const chunk *c = __malloc_free_list; c; c = c->next) {
    bytes += (uint32_t)c->size;
  }
  return bytes > OVERHEAD ? bytes - OVERHEAD : 0;
}

int32_t image_alloc(uint32_t bytes) {
  if (!bytes) {
    return IMAGE_INVALID_SIZE;
  }
  uint32_t handle = first_free;
  if (!handle) {
    return IMAGE_OUT_OF_HANDLES;
  }
  void *block = malloc(bytes);
  if (!block) {
    return IMAGE_OUT_OF_MEMORY;
  }
  uint32_t *entry = &table[handle - 1u];
  first_free = *entry >> 1;
  *entry = (uint32_t)(uintptr_t)block;
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
  free((void *)(uintptr_t)*entry);
  *entry = first_free << 1 | 1u;
  first_free = (uint32_t)handle;
  return 0;
}

/* realloc as programs call it: a block that has room stays where it is, and so does one that shrinks a little. */
int32_t image_resize(int32_t handle, uint32_t bytes) {
  uint32_t *entry = live_entry(handle);
  if (!entry) {
    return IMAGE_INVALID_HANDLE;
  }
  if (!bytes) {
    return IMAGE_INVALID_SIZE;
  }
  void *block = realloc((void *)(uintptr_t)*entry, bytes);
  if (!block) {
    return IMAGE_OUT_OF_MEMORY;
  }
  *entry = (uint32_t)(uintptr_t)block;
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

/* The handle of the block in the chunk. */
static uint32_t handle_in(uintptr_t start, uintptr_t end) {
  for (uint32_t i = 0; i < table_entries; i++) {
    if (!(table[i] & 1u) && table[i] > start && table[i] < end) {
      return i + 1u;
    }
  }
  return 0;
}

int32_t image_walk(void *buffer, uint32_t bytes) {
  image_records records = image_records_in(buffer, bytes);
  const chunk *hole = __malloc_free_list;
  uintptr_t at = heap_start;
  while (at < heap_claimed) {
    uint32_t size = (uint32_t)((const chunk *)at)->size;
    if (!size || size > heap_claimed - at) {
      return IMAGE_CORRUPTED;
    }
    if ((uintptr_t)hole == at) {
      hole = hole->next;
      image_record(&records, at, size, IMAGE_FREE, 0);
    } else {
      image_record(&records, at, size, IMAGE_USED, handle_in(at, at + size));
    }
    at += size;
  }
  if (at < heap_end) {
    image_record(&records, at, (uint32_t)(heap_end - at), IMAGE_FREE, 0);
  }
  for (hole = __malloc_free_list; hole; hole = hole->next) {
    image_record(&records, (uint32_t)(uintptr_t)hole, (uint32_t)hole->size, IMAGE_LISTED, 0);
  }
  return (int32_t)records.written;
}
