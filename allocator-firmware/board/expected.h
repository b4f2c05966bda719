/* The simulator's figures of main.c, in its order. Written by BoardTest with -Ddefragsim.update=true. SPDX-License-Identifier: MIT */
#include <stdint.h>

#define EXPECTED_COUNT 18U
static const uint32_t expected_cycles[EXPECTED_COUNT] = {
    5,
    175,
    223,
    203,
    48,
    212,
    263,
    61,
    30,
    30,
    28,
    318,
    535,
    4,
    465,
    1786,
    284,
    98};
