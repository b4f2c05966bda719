/*
 * The system timer of a Cortex-M0 (ARMv6-M Architecture Reference Manual, B3.3), which counts core cycles down.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SYSTICK_H
#define SYSTICK_H

#include <stdint.h>

struct systick {
  volatile uint32_t control; /* SYST_CSR */
  volatile uint32_t reload;  /* SYST_RVR: a period is one more */
  volatile uint32_t current; /* SYST_CVR: a write makes it 0, and the next cycle reloads */
};

#define SYSTICK ((struct systick *)0xE000E010)
#define SYSTICK_ON 5U         /* counting core cycles */
#define SYSTICK_INTERRUPT 2U  /* request the exception at each 0 */
#define SYSTICK_LONGEST 0xFFFFFFU

#endif
