/*
 * The C++ header in firmware: compiled without exceptions, RTTI and a hosted library, every member used. Nothing but the
 * functions of defrag.h may be left undefined in the object, and no constructor may run before main.
 *
 * SPDX-License-Identifier: MIT
 */
#include "defrag/defrag.hpp"

struct Reading {
  std::uint32_t time;
  std::int16_t celsius = 200;
};

static defrag::Pool<1024, 16> pool;
static defrag::Pool<> lent;

static_assert(sizeof(defrag::Mutex<Reading>) == 8, "a pointer and a handle");
static_assert(sizeof(defrag::Mutex<Reading[]>) == 12, "and a length");
static_assert(sizeof(defrag::Guard<Reading>) == 16, "");
static_assert(sizeof(pool) == sizeof(defrag_pool) + (8 - sizeof(defrag_pool) % 8) % 8 + 1024 + 16 * sizeof(defrag_entry), "");

extern "C" std::int32_t sum_of_readings(void *memory, std::uint32_t bytes, defrag_entry *table);

extern "C" std::int32_t sum_of_readings(void *memory, std::uint32_t bytes, defrag_entry *table) {
  pool.init();
  if (lent.init(memory, bytes, table, 4) != defrag::Error::none || lent.keep_ready(32) != defrag::Error::none) {
    return -1;
  }
  defrag::Mutex<Reading> one;
  defrag::Mutex<Reading[]> many;
  if (one.alloc_stepping(lent, 64, 1u) != defrag::Error::none || many.alloc_stepping(pool, 64, 10) != defrag::Error::none ||
      many.resize(12) != defrag::Error::none) {
    return -2;
  }
  std::int32_t sum = 0;
  if (auto guard = many.try_lock()) {
    for (const Reading &reading : guard) {
      sum += reading.celsius;
    }
  }
  if (auto guard = one.try_lock()) {
    guard->celsius = static_cast<std::int16_t>(sum);
  }
  const auto &constant = one;
  auto moved = constant.try_lock();
  auto last = static_cast<defrag::Guard<const Reading> &&>(moved);
  sum = last->celsius;
  last.unlock();
  (void)pool.settle(64);
  if (pool.is_blocker(many) || pool.check() != defrag::Error::none || pool.statistics().blocks != 1 || pool.free_bytes() == 0) {
    return -3;
  }
  return many.free() == defrag::Error::none ? sum : static_cast<std::int32_t>(last.error());
}
