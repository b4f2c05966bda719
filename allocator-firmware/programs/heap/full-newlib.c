/*
 * The heap of newlib as it is without nano.specs: bins, chunks split from the top, and memory taken 4 KiB at a time.
 *
 * SPDX-License-Identifier: MIT
 */
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

enum { BLOCKS = 24 };

int main(void) {
  uint8_t *blocks[BLOCKS];
  for (uint32_t i = 0; i < BLOCKS; i++) {
    blocks[i] = malloc(16u + i * 12u);
    if (!blocks[i]) {
      return 1;
    }
    memset(blocks[i], (int)i, 16);
  }
  for (uint32_t i = 0; i < BLOCKS; i += 2) {
    free(blocks[i]);
    blocks[i] = NULL;
  }
  uint32_t *table = calloc(40, sizeof *table);
  uint8_t *aligned = memalign(256, 100);
  uint8_t *grown = realloc(blocks[3], 600);
  blocks[3] = realloc(grown, 40);
  void *refused = malloc(100000);
  if (!table || !aligned || ((uintptr_t)aligned & 255u) || !grown || !blocks[3]) {
    return 1;
  }
  uint32_t sum = table[39] + blocks[3][15];
  free(aligned);
  free(table);
  for (uint32_t i = 0; i < BLOCKS; i++) {
    free(realloc(blocks[i], 20));
  }
  system_print(refused || sum != 3 ? "wrong\n" : "done\n");
  return 0;
}
