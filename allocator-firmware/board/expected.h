/* The simulator's figures of main.c, in its order. Written by BoardTest with -Ddefragsim.update=true. SPDX-License-Identifier: MIT */
#include <stdint.h>

#define EXPECTED_COUNT 18U
static const uint32_t expected_cycles[EXPECTED_COUNT] = {
    5,
    278,
    232,
    192,
    42,
    285,
    355,
    63,
    32,
    32,
    28,
    331,
    664,
    8,
    394,
    2814,
    307,
    100};
