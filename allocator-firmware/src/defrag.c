/*
 * defrag: see include/defrag/defrag.h for what it does. This file says how.
 *
 * SPDX-License-Identifier: MIT
 *
 * It is the one file to compile. What it includes are its rooms, each with one subject, in the order in which one can read them:
 *
 *   defrag/layout.h    what lies where: words, headers, handles, entries of the table
 *   defrag/heap.h      the allocator proper: holes, making a pool, allocating, freeing, locking
 *   defrag/compact.h   moving a block, looking for a window, steps
 *   defrag/resize.h    making a block larger or smaller
 *   defrag/inspect.h   addresses, walks, statistics, the self-check
 *   defrag/debug.h     the hooks, and the debug mode
 *
 * Memory is counted in granules of 8 bytes. The block with index g (1 and up; 0 means none) has its payload at memory + 8 g
 * and its header in the 4 bytes before it, so that the payload is aligned and the 4 bytes are all that a live block pays:
 *
 *   memory   +0    +4        +8        +16                        8 end - 4   8 end
 *            | -   | header  | payload ...   | header | payload ... | end header |
 *                  block 1                     block 1 + size(1)
 *
 *   header: bits 31..18 size in granules, header included · 17 FREE · 16 PREV_FREE · 15..0 a live block's table index, and
 *           PINNED in bit 15; a hole's next link
 *   a hole also keeps its previous link in the 2 bytes after the header and its size in its last 2 bytes, where the next
 *   block finds it when its PREV_FREE says that there is one. A hole of one granule holds just that.
 *
 * Free memory is always joined: no hole is next to a hole. So a live block finds both its neighbours in O(1).
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
 * on (changed(), joined()). A window that was chosen and does not hold what it promised is given up, and the pass
 * begins again. After DEFRAG_PASSES of them the steps slide everything that can be moved, from the bottom up, so that a program that
 * allocates and frees all the time cannot hold them up for ever.
 *
 * "Blocked" is never a guess: it is said only after a pass that found no window while nothing was freed or unlocked.
 *
 * Without other calls in between steps come to an end: a pass raises its right end or its left end with each header that it
 * looks at, it begins again only after a move, and a move lowers the sum of all blocks' indexes.
 *
 * A block is moved in parts of a step's budget. While it is on its way, its hole is in no bin.
 *   Copying, if the hole is at least as large as the block: the block stays whole until the commit. A lock in between changes
 *   the state in the block's entry, and the copy is given up.
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
#include "defrag/heap.h"
#include "defrag/compact.h"
#include "defrag/resize.h"
#include "defrag/inspect.h"
#include "defrag/debug.h"
