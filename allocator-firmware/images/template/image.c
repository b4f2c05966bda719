/*
 * A template: your allocator as an image for defrag-sim. Copy this folder, give it a name, and replace what is marked
 * FILL IN. As it stands it is a correct allocator, first fit with boundary tags, and so a yardstick for yours.
 *
 * SPDX-License-Identifier: MIT
 *
 *   make template                                             builds it; `make images` does, once the name is in IMAGES
 *   ./defrag-sim run scenarios/library/sensor-node.json --allocator allocator-firmware/target/firmware/template.elf
 *
 * The contract, with all units and errors: platform/image_contract.h. Rules that are easy to miss: images/README.md.
 */
#include "image_contract.h"
#include "image_records.h"

/* The version of the contract. It stays as it is. */
IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;

/* FILL IN: the sum of what is true of your allocator.
 *
 *   IMAGE_MOVES_IN_STEP          image_step() moves blocks. Then define image_step(), and answer IMAGE_FRAGMENTED where it may help
 *   IMAGE_MOVES_ELSEWHERE        alloc, free or another function may move blocks
 *   IMAGE_ENFORCES_LOCKS         a locked block is not freed, and an unlock too many is refused; else the host counts locks
 *   IMAGE_DETECTS_STALE_HANDLES  a handle is refused after its block was freed, even if its number is used again
 *
 * 0: like malloc and free. */
IMAGE_KEEP const uint32_t image_features = 0;

/* Bytes of an entry of `table`, if your allocator hands out pointers: only the glue needs the table then, and image_init() gets room
 * for it at the beginning, beside the pool. Drop this line if the allocator has handles of its own. */
IMAGE_KEEP const uint32_t image_pointers = sizeof(uint32_t);

/* ---- FILL IN from here on: the allocator's data and functions. In this one: ---- */

/*
 * The pool:  | table of handles | block | block | ... | end |
 * A block:   word 0: its bytes, all of it, a multiple of 8; bit 0: free.  word 1: its handle.  Then the payload, aligned to 8.
 *
 * An entry of the table is the payload's address; while it is free, twice the number of the next free entry, and 1.
 */
typedef struct block {
  uint32_t size;
  uint32_t handle;
} block;

enum { FREE = 1, HEADER = sizeof(block), MAX_HANDLES = 65535 };

/* Data that is not in the pool counts as the allocator's own, like its code: keep it small. SRAM holds anything after reset, but
 * start.c has cleared these before image_init() is called. */
static uint32_t *table;
static uint32_t table_entries;
static uint32_t first_free_entry; /* from 1 on; 0: none. So are handles */
static block *first;
static block *end;

static block *after(block *b) { return (block *)((uintptr_t)b + (b->size & ~(uint32_t)FREE)); }

static block *block_of(uint32_t payload) { return (block *)((uintptr_t)payload - HEADER); }

/* The entry of a live handle, or a null pointer. A handle comes from the program: it may be anything. */
static uint32_t *live(int32_t handle) {
  uint32_t number = (uint32_t)handle - 1u;
  return number < table_entries && !(table[number] & 1u) ? &table[number] : 0;
}

/* FILL IN. Called once before all others, and again for another pool: forget everything. `pool` is aligned to 8, `bytes` is a
 * multiple of 8. Tables that grow with the number of handles belong into the pool, so that allocators compare fairly. */
int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  uint32_t table_bytes = (handles * 4u + 7u) & ~7u;
  if (!pool || ((uintptr_t)pool & 7u) || !handles || handles > MAX_HANDLES || bytes < table_bytes + 2u * HEADER) {
    return IMAGE_BAD_ARGUMENT;
  }
  table = pool;
  table_entries = handles;
  for (uint32_t i = 0; i < handles; i++) {
    table[i] = (i + 1u < handles ? i + 2u : 0u) << 1 | 1u;
  }
  first_free_entry = 1;
  first = (block *)((uintptr_t)pool + table_bytes);
  end = (block *)((uintptr_t)pool + (bytes & ~7u) - HEADER);
  first->size = (uint32_t)((uintptr_t)end - (uintptr_t)first) | FREE;
  first->handle = 0;
  end->size = HEADER; /* never free, and the last */
  end->handle = 0;
  return 0;
}

/* FILL IN. A handle above 0, or an error. Do not walk your lists to say why a request is refused: that would be timed. Answer
 * IMAGE_OUT_OF_MEMORY; the host asks image_free_bytes(). IMAGE_FRAGMENTED is for an allocator whose steps may help. */
int32_t image_alloc(uint32_t bytes) {
  if (!bytes || bytes > 0x7fffffffu) { /* sizes near 2^32 must not wrap */
    return IMAGE_INVALID_SIZE;
  }
  uint32_t handle = first_free_entry;
  if (!handle) {
    return IMAGE_OUT_OF_HANDLES;
  }
  uint32_t size = (bytes + HEADER + 7u) & ~7u;
  for (block *b = first; b != end; b = after(b)) {
    uint32_t room = b->size & ~(uint32_t)FREE;
    if (!(b->size & FREE) || room < size) {
      continue;
    }
    if (room - size > HEADER) { /* the rest can hold something */
      b->size = size;
      after(b)->size = (room - size) | FREE;
      after(b)->handle = 0;
    } else {
      b->size = room;
    }
    b->handle = handle;
    first_free_entry = table[handle - 1u] >> 1;
    table[handle - 1u] = (uint32_t)(uintptr_t)b + HEADER;
    return (int32_t)handle;
  }
  return IMAGE_OUT_OF_MEMORY;
}

/* FILL IN. With IMAGE_ENFORCES_LOCKS: IMAGE_STILL_LOCKED where it is. */
int32_t image_free(int32_t handle) {
  uint32_t *entry = live(handle);
  if (!entry) {
    return IMAGE_INVALID_HANDLE;
  }
  block *freed = block_of(*entry);
  freed->size |= FREE;
  freed->handle = 0;
  *entry = first_free_entry << 1 | 1u;
  first_free_entry = (uint32_t)handle;
  /* Joins all free neighbours. A real allocator does not walk the whole heap for that. */
  for (block *b = first; b != end; b = after(b)) {
    while ((b->size & FREE) && after(b) != end && (after(b)->size & FREE)) {
      b->size += after(b)->size & ~(uint32_t)FREE;
    }
  }
  return 0;
}

/* FILL IN. The address of the payload, where it stays until the last unlock. Where blocks never move there is nothing to do. */
int32_t image_lock(int32_t handle) {
  const uint32_t *entry = live(handle);
  return entry ? (int32_t)*entry : (int32_t)IMAGE_INVALID_HANDLE;
}

/* FILL IN. With IMAGE_ENFORCES_LOCKS: IMAGE_NOT_LOCKED for one too many. */
int32_t image_unlock(int32_t handle) { return live(handle) ? 0 : (int32_t)IMAGE_INVALID_HANDLE; }

/* FILL IN, with IMAGE_MOVES_IN_STEP only: moves no more than `budget_bytes`. 1: more to do; 0: the request that failed last would
 * be served now, or none is pending; or an error, why it is stuck.
 *
 * int32_t image_step(uint32_t budget_bytes) { ... }
 */

/* Optional, defined if you have them: image_alloc_pinned, image_resize, image_keep_ready. */

/* ---- Never timed: what the host asks to check and to draw. ---- */

/* FILL IN. The payload's address, without locking; 0 for what is not live, or is in two parts just now. */
uint32_t image_address(int32_t handle) {
  const uint32_t *entry = live(handle);
  return entry ? *entry : 0;
}

/* FILL IN. The largest request that would be served if all free memory were one piece, by your own rounding. Fragmentation is
 * measured against it. */
uint32_t image_free_bytes(void) {
  uint32_t bytes = 0;
  for (block *b = first; b != end; b = after(b)) {
    bytes += b->size & FREE ? b->size & ~(uint32_t)FREE : 0u;
  }
  return bytes > HEADER ? bytes - HEADER : 0u;
}

/* Optional: the full self-check, after every operation of a checked run. */
int32_t image_check(void) {
  uint32_t blocks = 0;
  for (block *b = first; b != end; b = after(b)) {
    uint32_t size = b->size & ~(uint32_t)FREE;
    if (size < HEADER || (size & 7u) || size > (uintptr_t)end - (uintptr_t)b) {
      return IMAGE_CORRUPTED;
    }
    if (b->size & FREE ? b->handle != 0 : b->handle - 1u >= table_entries || table[b->handle - 1u] != (uintptr_t)b + HEADER) {
      return IMAGE_CORRUPTED;
    }
    blocks += !(b->size & FREE);
  }
  for (uint32_t i = 0; i < table_entries; i++) {
    blocks -= !(table[i] & 1u);
  }
  return blocks ? IMAGE_CORRUPTED : 0;
}

/* Optional: the heap's pictures. One record a block or hole, by address; then those of your free lists, as IMAGE_LISTED. */
int32_t image_walk(void *buffer, uint32_t bytes) {
  image_records records = image_records_in(buffer, bytes);
  for (block *b = first; b != end; b = after(b)) {
    image_record(&records, (uint32_t)(uintptr_t)b, b->size & ~(uint32_t)FREE, b->size & FREE ? IMAGE_FREE : IMAGE_USED, b->handle);
  }
  return (int32_t)records.written;
}
