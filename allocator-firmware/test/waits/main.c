/*
 * How long requests wait, of the bound: where nothing disturbs them, and with programs that try to keep them waiting.
 *
 *   waits SEED TRIALS     TRIALS: of each strategy
 *
 * Exit status: 0, or 1 where one waits longer, or anything else is not as it must be. What is printed of a failure is enough to run that
 * trial alone: waits SEED TRIALS STRATEGY OPERATION.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

#include "fresh.h"
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

/* Pools of most trials, of one in eight, and of one in a hundred; granules. */
static uint32_t largest_pool(unsigned long trial) {
  uint32_t largest = trial % 100u == 99u ? 16383u : trial % 8u == 7u ? 2000u : 400u;
  return largest < LARGEST_HOLE ? largest : (uint32_t)LARGEST_HOLE;
}

static void try_one(uint32_t number) {
  strategy = strategy_names[number];
  seed_random(seed * 1000003u + operation * 16u + number);
  try_a_strategy(number, largest_pool(operation));
}

static unsigned per_mille(uint32_t part, uint32_t whole) { return whole ? (unsigned)((uint64_t)part * 1000u / whole) : 0u; }

int main(int argc, char **argv) {
  seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
  unsigned long trials = argc > 2 ? strtoul(argv[2], NULL, 10) : 100;
  if (argc > 4) {
    operation = strtoul(argv[4], NULL, 10);
    try_one((uint32_t)strtoul(argv[3], NULL, 10) % STRATEGIES);
    return 0;
  }
  strategy = "nothing disturbs it";
  for (uint32_t granules_in_all = 2; granules_in_all <= 9; granules_in_all++) {
    try_all_heaps(granules_in_all);
  }
  for (operation = 1; operation <= 10u * trials; operation++) {
    seed_random(seed * 1000003u + operation);
    try_a_periodic_heap(operation % 16u && LARGEST_HOLE > 600 ? 600u : (uint32_t)LARGEST_HOLE);
  }
  for (uint32_t i = 0; i < STRATEGIES; i++) {
    for (operation = 1; operation <= trials; operation++) {
      try_one(i);
    }
  }
  printf("nothing disturbs them: %llu heaps, %llu waits, the longest %u of %u steps\n", (unsigned long long)fresh.heaps,
         (unsigned long long)fresh.requests, (unsigned)fresh.longest, (unsigned)fresh.its_bound);
  printf("%u strategies: %llu waits, %llu exclusive passes, %llu steps, %llu calls; %llu granted, %llu blocked\n", (unsigned)STRATEGIES,
         (unsigned long long)counts.waits, (unsigned long long)counts.exclusive, (unsigned long long)counts.steps,
         (unsigned long long)counts.calls, (unsigned long long)counts.granted, (unsigned long long)counts.blocked);
  printf("the longest wait %u of %u steps: %u per mille; the longest exclusive pass %u of %u steps: %u per mille\n",
         (unsigned)counts.longest, (unsigned)counts.its_bound, per_mille(counts.longest, counts.its_bound), (unsigned)counts.pass,
         (unsigned)counts.pass_bound, per_mille(counts.pass, counts.pass_bound));
  return 0;
}
