/*
 * defrag: a pool of memory blocks that can be moved, for small microcontrollers.
 *
 * A program holds handles, not pointers. It locks a block while it uses it; a block that is not locked may be moved by
 * defrag_step(), which closes the holes between blocks a few bytes at a time. So memory does not stay fragmented, and no
 * call takes long.
 *
 * SPDX-License-Identifier: MIT
 *
 * Use: add include/ to the include path and src/defrag.c to the sources. C11, freestanding, no libc, no other file.
 *
 * Units: sizes, budgets and offsets are bytes. A block takes its payload and 4 bytes, rounded up to 8; payloads are aligned
 * to 8. Each handle takes 4 bytes of a table that the caller gives. Little-endian targets only.
 *
 * Costs: "constant" means that the number of instructions is bounded whatever the heap looks like, with no loop that
 * depends on the number or size of the blocks.
 *
 * Concurrency: one thread per pool. Calls must not overlap one another on the same pool.
 *
 * Results: functions that return int32_t give an error below zero (enum defrag_error). An error changes nothing, except
 * that DEFRAG_FRAGMENTED notes the request for defrag_step().
 */
#ifndef DEFRAG_DEFRAG_H
#define DEFRAG_DEFRAG_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Linkage of the functions below. An image that includes defrag.c in its own source may make them static. */
#ifndef DEFRAG_API
#define DEFRAG_API extern
#endif

/* Errors, each distinct. */
enum defrag_error {
  DEFRAG_OK = 0,
  DEFRAG_OUT_OF_MEMORY = -1,    /* not enough free memory, even if it were one hole */
  DEFRAG_FRAGMENTED = -2,       /* enough free memory, but no hole found that serves: step, then try again */
  DEFRAG_BLOCKED = -3,          /* locked blocks stand in the way; defrag_blocker() names one */
  DEFRAG_OUT_OF_HANDLES = -4,   /* the handle table is full */
  DEFRAG_INVALID_SIZE = -5,     /* a size of 0, or one that no pool could serve */
  DEFRAG_INVALID_HANDLE = -6,   /* never given out, or freed since */
  DEFRAG_STILL_LOCKED = -7,     /* a locked block cannot be freed */
  DEFRAG_MOVING = -8,           /* the block is in two parts just now: step, then try again */
  DEFRAG_CORRUPTED = -9,        /* the pool's own data was overwritten */
  DEFRAG_TOO_MANY_LOCKS = -10,  /* the lock count is at DEFRAG_MAX_LOCKS */
  DEFRAG_NOT_LOCKED = -11,      /* unlock without a lock */
  DEFRAG_BAD_ARGUMENT = -12     /* an argument outside what the function's comment allows */
};

enum {
  DEFRAG_MIN_POOL = 16,              /* bytes */
  DEFRAG_MAX_POOL = 131072,          /* bytes: 128 KiB */
  DEFRAG_MAX_SIZE = 131060,          /* bytes of the largest block of the largest pool */
  DEFRAG_MAX_HANDLES = 16383,
  DEFRAG_MAX_LOCKS = 64,             /* locks held on one block at a time */
  DEFRAG_MIN_BUDGET = 8,             /* bytes */
  DEFRAG_BINS = 8
};

/* Names a block. Above 0; 0 is never valid. It holds a generation, so that a handle kept after its block was freed is
 * refused until its table entry has been reused 1023 times; entries are reused first in, first out. */
typedef int32_t defrag_handle;

/* A pool. The fields are private: use the functions. */
typedef struct defrag_pool {
  uintptr_t memory;
  uint32_t *table;
  uint32_t table_bytes;
  uint8_t bin_mask; /* bit b: bin b has a hole */
  uint8_t move;     /* what kind of move is under way */
  uint8_t look;     /* a hole was made since an allocation failed */
  uint16_t want;    /* granules of the request that failed and that steps work for; 0: none */
  uint16_t bins[DEFRAG_BINS];
  uint16_t end;          /* the index of the header that ends the pool */
  uint16_t free;         /* granules, the hole of a move under way included */
  uint16_t least_free;   /* the smallest value `free` ever had */
  uint16_t first_handle; /* free table entries, first in, first out */
  uint16_t last_handle;
  uint16_t cursor;      /* no block that could move starts below it */
  uint16_t left_behind; /* no hole below the cursor is larger, but for the one right below it */
  uint16_t move_entry;
  uint16_t move_from;
  uint16_t move_to;
  uint16_t move_size;
  uint16_t move_done;
  uint32_t bytes_moved;
  uint32_t moves;
  uint32_t discards;
} defrag_pool;

/* Memory for a pool or a table, with the alignment that defrag_init() asks for. */
#define DEFRAG_POOL_MEMORY(name, bytes) _Alignas(8) unsigned char name[((bytes) + 7u) & ~7u]
#define DEFRAG_HANDLE_TABLE(name, handles) uint32_t name[(handles)]

/* Makes an empty pool. All memory belongs to the pool until the program stops using it.
 *
 * memory: aligned to 8. bytes: DEFRAG_MIN_POOL to DEFRAG_MAX_POOL; rounded down to a multiple of 8. 8 bytes of it are the
 * pool's own. table: `handles` words, aligned to 4; outside memory. handles: 1 to DEFRAG_MAX_HANDLES, the number of blocks
 * that can exist at a time.
 *
 * Errors: DEFRAG_BAD_ARGUMENT. Cost: linear in handles. */
DEFRAG_API int32_t defrag_init(defrag_pool *pool, void *memory, uint32_t bytes, uint32_t *table, uint32_t handles);

/* Allocates a block of at least `bytes` bytes (1 to DEFRAG_MAX_SIZE), unlocked, its content undefined.
 *
 * Gives a handle. Errors: DEFRAG_INVALID_SIZE, DEFRAG_OUT_OF_HANDLES, DEFRAG_OUT_OF_MEMORY, and DEFRAG_FRAGMENTED, on which
 * the caller steps until the step answers 0 and tries again. Cost: constant. */
DEFRAG_API int32_t defrag_alloc(defrag_pool *pool, uint32_t bytes);

/* Allocates a block for `count` items of `item_bytes` bytes each. A product that does not fit is DEFRAG_INVALID_SIZE, never
 * a small block. Otherwise as defrag_alloc(). */
DEFRAG_API int32_t defrag_alloc_slice(defrag_pool *pool, uint32_t count, uint32_t item_bytes);

/* Frees a block and joins it with the free memory on both sides of it.
 *
 * A block that is being moved can be freed. Errors: DEFRAG_INVALID_HANDLE, DEFRAG_STILL_LOCKED, DEFRAG_CORRUPTED.
 * Cost: constant. */
DEFRAG_API int32_t defrag_free(defrag_pool *pool, defrag_handle handle);

/* Locks a block: until the matching unlock it stays where it is, and *address is where that is. Locks are counted.
 *
 * Errors: DEFRAG_INVALID_HANDLE, DEFRAG_TOO_MANY_LOCKS, DEFRAG_MOVING; *address is unchanged then. Cost: constant. */
DEFRAG_API int32_t defrag_try_lock(defrag_pool *pool, defrag_handle handle, void **address);

/* Takes back one lock. With the last one the block may move again, and the address must not be used any more.
 *
 * Errors: DEFRAG_INVALID_HANDLE, DEFRAG_NOT_LOCKED. Cost: constant. */
DEFRAG_API int32_t defrag_unlock(defrag_pool *pool, defrag_handle handle);

/* Does one bounded piece of compaction: looks at no more than a constant number of headers and moves no more than
 * `budget` bytes (rounded down to a multiple of 8; at least DEFRAG_MIN_BUDGET). Larger blocks move in parts, over several
 * steps.
 *
 * After an allocation failed with DEFRAG_FRAGMENTED, steps work for that request. Gives 1: there is more to do. 0: the
 * request would now be served; or, with no request pending, there is nothing left to do. Errors, why it cannot go on:
 * DEFRAG_BLOCKED; DEFRAG_OUT_OF_MEMORY, the pending request is larger than the free memory by now; DEFRAG_CORRUPTED;
 * DEFRAG_BAD_ARGUMENT.
 *
 * If the program calls nothing but defrag_step(), the answer is 1 a bounded number of times only. Cost: constant, plus
 * linear in budget. */
DEFRAG_API int32_t defrag_step(defrag_pool *pool, uint32_t budget);

/* A locked block that stands in the way: of those with a hole right below them the one with the largest. 0: there is none.
 * Cost: linear in the number of blocks. */
DEFRAG_API defrag_handle defrag_blocker(const defrag_pool *pool);

/* Where the payload is, without locking it; 0 for a handle that is not valid and while the block is in two parts. For
 * diagnosis: the next step may move the block. Cost: constant. */
DEFRAG_API void *defrag_address(const defrag_pool *pool, defrag_handle handle);

/* The largest request that would be served if all free memory were one hole, in bytes. Cost: constant. */
DEFRAG_API uint32_t defrag_free_bytes(const defrag_pool *pool);

typedef struct defrag_statistics {
  uint32_t pool_bytes;       /* for blocks, their headers included */
  uint32_t free_bytes;       /* as defrag_free_bytes() */
  uint32_t least_free_bytes; /* the smallest value that free_bytes ever had */
  uint32_t largest_bytes;    /* the largest request that one hole can hold */
  uint32_t holes;
  uint32_t blocks;
  uint32_t locked_blocks;
  uint32_t bytes_moved; /* since defrag_init(), modulo 2^32, as the two below */
  uint32_t moves;       /* blocks moved whole */
  uint32_t discards;    /* moves given up because the block was locked or freed meanwhile */
} defrag_statistics;

/* Fills in *statistics. Cost: linear in the number of blocks. */
DEFRAG_API void defrag_get_statistics(const defrag_pool *pool, defrag_statistics *statistics);

typedef enum defrag_kind {
  DEFRAG_FREE = 0,   /* a hole */
  DEFRAG_USED = 1,   /* a block */
  DEFRAG_LOCKED = 2, /* a block that is locked */
  DEFRAG_SPLIT = 3,  /* a block in two parts, and the hole it is moving into, as one */
  DEFRAG_HELD = 4    /* a hole into which a block is being copied */
} defrag_kind;

typedef struct defrag_block {
  uint32_t offset; /* of the block's header from the start of the pool's memory, bytes */
  uint32_t bytes;  /* header included */
  defrag_kind kind;
  defrag_handle handle; /* 0: none */
  uint32_t locks;
} defrag_block;

/* Calls visit for all blocks and holes in order of address, until it answers other than 0, and gives that answer.
 * Valid between any two calls, also while a block is being moved. Errors: DEFRAG_CORRUPTED. Cost: linear in the number of
 * blocks. */
DEFRAG_API int32_t defrag_walk(const defrag_pool *pool, int32_t (*visit)(void *context, const defrag_block *block), void *context);

/* Calls visit for all holes in the free lists, bin by bin, in the order in which an allocation looks at them, until it
 * answers other than 0, and gives that answer. offset and bytes are as in defrag_block. Errors: DEFRAG_CORRUPTED. Cost:
 * linear in the number of holes. */
DEFRAG_API int32_t defrag_walk_free(const defrag_pool *pool,
                                    int32_t (*visit)(void *context, uint32_t bin, uint32_t offset, uint32_t bytes), void *context);

/* Checks everything that must hold between two calls: headers, free lists, handles, the state of a move. Gives 0 or
 * DEFRAG_CORRUPTED, and never reads outside the pool and its table. Cost: linear in the number of blocks and handles. */
DEFRAG_API int32_t defrag_check(const defrag_pool *pool);

/*
 * Typed access: a mutex over a block of T.
 *
 *   DEFRAG_MUTEX(struct reading) last = {0};
 *   if (DEFRAG_ALLOC(&pool, &last) == DEFRAG_OK) {
 *     struct reading *r = DEFRAG_TRY_LOCK(&pool, &last);
 *     if (r) { r->value = 1; (void)DEFRAG_UNLOCK(&pool, &last); }
 *     (void)DEFRAG_FREE(&pool, &last);
 *   }
 *
 * Zero is an empty mutex. The member `type` is never read; it only carries T. A mutex is the size of a pointer or a handle, whichever is larger.
 */
#define DEFRAG_MUTEX(T)   \
  union {                 \
    defrag_handle handle; \
    T *type;              \
  }

/* 0, or an error of defrag_alloc(). */
#define DEFRAG_ALLOC(pool, mutex) defrag_alloc_to_((pool), &(mutex)->handle, 1u, (uint32_t)sizeof(*(mutex)->type))

/* 0, or an error of defrag_alloc_slice(). */
#define DEFRAG_ALLOC_SLICE(pool, mutex, count) \
  defrag_alloc_to_((pool), &(mutex)->handle, (count), (uint32_t)sizeof(*(mutex)->type))

/* A pointer to T, or a null pointer where defrag_try_lock() would give an error. */
#if defined(__GNUC__)
#define DEFRAG_TRY_LOCK(pool, mutex) ((__typeof__((mutex)->type))defrag_lock_or_null_((pool), (mutex)->handle))
#else
#define DEFRAG_TRY_LOCK(pool, mutex) (defrag_lock_or_null_((pool), (mutex)->handle))
#endif

/* 0, or an error of defrag_unlock(). */
#define DEFRAG_UNLOCK(pool, mutex) defrag_unlock((pool), (mutex)->handle)

/* 0, or an error of defrag_free(). Empties the mutex on success. */
#define DEFRAG_FREE(pool, mutex) defrag_free_from_((pool), &(mutex)->handle)

static inline int32_t defrag_alloc_to_(defrag_pool *pool, defrag_handle *handle, uint32_t count, uint32_t item_bytes) {
  int32_t result = defrag_alloc_slice(pool, count, item_bytes);
  *handle = result > 0 ? result : 0;
  return result > 0 ? (int32_t)DEFRAG_OK : result;
}

static inline void *defrag_lock_or_null_(defrag_pool *pool, defrag_handle handle) {
  void *address = (void *)0;
  (void)defrag_try_lock(pool, handle, &address);
  return address;
}

static inline int32_t defrag_free_from_(defrag_pool *pool, defrag_handle *handle) {
  int32_t result = defrag_free(pool, *handle);
  if (result == DEFRAG_OK) {
    *handle = 0;
  }
  return result;
}

#ifdef __cplusplus
}
#endif

#endif
