/* A program, but no allocator image: it has none of the contract's symbols.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>

volatile uint32_t answer = 42;
