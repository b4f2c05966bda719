/*
 * The allocator image `defrag` and its variants: the image contract over the library. The Makefile has the flags of each.
 *
 * SPDX-License-Identifier: MIT
 *
 * The library is included as source, so that the compiler builds each image_* function as one piece: what is measured at
 * the symbol is the allocator, with no glue around it.
 */
#define DEFRAG_API static inline
#include "measured_defrag.h"

#include "image_contract.h"
#if DEFRAG_DIAGNOSTICS
#include "image_records.h"

_Static_assert((int)IMAGE_HELD == (int)DEFRAG_HELD, "one list of kinds");
#endif

_Static_assert((int)IMAGE_OUT_OF_MEMORY == (int)DEFRAG_OUT_OF_MEMORY && (int)IMAGE_BAD_ARGUMENT == (int)DEFRAG_BAD_ARGUMENT,
               "one list of errors");

IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;
IMAGE_KEEP const uint32_t image_features = IMAGE_MOVES_IN_STEP | IMAGE_ENFORCES_LOCKS | IMAGE_DETECTS_STALE_HANDLES;

IMAGE_KEEP const image_guarantee_words image_guarantee = {
    .version = IMAGE_GUARANTEE_VERSION,
    .words = sizeof image_guarantee / sizeof(uint32_t),
    .granule = GRANULE,
    .header = HEADER,
    .entry = sizeof(defrag_entry),
    .visits = VISITS,
    .passes = DEFRAG_PASSES,
    .full_step = FULL_STEP,
#ifdef DEFRAG_PATIENCE
    .patience = DEFRAG_PATIENCE,
#else
    .patience = IMAGE_PATIENCE_BY_POOL,
#endif
    .patience_a_handle = PATIENCE_A_HANDLE,
    .least_patience = LEAST_PATIENCE,
    .most_patience = MOST_PATIENCE,
};

static defrag_pool the_pool;

/* The table comes first, then the pool. */
int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  if (handles > DEFRAG_MAX_HANDLES) {
    return DEFRAG_BAD_ARGUMENT;
  }
  uint32_t table_bytes = (handles * (uint32_t)sizeof(defrag_entry) + 7u) & ~7u;
  if (bytes < table_bytes) {
    return DEFRAG_BAD_ARGUMENT;
  }
  return defrag_init(&the_pool, (unsigned char *)pool + table_bytes, bytes - table_bytes, (defrag_entry *)pool, handles);
}

int32_t image_alloc(uint32_t bytes) { return defrag_alloc(&the_pool, bytes); }

int32_t image_free(int32_t handle) { return defrag_free(&the_pool, handle); }

int32_t image_lock(int32_t handle) {
  uint32_t entry;
  int32_t result = add_lock(&the_pool, handle, &entry);
  return result ? result : (int32_t)address_in(&the_pool, entry);
}

int32_t image_unlock(int32_t handle) { return defrag_unlock(&the_pool, handle); }

int32_t image_step(uint32_t budget_bytes) { return defrag_step(&the_pool, budget_bytes); }

uint32_t image_address(int32_t handle) { return (uint32_t)(uintptr_t)defrag_address(&the_pool, handle); }

uint32_t image_free_bytes(void) { return defrag_free_bytes(&the_pool); }

#if DEFRAG_PINNED
int32_t image_alloc_pinned(uint32_t bytes) { return defrag_alloc_pinned(&the_pool, bytes); }
#endif

#if DEFRAG_RESIZE
int32_t image_resize(int32_t handle, uint32_t bytes) { return defrag_resize(&the_pool, handle, bytes); }
#endif

#if DEFRAG_WATERMARK
int32_t image_keep_ready(uint32_t bytes) { return defrag_keep_ready(&the_pool, bytes); }
#endif

#if DEFRAG_DIAGNOSTICS
int32_t image_blocker(void) { return defrag_blocker(&the_pool); }

int32_t image_check(void) { return defrag_check(&the_pool); }

static int32_t record_block(void *context, const defrag_block *block) {
  image_record(context, (uint32_t)the_pool.heap.memory + block->offset, block->bytes, (uint32_t)block->kind,
               (uint32_t)block->handle);
  return 0;
}

static int32_t record_listed(void *context, uint32_t bin, uint32_t offset, uint32_t bytes) {
  image_record(context, (uint32_t)the_pool.heap.memory + offset, bytes, IMAGE_LISTED, bin);
  return 0;
}

int32_t image_walk(void *buffer, uint32_t bytes) {
  image_records records = image_records_in(buffer, bytes);
  int32_t result = defrag_walk(&the_pool, record_block, &records);
  if (result == DEFRAG_OK) {
    result = defrag_walk_free(&the_pool, record_listed, &records);
  }
  return result == DEFRAG_OK ? (int32_t)records.written : result;
}
#endif
