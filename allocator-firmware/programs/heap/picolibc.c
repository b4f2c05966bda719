/*
 * The heap of picolibc, with its own start-up code and linker script.
 *
 * SPDX-License-Identifier: MIT
 */
#include <malloc.h>
#include <semihost.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 12 };

int main(void) {
  uint8_t *blocks[BLOCKS];
  for (uint32_t i = 0; i < BLOCKS; i++) {
    blocks[i] = malloc(20u + i * 8u);
    if (!blocks[i]) {
      return 1;
    }
    memset(blocks[i], (int)i, 20);
  }
  for (uint32_t i = 0; i < BLOCKS; i += 3) {
    free(blocks[i]);
    blocks[i] = NULL;
  }
  uint32_t *table = calloc(10, sizeof *table);
  uint8_t *aligned = memalign(64, 100);
  blocks[4] = realloc(blocks[4], 200);
  blocks[5] = realloc(blocks[5], 24);
  void *refused = malloc(100000);
  if (!table || !aligned || ((uintptr_t)aligned & 63u) || !blocks[4] || !blocks[5]) {
    return 1;
  }
  uint32_t sum = table[9] + blocks[4][19] + blocks[5][19];
  free(aligned);
  free(table);
  for (uint32_t i = 0; i < BLOCKS; i++) {
    free(blocks[i]);
  }
  sys_semihost_write0(refused || sum != 9 ? "wrong\n" : "done\n");
  return 0;
}
