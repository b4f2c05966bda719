/*
 * What must not compile: each MISTAKE from 1 on is one, and without any (0) this compiles. Each says what the compiler's message
 * has to name.
 *
 * SPDX-License-Identifier: MIT
 */
#include "defrag/defrag.hpp"

struct Reading {
  std::uint32_t time;
};

struct Owner {
  Owner(const Owner &);
  Owner();
  Reading *reading;
};

struct alignas(16) Wide {
  std::uint32_t words[4];
};

defrag::Pool<1024, 16> pool;
defrag::Mutex<Reading> mutex;
defrag::Mutex<Reading[]> array;

void use() {
  auto guard = mutex.try_lock();
  auto items = array.try_lock();
#if MISTAKE == 1 /* deleted: a guard is not copied */
  auto copy = guard;
#elif MISTAKE == 2 /* deleted: nor assigned */
  defrag::Guard<Reading> copy;
  copy = guard;
#elif MISTAKE == 3 /* deleted: an array's guard neither */
  auto copy = items;
#elif MISTAKE == 4 /* deleted: a mutex is not copied */
  auto copy = mutex;
#elif MISTAKE == 5 /* deleted: nor an array's */
  defrag::Mutex<Reading[]> copy(array);
#elif MISTAKE == 6 /* T must be trivially copyable */
  defrag::Mutex<Owner> owner;
#elif MISTAKE == 7 /* T must be trivially copyable */
  defrag::Mutex<Owner[]> owners;
#elif MISTAKE == 8 /* blocks are aligned to 8 */
  defrag::Mutex<Wide> wide;
#elif MISTAKE == 9 /* deleted: a guard of a mutex that ends at once */
  auto dangling = defrag::Mutex<Reading>().try_lock();
#elif MISTAKE == 10 /* nodiscard: a lock that ends at once */
  mutex.try_lock();
#elif MISTAKE == 11 /* nodiscard: an error that nobody looks at */
  mutex.alloc(pool);
#elif MISTAKE == 12 /* assignment of member|read-only|const-qualified type: through a const mutex */
  const auto &constant = mutex;
  constant.try_lock()->time = 1;
#elif MISTAKE == 13 /* convert|viable: a guard is no number */
  int locked = guard;
#elif MISTAKE == 14 /* counted in granules of 8 bytes */
  defrag::Pool<1020, 16> odd;
#elif MISTAKE == 15 /* DEFRAG_MIN_POOL to DEFRAG_MAX_POOL bytes */
  defrag::Pool<8, 16> small;
#elif MISTAKE == 16 /* deleted: a pool stays where it is */
  auto copy = static_cast<defrag::Pool<1024, 16> &&>(pool);
#elif MISTAKE == 17 /* a block holds T, not const */
  defrag::Mutex<const Reading> constant;
#endif
  (void)guard;
  (void)items;
}
