/*
 * defrag for C++17: typed pools, mutexes and guards over defrag.h.
 *
 * SPDX-License-Identifier: MIT
 *
 * Use: as defrag.h; src/defrag.c is compiled as C. Freestanding: no exceptions, no RTTI, no global constructor, nothing of the
 * library but <cstddef>, <cstdint>, <new> and <type_traits>.
 *
 *   static defrag::Pool<2048, 32> pool;       // memory and table inside; all zero, so it is in .bss
 *   pool.init();                              // once, before anything else
 *
 *   defrag::Mutex<Reading> last;              // empty
 *   if (last.alloc(pool) == defrag::Error::none) {
 *     if (auto reading = last.try_lock()) {   // a Guard<Reading>: the block stays where it is
 *       reading->value = 1;
 *     }                                       // unlocked
 *   }                                         // freed when `last` ends
 *
 * T must be trivially copyable, since blocks are moved byte by byte while no guard holds them: no constructor, destructor or
 * assignment of T runs then. That rules out types that own something or know their own address. A pointer into a block, kept in
 * another one or in the same, is wrong after a move even where T is trivially copyable: keep offsets or handles. A T may need no
 * alignment above 8.
 *
 * Errors are values of enum class Error, and [[nodiscard]]. What may be called from interrupt handlers: try_lock() of a Mutex that
 * the thread does not change meanwhile, and the guard's end, as defrag.h says of lock and unlock. Misuse that no answer can tell is
 * an assert: DEFRAG_ASSERT.
 */
#ifndef DEFRAG_DEFRAG_HPP
#define DEFRAG_DEFRAG_HPP

#if !defined(__cplusplus) || __cplusplus < 201703L
#error "defrag.hpp is for C++17 and later; C includes defrag.h"
#endif

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

#include "defrag/defrag.h"

namespace defrag {

/* As enum defrag_error. */
enum class Error : std::int32_t {
  none = DEFRAG_OK,
  out_of_memory = DEFRAG_OUT_OF_MEMORY,
  fragmented = DEFRAG_FRAGMENTED,
  blocked = DEFRAG_BLOCKED,
  out_of_handles = DEFRAG_OUT_OF_HANDLES,
  invalid_size = DEFRAG_INVALID_SIZE,
  invalid_handle = DEFRAG_INVALID_HANDLE,
  still_locked = DEFRAG_STILL_LOCKED,
  moving = DEFRAG_MOVING,
  corrupted = DEFRAG_CORRUPTED,
  too_many_locks = DEFRAG_TOO_MANY_LOCKS,
  not_locked = DEFRAG_NOT_LOCKED,
  bad_argument = DEFRAG_BAD_ARGUMENT
};

/* A few words for messages. */
[[nodiscard]] inline const char *text(Error error) noexcept { return defrag_error_text(static_cast<std::int32_t>(error)); }

/* What a step says. */
enum class Step : std::int32_t {
  done = 0, /* the request would be served now, or there is nothing to do */
  more = 1,
  blocked = DEFRAG_BLOCKED, /* and why it cannot go on */
  out_of_memory = DEFRAG_OUT_OF_MEMORY,
  corrupted = DEFRAG_CORRUPTED,
  bad_argument = DEFRAG_BAD_ARGUMENT
};

template <class T>
class Mutex;
template <class T>
class Guard;

namespace detail {

inline Error error_of(std::int32_t result) noexcept { return result > 0 ? Error::none : static_cast<Error>(result); }

/* As defrag_alloc_stepping(), for what attempt() tries. */
template <class Attempt>
Error stepping(defrag_pool &pool, std::uint32_t budget, Attempt attempt) noexcept {
  std::int32_t said = DEFRAG_OK;
  Error error = attempt();
  while (error == Error::fragmented) {
    Error why = error_of(defrag_settle_(&pool, budget, &said));
    error = why == Error::none ? attempt() : why;
  }
  return error;
}

/* What a block can hold. */
template <class T>
constexpr void check_item() noexcept {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>, "a block holds objects of T");
  static_assert(!std::is_const_v<T> && !std::is_volatile_v<T>, "a block holds T, not const or volatile T");
  static_assert(std::is_trivially_copyable_v<T>, "blocks are moved byte by byte: T must be trivially copyable");
  static_assert(alignof(T) <= 8, "blocks are aligned to 8");
}

/* A block's pool and handle, freed with it. */
class Block {
 public:
  constexpr Block() noexcept = default;
  Block(const Block &) = delete;
  Block &operator=(const Block &) = delete;
  Block(Block &&other) noexcept : pool_(other.pool_), handle_(other.take()) {}
  Block &operator=(Block &&other) noexcept {
    if (this != &other) {
      drop();
      pool_ = other.pool_;
      handle_ = other.take();
    }
    return *this;
  }
  ~Block() { drop(); }

  Error alloc(defrag_pool &pool, std::uint32_t count, std::uint32_t item_bytes) noexcept {
    if (Error error = free(); error != Error::none) {
      return error;
    }
    std::int32_t result = defrag_alloc_slice(&pool, count, item_bytes);
    pool_ = &pool;
    handle_ = result > 0 ? result : 0;
    return error_of(result);
  }

#if DEFRAG_RESIZE
  Error resize(std::uint32_t bytes) noexcept {
    return handle_ ? error_of(defrag_resize(pool_, handle_, bytes)) : Error::invalid_handle;
  }
#endif

  Error free() noexcept {
    if (!handle_) {
      return Error::none;
    }
    std::int32_t result = defrag_free(pool_, handle_);
    if (result == DEFRAG_OK) {
      handle_ = 0;
    }
    return error_of(result);
  }

  Error lock(void *&address) const noexcept {
    return handle_ ? error_of(defrag_try_lock(pool_, handle_, &address)) : Error::invalid_handle;
  }

  [[nodiscard]] defrag_pool *pool() const noexcept { return pool_; }
  [[nodiscard]] defrag_handle handle() const noexcept { return handle_; }

 private:
  defrag_handle take() noexcept {
    defrag_handle handle = handle_;
    handle_ = 0;
    return handle;
  }

  /* A guard that outlives its mutex keeps the block locked, and it is lost. */
  void drop() noexcept {
    Error error = free();
    DEFRAG_ASSERT(error == Error::none);
    (void)error;
  }

  defrag_pool *pool_ = nullptr;
  defrag_handle handle_ = 0;
};

/* A lock, taken back with it. */
class Lock {
 public:
  constexpr Lock() noexcept = default;
  explicit Lock(const Block &block) noexcept : error_(block.lock(address_)) {
    if (error_ == Error::none) {
      pool_ = block.pool();
      handle_ = block.handle();
    }
  }
  Lock(const Lock &) = delete;
  Lock &operator=(const Lock &) = delete;
  Lock(Lock &&other) noexcept { steal(other); }
  Lock &operator=(Lock &&other) noexcept {
    if (this != &other) {
      unlock();
      steal(other);
    }
    return *this;
  }
  ~Lock() { unlock(); }

  void unlock() noexcept {
    if (address_ != nullptr) {
      std::int32_t result = defrag_unlock(pool_, handle_);
      DEFRAG_ASSERT(result == DEFRAG_OK);
      (void)result;
      address_ = nullptr;
      error_ = Error::not_locked;
    }
  }

  [[nodiscard]] void *address() const noexcept { return address_; }
  [[nodiscard]] Error error() const noexcept { return error_; }

 private:
  void steal(Lock &other) noexcept {
    pool_ = other.pool_;
    handle_ = other.handle_;
    address_ = other.address_;
    error_ = other.error_;
    other.address_ = nullptr;
    other.error_ = Error::not_locked;
  }

  defrag_pool *pool_ = nullptr;
  void *address_ = nullptr;
  defrag_handle handle_ = 0;
  Error error_ = Error::not_locked;
};

}  // namespace detail

/*
 * A pool whose memory is elsewhere; and what all pools can do. All zero until init() succeeds: then every allocation fails.
 * It is neither copied nor moved, since mutexes know its address. It must live longer than they do.
 */
class PoolBase {
 public:
  PoolBase(const PoolBase &) = delete;
  PoolBase &operator=(const PoolBase &) = delete;

  /* As defrag_step(). */
  Step step(std::uint32_t budget) noexcept { return static_cast<Step>(defrag_step(&pool_, budget)); }

  /* Steps as long as there is more to do. Its time depends on the heap. */
  Step settle(std::uint32_t budget) noexcept {
    Step result = Step::more;
    while (result == Step::more) {
      result = step(budget);
    }
    return result;
  }

  [[nodiscard]] std::uint32_t free_bytes() const noexcept { return defrag_free_bytes(&pool_); }

#if DEFRAG_WATERMARK
  /* As defrag_keep_ready(). */
  [[nodiscard]] Error keep_ready(std::uint32_t bytes) noexcept { return detail::error_of(defrag_keep_ready(&pool_, bytes)); }
#endif

#if DEFRAG_DIAGNOSTICS
  [[nodiscard]] defrag_statistics statistics() const noexcept {
    defrag_statistics statistics; /* all of it is filled in */
    defrag_get_statistics(&pool_, &statistics);
    return statistics;
  }

  /* As defrag_check(). */
  [[nodiscard]] Error check() const noexcept { return detail::error_of(defrag_check(&pool_)); }

  /* Whether the mutex's block is the one that stands in the way. */
  template <class T>
  [[nodiscard]] bool is_blocker(const Mutex<T> &mutex) const noexcept {
    return mutex && mutex.handle() == defrag_blocker(&pool_);
  }
#endif

  /* For the functions of defrag.h. */
  [[nodiscard]] defrag_pool &c_pool() noexcept { return pool_; }
  [[nodiscard]] const defrag_pool &c_pool() const noexcept { return pool_; }

 protected:
  constexpr PoolBase() noexcept = default;
  ~PoolBase() = default;

  Error init_with(void *memory, std::uint32_t bytes, defrag_entry *table, std::uint32_t handles) noexcept {
    return detail::error_of(defrag_init(&pool_, memory, bytes, table, handles));
  }

 private:
  defrag_pool pool_{};
};

/* A pool with its memory and its table. */
template <std::uint32_t Bytes = 0, std::uint32_t Handles = 0>
class Pool final : public PoolBase {
  static_assert(Bytes % 8 == 0, "memory is counted in granules of 8 bytes");
  static_assert(Bytes >= DEFRAG_MIN_POOL && Bytes <= DEFRAG_MAX_POOL, "DEFRAG_MIN_POOL to DEFRAG_MAX_POOL bytes");
  static_assert(Handles >= 1 && Handles <= DEFRAG_MAX_HANDLES, "1 to DEFRAG_MAX_HANDLES handles");

 public:
  constexpr Pool() noexcept = default;

  /* Makes it empty. No block of it may be alive. */
  void init() noexcept {
    Error error = init_with(memory_, Bytes, table_, Handles);
    DEFRAG_ASSERT(error == Error::none);
    (void)error;
  }

 private:
  alignas(8) unsigned char memory_[Bytes]{};
  defrag_entry table_[Handles]{};
};

/* A pool in memory of somebody else's, with the arguments and errors of defrag_init(). */
template <>
class Pool<0, 0> final : public PoolBase {
 public:
  constexpr Pool() noexcept = default;

  [[nodiscard]] Error init(void *memory, std::uint32_t bytes, defrag_entry *table, std::uint32_t handles) noexcept {
    return init_with(memory, bytes, table, handles);
  }
};

/*
 * A lock that was tried. True if it holds: then * and -> give the object, at a place where it stays until the guard ends.
 * A guard must not outlive the mutex that it came from.
 */
template <class T>
class [[nodiscard]] Guard final {
 public:
  constexpr Guard() noexcept = default;

  [[nodiscard]] explicit operator bool() const noexcept { return lock_.address() != nullptr; }

  /* Why it does not hold: none if it does, moving if it is worth another try after a step. */
  [[nodiscard]] Error error() const noexcept { return lock_.error(); }

  [[nodiscard]] T *get() const noexcept { return static_cast<T *>(lock_.address()); }
  [[nodiscard]] T &operator*() const noexcept {
    DEFRAG_ASSERT(get());
    return *get();
  }
  [[nodiscard]] T *operator->() const noexcept {
    DEFRAG_ASSERT(get());
    return get();
  }

  /* Before its end. Pointers and references into the block are not valid any more. */
  void unlock() noexcept { lock_.unlock(); }

 private:
  friend class Mutex<std::remove_const_t<T>>;
  explicit Guard(const detail::Block &block) noexcept : lock_(block) {}
  detail::Lock lock_;
};

/* The same for an array. Empty where it does not hold. */
template <class T>
class [[nodiscard]] Guard<T[]> final {
 public:
  constexpr Guard() noexcept = default;

  [[nodiscard]] explicit operator bool() const noexcept { return lock_.address() != nullptr; }
  [[nodiscard]] Error error() const noexcept { return lock_.error(); }

  [[nodiscard]] T *data() const noexcept { return static_cast<T *>(lock_.address()); }
  [[nodiscard]] std::uint32_t size() const noexcept { return lock_.address() != nullptr ? size_ : 0; }
  [[nodiscard]] T *begin() const noexcept { return data(); }
  [[nodiscard]] T *end() const noexcept { return data() + size(); }
  [[nodiscard]] T &operator[](std::uint32_t index) const noexcept {
    DEFRAG_ASSERT(index < size());
    return data()[index];
  }

  void unlock() noexcept { lock_.unlock(); }

 private:
  friend class Mutex<std::remove_const_t<T>[]>;
  Guard(const detail::Block &block, std::uint32_t size) noexcept : lock_(block), size_(size) {}
  detail::Lock lock_;
  std::uint32_t size_ = 0;
};

/* One object in a block, or none. Frees the block at its end; moved, not copied. The size of a pointer and a handle. */
template <class T>
class Mutex final {
 public:
  constexpr Mutex() noexcept { detail::check_item<T>(); }

  /* Frees what it has, allocates, and makes a T from the arguments; without any, all zero where T is an aggregate. */
  template <class... Arguments>
  [[nodiscard]] Error alloc(PoolBase &pool, const Arguments &...arguments) noexcept {
    Error error = block_.alloc(pool.c_pool(), 1, sizeof(T));
    if (error == Error::none) {
      detail::Lock lock(block_); /* nobody else knows the block */
      ::new (lock.address()) T{arguments...};
    }
    return error;
  }

  /* As alloc(), but for Error::fragmented: steps as long as that helps. As defrag_alloc_stepping(). */
  template <class... Arguments>
  [[nodiscard]] Error alloc_stepping(PoolBase &pool, std::uint32_t budget, const Arguments &...arguments) noexcept {
    return detail::stepping(pool.c_pool(), budget, [&] { return alloc(pool, arguments...); });
  }

  /* Before its end. Error::still_locked while a guard holds it. */
  [[nodiscard]] Error free() noexcept { return block_.free(); }

  Guard<T> try_lock() & noexcept { return Guard<T>(block_); }
  Guard<const T> try_lock() const & noexcept { return Guard<const T>(block_); }
  void try_lock() const && = delete; /* the guard would outlive the mutex */

  /* Whether it has a block. */
  [[nodiscard]] explicit operator bool() const noexcept { return block_.handle() != 0; }

  /* For the functions of defrag.h; 0: none. The mutex still owns the block. */
  [[nodiscard]] defrag_handle handle() const noexcept { return block_.handle(); }

 private:
  detail::Block block_;
};

/* An array in a block, or none. It knows its length. */
template <class T>
class Mutex<T[]> final {
 public:
  constexpr Mutex() noexcept { detail::check_item<T>(); }
  Mutex(Mutex &&other) noexcept : block_(static_cast<detail::Block &&>(other.block_)), size_(other.size_) { other.size_ = 0; }
  Mutex &operator=(Mutex &&other) noexcept {
    if (this != &other) {
      block_ = static_cast<detail::Block &&>(other.block_);
      size_ = other.size_;
      other.size_ = 0;
    }
    return *this;
  }

  /* Frees what it has, and allocates `count` items, value-initialised: zero, or what T's members start with. */
  [[nodiscard]] Error alloc(PoolBase &pool, std::uint32_t count) noexcept {
    Error error = block_.alloc(pool.c_pool(), count, sizeof(T));
    if (error != Error::still_locked) {
      size_ = 0;
    }
    if (error == Error::none) {
      detail::Lock lock(block_);
      make_items(lock, 0, count);
      size_ = count;
    }
    return error;
  }

  /* As alloc(), but for Error::fragmented: steps as long as that helps. */
  [[nodiscard]] Error alloc_stepping(PoolBase &pool, std::uint32_t budget, std::uint32_t count) noexcept {
    return detail::stepping(pool.c_pool(), budget, [&] { return alloc(pool, count); });
  }

#if DEFRAG_RESIZE
  /* Makes it longer or shorter; what is in both stays, new items are value-initialised. As defrag_resize(). No guard may hold
   * it: a guard keeps the length of before. */
  [[nodiscard]] Error resize(std::uint32_t count) noexcept {
    if (count > DEFRAG_MAX_SIZE / sizeof(T)) {
      return Error::invalid_size;
    }
    if (count > size_) {
      detail::Lock attempt(block_); /* will be needed for the new items */
      if (attempt.error() != Error::none) {
        return attempt.error();
      }
    }
    Error error = block_.resize(count * static_cast<std::uint32_t>(sizeof(T)));
    if (error == Error::none) {
      if (count > size_) {
        detail::Lock lock(block_);
        make_items(lock, size_, count);
      }
      size_ = count;
    }
    return error;
  }
#endif

  [[nodiscard]] Error free() noexcept {
    Error error = block_.free();
    if (error == Error::none) {
      size_ = 0;
    }
    return error;
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }

  Guard<T[]> try_lock() & noexcept { return Guard<T[]>(block_, size_); }
  Guard<const T[]> try_lock() const & noexcept { return Guard<const T[]>(block_, size_); }
  void try_lock() const && = delete;

  [[nodiscard]] explicit operator bool() const noexcept { return block_.handle() != 0; }
  [[nodiscard]] defrag_handle handle() const noexcept { return block_.handle(); }

 private:
  static void make_items(const detail::Lock &lock, std::uint32_t from, std::uint32_t to) noexcept {
    DEFRAG_ASSERT(lock.address());
    T *items = static_cast<T *>(lock.address());
    for (std::uint32_t i = from; i < to; i++) {
      ::new (static_cast<void *>(items + i)) T{};
    }
  }

  detail::Block block_;
  std::uint32_t size_ = 0;
};

}  // namespace defrag

#endif
