/*
 * Times the allocator's calls on a board with the system timer, and prints what the simulator says of the same calls beside it.
 *
 * SPDX-License-Identifier: MIT
 *
 * The functions are those of the image `defrag`, the very object file that `defrag-sim run` measures; only their addresses
 * differ. Heaps, sizes and order are fixed, so that each figure is the same number in every run. A figure goes from the
 * function's first instruction until control is back behind the call, as in all reports of defrag-sim.
 */
#include "expected.h"
#include "image_contract.h"
#include "output.h"
#include "systick.h"

enum { POOL_BYTES = 1024, HANDLES = 16, BUDGET = 64 };

static _Alignas(8) unsigned char memory[POOL_BYTES];
static int32_t handles[HANDLES];
static int32_t result; /* of the last call */

/* ---- The stopwatch ---- */

/* Functions in assembly find their parameters in registers. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

typedef void (*operation)(void); /* whatever its parameters are */

/* Calls function(a, b), puts its result into *answer, and gives the cycles from the first reading of the timer to the second.
 * Between the moments at which they read lie a load and a BLX, besides the function itself. */
__attribute__((naked, noipa)) static uint32_t between_readings(operation function, uint32_t a, uint32_t b, int32_t *answer) {
  __asm__(".syntax unified\n\t"
          "push {r4, r5, r6, r7, lr}\n\t"
          "mov r4, r0\n\t"
          "mov r5, r3\n\t"
          "mov r0, r1\n\t"
          "mov r1, r2\n\t"
          "ldr r6, =0xE000E018\n\t"
          "ldr r7, [r6]\n\t"
          ".global call_made, call_returned\n\t" /* for `defrag-sim exec --from --to` */
          "call_made:\n\t"
          "blx r4\n\t"
          "call_returned:\n\t"
          "ldr r6, [r6]\n\t"
          "str r0, [r5]\n\t"
          "subs r0, r7, r6\n\t" /* it counts down, 24 bits */
          "lsls r0, r0, #8\n\t"
          "lsrs r0, r0, #8\n\t"
          "pop {r4, r5, r6, r7, pc}\n\t"
          ".ltorg");
}

/* BX LR: 3 cycles on a Cortex-M0. */
__attribute__((naked, noipa)) static void returns_at_once(void) { __asm__("bx lr"); }

enum { RETURN_CYCLES = 3 };

static uint32_t overhead;

static uint32_t time_call(operation function, uint32_t a, uint32_t b) {
  return between_readings(function, a, b, &result) - overhead;
}

/* ---- Text ---- */

/* Right-aligned, without division: a Cortex-M0 has none, and this program no library. */
static void put_number(uint32_t number, uint32_t width) {
  static const uint32_t powers[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
  char text[2] = {0, 0};
  for (uint32_t i = 0; i < 10u; i++) {
    char digit = '0';
    for (; number >= powers[i]; number -= powers[i]) {
      digit++;
    }
    if (digit != '0' || text[0] || i == 9u) {
      text[0] = digit;
      output_text(text);
    } else if (10u - i <= width) {
      output_text(" ");
    }
  }
}

static void put_padded(const char *text, uint32_t width) {
  output_text(text);
  while (*text && width) {
    text++;
    width--;
  }
  while (width--) {
    output_text(" ");
  }
}

static uint32_t wait_states;
static uint32_t reported;
static uint32_t differing;

/* One line: what was timed, its cycles, and the simulator's. */
static void report(const char *what, uint32_t cycles) {
  uint32_t simulated = reported < EXPECTED_COUNT ? expected_cycles[reported] : 0;
  reported++;
  put_padded(what, 46);
  put_number(cycles, 6);
  output_text(" ");
  put_number(simulated, 10);
  if (cycles != simulated) {
    differing++;
    output_text("  differs");
  }
  output_text("\n");
}

/* ---- The heaps ---- */

static void fresh(void) { result = image_init(memory, sizeof memory, HANDLES); }

/* Blocks of these sizes, one above the other, in handles[0] and up. */
static void fill(const uint16_t *bytes, uint32_t count) {
  fresh();
  for (uint32_t i = 0; i < count; i++) {
    handles[i] = image_alloc(bytes[i]);
  }
}

static void release(uint32_t first, uint32_t last, uint32_t stride) {
  for (uint32_t i = first; i <= last; i += stride) {
    result = image_free(handles[i]);
  }
}

static void time_alloc(void) {
  fresh();
  report("alloc 32 bytes, empty pool", time_call((operation)image_alloc, 32, 0));

  /* Four holes in the request's own bin; the last that is looked at is the closest fit. */
  static const uint16_t four[] = {44, 4, 52, 4, 56, 4, 48, 4};
  fill(four, 8);
  release(0, 6, 2);
  report("alloc 44 bytes, four holes to choose from", time_call((operation)image_alloc, 44, 0));

  static const uint16_t full[] = {100, 100, 100, 100, 100, 100, 100, 100};
  fill(full, 8);
  release(0, 6, 2);
  report("alloc 300 bytes, refused: fragmented", time_call((operation)image_alloc, 300, 0));
  report("alloc 0 bytes, refused: invalid size", time_call((operation)image_alloc, 0, 0));
}

static void time_free(void) {
  static const uint16_t three[] = {60, 60, 60, 60};
  fill(three, 4);
  report("free, blocks on both sides", time_call((operation)image_free, (uint32_t)handles[1], 0));
  fill(three, 4);
  release(0, 2, 2);
  report("free, holes on both sides", time_call((operation)image_free, (uint32_t)handles[1], 0));
  report("free, stale handle", time_call((operation)image_free, (uint32_t)handles[1], 0));
}

static void time_locks(void) {
  static const uint16_t one[] = {60};
  fill(one, 1);
  report("lock", time_call((operation)image_lock, (uint32_t)handles[0], 0));
  report("lock, locked already", time_call((operation)image_lock, (uint32_t)handles[0], 0));
  report("unlock", time_call((operation)image_unlock, (uint32_t)handles[0], 0));
}

static void time_resize(void) {
  static const uint16_t two[] = {60, 60, 60};
  fill(two, 3);
  release(1, 1, 1);
  report("resize 60 to 100 bytes, in place", time_call((operation)image_resize, (uint32_t)handles[0], 100));
  fill(two, 3);
  report("resize 60 to 100 bytes, moves 64", time_call((operation)image_resize, (uint32_t)handles[0], 100));
}

/* A request is refused as fragmented, steps make room for it, and it is served. */
static void time_steps(void) {
  static const uint16_t cheese[] = {60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 60};
  fill(cheese, 13);
  release(0, 12, 2);
  result = image_alloc(200);
  uint32_t steps = 0;
  uint32_t longest = 0;
  uint32_t all = 0;
  do {
    uint32_t cycles = time_call((operation)image_step, BUDGET, 0);
    steps++;
    all += cycles;
    longest = cycles > longest ? cycles : longest;
  } while (result == 1);
  report("steps of 64 bytes until 200 bytes are free", steps);
  report("  the longest of them", longest);
  report("  all together", all);
  report("  alloc 200 bytes, now served", time_call((operation)image_alloc, 200, 0));
  report("step, nothing to do", time_call((operation)image_step, BUDGET, 0));
}

/* The start-up code parks here: this program has its work instead. */
_Noreturn void image_park(void);

_Noreturn void image_park(void) {
  wait_states = output_start();
  SYSTICK->reload = SYSTICK_LONGEST;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON;
  overhead = between_readings(returns_at_once, 0, 0, &result) - RETURN_CYCLES;

  output_text("\ndefrag: cycles by SysTick, and by the simulator\n");
  put_padded("", 46);
  output_text("SysTick  simulator\n");
  report("overhead of a reading, taken off all others", overhead);
  time_alloc();
  time_free();
  time_locks();
  time_resize();
  time_steps();

  put_number(reported - differing, 0);
  output_text(" of ");
  put_number(reported, 0);
  output_text(" as the simulator says");
  output_text(wait_states ? "; flash has a wait state here, and none in those figures\n" : "\n");
  output_end(differing || reported != EXPECTED_COUNT);
}
