/*
 * The reference model: what every call must answer, and what every block must hold. The random test, the exhaustive
 * sequences and the fuzzer drive it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_MODEL_H
#define DEFRAG_TEST_MODEL_H

#include "harness.h"

typedef struct model_block {
  defrag_handle handle;
  uint32_t bytes;
  uint32_t pattern;
  uint32_t locks;
  const void *fixed_at; /* where it is, if it is locked or pinned */
  int pinned;
} model_block;

enum { MODEL_BLOCKS = 512, STALE = 64 };

typedef struct model_state {
  uint32_t pool_bytes;
  uint32_t count;
  model_block block[MODEL_BLOCKS];
} model_state;

extern model_state model;

void model_begin(uint32_t pool_bytes, uint32_t handles);

/* The calls; each holds the answer against the model. With a budget above 0 a request that fails as fragmented is stepped for
 * until the steps say that it would be served, and tried again, or until they say that it is blocked. */
void model_alloc(uint32_t bytes, uint32_t pattern, uint32_t budget);
void model_alloc_pinned(uint32_t bytes, uint32_t pattern, uint32_t budget);
void model_resize(uint32_t which, uint32_t bytes, uint32_t budget);
/* Whether it is gone: the last block takes its number then. */
int model_free(uint32_t which);
/* Whether a lock was taken. */
int model_lock(uint32_t which);
void model_unlock(uint32_t which);
void model_write(uint32_t which, uint32_t pattern);
void model_keep_ready(uint32_t bytes);
/* Like settle() with the checks of a step. */
int32_t model_settle(uint32_t budget);
int32_t model_step(uint32_t budget);

/* The pool's self-check; every block where it must be, whole or being slid; with `contents` every byte. */
void model_check(int contents);

/* A handler locks and unlocks this block just before the next commit; 0: it does not. Whether it came since. */
void interrupt_with(defrag_handle handle);
int interrupt_came(void);

/* One operation of any kind. choose(n) gives 0 to n - 1: from a generator, or from a file. */
typedef struct model_taste {
  uint32_t largest; /* bytes */
  uint32_t greed;   /* of 100: allocations rather than frees */
  uint32_t budget;
} model_taste;
void model_operation(uint32_t (*choose)(uint32_t bound), model_taste *taste);

#endif
