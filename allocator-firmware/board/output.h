/*
 * Where the board program's text goes: chosen by what it is linked with, output_usart.c for a board or output_semihosting.c for
 * a debugger or a simulator.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdint.h>

/* Sets up clock and output. The flash wait states that the core runs with, for the figures depend on them. */
uint32_t output_start(void);

void output_text(const char *text);

/* The end of the program: status 0 if all figures were as expected. */
_Noreturn void output_end(uint32_t status);

#endif
