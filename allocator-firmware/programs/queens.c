/*
 * In how many ways n queens stand on a board of n by n without attacking each other.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <stdio.h>

/* Each set bit of the three is a column that a queen above attacks: straight down, to the left, to the right. */
__attribute__((noinline)) static uint32_t place(uint32_t all, uint32_t straight, uint32_t left, uint32_t right) {
  if (straight == all) {
    return 1;
  }
  uint32_t ways = 0;
  for (uint32_t open = all & ~(straight | left | right); open != 0; open &= open - 1) {
    uint32_t column = open & (0U - open);
    ways += place(all, straight | column, (left | column) << 1, (right | column) >> 1);
  }
  return ways;
}

__attribute__((noinline)) static uint32_t queens(uint32_t n) { return place((1U << n) - 1, 0, 0, 0); }

int main(void) {
  for (uint32_t n = 1; n <= 8; n++) {
    printf("%lu queens: %lu\n", (unsigned long)n, (unsigned long)queens(n));
  }
  return 0;
}
