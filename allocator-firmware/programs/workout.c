/*
 * All exercises, 10 times.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exercises.h"

int main(void) {
  return exercises(10);
}
