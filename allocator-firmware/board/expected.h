/* The simulator's figures of main.c, in its order. Written by BoardTest with -Ddefragsim.update=true. SPDX-License-Identifier: MIT */
#include <stdint.h>

#define EXPECTED_COUNT 1U
static const uint32_t expected_cycles[EXPECTED_COUNT] = {0};
