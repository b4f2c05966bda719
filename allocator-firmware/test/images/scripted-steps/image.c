/* Steps that answer by a script, for the ways in which a stall may end. Requests of 100 bytes and more are refused as
 * fragmented until so many steps were done; others are served.
 *
 * SPDX-License-Identifier: MIT
 *
 * The script is data: a test writes another one into the file.
 */
#define OWN_ALLOC
#define OWN_FEATURES IMAGE_MOVES_IN_STEP
#include "trivial.h"

enum { STEPS = 8, REFUSED_BYTES = 100 };

IMAGE_KEEP const int32_t script_answers[STEPS] = {0}; /* of the first steps; the last one stands for all that follow */
IMAGE_KEEP const uint32_t script_serves_from = 0; /* so many steps */

/* Read anew each time: the compiler must not take what stands in this file for what stands in the ELF file. */
#define SCRIPT(value) (*(const volatile __typeof__(value) *)&(value))

static uint32_t steps;

int32_t image_step(uint32_t budget_bytes);

int32_t image_alloc(uint32_t bytes) {
  return bytes >= REFUSED_BYTES && steps < SCRIPT(script_serves_from) ? (int32_t)IMAGE_FRAGMENTED : trivial_alloc(bytes);
}

int32_t image_step(uint32_t budget_bytes) {
  (void)budget_bytes;
  uint32_t done = steps;
  steps++;
  return SCRIPT(script_answers[done < STEPS ? done : STEPS - 1]);
}
