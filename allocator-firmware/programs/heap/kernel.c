/*
 * Two tasks that share a heap. The kernel and the heap are stand-ins: small ones of this project, with the names and the manners
 * of FreeRTOS. As there, a call of the heap holds back the other task; a switch that is due meanwhile comes at its end, before
 * it returns.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../systick.h"
#include "system.h"

enum {
  TASKS = 2,
  STACK_WORDS = 96,
  TICK_CYCLES = 700,
  HEAP_BYTES = 1536,
  ROUNDS = 40,
};

void pendsv_handler(void);
void systick_handler(void);
void *pvPortMalloc(size_t bytes);
void vPortFree(void *block);

/* ---- The kernel: idle and two tasks, each on a stack of its own, switched in turn by PendSV ---- */

#define ICSR (*(volatile uint32_t *)0xE000ED04)
#define SHPR3 (*(volatile uint32_t *)0xE000ED20)
enum { PENDSVSET = 1 << 28 };
#define LOWEST_PRIORITIES 0xC0C00000u /* of SysTick and PendSV */

static uint64_t stacks[TASKS + 1][STACK_WORDS / 2];
static uint32_t *stack_pointers[TASKS + 1]; /* of those that do not run: where r4 to r11 are */
static uint32_t running;                    /* 0: idle */
static volatile bool done[TASKS + 1];
static volatile uint32_t suspended; /* no switches while it is not 0 */
static volatile bool switch_is_due;
static uint32_t switches_in_calls; /* of the heap */

static void request_switch(void) {
  if (suspended) {
    switch_is_due = true;
  } else {
    ICSR = PENDSVSET;
  }
}

static void suspend_switches(void) { suspended++; }

static void resume_switches(void) {
  if (--suspended == 0 && switch_is_due) {
    switch_is_due = false;
    switches_in_calls++;
    ICSR = PENDSVSET;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
  }
}

void systick_handler(void) { request_switch(); }

/* Takes the stack pointer of the one that ran, gives that of the next. */
__attribute__((used)) static uint32_t *next_task(uint32_t *stack_pointer) {
  stack_pointers[running] = stack_pointer;
  uint32_t next = 0;
  for (uint32_t i = 1; i <= TASKS && !next; i++) {
    uint32_t task = (running + i) % (TASKS + 1);
    next = task && !done[task] ? task : 0;
  }
  running = next;
  return stack_pointers[next];
}

__attribute__((naked)) void pendsv_handler(void) {
  __asm__ volatile(
      ".syntax unified\n\t"
      "mrs r0, psp\n\t"
      "subs r0, #32\n\t"
      "mov r2, r0\n\t"
      "stmia r2!, {r4-r7}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "stmia r2!, {r4-r7}\n\t"
      "push {r3, lr}\n\t"
      "bl next_task\n\t"
      "adds r0, #16\n\t"
      "ldmia r0!, {r4-r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "msr psp, r0\n\t"
      "subs r0, #32\n\t"
      "ldmia r0!, {r4-r7}\n\t"
      "pop {r3, pc}");
}

/* Where a task's function returns to. */
static void end_task(void) {
  done[running] = true;
  for (;;) {
    request_switch();
  }
}

static void create_task(uint32_t task, void (*function)(void)) {
  uint32_t *top = (uint32_t *)&stacks[task][STACK_WORDS / 2];
  *--top = 1u << 24; /* xPSR: Thumb */
  *--top = (uint32_t)(uintptr_t)function & ~1u;
  *--top = (uint32_t)(uintptr_t)end_task;
  stack_pointers[task] = top - 5 - 8; /* r12, r3 to r0, r11 to r4 */
}

/* Goes on with `idle` on the stack of task 0. */
__attribute__((naked, noreturn)) static void start_kernel(void *stack, void (*idle)(void)) {
  __asm__ volatile(
      ".syntax unified\n\t"
      "msr psp, r0\n\t"
      "movs r0, #2\n\t"
      "msr control, r0\n\t"
      "isb\n\t"
      "bx r1");
  (void)stack;
  (void)idle;
}

/* ---- The heap: the first hole that is large enough, in an array. In FreeRTOS it is a file of its own, so it has calls. ---- */

struct chunk {
  uint32_t bytes; /* with this header; a block that is in use has its lowest bit set */
};

static uint64_t ucHeap[HEAP_BYTES / 8];

static struct chunk *after(struct chunk *chunk) { return (struct chunk *)((char *)chunk + (chunk->bytes & ~1u)); }

static struct chunk *end_of_chunks(void) { return (struct chunk *)((char *)ucHeap + sizeof ucHeap - 4); }

/* Chunks begin 4 bytes in front of a multiple of 8, so that blocks are aligned to 8. */
static struct chunk *first_chunk(void) {
  struct chunk *first = (struct chunk *)((char *)ucHeap + 4);
  if (!first->bytes) {
    first->bytes = sizeof ucHeap - 8;
  }
  return first;
}

__attribute__((noinline)) void *pvPortMalloc(size_t bytes) {
  void *block = NULL;
  suspend_switches();
  uint32_t needed = (bytes + sizeof(struct chunk) + 7u) & ~7u;
  for (struct chunk *chunk = first_chunk(); chunk != end_of_chunks() && !block; chunk = after(chunk)) {
    if (chunk->bytes & 1u) {
      continue;
    }
    while (after(chunk) != end_of_chunks() && !(after(chunk)->bytes & 1u)) {
      chunk->bytes += after(chunk)->bytes;
    }
    if (chunk->bytes >= needed) {
      if (chunk->bytes > needed) {
        uint32_t rest = chunk->bytes - needed;
        chunk->bytes = needed;
        after(chunk)->bytes = rest;
      }
      chunk->bytes |= 1u;
      block = chunk + 1;
    }
  }
  resume_switches();
  return block;
}

__attribute__((noinline)) void vPortFree(void *block) {
  suspend_switches();
  if (block) {
    ((struct chunk *)block - 1)->bytes &= ~1u;
  }
  resume_switches();
}

/* ---- The tasks ---- */

static uint32_t sums[TASKS + 1];

/* Has up to four packets at a time, of sizes that go round. */
static void packets(void) {
  uint8_t *held[4] = {0};
  for (uint32_t i = 0; i < ROUNDS; i++) {
    uint8_t **place = &held[i % 4u];
    vPortFree(*place);
    *place = pvPortMalloc(24u + i % 7u * 12u);
    if (*place) {
      **place = (uint8_t)i;
      sums[1] += **place;
    }
  }
  for (uint32_t i = 0; i < 4u; i++) {
    vPortFree(held[i]);
  }
}

/* Builds a list of messages and takes it apart again. */
static void messages(void) {
  struct message {
    struct message *next;
    uint32_t number;
  };
  for (uint32_t i = 0; i < ROUNDS / 8; i++) {
    struct message *list = NULL;
    for (uint32_t j = 0; j < 8; j++) {
      struct message *message = pvPortMalloc(sizeof *message + j * 4u);
      if (message) {
        *message = (struct message){list, j};
        list = message;
      }
    }
    while (list) {
      struct message *next = list->next;
      sums[2] += list->number;
      vPortFree(list);
      list = next;
    }
  }
}

static void idle(void) {
  SYSTICK->reload = TICK_CYCLES - 1;
  SYSTICK->current = 0;
  SYSTICK->control = SYSTICK_ON | SYSTICK_INTERRUPT;
  while (!done[1] || !done[2]) {
    __asm__ volatile("wfi" ::: "memory");
  }
  system_print("packets ");
  system_print_number(sums[1]);
  system_print(", messages ");
  system_print_number(sums[2]);
  system_print(", switches in calls ");
  system_print_number(switches_in_calls);
  system_print("\n");
  system_exit(0);
}

int main(void) {
  create_task(1, packets);
  create_task(2, messages);
  SHPR3 = LOWEST_PRIORITIES;
  start_kernel(&stacks[0][STACK_WORDS / 2], idle);
}
