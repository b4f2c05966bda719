/*
 * The workout 1,500 times, 95 million instructions, with a tick of the system timer every millisecond at 48 MHz: long enough
 * to measure how fast a simulator is on a program with interrupts.
 *
 * SPDX-License-Identifier: MIT
 */
#define ITERATIONS 1500
#include "workout.c"

#include "systick.h"

#define CYCLES_PER_TICK 48000U

void systick_handler(void);

static volatile uint32_t ticks;

void systick_handler(void) {
  ticks++;
}

/* Before main, which is the workout's. */
__attribute__((constructor)) static void start_ticking(void) {
  SYSTICK->reload = CYCLES_PER_TICK - 1U;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON | SYSTICK_INTERRUPT;
}
