/*
 * Programs that try to keep a request waiting: what they do between two steps, on heaps that are laid out to make waits long.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_STRATEGIES_H
#define DEFRAG_TEST_STRATEGIES_H

#include "waits.h"

enum { STRATEGIES = 11 };
extern const char *const strategy_names[STRATEGIES];

/* A pool of up to `largest` granules, a program, and some requests that it refuses or keeps waiting. */
void try_a_strategy(uint32_t strategy, uint32_t largest);

#endif
