/*
 * Times 1000 rounds of a loop of 20 cycles with the system timer. The difference of two readings is the cycles from the
 * beginning of one load to that of the other, so it has one load (2 cycles) more than lies between them: that is the
 * overhead, which two loads in a row give.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <stdio.h>

#include "systick.h"

/* Functions in assembly find their parameters in registers. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

__attribute__((naked, noipa)) static uint32_t overhead(volatile uint32_t *current) {
  __asm__(".syntax unified\n\t"
          "ldr r1, [r0]\n\t"
          "ldr r2, [r0]\n\t"
          "subs r0, r1, r2\n\t"
          "bx lr");
}

/* A round: 16 times NOP (1), SUBS (1), BNE (3). The last BNE is not taken (1): two more NOPs. */
__attribute__((naked, noipa)) static uint32_t rounds(volatile uint32_t *current, uint32_t count) {
  __asm__(".syntax unified\n\t"
          "ldr r2, [r0]\n\t"
          "1:\n\t"
          ".rept 16\n\t"
          "nop\n\t"
          ".endr\n\t"
          "subs r1, #1\n\t"
          "bne 1b\n\t"
          "nop\n\t"
          "nop\n\t"
          "ldr r3, [r0]\n\t"
          "subs r0, r2, r3\n\t"
          "bx lr");
}

int main(void) {
  SYSTICK->reload = SYSTICK_LONGEST;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON;
  uint32_t more = overhead(&SYSTICK->current);
  uint32_t cycles = rounds(&SYSTICK->current, 1000) - more;
  printf("1000 rounds of 20 cycles: %lu, without the %lu of reading the timer\n", (unsigned long)cycles,
         (unsigned long)more);
  return 0;
}
