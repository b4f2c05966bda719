/*
 * Start-up code and vector table for a Cortex-M0.
 *
 * SPDX-License-Identifier: MIT
 *
 * From reset: initialised data is copied to SRAM, the rest of the image's SRAM is cleared, and the image parks. Nothing is
 * enabled. The host sees the breakpoint and calls the image's functions.
 */
#include <stdint.h>

extern uint32_t data_load[], data_start[], data_end[], bss_start[], bss_end[], stack_top[];

void image_reset(void);
void image_park(void);

/* Exceptions that the image does not expect park as well, with another number. */
void image_unexpected(void);

/* Weak: a program that is not an allocator image does its work here. */
__attribute__((weak, noreturn)) void image_park(void) {
  for (;;) {
    __asm__ volatile("bkpt #0");
  }
}

__attribute__((noreturn)) void image_unexpected(void) {
  for (;;) {
    __asm__ volatile("bkpt #1");
  }
}

__attribute__((noreturn)) void image_reset(void) {
  const uint32_t *from = data_load;
  for (uint32_t *to = data_start; to != data_end; to++) {
    *to = *from++;
  }
  for (uint32_t *to = bss_start; to != bss_end; to++) {
    *to = 0;
  }
  image_park();
}

typedef void (*vector)(void);

/* A part has more vectors, one for each interrupt line; nothing here enables one. */
__attribute__((used, section(".vectors"))) static const struct {
  uint32_t *stack;
  vector exceptions[15];
} vectors = {
    stack_top,
    {
        image_reset, image_unexpected, image_unexpected, /* reset, NMI, HardFault */
        0, 0, 0, 0, 0, 0, 0, image_unexpected,           /* SVCall */
        0, 0, image_unexpected, image_unexpected,        /* PendSV, SysTick */
    },
};
