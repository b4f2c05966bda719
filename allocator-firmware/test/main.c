/*
 * Tests of the library on a computer. One line a test; the first failure ends the run with status 1.
 *
 *   host-test [seed [thoroughness [corpus folder]]]     thoroughness: quarters of the random tests, 1 if not given
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

unsigned long operation;
uint32_t thoroughness = 1;
const char *corpus_folder = "test/fuzz/corpus";

static const char *test_name = "";
static unsigned long seed = 1;

void fail(const char *file, int line, const char *condition) {
  fprintf(stderr, "FAILED: %s\n  %s:%d: %s\n  seed %lu, operation %lu\n", test_name, file, line, condition, seed, operation);
  exit(1);
}

int main(int argc, char **argv) {
  static const test *const subjects[] = {
      known_defect_tests, move_tests,       request_tests,  window_tests, pinned_tests, resize_tests,    ready_tests,
      error_tests,        corruption_tests, sequence_tests, corpus_tests, model_tests,  fresh_tests,     adversary_tests,
      progress_tests,     turn_tests,       patience_tests,
  };
  seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
  thoroughness = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
  corpus_folder = argc > 3 ? argv[3] : corpus_folder;
  printf("seed %lu\n", seed);
  uint32_t number = 0;
  for (uint32_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    for (const test *t = subjects[i]; t->run; t++) {
      test_name = t->name;
      seed_random(seed + 1000u * number++);
      t->run();
      printf("ok: %s\n", test_name);
      fflush(stdout);
    }
  }
  return 0;
}
