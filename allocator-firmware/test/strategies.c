/* SPDX-License-Identifier: MIT */
#include "strategies.h"

#include "model.h"

enum { COPIED = 1, SLID };

const char *const strategy_names[STRATEGIES] = {
    "random", "other sizes", "steal", "lock what moves", "lock at the cursor", "break what serves",
    "pull the cursor back", "free what moves", "resize", "all of it", "wandering locks",
};

static struct {
  uint32_t strategy;
  uint32_t size;    /* of the request that waits */
  int pinned;       /* it is for a pinned block */
  uint32_t calls;   /* at most, between two steps */
  uint32_t locks;   /* held over steps, at most */
  uint32_t least;   /* the program leaves so much free */
  uint32_t largest; /* that it takes */
  uint32_t asked;   /* the largest request of those that it makes in between */
} game;

static uint32_t any_block(void) { return below(held.count); }

/* As much stays free as the program has promised. */
static void take_if_free(uint32_t size, int pinned) {
  if (size && held.count < table_length && free_granules() >= size && free_granules() - size >= game.least &&
      !(pinned && held.locked > game.locks)) {
    (void)take(size, pinned);
  }
}

static void drop_free(uint32_t which) {
  if (!held.block[which].locks) {
    (void)drop(which);
  }
}

static void let_any(void) {
  uint32_t from = held.count ? any_block() : 0;
  for (uint32_t i = 0; i < held.count && i < 64; i++) {
    uint32_t which = (from + i) % held.count;
    if (held.block[which].locks) {
      let(which);
      return;
    }
  }
}

static void hold_if_allowed(uint32_t which) {
  if (held.locked < game.locks) {
    (void)hold(which);
  }
}

static void random_call(void) {
  uint32_t choice = below(10);
  if (choice < 4 || !held.count) {
    take_if_free(1 + below(game.largest), below(game.pinned ? 8 : 32) == 0);
  } else if (choice < 7) {
    drop_free(any_block());
  } else if (choice < 8) {
    touch(any_block());
  } else if (below(2)) {
    hold_if_allowed(any_block());
  } else {
    let_any();
  }
}

static void ask_for_other_sizes(void) {
  if (below(3) == 0) {
    random_call();
    return;
  }
  uint32_t size = below(2) ? 1 + below(game.size) : game.size + below(1 + game.size / 4);
  if (held.count < table_length && size < pool.heap.end) {
    int32_t result = take(size, 0);
    if (result > 0 && (below(4) || free_granules() < game.least)) {
      (void)drop(held.count - 1u);
    }
  }
}

/* What is gathered below the cursor; and as much is freed elsewhere, rather further down. */
static void steal(void) {
  uint32_t hole = pool.request.want ? hole_below(pool.request.cursor) : 0u;
  take_if_free(hole ? hole - below(2) * below(hole) : 1 + below(game.largest), 0);
  if (held.count && below(2)) {
    uint32_t one = any_block();
    uint32_t other = any_block();
    drop_free(place_of(one) < place_of(other) ? one : other);
  }
}

static void lock_what_moves(void) {
  int moving = block_on_its_way();
  if (moving == NO_BLOCK) {
    random_call();
  } else if (below(4) == 0) {
    interrupt_with(held.block[moving].handle);
  } else if (pool.move.left <= 8 || below(8) == 0) {
    touch((uint32_t)moving);
  }
}

static void lock_at_the_cursor(void) {
  int block = pool.request.want ? block_at(pool.request.cursor) : NO_BLOCK;
  if (block == NO_BLOCK || below(4) == 0) {
    random_call();
    return;
  }
  if (held.locked >= game.locks) {
    let_any();
  }
  hold_if_allowed((uint32_t)block);
}

/* Frees neighbours, which may serve, and takes what they had; or not all of it, or in other parts. */
static void break_what_serves(void) {
  uint32_t sum = 0;
  uint32_t place = held.count ? place_of(any_block()) : 1u;
  for (uint32_t i = 1 + below(4); i > 0 && held.count; i--) {
    int block = block_at(place);
    if (block == NO_BLOCK || held.block[block].locks || block == block_on_its_way()) {
      break;
    }
    uint32_t size = held.block[block].size;
    (void)drop((uint32_t)block);
    sum += size;
    place += size;
  }
  if (below(3) == 0 && game.size < free_granules() && held.count < table_length) { /* a larger request comes before the answer */
    game.asked = game.asked < game.size ? game.size : game.asked;
    int32_t result = take(++game.asked, 0);
    if (result > 0) {
      (void)drop(held.count - 1u);
    }
  }
  if (below(8) == 0) {
    return;
  }
  while (sum) {
    uint32_t size = below(2) ? sum : 1 + below(sum);
    take_if_free(size, 0);
    sum -= size;
  }
}

/* What is freed at the cursor and below it joins: the search would go back. */
static void pull_the_cursor_back(void) {
  if (!pool.request.want || below(16) == 0) {
    random_call();
    return;
  }
  int block = block_at(pool.request.cursor);
  if (block == NO_BLOCK || held.block[block].locks) {
    random_call();
    return;
  }
  uint32_t size = held.block[block].size;
  (void)drop((uint32_t)block);
  if (below(4)) {
    take_if_free(below(2) ? size : 1 + below(game.largest), 0);
  }
}

static void free_what_moves(void) {
  int moving = block_on_its_way();
  if (moving == NO_BLOCK) {
    random_call();
    return;
  }
  if (!held.block[moving].locks && below(3) == 0) {
    uint32_t size = held.block[moving].size;
    (void)drop((uint32_t)moving);
    take_if_free(size, 0);
  }
}

static void resize_blocks(void) {
  if (!held.count || below(4) == 0) {
    random_call();
    return;
  }
  int at_cursor = pool.request.want ? block_at(pool.request.cursor) : NO_BLOCK;
  uint32_t which = at_cursor == NO_BLOCK || below(2) ? any_block() : (uint32_t)at_cursor;
  uint32_t size = held.block[which].size;
  uint32_t wanted = below(3) ? size + 1u - 2u * below(2) : 1 + below(game.largest);
  if (wanted && (wanted < size || free_granules() >= game.least + wanted)) {
    (void)resize(which, wanted);
  }
}

/* A lock goes from block to block, rather above the cursor. */
static void wander_with_locks(void) {
  if (!held.count || below(3) == 0) {
    random_call();
    return;
  }
  if (held.locked >= game.locks) {
    let_any();
  }
  uint32_t one = any_block();
  uint32_t other = any_block();
  hold_if_allowed(place_of(one) > place_of(other) ? one : other);
}

static void all_of_it(void);

static void (*const calls[STRATEGIES])(void) = {
    random_call,          ask_for_other_sizes, steal,         lock_what_moves, lock_at_the_cursor, break_what_serves,
    pull_the_cursor_back, free_what_moves,     resize_blocks, all_of_it,       wander_with_locks,
};

static void all_of_it(void) {
  uint32_t other = below(STRATEGIES - 1u);
  calls[other < 9u ? other : 10u]();
}

/* ---- Heaps ---- */

/* Blocks and holes in turn, which makes the most moves; the last hole is at the top, so that a request for all of it needs them all. */
static void lay_out_in_turn(uint32_t block, uint32_t hole, uint32_t first) {
  (void)take(first, 0);
  while (held.count + 2u <= table_length && free_granules() >= block + hole) {
    (void)take(block, 0);
    (void)take(hole, 0);
  }
  if (free_granules() && held.count < table_length) {
    (void)take(free_granules(), 0);
  }
  for (uint32_t i = held.count & ~1u; i > 0; i -= 2u) {
    if (i - 2u < held.count && (i - 2u == 0 || held.block[i - 2u].size == hole)) {
      (void)drop(i - 2u);
    }
  }
}

static void lay_out_at_random(uint32_t largest) {
  while (held.count < table_length && free_granules()) {
    uint32_t size = 1 + below(largest);
    (void)take(size < free_granules() ? size : free_granules(), below(40) == 0 && held.locked < game.locks);
  }
  uint32_t share = 20 + below(60);
  for (uint32_t i = held.count; i > 0; i--) {
    if (below(100) < share) {
      (void)drop(i - 1u);
    }
  }
}

static uint32_t a_size(uint32_t largest) {
  uint32_t bits = 1;
  while (1u << bits < largest && below(8)) {
    bits++;
  }
  uint32_t size = 1 + below(1u << bits);
  return size < largest ? size : largest;
}

static void lay_out(uint32_t granules_in_all, uint32_t most_handles) {
  static const uint32_t budgets[] = {1, 2, 3, 4, 8, 8, 8, 16, 32, 128};
  uint32_t b = budgets[below(10)];
  uint32_t block = a_size(granules_in_all / 3u);
  uint32_t hole = below(3) ? a_size(4) : a_size(granules_in_all / 6u + 1u);
  uint32_t first = below(2) ? hole : block + below(3);
  uint32_t kind = below(3);
  uint32_t handles = kind ? 4u + 2u * granules_in_all / (block + hole) : 2u + below(granules_in_all);
  handles = handles < most_handles ? handles : most_handles;
  hold_nothing(granules_in_all, handles, 8u * b);
  if (kind) {
    lay_out_in_turn(block, hole, first < granules_in_all ? first : 1u);
  } else {
    lay_out_at_random(1 + below(granules_in_all / 4u + 1u));
  }
  game.largest = below(2) ? block : hole;
  for (uint32_t i = 0; i < game.locks && held.count; i++) {
    hold_if_allowed(any_block());
  }
}

/* ---- A game ---- */

static void between_two_steps(void) {
  for (uint32_t i = below(game.calls + 1u); i > 0; i--) {
    calls[game.strategy]();
  }
}

/* Until it is granted, or cannot be. */
static void wait_for_it(void) {
  uint32_t errors = 0;
  for (;;) {
    between_two_steps();
    int32_t answer = wait_a_step();
    if (answer == 1) {
      continue;
    }
    errors += answer < 0;
    if (held.count == table_length) {
      drop_free(any_block());
    }
    if (ask_again(answer) || errors > 4) {
      break;
    }
  }
}

void try_a_strategy(uint32_t strategy, uint32_t largest) {
  game.strategy = strategy;
  game.calls = below(3) ? 1 + below(5) : below(25);
  game.locks = below(4);
  game.pinned = below(8) == 0;
  game.least = 0;
  lay_out(12 + below(below(2) ? largest - 11u : (largest < 100 ? largest : 100u) - 11u), MAX_TABLE);
  if (below(3) == 0) {
    EXPECT(defrag_keep_ready(&pool, bytes_of(1 + below(free_granules() + 2u))) == DEFRAG_OK);
  }
  for (uint32_t request = 0; request < 4; request++) {
    uint32_t free = free_granules();
    if (!free) {
      break;
    }
    game.size = below(4) ? (free - 1u) / (game.locks + 1u) + 1u - below(2) : 1 + below(free);
    game.size = game.size ? game.size : 1u;
    game.asked = 0;
    game.least = below(4) ? (game.locks + 1u) * (game.size - 1u) + 1u : game.size;
    if (held.count == table_length) {
      drop_free(any_block());
    }
    int32_t result = held.count < table_length ? take(game.size, game.pinned) : 0;
    if (result == DEFRAG_FRAGMENTED) {
      begin_waiting(game.size, game.pinned);
      wait_for_it();
    }
    if (held.count && held.block[held.count - 1u].size == game.size && !held.block[held.count - 1u].locks) {
      (void)drop(held.count - 1u);
    }
    game.least = 0;
    between_two_steps();
  }
  check_all_held();
}
