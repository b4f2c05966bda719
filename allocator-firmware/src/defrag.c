/*
 * defrag: see include/defrag/defrag.h for what it does. This file says how.
 *
 * SPDX-License-Identifier: MIT
 *
 * It is the one file to compile. What it includes are its rooms, each with one subject, in the order in which one can read them:
 *
 *   defrag/layout.h    what lies where: words, headers, handles, entries of the table
 *   defrag/request.h   the request that failed and that steps work for
 *   defrag/heap.h      the allocator proper: holes, making a pool, allocating, freeing, locking
 *   defrag/move.h      moving one block, in parts
 *   defrag/compact.h   looking for a window, moving its blocks, a step at a time
 *   defrag/resize.h    making a block larger or smaller
 *   defrag/inspect.h   addresses, walks, statistics, the self-check
 *   defrag/debug.h     the debug mode, and what is around each call
 *
 * The public functions that change a pool stand at the end of this file: each calls the inner one of its room, and tells the
 * hooks. Where no hook is given, nothing is left of that.
 *
 * Places in the pool have one coordinate, the index that is described below: that is what headers, links and entries hold, it
 * is compared with sizes, and takes 16 bits. It becomes an address in at() and after(), where memory is touched; the
 * search walks by address within a step, and keeps indexes.
 *
 * Memory is counted in granules of 8 bytes. The block with index g (1 and up; 0 means none) has its payload at memory + 8 g
 * and its header in the 4 bytes before it, so that the payload is aligned and the 4 bytes are all that a live block pays:
 *
 *   memory   +0    +4        +8        +16                        8 end - 4   8 end
 *            | -   | header  | payload ...   | header | payload ... | end header |
 *                  block 1                     block 1 + size(1)
 *
 *   header: bits 31..18 size in granules, header included · 17 PREV_FREE · 16 FREE · 15..0 a live block's table index, and
 *           PINNED in bit 15
 *   a hole keeps its links and its size in its last granule, where the block above finds them when its PREV_FREE says that there
 *   is one: 8 bytes below that block's header the previous hole's end, 4 below it the next hole's, 2 below it the size. A hole of one
 *   granule holds just that and its flags.
 *
 * Free memory is always joined: no hole is next to a hole. So a live block finds both its neighbours in O(1). A hole stands in its
 * bin by its end, the index of the block above it. So when its lower end moves, because a block was taken from it or one was freed
 * below it, and its bin stays the same, no link is touched.
 *
 * A table entry is one word (or half of one: DEFRAG_SMALL), from the top: generation, never 0 · index of the block, or of the
 * next free entry · lock count, or one of the states above DEFRAG_MAX_LOCKS, which lock and unlock sort out off their fast
 * path. A handle is the generation in the same place with the entry's number below it, so that one XOR and one shift compare
 * the generations and refuse negative handles.
 *
 * Compaction works for one request, `want`. It looks for the cheapest window: the stretch of memory with no locked block in
 * it that has `want` granules free in all, and the fewest to move.
 *
 *   |AAAA|..|BB|...|LL|....|C|...|DDDD|      want 7: the window is ....|C|... and costs 1
 *   |AAAA|..|BB|...|LL|C|.......|DDDD|
 *
 * One pass from the bottom finds it, with a left and a right end that both only go up: the right one until the window holds
 * enough, then the left one until it does not any more. So a header is looked at twice at most, a few in each step. Then the
 * blocks of the window slide down, and the hole goes up and joins the next ones, until it serves.
 *
 * Other calls may change the heap between two steps. They never restart the pass: it forgets the window that is open and goes
 * on (taken(), joined()). A window that was chosen and does not hold what it promised is given up, and the pass begins again.
 *
 * So that a program which allocates, frees and locks all the time cannot hold up a request for ever, that has patience: a number
 * of steps, and DEFRAG_PASSES passes. When that has run out one pass more slides everything from the bottom up, and is exclusive:
 * no smaller request gets a hole that ends at the cursor or above it, neither what the pass has gathered nor what it is still to
 * meet; and blocks slide, so that no lock gives up a move. Nothing that other calls do takes from the free memory that it has
 * ahead of it and with it: it ends with a hole for the request, or has met the locked blocks that divide what was free.
 * docs/design/waiting.md has the proof.
 *
 * The hole for a request ends at the cursor when a step says 0: there an allocation finds it, wherever it stands in its list. A
 * free that makes such a hole has the cursor put there, and the next step says so (hole_made()). In an exclusive pass that hole
 * is kept until the step after that; or one that serves, too, and was made since.
 *
 * Of several requests the largest stays until it is granted, blocked or kept for that long: what is gathered for it serves the
 * others, too.
 *
 * "Blocked" is never a guess: it is said only after a pass that found no window while nothing was freed or unlocked, or after an
 * exclusive one.
 *
 * Without other calls in between steps come to an end: a pass raises its right end or its left end with each header that it
 * looks at, it begins again only after a move, and a move lowers the sum of all blocks' indexes.
 *
 * A block is moved in parts of a step's budget, most within one. Between two blocks of a window the hole that goes up is in no bin, but in
 * a list of its own, at which an allocation looks last: so no bin has to be searched for it with each block. While a block is on its way
 * over several steps, its hole is in no list.
 *   Copying, if the hole is at least as large as the block, and the pass is not exclusive: the block stays whole until the
 *   commit. A lock in between changes the state in the block's entry, and the copy is given up.
 *
 *     |held hole..........|BBBB|    ->    |BBBB|..........|....|
 *
 *   Sliding, else: one header covers the hole and the block, and locks are refused until the last part.
 *
 *     |window: hole + block    |    ->    |BBBBBBBBBBBB|.......|
 *
 * Interrupt handlers may lock and unlock, each lock released before the handler returns. So an entry's count is the same
 * after a handler as before it, and nothing has to be masked but the one place where a handler can turn COPYING into 0 lock
 * counts between a look and a store: the commit of a copy. free() makes the entry invalid before it touches the block.
 */
#include "defrag/layout.h"
#include "defrag/request.h"
#include "defrag/heap.h"
#include "defrag/move.h"
#include "defrag/compact.h"
#include "defrag/resize.h"
#include "defrag/inspect.h"
#include "defrag/debug.h"

DEFRAG_API int32_t defrag_init(defrag_pool *pool, void *memory, uint32_t bytes, defrag_entry *table, uint32_t handles) {
  int32_t result = init_pool(pool, memory, bytes, table, handles);
  DEFRAG_TRACE(DEFRAG_EVENT_INIT, 0, result);
  return result;
}

DEFRAG_API int32_t defrag_alloc(defrag_pool *pool, uint32_t bytes) {
  uint32_t was_busy = enter(pool, OF_THE_THREAD);
  int32_t result = leave(pool, was_busy, MAY_MOVE, alloc_block(pool, bytes));
  DEFRAG_ASSERT(result < 0 || defrag_address(pool, result));
  DEFRAG_TRACE(DEFRAG_EVENT_ALLOC, result, (int32_t)bytes);
  return result;
}

DEFRAG_API int32_t defrag_alloc_slice(defrag_pool *pool, uint32_t count, uint32_t item_bytes) {
  /* Neither factor can exceed the largest block; with both below 2^16 the product cannot wrap. */
  uint32_t bytes;
  if (item_bytes == 1u) {
    bytes = count;
  } else if (count == 1u) {
    bytes = item_bytes;
  } else if ((count | item_bytes) >> 16) {
    bytes = 0;
  } else {
    bytes = count * item_bytes;
  }
  return defrag_alloc(pool, bytes);
}

#if DEFRAG_PINNED
DEFRAG_API int32_t defrag_alloc_pinned(defrag_pool *pool, uint32_t bytes) {
  uint32_t was_busy = enter(pool, OF_THE_THREAD);
  int32_t result = leave(pool, was_busy, MAY_MOVE, alloc_pinned_block(pool, bytes));
  DEFRAG_ASSERT(result < 0 || defrag_address(pool, result));
  DEFRAG_TRACE(DEFRAG_EVENT_ALLOC_PINNED, result, (int32_t)bytes);
  return result;
}
#endif

DEFRAG_API int32_t defrag_free(defrag_pool *pool, defrag_handle handle) {
  uint32_t was_busy = enter(pool, OF_THE_THREAD);
  int32_t result = leave(pool, was_busy, MAY_MOVE, free_block(pool, handle));
  DEFRAG_ASSERT(result != DEFRAG_OK || !defrag_address(pool, handle));
  DEFRAG_TRACE(DEFRAG_EVENT_FREE, handle, result);
  return result;
}

DEFRAG_API int32_t defrag_try_lock(defrag_pool *pool, defrag_handle handle, void **address) {
  uint32_t was_busy = enter(pool, OF_HANDLERS_TOO);
  DEFRAG_ASSERT(address);
  int32_t result = leave(pool, was_busy, STAYS, lock_block(pool, handle, address));
  DEFRAG_ASSERT(result != DEFRAG_OK || *address == defrag_address(pool, handle));
  DEFRAG_TRACE(DEFRAG_EVENT_LOCK, handle, result);
  return result;
}

DEFRAG_API int32_t defrag_unlock(defrag_pool *pool, defrag_handle handle) {
  uint32_t was_busy = enter(pool, OF_HANDLERS_TOO);
  int32_t result = leave(pool, was_busy, MAY_MOVE, unlock_block(pool, handle));
  DEFRAG_TRACE(DEFRAG_EVENT_UNLOCK, handle, result);
  return result;
}

DEFRAG_API int32_t defrag_step(defrag_pool *pool, uint32_t budget) {
  uint32_t was_busy = enter(pool, OF_THE_THREAD);
  uint32_t worked = phase_of(pool);
  int32_t result = step(pool, budget);
  DEFRAG_ASSERT(result <= 1);
  /* Not while steps work for a request, nor between the last of them and the next attempt: they would never come to an end. */
  result = leave(pool, was_busy, worked || phase_of(pool) ? STAYS : MAY_MOVE, result);
  DEFRAG_TRACE(DEFRAG_EVENT_STEP, 0, result);
  return result;
}

#if DEFRAG_WATERMARK
DEFRAG_API int32_t defrag_keep_ready(defrag_pool *pool, uint32_t bytes) {
  uint32_t was_busy = enter(pool, OF_THE_THREAD);
  int32_t result = leave(pool, was_busy, STAYS, keep_ready(pool, bytes));
  DEFRAG_TRACE(DEFRAG_EVENT_KEEP_READY, 0, result < 0 ? result : (int32_t)bytes);
  return result;
}
#endif

#if DEFRAG_RESIZE
DEFRAG_API int32_t defrag_resize(defrag_pool *pool, defrag_handle handle, uint32_t bytes) {
  uint32_t was_busy = enter(pool, OF_THE_THREAD);
  int32_t result = leave(pool, was_busy, MAY_MOVE, resize_block(pool, handle, bytes));
  DEFRAG_TRACE(DEFRAG_EVENT_RESIZE, handle, result < 0 ? result : (int32_t)bytes);
  return result;
}
#endif
