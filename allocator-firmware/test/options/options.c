/*
 * The library as each configuration leaves it: a random program without the self-check, which may be left out, but with the
 * content of all blocks held against what was written.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "defrag/defrag.h"

#define EXPECT(condition)                                                                      \
  do {                                                                                         \
    if (!(condition)) {                                                                        \
      fprintf(stderr, "FAILED: options, operation %u: %s\n", (unsigned)operation, #condition); \
      exit(1);                                                                                 \
    }                                                                                          \
  } while (0)

enum { POOL = 2048, HANDLES = 32, OPERATIONS = 60000 };

static DEFRAG_POOL_MEMORY(memory, POOL);
static DEFRAG_HANDLE_TABLE(table, HANDLES);
static defrag_pool pool;

static struct {
  defrag_handle handle;
  uint32_t bytes;
  unsigned char content;
  int pinned;
  unsigned char *address;
} block[HANDLES];
static uint32_t count;
static uint32_t operation;
static uint32_t state = 1;

static uint32_t below(uint32_t bound) {
  state = state * 1664525u + 1013904223u;
  return (state >> 8) % bound;
}

static void add(defrag_handle handle, uint32_t bytes, int pinned) {
  void *address;
  EXPECT(count < HANDLES && defrag_try_lock(&pool, handle, &address) == DEFRAG_OK);
  block[count].handle = handle;
  block[count].bytes = bytes;
  block[count].content = (unsigned char)below(256);
  block[count].pinned = pinned;
  block[count].address = address;
  memset(address, block[count].content, bytes);
  EXPECT(defrag_unlock(&pool, handle) == DEFRAG_OK);
  count++;
}

static void expect_content(uint32_t i) {
  const unsigned char *at = defrag_address(&pool, block[i].handle);
  if (at) {
    EXPECT(!block[i].pinned || at == block[i].address);
    EXPECT(at[0] == block[i].content && !memcmp(at, at + 1, block[i].bytes - 1));
  }
}

static int32_t attempt(uint32_t bytes, int pinned) {
#if DEFRAG_PINNED
  if (pinned) {
    return defrag_alloc_pinned(&pool, bytes);
  }
#endif
  (void)pinned;
  return defrag_alloc(&pool, bytes);
}

/* With nothing locked: served, or held up by pinned blocks alone. An answer may be for a larger request that was refused before. */
static void serve(uint32_t bytes, int pinned) {
  pinned = pinned && DEFRAG_PINNED;
  int32_t result = attempt(bytes, pinned);
  int32_t more = 0;
  for (uint32_t steps = 0; result == DEFRAG_FRAGMENTED; steps++) {
    int32_t before = more;
    more = defrag_step(&pool, 8 + below(100));
    EXPECT(steps < 3000 && (more == 1 || more == 0 || more == DEFRAG_OUT_OF_MEMORY || (DEFRAG_PINNED && more == DEFRAG_BLOCKED)));
    if (more != 1) {
      result = attempt(bytes, pinned);
      if (result == DEFRAG_FRAGMENTED && more == DEFRAG_BLOCKED && before == DEFRAG_BLOCKED) {
        return;
      }
    }
  }
  if (result > 0) {
    add(result, bytes, pinned);
  } else {
    EXPECT(result == DEFRAG_OUT_OF_MEMORY || (result == DEFRAG_OUT_OF_HANDLES && count == HANDLES));
  }
}

int main(void) {
  EXPECT(defrag_init(&pool, memory, POOL, table, HANDLES) == DEFRAG_OK);
  for (operation = 1; operation <= OPERATIONS; operation++) {
    uint32_t which = count ? below(count) : 0;
    uint32_t kind = below(10);
    if (kind < 4) {
      serve(1 + below(1 + below(300)), below(12) == 0);
    } else if (kind < 7 && count) {
      EXPECT(defrag_free(&pool, block[which].handle) == DEFRAG_OK);
      block[which] = block[--count];
    } else if (kind == 7 && count) {
#if DEFRAG_RESIZE
      uint32_t bytes = 1 + below(200);
      int32_t result = defrag_resize(&pool, block[which].handle, bytes);
      if (result == DEFRAG_OK) {
        block[which].bytes = bytes < block[which].bytes ? bytes : block[which].bytes;
      } else {
        EXPECT(result == DEFRAG_FRAGMENTED || result == DEFRAG_OUT_OF_MEMORY || result == DEFRAG_STILL_LOCKED ||
               result == DEFRAG_MOVING);
      }
#endif
    } else if (kind == 8) {
#if DEFRAG_WATERMARK
      EXPECT(defrag_keep_ready(&pool, below(300)) == DEFRAG_OK);
#endif
    } else {
      EXPECT(defrag_step(&pool, 8 + below(60)) != DEFRAG_CORRUPTED);
    }
    for (uint32_t i = 0; i < count; i++) {
      expect_content(i);
    }
#if DEFRAG_DIAGNOSTICS
    EXPECT(defrag_check(&pool) == DEFRAG_OK);
#endif
  }
  return 0;
}
