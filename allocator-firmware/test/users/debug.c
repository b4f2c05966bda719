/*
 * The hooks and the debug mode, on a computer: the tests' model with blocks that move after each operation, programs that use a
 * pointer after its unlock, what the trace is told, and what the asserts find.
 *
 *   debug-test [seed [thoroughness]]     as host-test
 *
 * SPDX-License-Identifier: MIT
 *
 * Compiled with DEFRAG_CONFIG="debug_config.h".
 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

unsigned long operation;
uint32_t thoroughness = 1;

static const char *test_name = "";
static unsigned long seed = 1;

void fail(const char *file, int line, const char *condition) {
  fprintf(stderr, "FAILED: %s\n  %s:%d: %s\n  seed %lu, operation %lu\n", test_name, file, line, condition, seed, operation);
  exit(1);
}

/* ---- What the hooks call ---- */

struct traced {
  int event;
  int32_t handle;
  int32_t value;
};

static struct traced trace[64];
static uint32_t traced;

void test_trace(int event, int32_t handle, int32_t value) {
  trace[traced++ % 64u] = (struct traced){event, handle, value};
}

static jmp_buf failed_assert;
static int expects_an_assert;

void test_assert(const char *condition, const char *file, int line) {
  if (expects_an_assert) {
    longjmp(failed_assert, 1);
  }
  fail(file, line, condition);
}

#define EXPECT_ASSERT(call)             \
  do {                                  \
    expects_an_assert = 1;              \
    if (setjmp(failed_assert) == 0) {   \
      (void)(call);                     \
      EXPECT(test_name == NULL);        \
    }                                   \
    expects_an_assert = 0;              \
  } while (0)

/* ---- Stale pointers ---- */

enum { FILL = DEFRAG_DEBUG_FILL };

/* A bug that tests rarely find: the pointer outlives the lock, and the block has not moved yet. */
static void a_pointer_that_is_used_after_unlock_reads_the_fill(void) {
  make_pool(1024, 8);
  (void)alloc(100);
  defrag_handle h = alloc(64);
  memset(lock(h), 0x11, 64);
  const unsigned char *stale = defrag_address(&pool, h);
  unlock(h);
  EXPECT(defrag_address(&pool, h) != stale);
  int fills = 0;
  for (int i = 0; i < 64; i++) {
    fills += stale[i] == FILL;
  }
  EXPECT(fills >= 64 - 10); /* but for a hole's header and links, where it begins there */
  /* A write by it is not in the block. */
  memset((void *)(uintptr_t)stale, 0x22, 32);
  const unsigned char *p = lock(h);
  for (int i = 0; i < 64; i++) {
    EXPECT(p[i] == 0x11);
  }
}

/* What stands before a payload: see the top of src/defrag.c. */
typedef struct header {
  uint32_t bytes;
  int pinned, free, free_below;
} header;

static header header_at(const unsigned char *payload) {
  uint32_t word;
  memcpy(&word, payload - 4, 4);
  return (header){word >> 18 << 3, (word & 0x8000u) != 0, (word & 0x20000u) != 0, (word & 0x10000u) != 0};
}

/* In every heap, every block that has anything beside it that gives way is somewhere else after each operation. */
static void every_block_moves_unless_locks_or_the_ends_enclose_it(void) {
  uint32_t moved = 0;
  uint32_t enclosed = 0;
  for (uint32_t round = 0; round < rounds(3000); round++) {
    uint32_t bytes = 64 + 8 * below(100);
    make_pool(bytes, 32);
    defrag_handle h[32];
    const void *was[32];
    uint32_t locks[32] = {0};
    uint32_t n = 0;
    while (n < 32) {
      defrag_handle handle = below(8) ? defrag_alloc(&pool, 1 + below(1 + below(100))) : defrag_alloc_pinned(&pool, 1 + below(60));
      if (handle <= 0) {
        break;
      }
      h[n++] = handle;
      fill(handle, 1, handle & 0xff);
    }
    for (uint32_t i = 0; i < n; i++) {
      if (below(3) == 0) {
        release(h[i]);
        h[i--] = h[--n];
      }
    }
    for (uint32_t i = 0; i < n; i++) {
      if (below(4) == 0) {
        (void)lock(h[i]);
        locks[i] = 1;
      }
    }
    if (!n) {
      continue;
    }
    for (uint32_t i = 0; i < n; i++) {
      was[i] = defrag_address(&pool, h[i]);
    }
    EXPECT(defrag_unlock(&pool, h[0]) == (locks[0] ? DEFRAG_OK : DEFRAG_NOT_LOCKED));
    expect_sound();
    for (uint32_t i = 0; i < n; i++) {
      const unsigned char *p = defrag_address(&pool, h[i]);
      EXPECT(*p == (unsigned char)(h[i] & 0xff));
      header here = header_at(p);
      if (here.pinned || (i && locks[i])) {
        EXPECT(p == was[i]);
      } else if (p == was[i]) {
        enclosed++;
        EXPECT(!here.free_below && !header_at(p + here.bytes).free);
      } else {
        moved++;
      }
    }
  }
  EXPECT(moved > rounds(5000) && enclosed > rounds(100));
}

static void what_a_locked_block_holds_never_moves(void) {
  make_pool(512, 8);
  defrag_handle a = alloc(40);
  defrag_handle b = alloc(40);
  void *at = lock(b);
  for (int i = 0; i < 10; i++) {
    release(alloc(100));
    EXPECT(defrag_address(&pool, b) == at);
  }
  EXPECT(defrag_free(&pool, a) == DEFRAG_OK && defrag_address(&pool, b) == at);
}

static void a_request_for_a_pinned_block_is_served_in_the_end(void) {
  for (uint32_t round = 0; round < rounds(500); round++) {
    make_pool(256 + 8 * below(100), 16);
    while (defrag_alloc(&pool, 1 + below(80)) > 0) {
    }
    for (uint32_t i = 0; i < 16; i += 2) {
      uint32_t entry = pool.heap.table[i];
      if (!(entry & 0x7f)) {
        release((defrag_handle)(entry >> 21 << 21 | i));
      }
    }
    uint32_t bytes = defrag_free_bytes(&pool);
    int32_t result = defrag_alloc_pinned(&pool, bytes);
    for (int attempts = 0; result == DEFRAG_FRAGMENTED; attempts++) {
      EXPECT(attempts < 3);
      EXPECT(settle(64) == 0);
      result = defrag_alloc_pinned(&pool, bytes);
    }
    EXPECT(result > 0);
  }
}

/* ---- Trace and asserts ---- */

static void the_trace_tells_each_outcome(void) {
  make_pool(256, 4);
  traced = 0;
  EXPECT(defrag_init(&pool, arena.memory, 256, arena.table, 4) == DEFRAG_OK);
  int32_t b = defrag_alloc_pinned(&pool, 20);
  int32_t a = defrag_alloc_slice(&pool, 10, 4);
  void *p;
  (void)defrag_try_lock(&pool, a, &p);
  (void)defrag_free(&pool, a);
  (void)defrag_unlock(&pool, a);
  (void)defrag_resize(&pool, a, 60);
  (void)defrag_resize(&pool, a, 6000);
  (void)defrag_keep_ready(&pool, 24);
  (void)defrag_step(&pool, 64);
  (void)defrag_step(&pool, 0);
  (void)defrag_alloc(&pool, 0);
  (void)defrag_free(&pool, a);
  const struct traced expected[] = {
      {DEFRAG_EVENT_INIT, 0, 0},
      {DEFRAG_EVENT_ALLOC_PINNED, b, 20},
      {DEFRAG_EVENT_ALLOC, a, 40},
      {DEFRAG_EVENT_LOCK, a, 0},
      {DEFRAG_EVENT_FREE, a, DEFRAG_STILL_LOCKED},
      {DEFRAG_EVENT_UNLOCK, a, 0},
      {DEFRAG_EVENT_RESIZE, a, 60},
      {DEFRAG_EVENT_RESIZE, a, DEFRAG_OUT_OF_MEMORY},
      {DEFRAG_EVENT_KEEP_READY, 0, 24},
      {DEFRAG_EVENT_STEP, 0, 0},
      {DEFRAG_EVENT_STEP, 0, DEFRAG_BAD_ARGUMENT},
      {DEFRAG_EVENT_ALLOC, DEFRAG_INVALID_SIZE, 0},
      {DEFRAG_EVENT_FREE, a, 0},
  };
  EXPECT(a > 0 && b > 0 && traced == sizeof expected / sizeof *expected);
  for (uint32_t i = 0; i < traced; i++) {
    operation = i;
    EXPECT(trace[i].event == expected[i].event && trace[i].handle == expected[i].handle && trace[i].value == expected[i].value);
  }
  operation = 0;
}

static void asserts_find_what_no_answer_tells(void) {
  static defrag_pool never_made;
  void *p = NULL;
  make_pool(256, 4);
  defrag_handle a = alloc(40);
  EXPECT_ASSERT(defrag_alloc(NULL, 8));
  EXPECT_ASSERT(defrag_alloc(&never_made, 8));
  EXPECT_ASSERT(defrag_try_lock(&pool, a, NULL));
  pool.busy = 0;
  /* A handler that interrupts one of the thread's calls may lock and unlock, and nothing else. */
  pool.busy = 1;
  EXPECT(defrag_try_lock(&pool, a, &p) == DEFRAG_OK && defrag_unlock(&pool, a) == DEFRAG_OK);
  EXPECT(pool.busy == 1 && p == defrag_address(&pool, a));
  EXPECT_ASSERT(defrag_alloc(&pool, 8));
  EXPECT_ASSERT(defrag_free(&pool, a));
  EXPECT_ASSERT(defrag_step(&pool, 64));
  EXPECT_ASSERT(defrag_resize(&pool, a, 64));
  pool.busy = 0;
  /* Overwritten data is met by an assert before it does more harm: a hole's header. */
  unsigned char *hole = (unsigned char *)defrag_address(&pool, a) - 8;
  EXPECT(hole > arena.memory);
  arena.memory[4 + 2] = 0;
  arena.memory[4 + 3] = 0;
  EXPECT_ASSERT(defrag_alloc(&pool, 8));
}

/* What waits is worked for, although blocks move after each unlock: a hole is wanted that one locked block makes impossible. */
static void a_request_is_answered_although_the_program_never_rests(void) {
  enum { BLOCKS = 40, LOCKED = 20 };
  defrag_handle h[BLOCKS];
  make_pool(800, 64);
  for (uint32_t i = 0; i < BLOCKS; i++) {
    h[i] = alloc(12);
    if (i == LOCKED) {
      (void)lock(h[i]);
    }
  }
  for (uint32_t i = 0; i < BLOCKS; i += 2) {
    if (i != LOCKED) {
      release(h[i]);
    }
  }
  EXPECT(defrag_alloc(&pool, bytes_of(pool.heap.free)) == DEFRAG_FRAGMENTED);
  uint32_t steps = 0;
  int32_t more;
  while ((more = defrag_step(&pool, 64)) == 1) {
    (void)lock(h[1]);
    unlock(h[1]);
    EXPECT(steps++ < 1000);
  }
  EXPECT(more == DEFRAG_BLOCKED);
}

static const test debug_tests[] = {
    {"a pointer that is used after unlock reads the fill", a_pointer_that_is_used_after_unlock_reads_the_fill},
    {"every block moves unless locks or the ends enclose it", every_block_moves_unless_locks_or_the_ends_enclose_it},
    {"what a locked block holds never moves", what_a_locked_block_holds_never_moves},
    {"a request for a pinned block is served in the end", a_request_for_a_pinned_block_is_served_in_the_end},
    {"a request is answered although the program never rests", a_request_is_answered_although_the_program_never_rests},
    {"the trace tells each outcome", the_trace_tells_each_outcome},
    {"asserts find what no answer tells", asserts_find_what_no_answer_tells},
    {NULL, NULL},
};

int main(int argc, char **argv) {
  /* All blocks move in these too. */
  static const test *const subjects[] = {debug_tests, model_tests};
  seed = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
  thoroughness = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 1;
  printf("seed %lu\n", seed);
  for (uint32_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    for (const test *t = subjects[i]; t->run; t++) {
      test_name = t->name;
      seed_random(seed);
      t->run();
      printf("ok: %s\n", test_name);
      fflush(stdout);
    }
  }
  return 0;
}
