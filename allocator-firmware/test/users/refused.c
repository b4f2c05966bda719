/*
 * What must not compile in C: each MISTAKE from 1 on uses a type that needs more than the alignment of 8 that blocks have.
 * Without any (0) this compiles: types that need no more, and one that holds a mutex over itself.
 *
 * SPDX-License-Identifier: MIT
 */
#include "defrag/defrag.h"

typedef struct node {
  uint64_t time;
  double value;
  DEFRAG_MUTEX(struct node) next;
} node;

typedef struct member {
#ifdef __cplusplus
  alignas(16) uint8_t bytes[32];
#else
  _Alignas(16) uint8_t bytes[32];
#endif
} member;

typedef struct nested {
  uint8_t tag;
  member inner;
} nested;

typedef struct attribute {
  uint8_t bytes[32];
} __attribute__((aligned(32))) attribute;

static defrag_pool pool;

int32_t use(void);

int32_t use(void) {
  DEFRAG_MUTEX(node) first = {0};
  DEFRAG_MUTEX(uint64_t) words = {0};
  int32_t result = DEFRAG_ALLOC(&pool, &first) + DEFRAG_ALLOC_SLICE(&pool, &words, 4u);
  node *held = DEFRAG_TRY_LOCK(&pool, &first);
  DEFRAG_LOCK_SCOPE(&pool, &words, word) { *word = held->time; }
#if MISTAKE == 1
  DEFRAG_MUTEX(member) wide = {0};
  result = DEFRAG_ALLOC(&pool, &wide);
#elif MISTAKE == 2
  DEFRAG_MUTEX(nested) wide = {0};
  result = DEFRAG_ALLOC_SLICE(&pool, &wide, 2u);
#elif MISTAKE == 3
  DEFRAG_MUTEX(attribute) wide = {0};
  wide.handle = defrag_alloc(&pool, 64);
  result = DEFRAG_TRY_LOCK(&pool, &wide) ? 1 : 0;
#elif MISTAKE == 4
  DEFRAG_MUTEX(member) wide = {0};
  wide.handle = defrag_alloc(&pool, 64);
  DEFRAG_LOCK_SCOPE(&pool, &wide, it) { it->bytes[0] = 1; }
#endif
  return result;
}
