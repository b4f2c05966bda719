/*
 * The workout 47 times, 3 million instructions: a program after which a simulator has hardly warmed up.
 *
 * SPDX-License-Identifier: MIT
 */
#define ITERATIONS 47
#include "workout.c"
