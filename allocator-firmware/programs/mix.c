/*
 * All exercises, 1,300 times, 100 million instructions, with a tick of the system timer every millisecond at 48 MHz: long
 * enough to measure how fast a simulator is on a program with interrupts.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <stdio.h>

#include "exercises.h"
#include "systick.h"

#define CYCLES_PER_TICK 48000U

void systick_handler(void);

static volatile uint32_t ticks;

void systick_handler(void) {
  ticks++;
}

int main(void) {
  SYSTICK->reload = CYCLES_PER_TICK - 1U;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON | SYSTICK_INTERRUPT;
  int status = exercises(1300);
  printf("%lu ticks\n", (unsigned long)ticks);
  return status;
}
