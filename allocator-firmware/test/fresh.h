/*
 * The wait of a request that nothing disturbs: none was pending, no block is on its way, and the program only steps.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_FRESH_H
#define DEFRAG_TEST_FRESH_H

#include "harness.h"

typedef struct fresh_counts {
  uint64_t heaps, requests, blocked;
  uint32_t longest, its_bound; /* steps, as in wait_counts */
} fresh_counts;

extern fresh_counts fresh;

/* Every heap of so many granules, with up to two locked blocks; every request, with budgets of 1, 2, 4 and 8 granules. */
void try_all_heaps(uint32_t granules_for_blocks);

/* A heap of up to so many granules, with blocks and holes in turn. */
void try_a_periodic_heap(uint32_t largest);

#endif
