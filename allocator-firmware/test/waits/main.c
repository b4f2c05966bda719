/*
 * How long requests wait, at most, of the bound: millions of steps of programs that try to keep them waiting.
 *
 *   waits [seed [trials of each strategy [granules]]]
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

#include "strategies.h"

unsigned long operation;
uint32_t thoroughness = 4;
const char *corpus_folder = "";
static const char *strategy = "";
static unsigned long seed = 1;

void fail(const char *file, int line, const char *condition) {
  fprintf(stderr, "FAILED: %s\n  %s:%d: %s\n  seed %lu, operation %lu\n", strategy, file, line, condition, seed, operation);
  exit(1);
}

int main(int argc, char **argv) {
  seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
  unsigned long trials = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
  uint32_t largest = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 2000;
  unsigned long only = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
  uint32_t most = (uint32_t)DEFRAG_MAX_POOL / 8u - 1u;
  for (uint32_t s = 0; s < STRATEGIES; s++) {
    strategy = strategy_names[s];
    for (operation = only ? only : 1; operation <= (only ? only : trials); operation++) {
      seed_random(seed * 1000003u + operation * 16u + s);
      try_a_strategy(s, largest < most ? largest : most);
    }
  }
  printf("%llu waits (%llu granted, %llu exclusive), %llu blocked, %llu for larger ones, %llu steps, %llu calls\n",
         (unsigned long long)counts.waits, (unsigned long long)counts.granted, (unsigned long long)counts.exclusive,
         (unsigned long long)counts.blocked, (unsigned long long)counts.for_larger, (unsigned long long)counts.steps,
         (unsigned long long)counts.calls);
  printf("longest wait %u of %u steps; longest pass %u of %u\n", (unsigned)counts.longest, (unsigned)counts.its_bound,
         (unsigned)counts.pass, (unsigned)counts.pass_bound);
  return 0;
}
