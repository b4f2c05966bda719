/*
 * A loop that reads or writes a register of the system timer with every 46th instruction, a million rounds of two; 92 million
 * instructions, as busy with registers as a driver. The timer itself tells whether the cycles are right.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "systick.h"

/* Functions in assembly find their parameters in registers. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define ROUNDS 1000000U
#define CYCLES_OF_ROUND 96U /* LDR and STR (2 each), 88 ADDS and one SUBS (1 each), BNE (3) */
#define CYCLES_BEFORE 3U    /* from the first load to that of the first round: LDR (2), MOV (1) */

/* Gives the cycles from a load of the timer to that in the last round, modulo 2^24. */
__attribute__((naked, noipa)) static uint32_t rounds(struct systick *timer, uint32_t count, uint32_t reload) {
  __asm__(".syntax unified\n\t"
          "ldr r3, [r0, #8]\n\t"
          "mov r12, r3\n\t"
          "1:\n\t"
          "ldr r3, [r0, #8]\n\t"
          ".rept 45\n\t"
          "adds r0, #0\n\t"
          ".endr\n\t"
          "str r2, [r0, #4]\n\t"
          ".rept 43\n\t"
          "adds r0, #0\n\t"
          ".endr\n\t"
          "subs r1, #1\n\t"
          "bne 1b\n\t"
          "mov r0, r12\n\t"
          "subs r0, r0, r3\n\t"
          "lsls r0, r0, #8\n\t"
          "lsrs r0, r0, #8\n\t"
          "bx lr");
}

int main(void) {
  SYSTICK->reload = SYSTICK_LONGEST;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON;
  uint32_t cycles = rounds(SYSTICK, ROUNDS, SYSTICK_LONGEST);
  bool ok = cycles == ((CYCLES_BEFORE + (ROUNDS - 1) * CYCLES_OF_ROUND) & SYSTICK_LONGEST);
  printf("%u rounds: %s\n", ROUNDS, ok ? "ok" : "WRONG");
  return ok ? 0 : 1;
}
