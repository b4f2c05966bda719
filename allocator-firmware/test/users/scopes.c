/*
 * What the header gives besides the functions: scoped locks, shorthands.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "defrag/defrag.h"

static const char *test_name = "";

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "FAILED: %s\n  %s:%d: %s\n", test_name, __FILE__, __LINE__, #condition);      \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

#define NOT_REACHED() EXPECT(test_name == NULL)

typedef struct item {
  uint32_t value;
  uint16_t tag;
} item;

typedef DEFRAG_MUTEX(item) item_mutex;

static DEFRAG_POOL_MEMORY(memory, 1024);
static DEFRAG_HANDLE_TABLE(table, 16);
static defrag_pool pool;
static item_mutex mutex;

static void start(void) {
  EXPECT(defrag_init(&pool, memory, sizeof memory, table, 16) == DEFRAG_OK);
  EXPECT(DEFRAG_ALLOC(&pool, &mutex) == DEFRAG_OK);
}

/* No lock is left, and so the block can be freed. */
static void expect_unlocked(void) {
  defrag_statistics s;
  defrag_get_statistics(&pool, &s);
  EXPECT(s.locked_blocks == 0);
}

static int is_locked(void) {
  defrag_statistics s;
  defrag_get_statistics(&pool, &s);
  return s.locked_blocks == 1;
}

static uint32_t returns_from_the_middle(void) {
  DEFRAG_LOCK_SCOPE(&pool, &mutex, it) {
    it->value = 41;
    return it->value++ + 1u + (is_locked() ? 100u : 0u); /* computed while it is locked */
  }
  return 0;
}

static int jumps_out(void) {
  DEFRAG_LOCK_SCOPE(&pool, &mutex, outer) {
    DEFRAG_LOCK_SCOPE(&pool, &mutex, inner) {
      if (outer == inner) {
        goto out;
      }
    }
    return 1;
  }
out:
  return 2;
}

static int evaluated;

static item_mutex *counting(void) {
  evaluated++;
  return &mutex;
}

static void every_way_out_of_a_scope_unlocks(void) {
  start();
  int ran = 0;
  DEFRAG_LOCK_SCOPE(&pool, &mutex, it) {
    EXPECT(is_locked() && (void *)it == defrag_address(&pool, mutex.handle));
    it->tag = 7;
    ran++;
  }
  expect_unlocked();
  EXPECT(returns_from_the_middle() == 142);
  expect_unlocked();
  EXPECT(jumps_out() == 2);
  expect_unlocked();
  int rounds = 0;
  for (int i = 0; i < 3; i++) {
    DEFRAG_LOCK_SCOPE(&pool, &mutex, it) {
      ran++;
      if (i == 0) {
        continue;
      }
      if (it->tag == 7) {
        break;
      }
      NOT_REACHED();
    }
    expect_unlocked();
    rounds++; /* break and continue leave the body only */
  }
  EXPECT(rounds == 3 && ran == 4);
  DEFRAG_LOCK_SCOPE(&pool, counting(), it) { it->tag++; }
  EXPECT(evaluated == 1);
}

static void without_the_lock_the_else_runs(void) {
  start();
  item_mutex empty = {0};
  int otherwise = 0;
  DEFRAG_LOCK_SCOPE(&pool, &empty, it) {
    it->value = 1;
    NOT_REACHED();
  } else {
    EXPECT(it == NULL);
    otherwise = 1;
  }
  EXPECT(otherwise == 1);
  DEFRAG_LOCK_SCOPE(&pool, &empty, it) { it->value = 1; }
  DEFRAG_LOCK_SCOPE(&pool, &mutex, it) {
    it->value = 1;
  } else {
    NOT_REACHED();
  }
  expect_unlocked();
  /* A lock that was refused is not taken back: there are as many as before. */
  for (int i = 0; i < DEFRAG_MAX_LOCKS; i++) {
    EXPECT(DEFRAG_TRY_LOCK(&pool, &mutex) != NULL);
  }
  DEFRAG_LOCK_SCOPE(&pool, &mutex, it) {
    EXPECT(it == NULL);
  } else {
    otherwise = 2;
  }
  EXPECT(otherwise == 2);
  for (int i = 0; i < DEFRAG_MAX_LOCKS; i++) {
    EXPECT(DEFRAG_UNLOCK(&pool, &mutex) == DEFRAG_OK);
  }
  EXPECT(DEFRAG_UNLOCK(&pool, &mutex) == DEFRAG_NOT_LOCKED);
}

static void an_allocation_steps_until_it_is_served_or_cannot_be(void) {
  start();
  int32_t h[12];
  for (int i = 0; i < 12; i++) {
    h[i] = defrag_alloc(&pool, 68);
    EXPECT(h[i] > 0);
  }
  for (int i = 0; i < 12; i += 2) {
    EXPECT(defrag_free(&pool, h[i]) == DEFRAG_OK);
  }
  EXPECT(defrag_alloc(&pool, 400) == DEFRAG_FRAGMENTED);
  int32_t large = defrag_alloc_stepping(&pool, 400, 64);
  EXPECT(large > 0 && defrag_free(&pool, large) == DEFRAG_OK);
  EXPECT(defrag_alloc_stepping(&pool, 2000, 64) == DEFRAG_OUT_OF_MEMORY);
  EXPECT(defrag_alloc_stepping(&pool, 0, 64) == DEFRAG_INVALID_SIZE);
  void *p;
  EXPECT(defrag_free(&pool, h[1]) == DEFRAG_OK && defrag_free(&pool, h[3]) == DEFRAG_OK);
  EXPECT(defrag_try_lock(&pool, h[7], &p) == DEFRAG_OK);
  EXPECT(defrag_alloc_stepping(&pool, defrag_free_bytes(&pool), 64) == DEFRAG_BLOCKED);
  EXPECT(defrag_alloc_stepping(&pool, defrag_free_bytes(&pool), 7) == DEFRAG_BAD_ARGUMENT);
}

static void every_error_has_its_own_text(void) {
  for (int32_t a = 0; a >= DEFRAG_BAD_ARGUMENT; a--) {
    for (int32_t b = 0; b > a; b--) {
      EXPECT(strcmp(defrag_error_text(a), defrag_error_text(b)) != 0);
    }
  }
  EXPECT(strcmp(defrag_error_text(DEFRAG_MOVING), "moving") == 0);
  EXPECT(strcmp(defrag_error_text(DEFRAG_BAD_ARGUMENT), "bad argument") == 0);
  EXPECT(strcmp(defrag_error_text(1234), "ok") == 0);
  EXPECT(strcmp(defrag_error_text(INT32_MIN), "unknown error") == 0);
}

static const struct {
  const char *name;
  void (*run)(void);
} tests[] = {
    {"every way out of a scope unlocks", every_way_out_of_a_scope_unlocks},
    {"without the lock the else runs", without_the_lock_the_else_runs},
    {"an allocation steps until it is served or cannot be", an_allocation_steps_until_it_is_served_or_cannot_be},
    {"every error has its own text", every_error_has_its_own_text},
};

int main(void) {
  for (uint32_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    test_name = tests[i].name;
    tests[i].run();
    printf("ok: %s\n", test_name);
  }
  return 0;
}
