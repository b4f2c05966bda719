/*
 * All short sequences of operations on a small heap.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "model.h"

enum { SMALL_POOL = 104, SLOTS = 3, DEPTH = 6 };

typedef struct small_state {
  defrag_pool pool;
  unsigned char memory[SMALL_POOL];
  defrag_entry table[SLOTS];
  uint32_t count;
  model_block block[SLOTS];
} small_state;

static unsigned long sequences;

static void save(small_state *state) {
  state->pool = pool;
  memcpy(state->memory, arena.memory, SMALL_POOL);
  memcpy(state->table, arena.table, sizeof state->table);
  state->count = model.count;
  memcpy(state->block, model.block, sizeof state->block);
}

static void restore(const small_state *state) {
  pool = state->pool;
  memcpy(arena.memory, state->memory, SMALL_POOL);
  memcpy(arena.table, state->table, sizeof state->table);
  model.count = state->count;
  memcpy(model.block, state->block, sizeof state->block);
}

/* Operation `kind` on block `which`; whether it did anything. Patterns follow from the size, so that states are alike. */
static int operate(uint32_t kind, uint32_t which) {
  static const uint32_t sizes[] = {4, 20, 36, 60};
  static const uint32_t budgets[] = {8, 64};
  uint32_t before = model.count;
  switch (kind) {
    case 0:
    case 1:
    case 2:
    case 3:
      if (which || (before == SLOTS && kind)) {
        return 0;
      }
      model_alloc(sizes[kind], kind, 0);
      return model.count > before || kind == 3;
    case 4:
      if (which || before == SLOTS) {
        return 0;
      }
      model_alloc_pinned(20, 4, 0);
      return 1;
    case 5:
    case 6:
      if (which) {
        return 0;
      }
      (void)model_step(budgets[kind - 5]);
      return 1;
    case 7:
      return which == before - 1 && before == SLOTS ? model_settle(16) == 0 : 0;
    default:
      break;
  }
  if (which >= before) {
    return 0;
  }
  switch (kind) {
    case 8:
      return model_free(which);
    case 9:
      return model_lock(which);
    case 10:
      if (!model.block[which].locks) {
        return 0;
      }
      model_unlock(which);
      return 1;
    case 11:
    case 12: {
      uint32_t bytes = kind == 11 ? 4u : 44u;
      if (granules(bytes) == granules(model.block[which].bytes)) {
        return 0;
      }
      model_resize(which, bytes, 0);
      return 1;
    }
    default: /* a handler comes before the commit */
      interrupt_with(model.block[which].handle);
      (void)model_step(64);
      interrupt_with(0);
      return pool.move.kind != 0;
  }
}

static void explore(uint32_t depth) {
  model_check(1);
  sequences++;
  if (depth == 0) {
    return;
  }
  small_state saved;
  save(&saved);
  for (uint32_t kind = 0; kind < 14; kind++) {
    for (uint32_t which = 0; which < SLOTS; which++) {
      if (operate(kind, which)) {
        explore(depth - 1);
      }
      restore(&saved);
    }
  }
}

static void all_short_sequences_on_a_small_heap_are_sound(void) {
  /* From three heaps: empty; full of blocks; full, with a large block above a hole. */
  static const uint32_t first[3][SLOTS] = {{0, 0, 0}, {20, 36, 20}, {12, 60, 4}};
  uint32_t depth = thoroughness > 4 ? DEPTH : thoroughness == 4 ? DEPTH - 1 : DEPTH - 2;
  for (uint32_t start = 0; start < 3; start++) {
    model_begin(SMALL_POOL, SLOTS);
    for (uint32_t i = 0; i < SLOTS && first[start][i]; i++) {
      model_alloc(first[start][i], i, 0);
    }
    explore(depth);
  }
  printf("  %lu sequences of up to %u operations\n", sequences, (unsigned)depth);
}

const test sequence_tests[] = {
    {"all short sequences on a small heap are sound", all_short_sequences_on_a_small_heap_are_sound},
    {NULL, NULL},
};
