/*
 * The example that the documentation quotes, run: it steps until it is told, and tells what a step told it.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

static int refused; /* requests since it was set to 0 */
static int steps;
#define DEFRAG_TRACE(event, handle, value)                         \
  ((void)(value), refused += (event) == DEFRAG_EVENT_ALLOC && (handle) < 0, steps += (event) == DEFRAG_EVENT_STEP)
#include "../../examples/sensor.c"
#include "../../src/defrag.c"

#define EXPECT(condition)                                                 \
  do {                                                                    \
    if (!(condition)) {                                                   \
      fprintf(stderr, "FAILED: %s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                            \
    }                                                                     \
  } while (0)

static readings blocks[8];

/* Eight blocks of 240 bytes in all; every second one is freed again. */
static void fragment(void) {
  EXPECT(sensor_start() == DEFRAG_OK);
  for (int i = 0; i < 8; i++) {
    EXPECT(get_readings(&blocks[i], 29) == DEFRAG_OK);
  }
  for (int i = 0; i < 8; i += 2) {
    EXPECT(DEFRAG_FREE(&pool, &blocks[i]) == DEFRAG_OK);
  }
  refused = 0;
  steps = 0;
}

int main(void) {
  readings large;

  fragment();
  EXPECT(get_readings(&large, 60) == DEFRAG_OK);
  EXPECT(refused == 1 && steps > 1); /* it asks again only when a step says that it would be served */
  printf("ok: served after %d steps and one refusal\n", steps);

  fragment();
  for (int i = 1; i < 8; i += 2) {
    EXPECT(DEFRAG_TRY_LOCK(&pool, &blocks[i]));
  }
  EXPECT(get_readings(&large, 60) == DEFRAG_BLOCKED && refused == 2);
  printf("ok: what is in the way is told\n");

  EXPECT(get_readings(&large, 200) == DEFRAG_OUT_OF_MEMORY);
  for (uint32_t n = 0; n < 3; n++) {
    EXPECT(sensor_start() == DEFRAG_OK);
    readings buffer = {0};
    for (uint32_t i = 0; i < 100; i++) {
      EXPECT(sensor_append(&buffer, i, (reading){i, 215}) == DEFRAG_OK);
      sensor_idle();
    }
    const reading *kept = DEFRAG_TRY_LOCK(&pool, &buffer);
    EXPECT(kept && kept[0].time == 0 && kept[99].time == 99);
  }
  printf("ok: a buffer that grows keeps what is in it\n");
  return 0;
}
