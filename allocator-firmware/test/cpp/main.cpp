/*
 * Tests of the C++ header on a computer. One line a test; the first failure ends the run with status 1.
 *
 *   cpp-test [seed]
 *
 * SPDX-License-Identifier: MIT
 */
#include "defrag/defrag.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <type_traits>

using defrag::Error;
using defrag::Guard;
using defrag::Mutex;
using defrag::Pool;
using defrag::Step;

static const char *test_name = "";
static unsigned long test_seed;

#define EXPECT(condition)                                                                                         \
  do {                                                                                                            \
    if (!(condition)) {                                                                                           \
      std::fprintf(stderr, "FAILED: %s\n  %s:%d: %s\n  seed %lu\n", test_name, __FILE__, __LINE__, #condition,    \
                   test_seed);                                                                                    \
      std::exit(1);                                                                                               \
    }                                                                                                             \
  } while (0)

static std::uint64_t random_state;

static std::uint32_t below(std::uint32_t bound) {
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return static_cast<std::uint32_t>(random_state * 2685821657736338717ull >> 32) % bound;
}

/* ---- What the types promise ---- */

struct Reading {
  std::uint32_t time;
  std::int16_t celsius = 200;
};

template <class T>
constexpr bool moves_only = !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
                            std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>;

static_assert(moves_only<Mutex<Reading>> && moves_only<Mutex<Reading[]>>);
static_assert(moves_only<Guard<Reading>> && moves_only<Guard<Reading[]>> && moves_only<Guard<const Reading>>);
static_assert(std::is_nothrow_default_constructible_v<Mutex<Reading>>);
static_assert(!std::is_move_constructible_v<Pool<256, 8>> && !std::is_copy_constructible_v<Pool<>>);
static_assert(std::is_trivially_destructible_v<Pool<256, 8>>, "no code at the program's end");
static_assert(!std::is_convertible_v<Guard<Reading>, bool> && std::is_constructible_v<bool, Guard<Reading>>);
static_assert(std::is_same_v<decltype(std::declval<Mutex<Reading> &>().try_lock()), Guard<Reading>>);
static_assert(std::is_same_v<decltype(std::declval<const Mutex<Reading> &>().try_lock()), Guard<const Reading>>);
static_assert(std::is_same_v<decltype(*std::declval<Guard<const Reading> &>()), const Reading &>);
static_assert(sizeof(Mutex<Reading>) <= 2 * sizeof(void *));
static_assert(static_cast<std::int32_t>(Error::bad_argument) == DEFRAG_BAD_ARGUMENT);

/* ---- ---- */

static Pool<1024, 16> pool;

static void start() {
  pool.init();
  EXPECT(pool.check() == Error::none);
}

static std::uint32_t blocks() { return pool.statistics().blocks; }
static std::uint32_t locked() { return pool.statistics().locked_blocks; }

static void a_mutex_frees_its_block() {
  start();
  {
    Mutex<Reading> empty;
    Mutex<Reading> one;
    EXPECT(!empty && !one && empty.free() == Error::none && empty.handle() == 0);
    EXPECT(empty.try_lock().error() == Error::invalid_handle && !empty.try_lock());
    EXPECT(one.alloc(pool, 7u) == Error::none && one && blocks() == 1);
    EXPECT(one.try_lock()->time == 7 && one.try_lock()->celsius == 200);
    EXPECT(one.alloc(pool) == Error::none && blocks() == 1 && one.try_lock()->time == 0);
    Mutex<Reading> other(static_cast<Mutex<Reading> &&>(one));
    EXPECT(!one && other && blocks() == 1);
    Mutex<Reading> third;
    EXPECT(third.alloc(pool, 9u) == Error::none && blocks() == 2);
    third = static_cast<Mutex<Reading> &&>(other);
    EXPECT(!other && blocks() == 1 && third.try_lock()->time == 0);
    Mutex<Reading> &same = third;
    third = static_cast<Mutex<Reading> &&>(same);
    EXPECT(third && blocks() == 1);
    EXPECT(third.free() == Error::none && !third && blocks() == 0);
    EXPECT(third.alloc(pool) == Error::none);
  }
  EXPECT(blocks() == 0 && pool.check() == Error::none);
}

static std::uint32_t leaves_early(Mutex<Reading> &mutex) {
  if (auto guard = mutex.try_lock()) {
    guard->time = 3;
    return guard->time;
  }
  return 0;
}

static void a_guard_unlocks_on_every_way_out() {
  start();
  Mutex<Reading> mutex;
  EXPECT(mutex.alloc(pool) == Error::none);
  EXPECT(leaves_early(mutex) == 3 && locked() == 0);
  {
    Guard<Reading> guard = mutex.try_lock();
    EXPECT(guard && guard.error() == Error::none && locked() == 1);
    EXPECT(guard.get() == defrag_address(&pool.c_pool(), mutex.handle()) && &*guard == guard.get());
    Guard<Reading> moved(static_cast<Guard<Reading> &&>(guard));
    EXPECT(!guard && guard.error() == Error::not_locked && moved && locked() == 1);
    EXPECT(mutex.free() == Error::still_locked && mutex);
    EXPECT(mutex.alloc(pool) == Error::still_locked && moved->time == 3);
    Guard<Reading> second = mutex.try_lock();
    second = static_cast<Guard<Reading> &&>(moved);
    EXPECT(second && locked() == 1);
    second.unlock();
    EXPECT(!second && locked() == 0);
    second.unlock();
    const Mutex<Reading> &constant = mutex;
    auto reader = constant.try_lock();
    EXPECT(reader->time == 3);
  }
  EXPECT(locked() == 0 && mutex.free() == Error::none);
  /* As many as can be, then none. */
  EXPECT(mutex.alloc(pool) == Error::none);
  static Guard<Reading> guards[DEFRAG_MAX_LOCKS];
  for (auto &guard : guards) {
    guard = mutex.try_lock();
    EXPECT(guard);
  }
  EXPECT(mutex.try_lock().error() == Error::too_many_locks);
  for (auto &guard : guards) {
    guard = Guard<Reading>();
  }
  EXPECT(locked() == 0);
}

static void arrays_know_their_length() {
  start();
  Mutex<Reading[]> many;
  EXPECT(many.size() == 0 && many.try_lock().size() == 0 && many.try_lock().begin() == many.try_lock().end());
  EXPECT(many.alloc(pool, 0) == Error::invalid_size && !many);
  EXPECT(many.alloc(pool, 0x40000000u) == Error::invalid_size);
  EXPECT(many.alloc(pool, 10) == Error::none && many.size() == 10);
  {
    auto items = many.try_lock();
    std::uint32_t seen = 0;
    for (Reading &item : items) {
      EXPECT(item.time == 0 && item.celsius == 200);
      item.time = seen++;
    }
    EXPECT(seen == 10 && items.size() == 10 && items[9].time == 9 && items.data() == &items[0]);
  }
  const Mutex<Reading[]> &constant = many;
  static_assert(std::is_same_v<decltype(constant.try_lock()[0]), const Reading &>);
  EXPECT(constant.try_lock()[4].time == 4);
  EXPECT(many.resize(30) == Error::none && many.size() == 30);
  EXPECT(many.try_lock()[9].time == 9 && many.try_lock()[29].time == 0 && many.try_lock()[29].celsius == 200);
  EXPECT(many.resize(5) == Error::none && many.try_lock().size() == 5);
  EXPECT(many.resize(6) == Error::none && many.try_lock()[5].time == 0); /* not what was there before */
  EXPECT(many.resize(0) == Error::invalid_size && many.size() == 6);
  EXPECT(many.resize(0x20000000u) == Error::invalid_size && many.resize(200) == Error::out_of_memory && many.size() == 6);
  Mutex<Reading[]> moved(static_cast<Mutex<Reading[]> &&>(many));
  EXPECT(many.size() == 0 && !many && moved.size() == 6 && moved.try_lock()[4].time == 4);
  EXPECT(many.resize(3) == Error::invalid_handle);
  EXPECT(moved.free() == Error::none && moved.size() == 0 && blocks() == 0);
}

static void fragmented_memory_is_compacted_on_request() {
  start();
  Mutex<Reading[]> small[12];
  for (auto &mutex : small) {
    EXPECT(mutex.alloc(pool, 8) == Error::none);
  }
  for (int i = 0; i < 12; i += 2) {
    EXPECT(small[i].free() == Error::none);
  }
  small[1].try_lock()[7].time = 77;
  Mutex<unsigned char[]> large;
  EXPECT(large.alloc(pool, 400) == Error::fragmented && !large && large.size() == 0);
  EXPECT(pool.settle(64) == Step::done);
  EXPECT(large.alloc(pool, 400) == Error::none && large.free() == Error::none);
  EXPECT(large.alloc_stepping(pool, 64, 420) == Error::none && large.free() == Error::none);
  EXPECT(large.alloc_stepping(pool, 64, 2000) == Error::out_of_memory);
  EXPECT(small[1].try_lock()[7].time == 77);
  auto pin = small[7].try_lock();
  EXPECT(small[3].free() == Error::none);
  EXPECT(large.alloc_stepping(pool, 64, pool.free_bytes()) == Error::blocked && pool.is_blocker(small[7]));
  EXPECT(!pool.is_blocker(small[1]) && !pool.is_blocker(large));
  EXPECT(large.alloc_stepping(pool, 0, pool.free_bytes()) == Error::bad_argument && pool.step(7) == Step::bad_argument);
  EXPECT(pool.keep_ready(64) == Error::none && pool.keep_ready(DEFRAG_MAX_SIZE + 1) == Error::invalid_size);
  struct Large {
    unsigned char bytes[300];
  };
  pin.unlock();
  Mutex<Large> single;
  EXPECT(single.alloc_stepping(pool, 64) == Error::none && single.try_lock()->bytes[299] == 0);
}

static void a_pool_in_other_memory_and_one_that_was_never_made() {
  static DEFRAG_POOL_MEMORY(memory, 256);
  static DEFRAG_HANDLE_TABLE(table, 4);
  Pool<> lent;
  Mutex<Reading> mutex;
  EXPECT(mutex.alloc(lent) != Error::none && !mutex && lent.free_bytes() == 0);
  EXPECT(lent.init(memory + 4, 128, table, 4) == Error::bad_argument);
  EXPECT(lent.init(memory, sizeof memory, table, 4) == Error::none && lent.check() == Error::none);
  EXPECT(mutex.alloc(lent, 1u) == Error::none && mutex.try_lock()->time == 1);
  EXPECT(std::strcmp(defrag::text(Error::blocked), "blocked by locks") == 0);
}

/* Many mutexes and guards, held in arrays and moved about, against what they should hold. */
static void random_programs_keep_their_content() {
  static Pool<4096, 64> big;
  big.init();
  {
    Mutex<std::uint32_t[]> mutexes[40];
    Guard<std::uint32_t[]> guards[40];
    std::uint32_t first[40] = {};
    std::uint32_t served = 0;
    for (std::uint32_t round = 0; round < 60000; round++) {
      std::uint32_t i = below(40);
      std::uint32_t choice = below(100);
      if (choice < 25) {
        guards[i].unlock();
        std::uint32_t count = 1 + below(40);
        Error error = mutexes[i].alloc_stepping(big, 8 + below(100), count);
        EXPECT(error == Error::none || error == Error::out_of_memory || error == Error::blocked);
        EXPECT((error == Error::none) == static_cast<bool>(mutexes[i]));
        if (error == Error::none) {
          served++;
          first[i] = below(1u << 30);
          auto items = mutexes[i].try_lock();
          for (std::uint32_t n = 0; n < count; n++) {
            EXPECT(items[n] == 0);
            items[n] = first[i] + n;
          }
        }
      } else if (choice < 45) {
        guards[i] = mutexes[i].try_lock();
        EXPECT(guards[i] || !mutexes[i] || guards[i].error() == Error::moving);
      } else if (choice < 60) {
        guards[i].unlock();
      } else if (choice < 70) {
        std::uint32_t j = below(40);
        if (i != j) { /* a guard goes with its mutex */
          guards[j] = static_cast<Guard<std::uint32_t[]> &&>(guards[i]);
          mutexes[j] = static_cast<Mutex<std::uint32_t[]> &&>(mutexes[i]);
          first[j] = first[i];
          EXPECT(!guards[i] && !mutexes[i] && mutexes[i].size() == 0);
        }
      } else if (choice < 80) {
        guards[i].unlock();
        std::uint32_t before = mutexes[i].size();
        std::uint32_t count = 1 + below(60);
        if (mutexes[i].resize(count) == Error::none) {
          auto items = mutexes[i].try_lock();
          EXPECT(items && items.size() == count);
          for (std::uint32_t n = before; n < count; n++) {
            EXPECT(items[n] == 0);
            items[n] = first[i] + n;
          }
        } else {
          EXPECT(mutexes[i].size() == before);
        }
      } else {
        (void)big.step(8 + below(80));
      }
      EXPECT(big.check() == Error::none);
      for (std::uint32_t k = 0; k < 40 && round % 8 == 0; k++) {
        auto items = mutexes[k].try_lock();
        for (std::uint32_t n = 0; n < items.size(); n++) {
          EXPECT(items[n] == first[k] + n);
        }
      }
    }
    EXPECT(served > 2000);
    for (auto &guard : guards) {
      guard.unlock();
    }
  }
  EXPECT(big.statistics().blocks == 0 && big.statistics().holes == 1);
}

static const struct {
  const char *name;
  void (*run)();
} tests[] = {
    {"a mutex frees its block", a_mutex_frees_its_block},
    {"a guard unlocks on every way out", a_guard_unlocks_on_every_way_out},
    {"arrays know their length", arrays_know_their_length},
    {"fragmented memory is compacted on request", fragmented_memory_is_compacted_on_request},
    {"a pool in other memory, and one that was never made", a_pool_in_other_memory_and_one_that_was_never_made},
    {"random programs keep their content", random_programs_keep_their_content},
};

int main(int argc, char **argv) {
  test_seed = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
  random_state = test_seed * 0x9e3779b97f4a7c15ull + 0x1234567ull;
  std::printf("seed %lu\n", test_seed);
  for (const auto &test : tests) {
    test_name = test.name;
    test.run();
    std::printf("ok: %s\n", test_name);
    std::fflush(stdout);
  }
  return 0;
}
