/*
 * defrag: a pool of memory blocks that can be moved, for small microcontrollers.
 *
 * A program holds handles, not pointers. It locks a block while it uses it; a block that is not locked may be moved by
 * defrag_step(), which closes the holes between blocks a few bytes at a time. So memory does not stay fragmented, and no
 * call takes long.
 *
 * SPDX-License-Identifier: MIT
 *
 * Use: add include/ to the include path and src/defrag.c to the sources. C11, freestanding, no libc, no other file to compile.
 *
 * Units: sizes, budgets and offsets are bytes. A block takes its payload and 4 bytes, rounded up to 8; payloads are aligned
 * to 8. Each handle takes 4 bytes (2 with DEFRAG_SMALL) of a table that the caller gives. Little-endian targets only.
 *
 * Costs: "constant" means that the number of instructions is bounded whatever the heap looks like, with no loop that
 * depends on the number or size of the blocks.
 *
 * Concurrency: one thread per pool, and interrupt handlers above it. A handler may call defrag_try_lock(), defrag_unlock() and
 * defrag_address(), at any instruction of any call of the thread, if it releases each lock that it takes before it returns. It
 * may interrupt another handler that does the same. All other functions are the thread's, and may not be called again before they
 * return. What a handler can meet: DEFRAG_MOVING, where a block is moved by less than its own size, or for a request that has
 * waited long: until the steps have moved the whole block, at most bytes / budget steps, rounded up, its header counted.
 *
 * Results: functions that return int32_t give an error below zero (enum defrag_error). An error changes nothing, except
 * that DEFRAG_FRAGMENTED notes the request for defrag_step(), unless that works for a larger one.
 *
 * Configuration: macros, the same for all files that include this one. Give them on the command line, or in a file of your
 * own that is named by DEFRAG_CONFIG: -DDEFRAG_CONFIG='"my_config.h"'.
 */
#ifndef DEFRAG_DEFRAG_H
#define DEFRAG_DEFRAG_H

#include <stdint.h>

#ifdef DEFRAG_CONFIG
#include DEFRAG_CONFIG
#endif

/* 1: for parts with little SRAM: table entries of 2 bytes, pools up to 4 KiB, 255 handles, 4 locks on a block. */
#ifndef DEFRAG_SMALL
#define DEFRAG_SMALL 0
#endif

/* 1: code for size, which is slower: what compilers take that are told to optimise for size. */
#ifndef DEFRAG_FOR_SIZE
#if defined(__OPTIMIZE_SIZE__)
#define DEFRAG_FOR_SIZE 1
#else
#define DEFRAG_FOR_SIZE 0
#endif
#endif

/* 0 leaves out: defrag_alloc_pinned(); defrag_resize(); defrag_keep_ready(); defrag_check(), the walks, the statistics and
 * defrag_blocker(). A linker that drops unused functions does nearly the same. */
#ifndef DEFRAG_PINNED
#define DEFRAG_PINNED 1
#endif
#ifndef DEFRAG_RESIZE
#define DEFRAG_RESIZE 1
#endif
#ifndef DEFRAG_WATERMARK
#define DEFRAG_WATERMARK 1
#endif
#ifndef DEFRAG_DIAGNOSTICS
#define DEFRAG_DIAGNOSTICS 1
#endif

/* How often steps look for the cheapest way to serve one request, when other calls spoil what they found, before they slide
 * all blocks. Then the request's patience has run out, too: see below. 0: they never look, and slide all, which moves far
 * more. The core takes about 300 bytes of code less then, and the pool 8. At most 255. */
#ifndef DEFRAG_PASSES
#define DEFRAG_PASSES 4
#endif

/* For how many steps a refused request waits while steps look for the cheapest way to serve it. Then they slide all blocks,
 * and what they gather is for no smaller request: so it is served, whatever the program allocates and frees meanwhile. A step with a budget
 * below 64 bytes counts as that part of one, and each pass that begins as one more, the first one, too. At most 8191. Without it: granules / 8 + 3 * handles + 8, granules being those of the
 * pool and no more handles counted than half of them, but at most 8191. So long it takes at most if nothing else happens, unless
 * 8191 is less. */
#if defined(DEFRAG_PATIENCE) && (DEFRAG_PATIENCE < 0 || DEFRAG_PATIENCE > 8191)
#error "DEFRAG_PATIENCE is 0 to 8191 steps"
#endif

/* Around the few instructions that no handler which uses the pool may interrupt. Empty where no handler does. On a Cortex-M:
 *
 *   #define DEFRAG_CRITICAL_ENTER() uint32_t primask_ = __get_PRIMASK(); __disable_irq()
 *   #define DEFRAG_CRITICAL_LEAVE() __set_PRIMASK(primask_)
 */
#ifndef DEFRAG_CRITICAL_ENTER
#define DEFRAG_CRITICAL_ENTER() ((void)0)
#define DEFRAG_CRITICAL_LEAVE() ((void)0)
#endif

/* Told of the outcome of each operation, in the context of the caller: handlers lock and unlock, so this may run in them. It may
 * call defrag_address() and defrag_free_bytes(), no other function of the pool.
 *
 *   event (enum defrag_event)            handle                   value
 *   DEFRAG_EVENT_INIT                    0                        0 or the error
 *   DEFRAG_EVENT_ALLOC, _ALLOC_PINNED    the new one or the error the bytes asked for
 *   DEFRAG_EVENT_FREE, _LOCK, _UNLOCK    the block's              0 or the error
 *   DEFRAG_EVENT_RESIZE                  the block's              the bytes asked for, or the error
 *   DEFRAG_EVENT_STEP                    0                        1, 0 or the error
 *   DEFRAG_EVENT_KEEP_READY              0                        the bytes asked for, or the error
 *
 *   #define DEFRAG_TRACE(event, handle, value) my_trace((event), (handle), (value))
 *
 * A slice is the DEFRAG_EVENT_ALLOC that it makes. */
#ifdef DEFRAG_TRACE
#define DEFRAG_TRACED_ 1
#else
#define DEFRAG_TRACED_ 0
#define DEFRAG_TRACE(event, handle, value) ((void)0)
#endif

/* Must hold: what a call may expect and what it promises, and what the library relies on inside. Errors that a function answers
 * are not asserted. It also finds what no answer can tell: a null pool, a pool that was not made by defrag_init(), and a function
 * that is called while another one of the same pool has not returned, where the header does not allow that. Then the pool has a
 * field more. For use with <assert.h>:
 *
 *   #define DEFRAG_ASSERT(condition) assert(condition)
 */
#ifdef DEFRAG_ASSERT
#define DEFRAG_ASSERTS_ 1
#else
#define DEFRAG_ASSERTS_ 0
#define DEFRAG_ASSERT(condition) ((void)0)
#endif

/* 1: for tests. Blocks move whenever they may, so that a pointer that is used after its unlock is wrong at once and always,
 * instead of once a month: after each call that allocates, frees, resizes, unlocks, or steps while no request is pending, all
 * blocks that are neither locked nor pinned are moved, and all free memory is filled with 0xDD (DEFRAG_DEBUG_FILL).
 *
 * Not moved: a block that has nothing next to it but locked or pinned blocks, or the pool's ends; all, while a step's move is
 * under way, and while what steps gather is kept for a request that has waited for long; all, if a handler unlocks in the middle
 * of one of the thread's calls. A block that moves by less than its size leaves its old place partly to itself or to a neighbour,
 * so that a stale pointer reads wrong data there, not the fill.
 *
 * Each call then takes time that grows with the square of the number of blocks, and memory hardly ever fragments: test what
 * you do about DEFRAG_FRAGMENTED and DEFRAG_MOVING without it. Handlers meet DEFRAG_MOVING more often. */
#ifndef DEFRAG_DEBUG_MOVE
#define DEFRAG_DEBUG_MOVE 0
#endif
#ifndef DEFRAG_DEBUG_FILL
#define DEFRAG_DEBUG_FILL 0xDD
#endif

/* Bounds of loops, for a tool that computes worst cases from machine code; empty for all others. The loop that holds it runs
 * at most `count` times; the second adds one time for each `per` bytes of the call's budget, and rounds up. */
#ifndef DEFRAG_LOOP_BOUND
#define DEFRAG_LOOP_BOUND(count) ((void)0)
#define DEFRAG_LOOP_BOUND_BYTES(count, per) ((void)0)
#endif

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
  DEFRAG_MIN_POOL = 16, /* bytes */
#if DEFRAG_SMALL
  DEFRAG_MAX_POOL = 4096, /* bytes */
  DEFRAG_MAX_SIZE = 4084, /* bytes of the largest block of the largest pool */
  DEFRAG_MAX_HANDLES = 255,
  DEFRAG_MAX_LOCKS = 4, /* locks held on one block at a time */
#else
  DEFRAG_MAX_POOL = 131072, /* bytes: 128 KiB */
  DEFRAG_MAX_SIZE = 131060, /* bytes of the largest block of the largest pool */
  DEFRAG_MAX_HANDLES = 16383,
  DEFRAG_MAX_LOCKS = 64, /* locks held on one block at a time */
#endif
  DEFRAG_MIN_BUDGET = 8, /* bytes */
  DEFRAG_BINS = 8
};

/* What DEFRAG_TRACE is told of. */
enum defrag_event {
  DEFRAG_EVENT_INIT = 1,
  DEFRAG_EVENT_ALLOC = 2,
  DEFRAG_EVENT_ALLOC_PINNED = 3,
  DEFRAG_EVENT_FREE = 4,
  DEFRAG_EVENT_LOCK = 5,
  DEFRAG_EVENT_UNLOCK = 6,
  DEFRAG_EVENT_STEP = 7,
  DEFRAG_EVENT_RESIZE = 8,
  DEFRAG_EVENT_KEEP_READY = 9
};

/* Names a block. Above 0; 0 is never valid. It holds a generation, so that a handle kept after its block was freed is
 * refused until its table entry has been reused 1023 times (15 with DEFRAG_SMALL); entries are reused first in, first out. */
typedef int32_t defrag_handle;

/* An entry of the handle table. */
#if DEFRAG_SMALL
typedef uint16_t defrag_entry;
#else
typedef uint32_t defrag_entry;
#endif

/* The three parts of a pool and the pool are private: use the functions. Sizes are in granules of 8 bytes, and so are places: 1 is
 * the lowest block's. Their order is that of a Cortex-M0's loads, which reach 31 bytes for a byte, and 62 for two. */

/* The lists of holes. */
typedef struct defrag_holes_ {
  uint16_t bins[DEFRAG_BINS + 1]; /* where the first hole of each ends; 0: none. The last list is no bin: it has one hole, of any size */
  uint16_t bin_mask;          /* bit b: bin b has a hole */
} defrag_holes_;

/* The request that failed, and that steps work for. */
typedef struct defrag_request_ {
  uint8_t phase;          /* what steps do for it */
  uint8_t passes;         /* begun for it */
  uint8_t mode;           /* how they do it */
  volatile uint8_t dirty; /* something was freed, taken or unlocked since the pass began; handlers set it too */
  uint16_t want;          /* the size that it needs, also after a step's 0; 0: there is none, and the rest means nothing */
  uint16_t patience;      /* granules of budgets until it is worked for at the expense of smaller ones */
  uint16_t full_patience;
  uint16_t cursor;        /* the place where steps go on; or where the hole ends that it was answered with */
#if DEFRAG_PASSES > 0
  uint16_t left;        /* where the window that is looked at begins */
  uint16_t window_free; /* what is free in it */
  uint16_t best;        /* above the first hole of the cheapest window found */
  uint16_t window_cost; /* what is to be moved in that */
#endif
#if DEFRAG_PINNED
  uint16_t want_pinned; /* the size that a request for a pinned block needs */
#endif
#if DEFRAG_WATERMARK
  uint16_t ready; /* the size of a hole that idle steps keep ready; 0: none */
  uint8_t idle;   /* the request is for that hole */
#endif
  uint8_t has_turn; /* the one before was blocked: no larger one takes the place of this one */
} defrag_request_;

/* The block on its way. */
typedef struct defrag_move_ {
  uint16_t kind;  /* none, copied or slid */
  uint16_t entry; /* the number of the block's */
  uint16_t to;
  uint16_t hole; /* the size of the hole that it moves into; so it comes from to + hole */
  uint16_t size;
  uint16_t left; /* what of it is still to be moved */
} defrag_move_;

/* The memory, and what of it is free. */
typedef struct defrag_heap_ {
  uint16_t free;              /* the hole of a move under way included */
  uint16_t first_handle;      /* free table entries, first in, first out: the number of the first one and 1; 0: none */
  uint16_t last_handle;       /* the number of the last one */
  uint16_t end; /* the place of the header that ends the pool */
#if DEFRAG_PINNED
  uint16_t lowest_pinned; /* the lowest pinned block of those at the end of the pool, or its end */
#endif
#if DEFRAG_DIAGNOSTICS
  uint16_t least_free; /* the smallest value `free` ever had */
  uint32_t bytes_moved;
  uint32_t discards;
#endif
  uintptr_t memory;
  defrag_entry *table;
  uint32_t table_bytes;
} defrag_heap_;

typedef struct defrag_pool {
  defrag_holes_ holes;
  defrag_request_ request;
  defrag_move_ move;
  defrag_heap_ heap;
#if DEFRAG_ASSERTS_ || DEFRAG_DEBUG_MOVE
  volatile uint32_t busy; /* a function is under way */
#endif
} defrag_pool;

/* Memory for a pool or a table, with the alignment that defrag_init() asks for. */
#ifdef __cplusplus
#define DEFRAG_POOL_MEMORY(name, bytes) unsigned char name alignas(8)[((bytes) + 7u) & ~7u]
#else
#define DEFRAG_POOL_MEMORY(name, bytes) _Alignas(8) unsigned char name[((bytes) + 7u) & ~7u]
#endif
#define DEFRAG_HANDLE_TABLE(name, handles) defrag_entry name[(handles)]

/* Makes an empty pool. All memory belongs to the pool until the program stops using it.
 *
 * memory: aligned to 8. bytes: DEFRAG_MIN_POOL to DEFRAG_MAX_POOL; rounded down to a multiple of 8. 8 bytes of it are the pool's
 * own. table: `handles` entries, aligned to their size; outside memory. handles: 1 to DEFRAG_MAX_HANDLES, the number of blocks
 * that can exist at a time.
 *
 * Errors: DEFRAG_BAD_ARGUMENT. Cost: linear in handles. */
DEFRAG_API int32_t defrag_init(defrag_pool *pool, void *memory, uint32_t bytes, defrag_entry *table, uint32_t handles);

/* Allocates a block of at least `bytes` bytes (1 to DEFRAG_MAX_SIZE), unlocked, its content undefined.
 *
 * Gives a handle. Errors: DEFRAG_INVALID_SIZE, DEFRAG_OUT_OF_HANDLES, DEFRAG_OUT_OF_MEMORY, and DEFRAG_FRAGMENTED, on which
 * the caller steps until a step does not answer 1, and tries again; it gives up when a step answers an error once more:
 * defrag_alloc_stepping() is that loop. A hole that is kept for a larger request which waits is DEFRAG_FRAGMENTED, too.
 * Cost: constant. */
DEFRAG_API int32_t defrag_alloc(defrag_pool *pool, uint32_t bytes);

/* Allocates a block for `count` items of `item_bytes` bytes each. A product that does not fit is DEFRAG_INVALID_SIZE, never
 * a small block. Otherwise as defrag_alloc(). */
DEFRAG_API int32_t defrag_alloc_slice(defrag_pool *pool, uint32_t count, uint32_t item_bytes);

#if DEFRAG_PINNED
/* Allocates a block that never moves, for what a program must know the address of for good: below the pinned blocks at the
 * top of the pool, so that it divides nothing. It is locked and unlocked as others are, and freed unlocked. The room of the
 * lowest one goes back to pinned blocks, that of others to all.
 *
 * As defrag_alloc(). After DEFRAG_FRAGMENTED steps slide everything down that can be moved, so this is for when a program
 * starts. Cost: constant. */
DEFRAG_API int32_t defrag_alloc_pinned(defrag_pool *pool, uint32_t bytes);
#endif

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

/* Does one bounded piece of compaction: looks at no more than a constant number of headers, or moves no more than `budget`
 * bytes (rounded down to a multiple of 8; at least DEFRAG_MIN_BUDGET). Larger blocks move in parts, over several steps.
 *
 * After an allocation failed with DEFRAG_FRAGMENTED, steps work for that request: they look for the stretch of memory that yields
 * it with the fewest bytes moved, or with no more than it has, and move those. Of several they work for the largest; a smaller one is served with it, or takes
 * its turn. With no request pending they keep the hole ready that defrag_keep_ready() asks for, and else do nothing.
 *
 * A request cannot be kept waiting: after a bounded number of steps, whatever the program and its handlers do in between, a step
 * answers 0 or an error, or a request at least as large was granted. The bound is about that of moving everything once, besides
 * DEFRAG_PATIENCE; the project's docs/design/waiting.md has it.
 *
 * Gives 1: there is more to do. 0: the request that steps worked for would now be served, and is if it is the next that
 * allocates; or there is nothing to do. Errors, why it cannot go on: DEFRAG_BLOCKED, whatever is moved, for locked and pinned
 * blocks divide the free memory, or did when the last pass began for a request that has waited long: that stays pending until
 * another one is refused;
 * DEFRAG_OUT_OF_MEMORY, the pending request, or the hole to be kept ready, is larger than the free memory by now: the request is
 * given up; DEFRAG_CORRUPTED; DEFRAG_BAD_ARGUMENT. 0, DEFRAG_BLOCKED and DEFRAG_OUT_OF_MEMORY may speak of a larger request than
 * the caller's, which another part of the program made: so who is refused again steps on, and gives up at the second error.
 *
 * With k blocks locked or pinned, a request that needs s granules of 8 bytes, 4 bytes for the header included, is always served
 * if more than (k + 1)(s - 1) granules are free; a pinned one, if besides no block that is not pinned is locked.
 *
 * If the program calls nothing but defrag_step(), the answer is 1 a bounded number of times only. Cost: constant, plus
 * linear in budget. */
DEFRAG_API int32_t defrag_step(defrag_pool *pool, uint32_t budget);

#if DEFRAG_WATERMARK
/* Has steps that no request waits for keep one hole of at least `bytes` bytes of payload (to DEFRAG_MAX_SIZE), as long as so
 * much is free; 0, as after defrag_init(): none. They move nothing while an allocation would find such a hole.
 *
 * Errors: DEFRAG_INVALID_SIZE. Cost: constant. */
DEFRAG_API int32_t defrag_keep_ready(defrag_pool *pool, uint32_t bytes);
#endif

#if DEFRAG_RESIZE
/* Makes a block larger or smaller: 1 to DEFRAG_MAX_SIZE bytes. The handle and the content up to the smaller size stay. A block
 * shrinks where it is; it grows where it is if the memory right above it is free; else it moves, unless it is locked or pinned. What is
 * kept for a larger request that waits it does not get: DEFRAG_FRAGMENTED.
 *
 * Gives 0. Errors, which leave it as it was: those of defrag_alloc() but for DEFRAG_OUT_OF_HANDLES; DEFRAG_INVALID_HANDLE;
 * DEFRAG_STILL_LOCKED, it would have to move; DEFRAG_MOVING, it is in two parts, or a handler locked it meanwhile: try again;
 * DEFRAG_CORRUPTED. Cost: constant, plus linear in the smaller size where it moves. */
DEFRAG_API int32_t defrag_resize(defrag_pool *pool, defrag_handle handle, uint32_t bytes);
#endif

/* Where the payload is, without locking it; 0 for a handle that is not valid and while the block is in two parts. For
 * diagnosis: the next step may move the block. Cost: constant. */
DEFRAG_API void *defrag_address(const defrag_pool *pool, defrag_handle handle);

/* The largest request that would be served if all free memory were one hole, in bytes. Cost: constant. */
DEFRAG_API uint32_t defrag_free_bytes(const defrag_pool *pool);

#if DEFRAG_DIAGNOSTICS
/* The block that stands in the way: of those locked or pinned the one that divides the most free memory, in sum on its two
 * sides up to the next such block. 0: there is none. Cost: linear in the number of blocks. */
DEFRAG_API defrag_handle defrag_blocker(const defrag_pool *pool);

typedef struct defrag_statistics {
  uint32_t pool_bytes;       /* for blocks, their headers included */
  uint32_t free_bytes;       /* as defrag_free_bytes() */
  uint32_t least_free_bytes; /* the smallest value that free_bytes ever had */
  uint32_t largest_bytes;    /* the largest request that one hole can hold */
  uint32_t holes;
  uint32_t blocks;
  uint32_t locked_blocks; /* or pinned */
  uint32_t bytes_moved; /* since defrag_init(), modulo 2^32, as the one below */
  uint32_t discards;    /* moves given up because the block was locked, freed or resized meanwhile */
} defrag_statistics;

/* Fills in *statistics. Cost: linear in the number of blocks. */
DEFRAG_API void defrag_get_statistics(const defrag_pool *pool, defrag_statistics *statistics);

typedef enum defrag_kind {
  DEFRAG_FREE = 0,   /* a hole */
  DEFRAG_USED = 1,   /* a block */
  DEFRAG_LOCKED = 2, /* a block that is locked or pinned */
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
 * answers other than 0, and gives that answer. offset and bytes are as in defrag_block. The hole that steps gather, of any size, is
 * in a list of its own, DEFRAG_BINS. Errors: DEFRAG_CORRUPTED. Cost:
 * linear in the number of holes. */
DEFRAG_API int32_t defrag_walk_free(const defrag_pool *pool,
                                    int32_t (*visit)(void *context, uint32_t bin, uint32_t offset, uint32_t bytes), void *context);

/* Checks everything that must hold between two calls: headers, free lists, handles, the state of a move. Gives 0 or
 * DEFRAG_CORRUPTED, and never reads outside the pool and its table. Cost: linear in the number of blocks and handles. */
DEFRAG_API int32_t defrag_check(const defrag_pool *pool);

#endif /* DEFRAG_DIAGNOSTICS */

/* ---- Shorthands for what programs do with the functions above ---- */

/* After a request was refused: steps until one does not say that there is more to do. 0: try again; else the error with which
 * to give up. *said: 0 before the first call, then what the steps said last. The first DEFRAG_BLOCKED or DEFRAG_OUT_OF_MEMORY may speak
 * of a larger request, which another part of the program made before and gave up: the next one does not. */
static inline int32_t defrag_settle_(defrag_pool *pool, uint32_t budget, int32_t *said) {
  int32_t before = *said;
  do {
    *said = defrag_step(pool, budget);
  } while (*said > 0);
  return (before == DEFRAG_OK && (*said == DEFRAG_BLOCKED || *said == DEFRAG_OUT_OF_MEMORY)) ? (int32_t)DEFRAG_OK : *said;
}

/* Allocates, and if memory is fragmented steps as long as that helps. For programs that have nothing else to do meanwhile: the
 * longest time that this takes depends on the heap, while that of each step does not. Others step in their own loop.
 *
 * As defrag_alloc(), but for DEFRAG_FRAGMENTED; and the errors of defrag_step(): with DEFRAG_BLOCKED see defrag_blocker(). */
static inline int32_t defrag_alloc_stepping(defrag_pool *pool, uint32_t bytes, uint32_t budget) {
  int32_t said = DEFRAG_OK;
  int32_t result = defrag_alloc(pool, bytes);
  while (result == DEFRAG_FRAGMENTED) {
    int32_t why = defrag_settle_(pool, budget, &said);
    result = why == DEFRAG_OK ? defrag_alloc(pool, bytes) : why;
  }
  return result;
}

/* What a result says, in a few words, for messages; costs flash only where it is called. */
static inline const char *defrag_error_text(int32_t result) {
  static const char *const texts[] = {
      "ok", "out of memory", "fragmented", "blocked by locks", "out of handles", "invalid size", "invalid handle",
      "still locked", "moving", "corrupted", "too many locks", "not locked", "bad argument"};
  return result > 0 ? texts[0] : result < DEFRAG_BAD_ARGUMENT ? "unknown error" : texts[-result];
}

/*
 * Typed access: a mutex over a block of T.
 *
 *   DEFRAG_MUTEX(struct reading) last = {0};
 *   if (DEFRAG_ALLOC(&pool, &last) == DEFRAG_OK) {
 *     DEFRAG_LOCK_SCOPE(&pool, &last, r) { r->value = 1; }
 *     (void)DEFRAG_FREE(&pool, &last);
 *   }
 *
 * Zero is an empty mutex. The member `type` is never read; it only carries T. A mutex is the size of a pointer or a handle,
 * whichever is larger. Copies of a mutex name the same block; free one of them only.
 *
 * T may be incomplete where the mutex is declared, so that a struct can hold a mutex over its own type. Where it is allocated or
 * locked T is complete, and a T that needs more than the alignment of 8 that blocks have does not compile (with GCC and Clang).
 */
#define DEFRAG_MUTEX(T)   \
  union {                 \
    defrag_handle handle; \
    T *type;              \
  }

/* sizeof(T), which does not compile where a block would not be aligned for T. */
#if defined(__GNUC__)
#ifdef __cplusplus
#define DEFRAG_STATIC_ASSERT_ static_assert
#else
#define DEFRAG_STATIC_ASSERT_ _Static_assert
#endif
#define DEFRAG_ITEM_BYTES_(mutex)                                                                                     \
  __extension__({                                                                                                     \
    DEFRAG_STATIC_ASSERT_(__alignof__(__typeof__(*(mutex)->type)) <= 8u,                                              \
                          "blocks are aligned to 8, and this type needs more");                                       \
    (uint32_t)sizeof(*(mutex)->type);                                                                                 \
  })
#else
#define DEFRAG_ITEM_BYTES_(mutex) ((uint32_t)sizeof(*(mutex)->type))
#endif

/* 0, or an error of defrag_alloc(). */
#define DEFRAG_ALLOC(pool, mutex) defrag_alloc_to_((pool), &(mutex)->handle, 1u, DEFRAG_ITEM_BYTES_(mutex))

/* 0, or an error of defrag_alloc_slice(). The number of items is not kept. */
#define DEFRAG_ALLOC_SLICE(pool, mutex, count) defrag_alloc_to_((pool), &(mutex)->handle, (count), DEFRAG_ITEM_BYTES_(mutex))

/* A pointer to T, or a null pointer where defrag_try_lock() would give an error. */
#if defined(__GNUC__)
#define DEFRAG_TRY_LOCK(pool, mutex) \
  ((__typeof__((mutex)->type))((void)DEFRAG_ITEM_BYTES_(mutex), defrag_lock_or_null_((pool), (mutex)->handle)))
#else
#define DEFRAG_TRY_LOCK(pool, mutex) ((void)DEFRAG_ITEM_BYTES_(mutex), defrag_lock_or_null_((pool), (mutex)->handle))
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

/*
 * The lock of a mutex for the length of a block of code, for GCC and Clang:
 *
 *   DEFRAG_LOCK_SCOPE(&pool, &last, r) {
 *     if (r->value > limit) { return 1; }
 *     r->value++;
 *   } else {
 *     idle();
 *   }
 *
 * `r` is a pointer to T. The body runs once, if the lock succeeded; the optional `else` runs if it did not, and r is a null
 * pointer there. Whatever way leaves the body takes back the lock: its end, return, goto, and break and continue, which leave the
 * body (a loop around it goes on). The value of a return is computed before that. The arguments are evaluated once. Only
 * longjmp() leaves the block locked.
 */
#if defined(__GNUC__)
#define DEFRAG_LOCK_SCOPE(pool, mutex, name)                                                                           \
  for (defrag_scope_ name##_scope_ __attribute__((cleanup(defrag_leave_scope_))) =                                     \
                         ((void)DEFRAG_ITEM_BYTES_(mutex), defrag_enter_scope_((pool), (mutex)->handle)),              \
                     *name##_once_ = &name##_scope_;                                                                   \
       name##_once_; name##_once_ = (defrag_scope_ *)0)                                                                \
    for (__typeof__((mutex)->type) name = (__typeof__((mutex)->type))name##_scope_.address; name##_once_;              \
         name##_once_ = (defrag_scope_ *)0)                                                                            \
      if (name)
#endif

typedef struct defrag_scope_ {
  defrag_pool *pool;
  void *address; /* a null pointer: not locked */
  defrag_handle handle;
} defrag_scope_;

static inline defrag_scope_ defrag_enter_scope_(defrag_pool *pool, defrag_handle handle) {
  defrag_scope_ scope;
  scope.pool = pool;
  scope.address = defrag_lock_or_null_(pool, handle);
  scope.handle = handle;
  return scope;
}

static inline void defrag_leave_scope_(defrag_scope_ *scope) {
  if (scope->address) {
    (void)defrag_unlock(scope->pool, scope->handle);
  }
}

#ifdef __cplusplus
}
#endif

#endif
