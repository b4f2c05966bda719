/*
 * How many bits a number needs, as CLZ would say, which a Cortex-M0 does not have: by a table of 32 bytes, without a loop and without a
 * multiplication, for which some parts take 32 cycles.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ZOO_BITS_H
#define ZOO_BITS_H

#include <stdint.h>

/* The number of the highest bit that is set, from 1 on; 0 for 0. number: below 2^16. */
static inline uint32_t highest_bit(uint32_t number) {
  static const uint8_t of_five[32] = {0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5};
  if (number < 1u << 5) {
    return of_five[number];
  }
  if (number < 1u << 10) {
    return 5u + of_five[number >> 5];
  }
  return 11u + of_five[number >> 11];
}

/* The number of the lowest bit that is set, from 0 on. set: not 0, and below 2^16. */
static inline uint32_t lowest_of(uint32_t set) { return highest_bit(set & (0u - set)) - 1u; }

#endif
