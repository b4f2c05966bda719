/*
 * All exercises, 40 times, 3 million instructions: a program after which a simulator has hardly warmed up.
 *
 * SPDX-License-Identifier: MIT
 */
#include "exercises.h"

int main(void) {
  return exercises(40);
}
