/*
 * The allocator image `picolibc`: malloc, free and realloc of picolibc 1.8, as Debian's package picolibc-arm-none-eabi has
 * them.
 *
 * SPDX-License-Identifier: MIT
 *
 * The code is the package's; here is what a program gives it, and what its library says of its heap. NOTICE has its notices.
 * The allocator is first fit over one list of free chunks in order of address, as newlib-nano's is, from which it descends.
 * It cuts a chunk from the lower end of a hole, takes more memory from sbrk() when no hole has room, and clears each chunk
 * that it hands out.
 *
 * Layout: a chunk is its size and its payload; while it is free, the next free chunk's address stands behind the size. It is 8
 * bytes longer than the request, rounded up to 8: 4 are the size, and 4 nobody uses.
 *
 * Nothing is bounded: a request looks at each hole below the one that serves it, a free at each hole below its block, and a
 * cleared chunk takes as long as it is large.
 */
#include <malloc.h>
#include <stdlib.h>

#include "pointers.h"

typedef struct chunk {
  uint32_t size;
  struct chunk *next;
} chunk;

/* What the library keeps. */
extern chunk *__malloc_free_list;
extern char *__malloc_sbrk_start;
extern char *__malloc_sbrk_top;
extern uint32_t *__tls;

enum { WORD = 4, OVERHEAD = 8 };

/* What start-up code makes for a program's one thread: two words that the ABI reserves, and errno, all that is linked. */
static uint32_t thread_memory[3];

static uintptr_t heap_claimed;
static uintptr_t heap_end;

void *sbrk(ptrdiff_t increment);

void *sbrk(ptrdiff_t increment) {
  uintptr_t claimed = heap_claimed;
  if (increment > (ptrdiff_t)(heap_end - claimed)) {
    return (void *)-1;
  }
  heap_claimed = claimed + (uintptr_t)increment;
  return (void *)claimed;
}

/* The heap begins where chunks do, at 4 mod 8, so that the library gives nothing away to align the first. */
static int heap_init(uintptr_t start, uintptr_t end) {
  if (end - start < 2u * WORD + 2u * OVERHEAD) {
    return 0;
  }
  heap_claimed = start + WORD;
  heap_end = end - WORD;
  __malloc_free_list = 0;
  __malloc_sbrk_start = 0;
  __malloc_sbrk_top = 0;
  __tls = thread_memory;
  return 1;
}

static uintptr_t heap_alloc(uint32_t bytes) { return (uintptr_t)malloc(bytes); }

static void heap_free(uintptr_t payload) { free((void *)payload); }

/* realloc as programs call it: a block that has room stays where it is. */
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

static uint32_t heap_free_bytes(void) {
  uint32_t bytes = heap_end - heap_claimed;
  for (const chunk *c = __malloc_free_list; c; c = c->next) {
    bytes += c->size;
  }
  return bytes > OVERHEAD ? bytes - OVERHEAD : 0;
}

static int32_t heap_walk(image_records *records) {
  const chunk *hole = __malloc_free_list;
  uintptr_t at = __malloc_sbrk_start ? (uintptr_t)__malloc_sbrk_start : heap_claimed;
  while (at < heap_claimed) {
    const chunk *here = (const chunk *)at;
    if (here->size < OVERHEAD || here->size > heap_claimed - at) {
      return IMAGE_CORRUPTED;
    }
    if (here == hole) {
      hole = hole->next;
      image_record(records, at, here->size, IMAGE_FREE, 0);
    } else {
      heap_block(records, at, here->size);
    }
    at += here->size;
  }
  if (at < heap_end) {
    image_record(records, at, heap_end - at, IMAGE_FREE, 0);
  }
  for (hole = __malloc_free_list; hole; hole = hole->next) {
    image_record(records, (uint32_t)(uintptr_t)hole, hole->size, IMAGE_LISTED, 0);
  }
  return 0;
}
