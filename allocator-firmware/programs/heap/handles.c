/*
 * A program of this project's own library: it holds handles, locks a block while it uses it, and steps when memory is in pieces.
 *
 * SPDX-License-Identifier: MIT
 */
#include <defrag/defrag.h>
#include <string.h>

#include "system.h"

enum { POOL_BYTES = 1024, HANDLES = 24, BUDGET = 64 };

static uint64_t memory[POOL_BYTES / 8];
static defrag_entry table[HANDLES];
static defrag_pool pool;

static uint32_t steps;

/* A block of that size, with `fill` in it; compacts if that is needed. */
static defrag_handle make(uint32_t bytes, int fill) {
  int32_t result = defrag_alloc(&pool, bytes);
  while (result == DEFRAG_FRAGMENTED) {
    int32_t more = 1;
    while (more > 0) {
      more = defrag_step(&pool, BUDGET);
      steps++;
    }
    result = more < 0 ? more : defrag_alloc(&pool, bytes);
  }
  void *address;
  if (result <= 0 || defrag_try_lock(&pool, result, &address) != DEFRAG_OK) {
    return 0;
  }
  memset(address, fill, bytes);
  (void)defrag_unlock(&pool, result);
  return result;
}

/* The first byte of a block. */
static uint32_t first_byte(defrag_handle handle) {
  void *address;
  if (defrag_try_lock(&pool, handle, &address) != DEFRAG_OK) {
    return 0;
  }
  uint32_t first = *(const uint8_t *)address;
  (void)defrag_unlock(&pool, handle);
  return first;
}

int main(void) {
  defrag_handle blocks[16];
  if (defrag_init(&pool, memory, sizeof memory, table, HANDLES) != DEFRAG_OK) {
    return 1;
  }
  for (int i = 0; i < 16; i++) {
    blocks[i] = make(44, i);
  }
  for (int i = 0; i < 16; i += 2) {
    (void)defrag_free(&pool, blocks[i]);
  }
  defrag_handle large = make(400, 100); /* no hole is as large */
  (void)defrag_resize(&pool, blocks[15], 20);
  (void)defrag_resize(&pool, blocks[13], 60);
  int32_t refused = defrag_alloc(&pool, 2000);
  uint32_t sum = first_byte(large);
  for (int i = 1; i < 16; i += 2) {
    sum += first_byte(blocks[i]);
    (void)defrag_free(&pool, blocks[i]);
  }
  (void)defrag_free(&pool, large);
  system_print("sum ");
  system_print_number(sum);
  system_print(steps ? ", after steps\n" : ", without a step\n");
  return refused == DEFRAG_OUT_OF_MEMORY ? 0 : 1;
}
