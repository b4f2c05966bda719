/*
 * What a program on the simulator can ask of it, by semihosting (Arm's Semihosting for AArch32 and AArch64), without a C library.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdint.h>

/* Prints a text as it stands. Allocates nothing, as printf() would. */
void system_print(const char *text);

/* Prints a number in decimal. */
void system_print_number(uint32_t number);

/* Ends the run. */
__attribute__((noreturn)) void system_exit(int status);

#endif
