/* The simulator's figures of main.c, in its order. Written by BoardTest with -Ddefragsim.update=true. SPDX-License-Identifier: MIT */
#include <stdint.h>

#define EXPECTED_COUNT 18U
static const uint32_t expected_cycles[EXPECTED_COUNT] = {
    5,
    277,
    230,
    189,
    42,
    283,
    352,
    62,
    32,
    32,
    28,
    329,
    648,
    8,
    388,
    2834,
    305,
    78};
