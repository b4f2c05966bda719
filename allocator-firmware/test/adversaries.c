/*
 * Programs that kept a request waiting for ever, or for long, before requests had patience; and some of the programs of strategies.c.
 * Each request is served, or told that it is blocked, within the bound that the clock of waits.h holds each step against.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "strategies.h"

/* A request for `size` granules is refused, and the program makes its calls before each step. 0 or the error that it ends with. */
static int32_t play(uint32_t size, void (*between_two_steps)(void)) {
  int32_t result = take(size, 0);
  EXPECT(result == DEFRAG_FRAGMENTED);
  begin_waiting(size, 0);
  do {
    between_two_steps();
    int32_t answer = wait_a_step();
    result = answer == 1 ? 0 : ask_again(answer);
  } while (!result);
  check_all_held();
  printf("  %u steps, of %u at most\n", (unsigned)counts.last, (unsigned)counts.last_bound);
  return result < 0 ? result : 0;
}

static uint32_t must_take(uint32_t size) {
  EXPECT(take(size, 0) > 0);
  return held.count - 1u;
}

static void must_drop(uint32_t which) { EXPECT(drop(which) == DEFRAG_OK); }

static void fill_up(void) { (void)must_take(free_granules()); }

/* Of `count` blocks from this one on, every second one is freed, the first included. From the last on, since the numbers of those above
 * one that is freed may change. */
static void every_second_is_a_hole(uint32_t first, uint32_t count) {
  for (uint32_t i = count; i > 0; i--) {
    if (i % 2u) {
      must_drop(first + i - 1u);
    }
  }
}

static void in_turn(uint32_t hole, uint32_t block, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    (void)must_take(i % 2u ? block : hole);
  }
}

static defrag_handle program[16]; /* what the program of a test remembers */

static uint32_t number_of_handle(defrag_handle handle) {
  for (uint32_t i = 0; i < held.count; i++) {
    if (held.block[i].handle == handle) {
      return i;
    }
  }
  return held.count;
}

static int lives(defrag_handle handle) { return handle > 0 && number_of_handle(handle) < held.count; }

static void drop_if_alive(defrag_handle *handle) {
  if (lives(*handle)) {
    must_drop(number_of_handle(*handle));
  }
  *handle = 0;
}

/* ---- The programs ---- */

static void lock_what_is_on_its_way(void) {
  int block = block_on_its_way();
  if (block != NO_BLOCK) {
    touch((uint32_t)block);
  }
}

static void a_handler_that_has_each_copy_given_up_cannot_keep_a_request_waiting(void) {
  hold_nothing(480, 64, 64);
  in_turn(20, 15, 24);
  fill_up();
  every_second_is_a_hole(0, 24);
  EXPECT(play(free_granules(), lock_what_is_on_its_way) == 0);
  EXPECT(counts.waits > 0);
}

/* A block comes and goes whose hole serves the request; something smaller takes of the hole before the next step. */
static void serve_and_break(void) {
  drop_if_alive(&program[0]);
  drop_if_alive(&program[1]);
  program[0] = take(8, 0);
  program[1] = take(12, 0);
}

static void a_hole_that_is_taken_before_the_answer_cannot_keep_a_request_waiting(void) {
  hold_nothing(400, 128, 64);
  in_turn(2, 2, 80);
  program[0] = held.block[must_take(8)].handle;
  program[1] = held.block[must_take(12)].handle;
  fill_up();
  every_second_is_a_hole(0, 80);
  EXPECT(play(20, serve_and_break) == 0);
}

/* The same; and what is above the hole is freed, so that the step finds a hole where the one that served ended. */
static void serve_and_break_and_free_what_is_above(void) {
  static const uint32_t sizes[3] = {12, 8, 1};
  for (uint32_t i = 1; i < 3; i++) {
    program[i] = lives(program[i]) ? program[i] : take(sizes[i], 0);
  }
  drop_if_alive(&program[0]);
  drop_if_alive(&program[1]);
  program[0] = take(12, 0);
  drop_if_alive(&program[2]);
}

static void nor_can_one_whose_neighbour_is_freed(void) {
  hold_nothing(400, 128, 64);
  in_turn(2, 2, 80);
  program[0] = held.block[must_take(12)].handle;
  program[1] = held.block[must_take(8)].handle;
  program[2] = held.block[must_take(1)].handle;
  fill_up();
  every_second_is_a_hole(0, 80);
  EXPECT(play(20, serve_and_break_and_free_what_is_above) == 0);
}

/* What the last step has looked at, and the block at the cursor; then as many of the same size. So the cursor is where it was. */
static void free_what_was_just_looked_at(void) {
  static uint32_t from = 1;
  uint32_t cursor = pool.request.cursor;
  uint32_t found = 0;
  if (!pool.request.want || pool.move.kind) {
    from = 1;
    return;
  }
  for (uint32_t place = from < cursor && cursor - from < 40u ? from : cursor; place <= cursor && place < pool.heap.end; place += size_at(place)) {
    int block = block_at(place);
    if (block != NO_BLOCK && found < 8u && block != block_on_its_way()) {
      program[found++] = held.block[block].handle;
    }
  }
  for (uint32_t i = 0; i < found; i++) {
    drop_if_alive(&program[i]);
  }
  from = pool.request.cursor;
  while (found-- > 0) {
    (void)take(2, 0);
  }
}

static void a_cursor_that_is_pulled_back_cannot_keep_a_request_waiting(void) {
  hold_nothing(480, 250, 64);
  in_turn(1, 2, 240);
  fill_up();
  every_second_is_a_hole(0, 240);
  EXPECT(play(110, free_what_was_just_looked_at) == 0);
}

/* A task's smaller request is refused, a free serves that, and so on in turn. */
static void ask_for_less_in_between(void) {
  if (take(12, 0) == DEFRAG_FRAGMENTED) {
    int block = NO_BLOCK;
    for (uint32_t i = 0; i < held.count && block == NO_BLOCK; i++) {
      block = hole_below(place_of(i)) && held.block[i].size == 10u ? (int)i : NO_BLOCK;
    }
    if (block != NO_BLOCK && free_granules() > 42u) {
      must_drop((uint32_t)block);
      (void)take(12, 0);
    }
  } else {
    must_drop(held.count - 1u);
  }
}

static void a_smaller_request_in_turn_cannot_keep_a_larger_one_waiting(void) {
  hold_nothing(450, 128, 64);
  in_turn(2, 10, 70);
  fill_up();
  every_second_is_a_hole(0, 70);
  EXPECT(play(40, ask_for_less_in_between) == 0);
}

/* Exactly the hole that is being gathered; and as much is freed further down. */
static void steal_what_is_gathered(void) {
  uint32_t hole = hole_below(pool.request.cursor);
  if (hole > 1u && hole < 60u && take(hole, 0) > 0) {
    uint32_t freed = 0;
    for (uint32_t i = 0; i < held.count && freed < hole; i++) {
      uint32_t size = held.block[i].size;
      if (place_of(i) < pool.request.cursor && (int)i != block_on_its_way() && size <= hole) {
        must_drop(i);
        freed += size;
      }
    }
  }
}

static void what_is_gathered_cannot_be_stolen_for_long(void) {
  hold_nothing(500, 250, 64);
  in_turn(2, 4, 166);
  every_second_is_a_hole(0, 166);
  EXPECT(play(80, steal_what_is_gathered) == 0);
}

static void who_is_served_by_a_free_is_told_before_idle_work_begins(void) {
  hold_nothing(400, 128, 64);
  in_turn(2, 2, 80);
  defrag_handle handle = held.block[must_take(20)].handle;
  fill_up();
  defrag_handle above = held.block[held.count - 1u].handle;
  every_second_is_a_hole(0, 80);
  EXPECT(defrag_keep_ready(&pool, bytes_of(70)) == DEFRAG_OK);
  EXPECT(take(15, 0) == DEFRAG_FRAGMENTED);
  begin_waiting(15, 0);
  must_drop(number_of_handle(handle));
  EXPECT(wait_a_step() == 0 && ask_again(0) > 0);
  /* Also where another request was granted before a step has answered; but once is enough. */
  must_drop(held.count - 1u);
  EXPECT(take(21, 0) == DEFRAG_FRAGMENTED);
  must_drop(number_of_handle(above));
  (void)must_take(21);
  (void)must_take(219);
  EXPECT(wait_a_step() == 0 && wait_a_step() == 1);
}

static void touch_another(void) { touch(0); }

static void a_handler_that_unlocks_before_each_step_cannot_withhold_a_verdict(void) {
  hold_nothing(400, 250, 64);
  in_turn(2, 2, 80);
  uint32_t middle = must_take(1);
  EXPECT(hold(middle) == DEFRAG_OK);
  in_turn(2, 2, 80);
  fill_up();
  every_second_is_a_hole(81, 80);
  every_second_is_a_hole(0, 80);
  EXPECT(play(100, touch_another) == DEFRAG_BLOCKED);
}

/* As a program of two tasks: the large block is given back at once, a small one lives for a round. */
static void of_two_sizes_in_turn_both_are_served(void) {
  hold_nothing(403, 220, 64);
  in_turn(2, 2, 201);
  for (uint32_t place = 1; place < 402u; place += 4u) { /* the last hole is of 3, and the first that an allocation sees */
    must_drop((uint32_t)block_at(place));
  }
  uint32_t bound = bound_until_exclusive() + bound_of_pass(403, 220, 0);
  uint32_t large_waits = 0;
  uint32_t small_waits = 0;
  uint32_t granted = 0;
  defrag_handle before = 0;
  for (uint32_t round = 0; round < 2000u; round++) {
    int32_t large = take(38, 0);
    large_waits = large > 0 ? 0 : large_waits + 1u;
    if (large > 0) {
      granted++;
      must_drop(number_of_handle(large));
    }
    (void)wait_a_step();
    defrag_handle small = take(3, 0);
    small_waits = small > 0 ? 0 : small_waits + 1u;
    drop_if_alive(&before);
    before = small > 0 ? small : 0;
    EXPECT(large_waits <= bound && small_waits <= bound);
  }
  EXPECT(granted > 2000u / bound);
}

/* ---- What the rules are for ---- */

#if !DEFRAG_SMALL /* for which the pool would be too small */
/* Just before the pass ends a free serves the request, and before the answer a larger one is refused. */
static void serve_and_ask_for_more(void) {
  touch(0);
  uint32_t next = pool.request.want;
  if (pool.request.mode != 2 || pool.request.cursor < 390u) {
    return;
  }
  for (uint32_t i = 0; i < held.count; i++) {
    if (held.block[i].size == next) {
      must_drop(i);
      EXPECT(take(next + 1u, 0) == DEFRAG_FRAGMENTED);
      return;
    }
  }
}

static void larger_requests_cannot_make_a_pass_begin_again_and_again(void) {
  hold_nothing(1900, 500, 64);
  pool.request.full_patience = 8;
  for (uint32_t i = 0; i < 380; i++) {
    (void)must_take(1);
  }
  in_turn(1, 1, 20);
  program[0] = held.block[must_take(1)].handle;
  EXPECT(hold(number_of_handle(program[0])) == DEFRAG_OK);
  for (uint32_t i = 0; i < 40; i++) {
    (void)must_take(11u + i);
    EXPECT(hold(must_take(1)) == DEFRAG_OK);
  }
  uint32_t other = must_take(10);
  EXPECT(hold(must_take(1)) == DEFRAG_OK);
  fill_up();
  must_drop(other);
  every_second_is_a_hole(380, 20);
  EXPECT(play(11, serve_and_ask_for_more) != DEFRAG_OUT_OF_MEMORY);
}

#endif

/* Another task asks for more than there can be, again and again, and does not step. */
static void ask_for_too_much(void) { EXPECT(take(60, 0) == DEFRAG_FRAGMENTED); }

static void a_larger_request_that_is_blocked_cannot_keep_a_smaller_one_waiting(void) {
  hold_nothing(400, 250, 64);
  in_turn(2, 2, 40);
  uint32_t middle = must_take(1);
  EXPECT(hold(middle) == DEFRAG_OK);
  in_turn(2, 2, 40);
  fill_up();
  every_second_is_a_hole(41, 40);
  every_second_is_a_hole(0, 40);
  EXPECT(play(20, ask_for_too_much) == 0);
}

/* Another task gives up a larger request. Its hole is the last of its bin by then, where no smaller request sees it. */
static void a_larger_request_that_is_given_up_leaves_its_hole_to_a_smaller_one(void) {
  hold_nothing(300, 64, 64);
  pool.request.full_patience = 8;
  in_turn(11, 2, 6);
  in_turn(17, 2, 12);
  fill_up();
  every_second_is_a_hole(0, 6);
  EXPECT(defrag_keep_ready(&pool, bytes_of(60)) == DEFRAG_OK);
  EXPECT(take(20, 0) == DEFRAG_FRAGMENTED);
  EXPECT(take(22, 0) == DEFRAG_FRAGMENTED);
  begin_waiting(20, 0);
  int32_t answer = wait_a_step();
  while (answer == 1) {
    answer = wait_a_step();
  }
  EXPECT(answer == 0 && ask_again(0) == 0);
  for (uint32_t i = held.count; i > 0; i--) { /* holes come into the bin before it */
    if (held.block[i - 1u].size == 17u) {
      must_drop(i - 1u);
    }
  }
  pool.request.full_patience = 800;
  answer = wait_a_step();
  EXPECT(answer == 0 && ask_again(0) > 0);
  EXPECT(take(22, 0) == DEFRAG_FRAGMENTED && pool.request.patience > 8); /* as one that begins */
  check_all_held();
}

static void call_nothing(void) {}
static void ask_for_as_much(void) { EXPECT(take(40, 0) == DEFRAG_FRAGMENTED); }

static void requests_of_the_same_size_do_not_make_it_last_longer(void) {
  uint32_t steps[2];
  for (uint32_t i = 0; i < 2; i++) {
    hold_nothing(400, 200, 64);
    in_turn(2, 2, 160);
    fill_up();
    every_second_is_a_hole(0, 160);
    EXPECT(play(40, i ? ask_for_as_much : call_nothing) == 0);
    steps[i] = counts.last;
  }
  EXPECT(steps[0] == steps[1]);
}

/* A pinned one is larger than all others, but does not make their pass begin again; nor does it have to wait for long. */
static void ask_for_a_pinned_block(void) { (void)take(30, 1); }

static void a_request_for_a_pinned_block_lets_an_exclusive_pass_come_to_its_end(void) {
  hold_nothing(500, 250, 64);
  pool.request.full_patience = 8;
  in_turn(1, 2, 240);
  fill_up();
  every_second_is_a_hole(0, 240);
  EXPECT(play(115, ask_for_a_pinned_block) == 0);
}

/* ---- The strategies ---- */

static void no_strategy_keeps_a_request_waiting_for_longer_than_the_bound(void) {
  memset(&counts, 0, sizeof counts);
  for (uint32_t strategy = 0; strategy < STRATEGIES; strategy++) {
    for (operation = 1; operation <= rounds(2400); operation++) {
      try_a_strategy(strategy, 200);
    }
  }
  operation = 0;
  printf("  %u waits, the longest %u of %u steps; the longest exclusive pass %u of %u\n", (unsigned)counts.waits,
         (unsigned)counts.longest, (unsigned)counts.its_bound, (unsigned)counts.pass, (unsigned)counts.pass_bound);
  EXPECT(counts.granted > rounds(20000) && counts.blocked > rounds(2000) && counts.exclusive > rounds(1000));
  EXPECT(2u * counts.longest >= counts.its_bound);
}

const test adversary_tests[] = {
    {"a handler that has each copy given up cannot keep a request waiting",
     a_handler_that_has_each_copy_given_up_cannot_keep_a_request_waiting},
    {"a hole that is taken before the answer cannot keep a request waiting",
     a_hole_that_is_taken_before_the_answer_cannot_keep_a_request_waiting},
    {"nor can one whose neighbour is freed", nor_can_one_whose_neighbour_is_freed},
    {"a cursor that is pulled back cannot keep a request waiting", a_cursor_that_is_pulled_back_cannot_keep_a_request_waiting},
    {"a smaller request in turn cannot keep a larger one waiting", a_smaller_request_in_turn_cannot_keep_a_larger_one_waiting},
    {"what is gathered cannot be stolen for long", what_is_gathered_cannot_be_stolen_for_long},
    {"who is served by a free is told before idle work begins", who_is_served_by_a_free_is_told_before_idle_work_begins},
    {"a handler that unlocks before each step cannot withhold a verdict",
     a_handler_that_unlocks_before_each_step_cannot_withhold_a_verdict},
    {"of two sizes in turn both are served", of_two_sizes_in_turn_both_are_served},
#if !DEFRAG_SMALL
    {"larger requests cannot make a pass begin again and again", larger_requests_cannot_make_a_pass_begin_again_and_again},
#endif
    {"a larger request that is blocked cannot keep a smaller one waiting",
     a_larger_request_that_is_blocked_cannot_keep_a_smaller_one_waiting},
    {"a larger request that is given up leaves its hole to a smaller one",
     a_larger_request_that_is_given_up_leaves_its_hole_to_a_smaller_one},
    {"requests of the same size do not make it last longer", requests_of_the_same_size_do_not_make_it_last_longer},
    {"a request for a pinned block lets an exclusive pass come to its end",
     a_request_for_a_pinned_block_lets_an_exclusive_pass_come_to_its_end},
    {"no strategy keeps a request waiting for longer than the bound", no_strategy_keeps_a_request_waiting_for_longer_than_the_bound},
    {NULL, NULL},
};
