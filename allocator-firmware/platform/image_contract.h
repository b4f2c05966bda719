/*
 * The image contract, version 1: the C side. A host loads the image, runs it from reset until it parks, then calls these
 * functions by their symbols, one at a time, each with a fresh stack.
 *
 * SPDX-License-Identifier: MIT
 *
 * An image defines image_contract, image_features, and the functions that are not marked optional. Link it with start.c by
 * image.ld. See images/README.md.
 */
#ifndef IMAGE_CONTRACT_H
#define IMAGE_CONTRACT_H

#include <stdint.h>

#define IMAGE_CONTRACT_VERSION 1u

/* Keeps a constant that nothing in the image refers to. */
#define IMAGE_KEEP __attribute__((used, section(".image_contract")))

/* Errors, as every function below gives them. */
enum image_error {
  IMAGE_OUT_OF_MEMORY = -1,
  IMAGE_FRAGMENTED = -2,
  IMAGE_BLOCKED = -3,
  IMAGE_OUT_OF_HANDLES = -4,
  IMAGE_INVALID_SIZE = -5,
  IMAGE_INVALID_HANDLE = -6,
  IMAGE_STILL_LOCKED = -7,
  IMAGE_MOVING = -8,
  IMAGE_CORRUPTED = -9,
  IMAGE_TOO_MANY_LOCKS = -10,
  IMAGE_NOT_LOCKED = -11,
  IMAGE_BAD_ARGUMENT = -12
};

/* What image_features sums. */
enum image_feature {
  IMAGE_MOVES_IN_STEP = 1,   /* image_step moves blocks */
  IMAGE_MOVES_ELSEWHERE = 2, /* other functions may move blocks */
  IMAGE_ENFORCES_LOCKS = 4,
  IMAGE_DETECTS_STALE_HANDLES = 8
};

extern const uint32_t image_contract; /* IMAGE_CONTRACT_VERSION */
extern const uint32_t image_features;

/* Optional, 0 to 16. Bytes a handle of a table that only the glue between contract and allocator needs, because the allocator
 * hands out pointers: a program for it has no such table. The host gives it room beyond the pool; see image_init(). */
extern const uint32_t image_pointers;

#define IMAGE_GUARANTEE_VERSION 1u
#define IMAGE_PATIENCE_BY_POOL 0xffffffffu

/* The constants of the proof that a refused request is served within a bounded number of steps, or is told that it is blocked. The
 * rules that they belong to are those of this project's library (docs/design), by version. A step of a budget of B bytes counts as
 * B / granule granules, a full step at most. */
typedef struct image_guarantee_words {
  uint32_t version; /* IMAGE_GUARANTEE_VERSION */
  uint32_t words;   /* of this structure */
  uint32_t granule; /* bytes: the unit of sizes and places; the pool has one that is no block's */
  uint32_t header;  /* bytes of each block */
  uint32_t entry;   /* bytes of the table, for each handle */
  uint32_t visits;  /* headers that a step looks at which moves nothing */
  uint32_t passes;  /* that may be spoilt before everything is moved; 0: everything always is */
  uint32_t full_step; /* granules that a step counts at most */
  /* Full steps until what is gathered is kept for the request; IMAGE_PATIENCE_BY_POOL: for a pool of N granules for blocks and n
   * handles they are N / full_step + patience_a_handle * min(n, N / 2) + least_patience, at most most_patience. */
  uint32_t patience;
  uint32_t patience_a_handle;
  uint32_t least_patience;
  uint32_t most_patience;
} image_guarantee_words;

/* Optional, for an image that follows those rules. */
extern const image_guarantee_words image_guarantee;

/* Makes the pool. pool: aligned to 8; bytes: a multiple of 8; handles: the number of blocks at a time. A handle table is
 * taken from the pool's memory. With image_pointers the memory is larger than the pool, by image_pointers * handles, rounded
 * up to 8: the glue's table stands at its beginning, and no block may be there. 0 or an error. */
int32_t image_init(void *pool, uint32_t bytes, uint32_t handles);

/* A handle above 0, or an error. IMAGE_FRAGMENTED says that steps may help: it is for images with IMAGE_MOVES_IN_STEP. Others
 * refuse with IMAGE_OUT_OF_MEMORY, whatever the reason, and never walk their lists to find it, for that would be timed: the host
 * asks image_free_bytes() and calls the refusal fragmented where enough is free. */
int32_t image_alloc(uint32_t bytes);

/* 0 or an error. */
int32_t image_free(int32_t handle);

/* The payload's address, above 0; or an error. */
int32_t image_lock(int32_t handle);

/* 0 or an error. */
int32_t image_unlock(int32_t handle);

/* With IMAGE_MOVES_IN_STEP only. 1: more to do. 0: a request that failed would be served now, or none is pending: the program tries again
 * now, and not before. Or an error: why it is stuck. Where several requests failed, a step may speak of one
 * that is larger than the caller's: so who is refused again steps on, and gives up at an error that follows on another one. */
int32_t image_step(uint32_t budget_bytes);

/* Optional. As image_alloc, for a block that never moves. */
int32_t image_alloc_pinned(uint32_t bytes);

/* Optional. Makes a block larger or smaller; its handle and its content up to the smaller size stay. 0 or an error. */
int32_t image_resize(int32_t handle, uint32_t bytes);

/* Optional, with IMAGE_MOVES_IN_STEP. Steps that no failed request waits for keep a hole for so many bytes; 0: none. 0 or an
 * error. */
int32_t image_keep_ready(uint32_t bytes);

/* The functions from here on are never timed. What they answer is held against the pool and the blocks that are alive. */

/* Where the payload is; 0 while a move has it in two parts. */
uint32_t image_address(int32_t handle);

/* The largest request that would be served if all free memory were one hole, by the allocator's own rounding. Never more than
 * the pool without what is alive; and no larger request is ever served. */
uint32_t image_free_bytes(void);

/* Optional. The handle of a live block that stands in the way of the last request; 0: none. */
int32_t image_blocker(void);

/* Optional. The full self-check: 0 or IMAGE_CORRUPTED. */
int32_t image_check(void);

/* Optional. Blocks and free lists, for pictures.
 *
 * buffer: aligned to 4, outside the pool. bytes: its size, at least 12. On entry the buffer's first word is the number of
 * records to skip, so that a small buffer is enough for any heap. Gives the number of records written from the buffer's
 * start, 0 when there are no more; or an error.
 *
 * A record is three words:
 *   0  the address where the block starts, its header included
 *   1  bits 31..28 the kind · bits 27..0 its bytes, header included
 *   2  for a block its handle, for a listed hole the number of its list, else 0
 * First come the blocks and holes of the whole heap by address, then for each free list from its head the holes in it,
 * once more, as IMAGE_LISTED. Each live block is there once, each hole in one list at most. There are at most as many
 * records of the heap as the pool has bytes / 8, and as many of the lists. Lists are numbered from 0 to 4095. */
int32_t image_walk(void *buffer, uint32_t bytes);

enum image_kind {
  IMAGE_FREE = 0,   /* a hole */
  IMAGE_USED = 1,   /* a block */
  IMAGE_LOCKED = 2, /* a block that is locked */
  IMAGE_SPLIT = 3,  /* a block in two parts and the hole it is moving into, as one */
  IMAGE_HELD = 4,   /* a hole into which a block is being copied */
  IMAGE_LISTED = 5  /* a hole, as it stands in a free list */
};

#endif
