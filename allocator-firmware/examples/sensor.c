/*
 * The library in one's own firmware: readings are kept in a buffer that grows and is sent away, and its memory never stays
 * fragmented.
 *
 * SPDX-License-Identifier: MIT
 */
#include "defrag/defrag.h"

static DEFRAG_POOL_MEMORY(memory, 2048);
static DEFRAG_HANDLE_TABLE(table, 32);
static defrag_pool pool;

typedef struct reading {
  uint32_t time;
  int16_t celsius_x10;
} reading;

typedef DEFRAG_MUTEX(reading) readings;

/* Allocates; if memory is fragmented, steps until a step says that the request would be served (0) or why it cannot be (an
 * error), and tries again. Each step moves 64 bytes at most, so that deadlines can be met in between. The first error may speak of a
 * larger request that another part of the program gave up; the second one is this one's. */
static int32_t get_readings(readings *out, uint32_t count) {
  int32_t result = DEFRAG_ALLOC_SLICE(&pool, out, count);
  int errors = 0;
  while (result == DEFRAG_FRAGMENTED) {
    int32_t step;
    do {
      step = defrag_step(&pool, 64);
    } while (step > 0);
    errors += step < 0;
    result = errors < 2 ? DEFRAG_ALLOC_SLICE(&pool, out, count) : step;
  }
  return result;
}

int32_t sensor_start(void) { return defrag_init(&pool, memory, sizeof memory, table, 32); }

/* Stores a reading at the end of a longer copy of the buffer; 0 or an error. */
int32_t sensor_append(readings *buffer, uint32_t count, reading latest) {
  readings longer;
  int32_t result = get_readings(&longer, count + 1u);
  if (result != DEFRAG_OK) {
    return result;
  }
  reading *to = DEFRAG_TRY_LOCK(&pool, &longer);
  if (count) {
    const reading *from = DEFRAG_TRY_LOCK(&pool, buffer);
    if (!from) { /* half moved by a step just now: let it end, and come again */
      (void)DEFRAG_UNLOCK(&pool, &longer);
      (void)DEFRAG_FREE(&pool, &longer);
      return DEFRAG_MOVING;
    }
    for (uint32_t i = 0; i < count; i++) {
      to[i] = from[i];
    }
    (void)DEFRAG_UNLOCK(&pool, buffer);
    (void)DEFRAG_FREE(&pool, buffer);
  }
  to[count] = latest;
  (void)DEFRAG_UNLOCK(&pool, &longer);
  *buffer = longer;
  return DEFRAG_OK;
}

/* When there is nothing else to do. */
void sensor_idle(void) { (void)defrag_step(&pool, 64); }
