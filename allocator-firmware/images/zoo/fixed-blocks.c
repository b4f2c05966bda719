/*
 * The allocator image `fixed-blocks`: pools of blocks of fixed sizes, as firmware and kernels have them.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.2.3: each pool is a stack of available nodes of one size,
 * AVAIL, and a border, POOLMAX, above which no node has been used yet, so that nothing needs to be linked at first. As
 * "simple segregated storage" P. R. Wilson, M. S. Johnstone, M. Neely and D. Boles compare it with others, "Dynamic Storage
 * Allocation: A Survey and Critical Review" (1995).
 *
 * Layout: no header, since an address says which pool a block is of. Pools hold blocks of 16, 32, 64, ... bytes, the largest
 * lowest in memory. A firmware engineer picks the numbers of blocks for one program; no program is known here, so each size
 * gets the same share of the bytes: half as many blocks of twice the size. There are as many sizes, up to 8, as leave room
 * for at least one block of each. What a share has besides whole blocks goes to the smaller ones. A request takes a block of
 * the least size that has one left.
 *
 * All is bounded: alloc and free pass at most 8 pools, whatever the heap holds.
 *
 * Good at: time; no block is ever in another's way. Bad at: memory. A block is as large as its size says, what one pool has
 * left is of no use to larger requests, and no request is larger than the largest block.
 */
#include "loop_bound.h"
#include "pointers.h"

enum { LEAST_BLOCK = 16, MOST_POOLS = 8 };

typedef struct node {
  struct node *next;
} node;

/* From fresh up to end no block has been used since the heap was made. */
typedef struct pool {
  node *available;
  uintptr_t fresh;
  uintptr_t end;
} pool;

/* Those of the smallest blocks first, and so from the highest addresses down. */
static pool pools[MOST_POOLS];
static uint32_t pool_count;
static uintptr_t heap_start;

static int heap_init(uintptr_t start, uintptr_t end) {
  uint32_t left = end - start;
  if (left < LEAST_BLOCK) {
    return 0;
  }
  uint32_t count = 1;
  while (count < MOST_POOLS && (count + 1u) * (LEAST_BLOCK << count) <= left) {
    count++;
  }
  pool_count = count;
  heap_start = start;
  for (uint32_t i = count; i-- > 0;) {
    uint32_t block = LEAST_BLOCK << i;
    uint32_t share = 0;
    while ((share + block) * (i + 1u) <= left) {
      share += block;
    }
    pools[i] = (pool){0, start, start + share};
    start += share;
    left -= share;
  }
  return 1;
}

static uintptr_t heap_alloc(uint32_t bytes) {
  uint32_t block = LEAST_BLOCK;
  for (uint32_t i = 0; i < pool_count; i++, block <<= 1) {
    LOOP_BOUND(MOST_POOLS);
    if (bytes > block) {
      continue;
    }
    pool *p = &pools[i];
    node *taken = p->available;
    if (taken) {
      p->available = taken->next;
      return (uintptr_t)taken;
    }
    if (p->fresh != p->end) {
      uintptr_t fresh = p->fresh;
      p->fresh = fresh + block;
      return fresh;
    }
  }
  return 0;
}

static void heap_free(uintptr_t payload) {
  pool *p = pools + pool_count - 1u;
  while (payload >= p->end) {
    LOOP_BOUND(MOST_POOLS - 1);
    p--;
  }
  node *freed = (node *)payload;
  freed->next = p->available;
  p->available = freed;
}

/* As if all were one piece: the largest block that the free bytes could be. */
static uint32_t heap_free_bytes(void) {
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < pool_count; i++) {
    bytes += pools[i].end - pools[i].fresh;
    for (const node *n = pools[i].available; n; n = n->next) {
      bytes += LEAST_BLOCK << i;
    }
  }
  uint32_t block = LEAST_BLOCK << (pool_count - 1u);
  while (block > bytes) {
    block >>= 1;
  }
  return block < LEAST_BLOCK ? 0 : block;
}

static int32_t heap_walk(image_records *records) {
  uintptr_t at = heap_start;
  for (uint32_t i = pool_count; i-- > 0;) {
    uint32_t block = LEAST_BLOCK << i;
    for (; at < pools[i].end; at += block) {
      uint32_t handle = handle_in(at, block);
      image_record(records, at, block, handle ? IMAGE_USED : IMAGE_FREE, handle);
    }
  }
  for (uint32_t i = 0; i < pool_count; i++) {
    for (const node *n = pools[i].available; n; n = n->next) {
      image_record(records, (uint32_t)(uintptr_t)n, LEAST_BLOCK << i, IMAGE_LISTED, i);
    }
  }
  return 0;
}

/* A pool's available blocks have been used and are not alive; with the live ones they are all that have been used. */
int32_t image_check(void) {
  uint32_t blocks = 0;
  uintptr_t start = heap_start;
  for (uint32_t i = pool_count; i-- > 0;) {
    const pool *p = &pools[i];
    uint32_t block = LEAST_BLOCK << i;
    uint32_t available = 0;
    for (uintptr_t n = (uintptr_t)p->available; n; n = (uintptr_t)((const node *)n)->next) {
      if (n < start || n >= p->fresh || (n - start) & (block - 1u) || handle_in(n, block)) {
        return IMAGE_CORRUPTED;
      }
      available += block;
    }
    uint32_t used = p->fresh - start;
    if (p->fresh > p->end || available > used) {
      return IMAGE_CORRUPTED;
    }
    for (used -= available; used; used -= block) {
      blocks++;
    }
    start = p->end;
  }
  return blocks == live_handles() ? 0 : IMAGE_CORRUPTED;
}
