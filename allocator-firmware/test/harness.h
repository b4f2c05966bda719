/*
 * What all tests of the library on a computer share: expectations, random numbers, and one pool with guards around it.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_TEST_HARNESS_H
#define DEFRAG_TEST_HARNESS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "defrag/defrag.h"

/* ---- Tests ---- */

typedef struct test {
  const char *name;
  void (*run)(void);
} test;

/* A subject's tests, ended by an empty one. */
extern const test known_defect_tests[];
extern const test move_tests[];
extern const test request_tests[];
extern const test progress_tests[];
extern const test turn_tests[];
extern const test patience_tests[];
extern const test window_tests[];
extern const test pinned_tests[];
extern const test resize_tests[];
extern const test ready_tests[];
extern const test error_tests[];
extern const test corruption_tests[];
extern const test sequence_tests[];
extern const test model_tests[];
extern const test corpus_tests[];
extern const test fresh_tests[];
extern const test adversary_tests[];

/* Which operation of a random test is under way; shown where it fails. */
extern unsigned long operation;

/* How often a random test tries, of `all` times: a quarter, or more by the thoroughness of the command line (4: all of them). */
extern uint32_t thoroughness;
static inline uint32_t rounds(uint32_t all) { return (uint32_t)((uint64_t)all * thoroughness / 4u); }

/* What the fuzzer has kept, a file an input; and such an input as operations on the model. */
extern const char *corpus_folder;
void run_bytes(const uint8_t *data, size_t size);

void fail(const char *file, int line, const char *condition);

#define EXPECT(condition)                   \
  do {                                      \
    if (!(condition)) {                     \
      fail(__FILE__, __LINE__, #condition); \
    }                                       \
  } while (0)

void seed_random(uint64_t seed);
uint32_t random_bits(void);
uint32_t below(uint32_t bound);

/* ---- A pool with guards around its memory and its table ---- */

enum {
  LARGEST_HOLE = DEFRAG_MAX_POOL / 8 - 1, /* granules: of the largest pool */
  MAX_TABLE = DEFRAG_MAX_HANDLES < 4096 ? (int)DEFRAG_MAX_HANDLES : 4096,
  GENERATIONS = DEFRAG_SMALL ? 15 : 1023,
  GENERATION_SHIFT = DEFRAG_SMALL ? 12 : 21 /* in an entry and in a handle */
};

/* What steps do for a request, and how: as in src/defrag/layout.h. */
enum { PHASE_NONE, PHASE_KEPT, PHASE_SEARCH, PHASE_WINDOW, PHASE_PASSED, PHASE_BLOCKED, PHASE_SERVED };
enum { MODE_AIMED, MODE_EVERYTHING, MODE_EXCLUSIVE };

typedef struct arena_memory {
  _Alignas(8) unsigned char before[64];
  unsigned char memory[DEFRAG_MAX_POOL];
  unsigned char after[64];
  defrag_entry table[MAX_TABLE + 1];
} arena_memory;

extern arena_memory arena;
extern defrag_pool pool;
extern uint32_t table_length;

/* Set by a test that overwrites the pool's own data, after make_pool(): then what must hold inside the library need not. */
extern int overwritten;

void make_pool(uint32_t bytes, uint32_t handles);
void expect_sound(void);

/* What a payload takes, and the payload of a block of so many granules. */
static inline uint32_t granules(uint32_t bytes) { return (bytes + 11u) / 8u; }
static inline uint32_t bytes_of(uint32_t size) { return size * 8u - 4u; }

defrag_statistics statistics(void);

/* Whether steps have moved so many bytes; any number where they slide everything. */
static inline int has_moved(uint32_t bytes) { return !DEFRAG_PASSES || pool.heap.bytes_moved == bytes; }

/* As the library's functions, but they must succeed. */
void *lock(defrag_handle handle);
void unlock(defrag_handle handle);
defrag_handle alloc(uint32_t bytes);
defrag_handle alloc_pinned(uint32_t bytes);
void release(defrag_handle handle);

/* A pattern in a block's payload. expect_content() passes over a block in two parts. */
void fill(defrag_handle handle, uint32_t bytes, uint32_t pattern);
void expect_content(defrag_handle handle, uint32_t bytes, uint32_t pattern);

/* Steps until there is no more to do, checking in between; the last answer. The number of steps is bounded: every block
 * moves at most once a pass, in parts of the budget; a pass that is under way is followed by at most one more. */
int32_t settle(uint32_t budget);

/* As defrag_alloc_stepping(), with the checks of settle(). */
int32_t serve(uint32_t bytes, uint32_t budget);

/* Has all free memory made one hole, and what settle() says of it. */
int32_t compact(uint32_t budget);

/* ---- Oracles: the slow and obvious way ---- */

/* Granules of each block of the walk, what is free first; only between moves. */
enum { MAX_BLOCKS = 4096 };
typedef struct heap_map {
  uint32_t count;
  defrag_block block[MAX_BLOCKS];
} heap_map;

const heap_map *map_heap(void);

/* The fewest granules that have to be moved for a hole of `want` granules, over all windows; UINT32_MAX: no window yields
 * it. A move may be under way. */
uint32_t cheapest_window(uint32_t want);

/* Whether a pinned block of `want` granules finds room if everything slides down. */
int room_for_pinned(uint32_t want);

#endif
