/*
 * What programs do to a heap by mistake. The Makefile builds one program of each function below whose name is in MISUSES.
 *
 * SPDX-License-Identifier: MIT
 */
#include <reent.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"

void double_free(void);
void wild_free(void);
void long_jump(void);
void deadlock(void);
void overrun(void);
void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);

/* Blocks whose use no compiler sees through. */
static char *volatile first, *volatile second, *volatile third;

static void three_blocks(void) {
  first = malloc(24);
  second = malloc(40);
  third = malloc(24);
}

/* newlib calls these around each call of the heap. */
static void (*while_locked)(void);
static bool locked;

void __malloc_lock(struct _reent *reent) {
  (void)reent;
  while (locked) {
    /* the owner is to let go */
  }
  locked = true;
  if (while_locked) {
    while_locked();
  }
}

void __malloc_unlock(struct _reent *reent) {
  (void)reent;
  locked = false;
}

/* The second block is freed twice. newlib-nano sees it, says nothing, and goes on. */
void double_free(void) {
  three_blocks();
  free(second);
  free(second);
  free(first);
  free(third);
}

/* Frees what was never a block: memory of the program, and the middle of a block, which looks like one. So the heap gives out
 * a part of the second block again while that is in use. */
void wild_free(void) {
  static uint64_t own[8];
  three_blocks();
  ((uint32_t *)own)[1] = 32;
  char *volatile no_block = (char *)own + 8;
  free(no_block);
  ((uint32_t *)(void *)second)[1] = 32;
  no_block = second + 8;
  free(no_block);
  no_block = malloc(20);
  no_block = malloc(20);
  free(third);
  free(first);
}

/* A call of the heap is left by longjmp(), and never returns. */
static jmp_buf before;

static void jump_out(void) {
  while_locked = NULL;
  locked = false;
  longjmp(before, 1);
}

void long_jump(void) {
  three_blocks();
  if (setjmp(before) == 0) {
    while_locked = jump_out;
    free(malloc(100));
  }
  free(malloc(16));
  free(first);
  free(second);
  free(third);
}

/* Memory is asked for in the middle of a call of the heap, as a handler does that must not: the lock is waited for, for ever. */
static void ask_again(void) {
  while_locked = NULL;
  third = malloc(8);
}

void deadlock(void) {
  first = malloc(24);
  while_locked = ask_again;
  second = malloc(40);
}

/* Writes over the end of the first block, and so over the size of the second one. */
void overrun(void) {
  three_blocks();
  memset(first, 0x5a, 36);
  free(second);
  free(first);
  second = malloc(40);
  memset(second, 0, 40);
  third = malloc(64);
}

int main(void) {
  MISUSE();
  system_print("done\n");
  return 0;
}
