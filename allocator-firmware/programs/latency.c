/*
 * How long the system timer's interrupt waits for its handler: asleep, and at each cycle of the longest LDM.
 *
 * SPDX-License-Identifier: MIT
 *
 * The timer requests the exception when it counts to 0, and goes on from the reload value in the next cycle. So what it has
 * counted down since then is the time since the request.
 */
#include <stdint.h>
#include <stdio.h>

#include "systick.h"

/* Functions in assembly find their parameters in registers. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define PERIOD 1000U
#define INTERRUPTS 100U
#define BEFORE_LDM 16U /* cycles from the write to SYST_CVR to the LDM, in interrupted() */
#define LDM 9U         /* cycles of an LDM of 8 registers */

static volatile uint32_t seen; /* SYST_CVR at the second instruction of the handler */

void systick_handler(void);

/* 2 + 2 + 2 + 2 + 3 cycles. */
__attribute__((naked)) void systick_handler(void) {
  __asm__(".syntax unified\n\t"
          "ldr r0, =0xE000E018\n\t"
          "ldr r0, [r0]\n\t"
          "ldr r1, =seen\n\t"
          "str r0, [r1]\n\t"
          "bx lr\n\t"
          ".ltorg");
}

/* From the request to the handler's first instruction; the LDR before the reading is no part of it. */
static uint32_t latency(uint32_t reload) { return reload + 1 - seen - 2; }

static void asleep(void) {
  uint32_t least = UINT32_MAX;
  uint32_t most = 0;
  SYSTICK->reload = PERIOD - 1;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON | SYSTICK_INTERRUPT;
  for (uint32_t i = 0; i < INTERRUPTS; i++) {
    __asm__ volatile("wfi" ::: "memory");
    uint32_t cycles = latency(PERIOD - 1);
    least = cycles < least ? cycles : least;
    most = cycles > most ? cycles : most;
  }
  SYSTICK->control = 0;
  printf("asleep by WFI, %lu interrupts: %lu to %lu cycles\n", (unsigned long)INTERRUPTS, (unsigned long)least,
         (unsigned long)most);
}

/* Lets the timer reach 0 `until` cycles after the write to SYST_CVR, and gives it when the LDM is over: what is read is the
 * cycles since the request, with 2 for an LDR. */
__attribute__((naked, noipa)) static uint32_t interrupted(uint32_t until, const uint32_t *words) {
  __asm__(".syntax unified\n\t"
          "push {r4, r5, r6, r7, lr}\n\t"
          "movs r7, r1\n\t"
          "ldr r2, =0xE000E010\n\t"
          "ldr r3, =0xFFFFFF\n\t"
          "subs r0, #1\n\t"
          "str r0, [r2, #4]\n\t" /* reload */
          "str r0, [r2, #8]\n\t" /* current: 0, and in the next cycle the reload value */
          "str r3, [r2, #4]\n\t" /* from the next reload on */
          ".rept 12\n\t"
          "nop\n\t"
          ".endr\n\t"
          "ldm r7, {r0, r1, r2, r3, r4, r5, r6, r7}\n\t"
          "ldr r0, =0xE000E018\n\t"
          "ldr r0, [r0]\n\t"
          "pop {r4, r5, r6, r7, pc}\n\t"
          ".ltorg");
}

static void in_ldm(void) {
  static const uint32_t words[8] = {0};
  SYSTICK->reload = SYSTICK_LONGEST;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON | SYSTICK_INTERRUPT;
  for (uint32_t cycle = 0; cycle <= LDM; cycle++) {
    uint32_t after = SYSTICK_LONGEST + 1 - interrupted(BEFORE_LDM + cycle, words) - 2;
    printf("requested at cycle %lu of an LDM of %lu: %2lu cycles, LDM and handler take %lu\n", (unsigned long)cycle,
           (unsigned long)LDM, (unsigned long)latency(SYSTICK_LONGEST), (unsigned long)(cycle + after));
  }
  SYSTICK->control = 0;
}

int main(void) {
  asleep();
  in_ldm();
  return 0;
}
