/*
 * Vector table and reset handler of a program with newlib and semihosting.
 *
 * SPDX-License-Identifier: MIT
 *
 * From reset: initialised data is copied to SRAM; the C library's own start-up code clears the rest, opens the console, calls
 * main and ends the program with its exit code.
 */
#include <stdint.h>

extern uint32_t data_load[], data_start[], data_end[], stack_top[];

void _start(void);
void reset_handler(void);

/* A program may have these; without the first a fault ends the run. */
__attribute__((weak)) void hard_fault_handler(void);
__attribute__((weak)) void systick_handler(void);

__attribute__((noreturn)) void reset_handler(void) {
  const uint32_t *from = data_load;
  for (uint32_t *to = data_start; to != data_end; to++) {
    *to = *from++;
  }
  _start();
  __builtin_unreachable();
}

__attribute__((used, section(".vectors"))) static const struct {
  uint32_t *stack;
  void (*reset)(void);
  void (*nmi)(void);
  void (*hard_fault)(void);
  void (*others[11])(void);
  void (*systick)(void);
} vectors = {stack_top, reset_handler, 0, hard_fault_handler, {0}, systick_handler};
