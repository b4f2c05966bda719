/*
 * The board program's text to the debugger, by semihosting (Arm, "Semihosting for AArch32 and AArch64"): for `defrag-sim exec`,
 * and for a board under a debugger that serves it.
 *
 * SPDX-License-Identifier: MIT
 */
#include "output.h"

enum { SYS_WRITE0 = 0x04, SYS_EXIT = 0x18 };
enum { APPLICATION_EXIT = 0x20026, RUN_TIME_ERROR = 0x20023 };

static void call(uint32_t operation, uintptr_t parameter) {
  register uint32_t r0 __asm__("r0") = operation;
  register uintptr_t r1 __asm__("r1") = parameter;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

uint32_t output_start(void) { return 0; }

void output_text(const char *text) { call(SYS_WRITE0, (uintptr_t)text); }

_Noreturn void output_end(uint32_t status) {
  for (;;) {
    call(SYS_EXIT, status ? RUN_TIME_ERROR : APPLICATION_EXIT);
  }
}
