/*
 * The fuzzer's entry: libFuzzer finds inputs that reach new code, the model says whether the library answers right.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

unsigned long operation;
uint32_t thoroughness = 1;
const char *corpus_folder = "";

void fail(const char *file, int line, const char *condition) {
  fprintf(stderr, "FAILED: %s:%d: %s\n  operation %lu\n", file, line, condition, operation);
  abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  run_bytes(data, size);
  return 0;
}
