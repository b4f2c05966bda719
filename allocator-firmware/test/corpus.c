/*
 * Operations from bytes: the inputs that the fuzzer keeps, and those that it tries.
 *
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <stdio.h>

#include "model.h"

static const uint8_t *next_byte;
static const uint8_t *last_byte;

static uint32_t one_byte(void) { return next_byte < last_byte ? *next_byte++ : 0u; }

static uint32_t from_bytes(uint32_t bound) {
  uint32_t value = one_byte();
  if (bound > 256u) {
    value |= one_byte() << 8;
  }
  return value % bound;
}

void run_bytes(const uint8_t *data, size_t size) {
  next_byte = data;
  last_byte = data + size;
  uint32_t pool_bytes = 16u + 8u * from_bytes(255) * (from_bytes(4) ? 1u : 2u);
  model_begin(pool_bytes, 1u + from_bytes(40));
  model_taste taste = {1u + from_bytes(pool_bytes / 2u), 60, 8u + from_bytes(100)};
  for (operation = 1; next_byte < last_byte; operation++) {
    model_operation(from_bytes, &taste);
    model_check(1);
  }
  operation = 0;
}

static void what_the_fuzzer_has_kept_still_passes(void) {
  static uint8_t data[4096];
  DIR *folder = opendir(corpus_folder);
  EXPECT(folder != NULL);
  uint32_t files = 0;
  for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", corpus_folder, entry->d_name);
    FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "rb");
    if (file) {
      size_t size = fread(data, 1, sizeof data, file);
      EXPECT(fclose(file) == 0);
      run_bytes(data, size);
      files++;
    }
  }
  EXPECT(closedir(folder) == 0);
  printf("  %u files\n", (unsigned)files);
  EXPECT(files > 0);
}

const test corpus_tests[] = {
    {"what the fuzzer has kept still passes", what_the_fuzzer_has_kept_still_passes},
    {NULL, NULL},
};
