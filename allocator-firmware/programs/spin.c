/*
 * A loop of 20 million rounds, each SUBS (1 cycle) and BNE (3 taken, 1 not taken): 79,999,998 cycles in all.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <stdio.h>

/* Functions in assembly find their parameters in registers. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define ROUNDS 20000000

__attribute__((naked, noipa)) static void spin(uint32_t rounds) {
  __asm__(".syntax unified\n\t"
          "1: subs r0, #1\n\t"
          "bne 1b\n\t"
          "bx lr");
}

int main(void) {
  spin(ROUNDS);
  printf("%d rounds\n", ROUNDS);
  return 0;
}
