/*
 * defrag: see include/defrag/defrag.h for what it does. This file says how.
 *
 * SPDX-License-Identifier: MIT
 *
 * Memory is counted in granules of 8 bytes. The block with index g (1 and up; 0 means none) has its payload at memory + 8 g
 * and its header in the 4 bytes before it, so that the payload is aligned and the 4 bytes are all that a live block pays:
 *
 *   memory   +0    +4        +8        +16                        8 end - 4   8 end
 *            | -   | header  | payload ...   | header | payload ... | end header |
 *                  block 1                     block 1 + size(1)
 *
 *   header: bits 31..18 size in granules, header included · 17 FREE · 16 PREV_FREE · 15..0 a live block's table index,
 *           a hole's next link
 *   a hole also keeps its previous link in the 2 bytes after the header and its size in its last 2 bytes, where the next
 *   block finds it when its PREV_FREE says that there is one. A hole of one granule holds just that.
 *
 * Free memory is always joined: no hole is next to a hole. So a live block finds both its neighbours in O(1).
 *
 * A table entry is one word:
 *
 *   bits 31 zero · 30..21 generation, never 0 · 20..7 index of the block, or of the next free entry · 6..0 lock count, or
 *   one of the states with bit 6 and more set, which lock and unlock sort out off their fast path
 *
 * and a handle is the generation in the same place with the entry's number below it. So one XOR and one shift compare the
 * generations and refuse negative handles.
 *
 * Compaction slides blocks down. The cursor is the lowest place where there may be something to do:
 *
 *   no block that is unlocked and has a hole right below it starts below the cursor.
 *
 * Whatever makes a hole or unlocks a block lowers the cursor to it; only a step raises it, past what it has looked at.
 * A step first moves on what is under way, else looks at a few headers from the cursor on:
 *
 *   |AAAA|....|BB|CCCC|   B is unlocked: B moves down and the hole up
 *   |AAAA|BB|....|CCCC|   the cursor is at C now
 *   |AAAA|....|LL|CCCC|   L is locked: the hole stays, its size is noted in left_behind, the cursor passes
 *
 * A step that would have to look far and to move as well only looks; the next one moves.
 *
 * Each step that says "more" looks at the holes made since a request failed, which it does once; or raises the cursor; or
 * copies; or ends a move that a lock has discarded. Without other calls in between, the sum of all blocks' indexes never
 * grows and the cursor has an end, so that steps come to an end as well.
 *
 * A block of more than the budget moves in parts. While it does, the hole is in no bin.
 *   Copying, if the hole is at least as large as the block: the block stays whole until the last part. A lock in between
 *   changes the state in the block's entry, which the next step sees; it gives the hole back.
 *
 *     |held hole..........|BBBB|    ->    |BBBB|..........|....|
 *
 *   Sliding, else: one header covers the hole and the block, and locks are refused until the last part.
 *
 *     |window: hole + block    |    ->    |BBBBBBBBBBBB|.......|
 */
#include "defrag/defrag.h"

#if defined(__GNUC__)
#define MAY_ALIAS __attribute__((may_alias))
#define INLINE static inline __attribute__((always_inline))
#if defined(__OPTIMIZE_SIZE__)
#define SHARED static __attribute__((noinline))
#else
#define SHARED INLINE
#endif
#define COLD static __attribute__((noinline))
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian targets only");
#else
#define MAY_ALIAS
#define INLINE static inline
#define SHARED static
#define COLD static
#endif

typedef uint16_t MAY_ALIAS half_word;
typedef uint32_t MAY_ALIAS word;

/* A block's header and what is around it, from 4 bytes before the header on. */
typedef struct MAY_ALIAS around {
  uint16_t unused;
  uint16_t size_below; /* the size of the hole below, where PREV_FREE is set */
  uint16_t link;       /* table index of a live block, next hole of a free one */
  uint16_t tag;        /* size and flags */
  uint16_t previous;   /* the previous hole, where FREE is set; else payload */
} around;

_Static_assert(sizeof(around) == 10, "the layout of a header and its surroundings");

enum {
  GRANULE = 8,
  HEADER = 4,
  PREV_FREE = 1, /* in the tag */
  FREE = 2,
  SIZE_SHIFT = 2,
  MAX_GRANULES = 16383,

  LOCK_MASK = 0x7f, /* in the entry */
  COPYING = 0x7d,
  SLIDING = 0x7e,
  NOT_LIVE = 0x7f,
  INDEX_SHIFT = 7,
  INDEX_MASK = 0x3fff,
  GENERATION_SHIFT = 21,
  NO_ENTRY = 0x3fff,

  NO_LINK = 0xffff, /* in the header of a held hole and of the end */

  CANDIDATES = 4,  /* holes looked at in the request's own bin */
  HEADERS = 8,     /* headers looked at in a step, */
  HEADERS_BEFORE_MOVE = 1, /* and in one that begins a move as well: the move comes on top */
  COPY_WORDS = 2   /* words in a granule */
};

enum { MOVE_NONE, MOVE_COPY, MOVE_SLIDE };

_Static_assert(DEFRAG_MAX_POOL == GRANULE * (MAX_GRANULES + 1), "the largest pool");
_Static_assert(DEFRAG_MAX_SIZE == GRANULE * MAX_GRANULES - HEADER, "the largest block");
_Static_assert((int)DEFRAG_MAX_HANDLES == (int)NO_ENTRY, "all numbers but NO_ENTRY name an entry");
_Static_assert((DEFRAG_MAX_LOCKS & (DEFRAG_MAX_LOCKS - 1)) == 0 && DEFRAG_MAX_LOCKS * 2 == LOCK_MASK + 1,
               "the count's top bit is set only when it is full, and in the states");

/* Bins by size in granules: 1-3, 4-7, 8-15, 16-31 | 32-63, 64-127, 128-511, 512 and more. */
static const uint8_t bin_of_small[32] = {0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2,
                                         3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3};
static const uint8_t bin_of_large[16] = {0, 4, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6};
static const uint8_t lowest_bit[16] = {4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0};

INLINE uint32_t bin_of(uint32_t size) {
  if (size < 32u) {
    return bin_of_small[size];
  }
  return size < 512u ? bin_of_large[size >> 5] : 7u;
}

INLINE around *at(uintptr_t origin, uint32_t index) { return (around *)(origin + (uintptr_t)index * GRANULE); }

/* What at() counts from: index 0 is a granule below the memory, and nothing is ever read there. */
INLINE uintptr_t origin_of(const defrag_pool *pool) { return pool->memory - GRANULE; }

INLINE void write_header(around *block, uint32_t size, uint32_t flags, uint32_t link) {
  *(word *)(void *)&block->link = size << (16 + SIZE_SHIFT) | flags << 16 | link;
}

INLINE uint32_t size_of(const around *block) { return (uint32_t)block->tag >> SIZE_SHIFT; }

INLINE uint32_t index_in(uint32_t entry) { return entry >> INDEX_SHIFT & INDEX_MASK; }

/* ---- Holes ---- */

/* At the head of its bin. The order keeps few values alive at a time: Thumb has eight registers for them. */
COLD void bin_insert(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  around *hole = at(origin, index);
  ((around *)((uintptr_t)hole + size * GRANULE))->size_below = (uint16_t)size;
  hole->tag = (uint16_t)(size << SIZE_SHIFT | FREE);
  hole->previous = 0;
  uint32_t bin = bin_of(size);
  pool->bin_mask = (uint8_t)(pool->bin_mask | 1u << bin);
  uint32_t head = pool->bins[bin];
  hole->link = (uint16_t)head;
  pool->bins[bin] = (uint16_t)index;
  if (head) {
    at(origin, head)->previous = (uint16_t)index;
  }
}

SHARED void bin_remove(defrag_pool *pool, uintptr_t origin, const around *hole) {
  uint32_t next = hole->link;
  uint32_t previous = hole->previous;
  if (next) {
    at(origin, next)->previous = (uint16_t)previous;
  }
  if (previous) {
    at(origin, previous)->link = (uint16_t)next;
  } else {
    uint32_t bin = bin_of(size_of(hole));
    pool->bins[bin] = (uint16_t)next;
    if (!next) {
      pool->bin_mask = (uint8_t)(pool->bin_mask & ~(1u << bin));
    }
  }
}

/* A hole for `size` granules: the closest fit among the first few of the size's own bin, else the head of the next bin that
 * has one. 0: none found. */
SHARED uint32_t find_hole(const defrag_pool *pool, uintptr_t origin, uint32_t size) {
  uint32_t bin = bin_of(size);
  uint32_t candidate = pool->bins[bin];
  uint32_t found = 0;
  uint32_t best = 1u << 16;
  for (uint32_t i = 0; i < CANDIDATES && candidate; i++) {
    const around *hole = at(origin, candidate);
    /* A hole that is too small wraps to far above every real excess. */
    uint32_t excess = (uint32_t)hole->tag - (size << SIZE_SHIFT);
    if (excess < best) {
      best = excess;
      found = candidate;
    }
    candidate = hole->link;
  }
  if (!found) {
    uint32_t larger = pool->bin_mask & 0xfeu << bin;
    if (larger & 0xffu) {
      uint32_t low = lowest_bit[larger & 15u];
      found = pool->bins[low < 4u ? low : 4u + lowest_bit[larger >> 4]];
    }
  }
  return found;
}

/* Takes the hole at index + size out of its bin, if there is one, and gives the size with it. */
INLINE uint32_t join_above(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  const around *above = at(origin, index + size);
  if (above->tag & FREE) {
    size += size_of(above);
    bin_remove(pool, origin, above);
  }
  return size;
}

/* Makes [index, index + size) a hole; what is around it is not free. */
INLINE void make_hole(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  around *above = at(origin, index + size);
  above->tag = (uint16_t)(above->tag | PREV_FREE);
  bin_insert(pool, origin, index, size);
}

/* Makes [index, index + size) a hole, joined with the holes around it. The PREV_FREE in its header is valid. */
SHARED void release(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  size = join_above(pool, origin, index, size);
  const around *block = at(origin, index);
  if (block->tag & PREV_FREE) {
    uint32_t size_below = block->size_below;
    index -= size_below;
    size += size_below;
    bin_remove(pool, origin, at(origin, index));
  }
  make_hole(pool, origin, index, size);
  pool->look = 1;
  if (index < pool->cursor) {
    pool->cursor = (uint16_t)index;
  }
}

/* ---- Making a pool ---- */

DEFRAG_API int32_t defrag_init(defrag_pool *pool, void *memory, uint32_t bytes, uint32_t *table, uint32_t handles) {
  if (!pool || !memory || ((uintptr_t)memory & (GRANULE - 1u)) || bytes < DEFRAG_MIN_POOL || bytes > DEFRAG_MAX_POOL ||
      !table || ((uintptr_t)table & 3u) || handles - 1u >= DEFRAG_MAX_HANDLES) {
    return DEFRAG_BAD_ARGUMENT;
  }
  uint32_t end = bytes / GRANULE;
  pool->memory = (uintptr_t)memory;
  pool->table = table;
  pool->table_bytes = handles * 4u;
  pool->bin_mask = 0;
  pool->move = MOVE_NONE;
  pool->look = 0;
  pool->want = 0;
  for (uint32_t i = 0; i < DEFRAG_BINS; i++) {
    pool->bins[i] = 0;
  }
  pool->end = (uint16_t)end;
  pool->free = (uint16_t)(end - 1u);
  pool->least_free = pool->free;
  pool->first_handle = 0;
  pool->last_handle = (uint16_t)(handles - 1u);
  pool->cursor = 1;
  pool->left_behind = 0;
  pool->move_entry = 0;
  pool->move_from = 0;
  pool->move_to = 0;
  pool->move_size = 0;
  pool->move_done = 0;
  pool->bytes_moved = 0;
  pool->moves = 0;
  pool->discards = 0;
  for (uint32_t i = 0; i < handles; i++) {
    uint32_t next = i + 1u < handles ? i + 1u : NO_ENTRY;
    table[i] = 1u << GENERATION_SHIFT | next << INDEX_SHIFT | NOT_LIVE;
  }
  uintptr_t origin = origin_of(pool);
  write_header(at(origin, end), 0, PREV_FREE, NO_LINK);
  bin_insert(pool, origin, 1, end - 1u);
  return DEFRAG_OK;
}

/* ---- Allocating and freeing ---- */

COLD int32_t not_served(defrag_pool *pool, uint32_t size) {
  if (size > pool->free) {
    return DEFRAG_OUT_OF_MEMORY;
  }
  pool->want = (uint16_t)size;
  pool->look = 0; /* an allocation has just looked */
  if (size <= pool->left_behind) {
    /* One of the holes that were passed for a larger request may do for this one. */
    pool->left_behind = 0;
    pool->cursor = 1;
  }
  return DEFRAG_FRAGMENTED;
}

DEFRAG_API int32_t defrag_alloc(defrag_pool *pool, uint32_t bytes) {
  if (bytes - 1u >= DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  uint32_t number = pool->first_handle;
  if (number == NO_ENTRY) {
    return DEFRAG_OUT_OF_HANDLES;
  }
  uint32_t size = (bytes + HEADER + GRANULE - 1u) / GRANULE;
  uintptr_t origin = origin_of(pool);
  uint32_t index = find_hole(pool, origin, size);
  if (!index) {
    return not_served(pool, size);
  }
  around *block = at(origin, index);
  uint32_t rest = size_of(block) - size;
  bin_remove(pool, origin, block);
  /* No hole is next to a hole, so the block's own PREV_FREE is 0. */
  write_header(block, size, 0, number);
  if (rest) {
    bin_insert(pool, origin, index + size, rest);
  } else {
    around *next = at(origin, index + size);
    next->tag = (uint16_t)(next->tag & ~(uint32_t)PREV_FREE);
  }
  uint32_t free = pool->free - size;
  pool->free = (uint16_t)free;
  if (free < pool->least_free) {
    pool->least_free = (uint16_t)free;
  }
  if (size >= pool->want) {
    pool->want = 0;
  }
  uint32_t *place = &pool->table[number];
  uint32_t entry = *place;
  uint32_t generation = entry >> GENERATION_SHIFT << GENERATION_SHIFT;
  pool->first_handle = (uint16_t)index_in(entry);
  *place = generation | index << INDEX_SHIFT;
  return (int32_t)(generation | number);
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

/* The offset of the handle's entry in the table, bytes; table_bytes or more if there is none. */
INLINE uint32_t entry_offset(defrag_handle handle) { return (uint32_t)handle << 11 >> 9; }

INLINE uint32_t *entry_at(const defrag_pool *pool, uint32_t offset) {
  return (uint32_t *)(void *)((unsigned char *)pool->table + offset);
}

DEFRAG_API int32_t defrag_free(defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->table_bytes) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t *place = entry_at(pool, offset);
  uint32_t entry = *place;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t locks = entry & LOCK_MASK;
  if (locks == NOT_LIVE) {
    return DEFRAG_INVALID_HANDLE;
  }
  if (locks - 1u < DEFRAG_MAX_LOCKS) {
    return DEFRAG_STILL_LOCKED;
  }
  uintptr_t origin = origin_of(pool);
  uint32_t index = index_in(entry);
  uint32_t number = offset >> 2;
  around *block = at(origin, index);
  uint32_t size = size_of(block);
  uint32_t freed = size;
  if (block->link != number || (block->tag & FREE) || !size) {
    return DEFRAG_CORRUPTED;
  }
  if (locks) {
    /* It is moving: the hole of the move goes with it. */
    freed = pool->move_size;
    pool->move = MOVE_NONE;
    pool->discards++;
    if (locks == COPYING) {
      index = pool->move_to;
      size += size_of(at(origin, index));
    }
  }
  pool->free = (uint16_t)(pool->free + freed);
  uint32_t generation = (entry >> GENERATION_SHIFT) + 1u;
  if (generation >> (31 - GENERATION_SHIFT)) {
    generation = 1;
  }
  *place = generation << GENERATION_SHIFT | (uint32_t)NO_ENTRY << INDEX_SHIFT | NOT_LIVE;
  if (pool->first_handle == NO_ENTRY) {
    pool->first_handle = (uint16_t)number;
  } else {
    /* The last one's link is NO_ENTRY, all ones. */
    pool->table[pool->last_handle] ^= (number ^ NO_ENTRY) << INDEX_SHIFT;
  }
  pool->last_handle = (uint16_t)number;
  release(pool, origin, index, size);
  return DEFRAG_OK;
}

/* ---- Locking ---- */

/* The address, or an error as a number just below 2^n. All on one path without calls, since a call costs more than the rest:
 * this is what the images measure. */
INLINE uintptr_t lock_entry(const defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->table_bytes) {
    return (uintptr_t)DEFRAG_INVALID_HANDLE;
  }
  uint32_t *place = entry_at(pool, offset);
  uint32_t entry = *place;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT) {
    return (uintptr_t)DEFRAG_INVALID_HANDLE;
  }
  if (entry & DEFRAG_MAX_LOCKS) {
    uint32_t locks = entry & LOCK_MASK;
    if (locks == DEFRAG_MAX_LOCKS) {
      return (uintptr_t)DEFRAG_TOO_MANY_LOCKS;
    }
    if (locks != COPYING) {
      return (uintptr_t)(locks == SLIDING ? DEFRAG_MOVING : DEFRAG_INVALID_HANDLE);
    }
    /* The block is whole. The next step sees that it is not COPYING any more and gives up the copy. */
    entry -= COPYING;
  }
  *place = entry + 1u;
  return pool->memory + (uintptr_t)index_in(entry) * GRANULE;
}

DEFRAG_API int32_t defrag_try_lock(defrag_pool *pool, defrag_handle handle, void **address) {
  uintptr_t result = lock_entry(pool, handle);
  if (result >= (uintptr_t)DEFRAG_BAD_ARGUMENT) {
    return (int32_t)result;
  }
  *address = (void *)result;
  return DEFRAG_OK;
}

DEFRAG_API int32_t defrag_unlock(defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->table_bytes) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t *place = entry_at(pool, offset);
  uint32_t entry = *place;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT) {
    return DEFRAG_INVALID_HANDLE;
  }
  /* 1 to DEFRAG_MAX_LOCKS become 0 to DEFRAG_MAX_LOCKS - 1; 0 and the states get or keep the top bit. */
  entry -= 1u;
  if (entry & DEFRAG_MAX_LOCKS) {
    return (entry & LOCK_MASK) == NOT_LIVE - 1 ? DEFRAG_INVALID_HANDLE : DEFRAG_NOT_LOCKED;
  }
  *place = entry;
  if (!(entry & LOCK_MASK)) {
    uint32_t index = index_in(entry);
    if (index < pool->cursor) {
      pool->cursor = (uint16_t)index;
    }
  }
  return DEFRAG_OK;
}

/* ---- Compaction ---- */

/* Copies granules to lower addresses; the areas may overlap. */
SHARED void copy_down(around *to_block, const around *from_block, uint32_t granules) {
  word *to = (word *)(void *)&to_block->link;
  const word *from = (const word *)(const void *)&from_block->link;
#if defined(__arm__)
  while (granules >= 8u) {
    granules -= 8u;
    __asm__ volatile(
        "ldmia %1!, {r2, r3, r4, r5}\n\tstmia %0!, {r2, r3, r4, r5}\n\t"
        "ldmia %1!, {r2, r3, r4, r5}\n\tstmia %0!, {r2, r3, r4, r5}\n\t"
        "ldmia %1!, {r2, r3, r4, r5}\n\tstmia %0!, {r2, r3, r4, r5}\n\t"
        "ldmia %1!, {r2, r3, r4, r5}\n\tstmia %0!, {r2, r3, r4, r5}"
        : "+l"(to), "+l"(from)
        :
        : "r2", "r3", "r4", "r5", "memory");
  }
  while (granules >= 2u) {
    granules -= 2u;
    __asm__ volatile("ldmia %1!, {r2, r3, r4, r5}\n\tstmia %0!, {r2, r3, r4, r5}"
                     : "+l"(to), "+l"(from)
                     :
                     : "r2", "r3", "r4", "r5", "memory");
  }
#endif
  while (granules) {
    granules--;
    uint32_t first = from[0];
    uint32_t second = from[1];
    to[0] = first;
    to[1] = second;
    from += COPY_WORDS;
    to += COPY_WORDS;
  }
}

/* The block is at its new place, all of it: gives it its header and entry, and makes a hole of what it left. */
INLINE int32_t end_move(defrag_pool *pool, uintptr_t origin, uint32_t number, uint32_t size, uint32_t hole_size) {
  uint32_t to = pool->move_to;
  around *block = at(origin, to);
  /* What is below may have been freed during the move. */
  write_header(block, size, block->tag & PREV_FREE, number);
  uint32_t *place = &pool->table[number];
  *place = *place >> GENERATION_SHIFT << GENERATION_SHIFT | to << INDEX_SHIFT;
  pool->move = MOVE_NONE;
  pool->moves++;
  uint32_t hole = to + size;
  hole_size = join_above(pool, origin, hole, hole_size);
  make_hole(pool, origin, hole, hole_size);
  /* The cursor goes on to the block above the hole, unless something below needs it. */
  if (pool->cursor >= to) {
    pool->cursor = (uint16_t)(hole + hole_size);
  }
  if (pool->want && hole_size >= pool->want) {
    pool->want = 0;
    return 0;
  }
  return 1;
}

COLD int32_t continue_move(defrag_pool *pool, uint32_t granules) {
  uintptr_t origin = origin_of(pool);
  uint32_t to = pool->move_to;
  uint32_t covered = size_of(at(origin, to));
  uint32_t number = pool->move_entry;
  uint32_t size = pool->move_size;
  uint32_t hole_size = covered;
  if (pool->move == MOVE_SLIDE) {
    hole_size -= size;
  } else if ((pool->table[number] & LOCK_MASK) != COPYING) {
    pool->move = MOVE_NONE;
    pool->discards++;
    release(pool, origin, to, covered);
    return 1;
  }
  uint32_t done = pool->move_done;
  uint32_t part = size - done;
  if (part > granules) {
    part = granules;
  }
  copy_down(at(origin, to + done), at(origin, pool->move_from + done), part);
  pool->bytes_moved += part * GRANULE;
  done += part;
  if (done == size) {
    return end_move(pool, origin, number, size, hole_size);
  }
  pool->move_done = (uint16_t)done;
  return 1;
}

/* Moves the block at `from`, which is unlocked, into the hole right below it: all of it or the first part. */
INLINE int32_t begin_move(defrag_pool *pool, uintptr_t origin, uint32_t from, uint32_t granules) {
  around *block = at(origin, from);
  uint32_t number = block->link;
  uint32_t size = size_of(block);
  uint32_t hole_size = block->size_below;
  uint32_t to = from - hole_size;
  around *hole = at(origin, to);
  uint32_t *place = &pool->table[number];
  bin_remove(pool, origin, hole);
  pool->move_to = (uint16_t)to;
  pool->cursor = (uint16_t)to;
  if (size <= granules) {
    *place |= SLIDING;
    copy_down(hole, block, size);
    hole->tag = 0;
    pool->bytes_moved += size * GRANULE;
    return end_move(pool, origin, number, size, hole_size);
  }
  pool->move_entry = (uint16_t)number;
  pool->move_from = (uint16_t)from;
  pool->move_size = (uint16_t)size;
  pool->move_done = (uint16_t)granules;
  pool->bytes_moved += granules * GRANULE;
  if (hole_size >= size) {
    pool->move = MOVE_COPY;
    *place |= COPYING;
    block->tag = (uint16_t)(block->tag & ~(uint32_t)PREV_FREE);
    copy_down(hole, block, granules);
    write_header(hole, hole_size, 0, NO_LINK);
  } else {
    pool->move = MOVE_SLIDE;
    *place = *place >> GENERATION_SHIFT << GENERATION_SHIFT | to << INDEX_SHIFT | SLIDING;
    copy_down(hole, block, granules);
    write_header(hole, hole_size + size, 0, number);
  }
  return 1;
}

/* Nothing can be moved any more. */
COLD int32_t no_more(const defrag_pool *pool) {
  if (!pool->want) {
    return 0;
  }
  return pool->want > pool->free ? DEFRAG_OUT_OF_MEMORY : DEFRAG_BLOCKED;
}

DEFRAG_API int32_t defrag_step(defrag_pool *pool, uint32_t budget) {
  uint32_t granules = budget / GRANULE;
  if (!granules) {
    return DEFRAG_BAD_ARGUMENT;
  }
  if (pool->move != MOVE_NONE) {
    return continue_move(pool, granules);
  }
  uintptr_t origin = origin_of(pool);
  uint32_t want = pool->want;
  if (want && pool->look) {
    pool->look = 0;
    if (find_hole(pool, origin, want)) {
      pool->want = 0;
      return 0;
    }
    return 1;
  }
  uint32_t index = pool->cursor;
  uint32_t end = pool->end;
  for (uint32_t i = 0; i < HEADERS; i++) {
    around *block = at(origin, index);
    uint32_t tag = block->tag;
    if (tag & PREV_FREE) {
      uint32_t below = block->size_below;
      if (want && below >= want) {
        /* It serves, but there are too many before it in its bin. */
        around *hole = at(origin, index - below);
        bin_remove(pool, origin, hole);
        bin_insert(pool, origin, index - below, below);
        pool->cursor = (uint16_t)index;
        pool->want = 0;
        return 0;
      }
      if (index != end) {
        uint32_t number = block->link;
        uint32_t entry = number * 4u < pool->table_bytes ? pool->table[number] : 0;
        if (index_in(entry) != index) {
          return DEFRAG_CORRUPTED;
        }
        if (!(entry & LOCK_MASK)) {
          if (i >= HEADERS_BEFORE_MOVE) {
            break;
          }
          return begin_move(pool, origin, index, granules);
        }
      }
      if (below > pool->left_behind) {
        pool->left_behind = (uint16_t)below;
      }
    }
    if (index == end) {
      pool->cursor = (uint16_t)index;
      return no_more(pool);
    }
    uint32_t size = tag >> SIZE_SHIFT;
    index += size;
    if (!size || index > end) {
      return DEFRAG_CORRUPTED;
    }
  }
  pool->cursor = (uint16_t)index;
  return 1;
}

/* ---- Looking at a pool ---- */

DEFRAG_API void *defrag_address(const defrag_pool *pool, defrag_handle handle) {
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->table_bytes) {
    return (void *)0;
  }
  uint32_t entry = *entry_at(pool, offset);
  uint32_t locks = entry & LOCK_MASK;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT || locks == NOT_LIVE || locks == SLIDING) {
    return (void *)0;
  }
  return (void *)(pool->memory + (uintptr_t)index_in(entry) * GRANULE);
}

INLINE uint32_t payload_bytes(uint32_t granules) { return granules ? granules * GRANULE - HEADER : 0; }

DEFRAG_API uint32_t defrag_free_bytes(const defrag_pool *pool) { return payload_bytes(pool->free); }

/* What the block at index is; its size in granules, or 0 if it cannot be a block. */
static uint32_t describe(const defrag_pool *pool, uint32_t index, defrag_block *out) {
  const around *block = at(origin_of(pool), index);
  uint32_t size = size_of(block);
  uint32_t number = block->link;
  if (!size || size > pool->end - index) {
    return 0;
  }
  out->offset = index * GRANULE - HEADER;
  out->bytes = size * GRANULE;
  out->handle = 0;
  out->locks = 0;
  if (block->tag & FREE) {
    out->kind = DEFRAG_FREE;
  } else if (number == NO_LINK) {
    out->kind = DEFRAG_HELD;
  } else if (number * 4u < pool->table_bytes) {
    uint32_t entry = pool->table[number];
    uint32_t locks = entry & LOCK_MASK;
    if (locks == NOT_LIVE || index_in(entry) != index) {
      return 0;
    }
    out->handle = (defrag_handle)(entry >> GENERATION_SHIFT << GENERATION_SHIFT | number);
    out->kind = locks == SLIDING ? DEFRAG_SPLIT : DEFRAG_USED;
    if (locks - 1u < DEFRAG_MAX_LOCKS) {
      out->kind = DEFRAG_LOCKED;
      out->locks = locks;
    }
  } else {
    return 0;
  }
  return size;
}

DEFRAG_API int32_t defrag_walk(const defrag_pool *pool, int32_t (*visit)(void *context, const defrag_block *block),
                               void *context) {
  uint32_t index = 1;
  while (index < pool->end) {
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      return DEFRAG_CORRUPTED;
    }
    int32_t result = visit(context, &block);
    if (result) {
      return result;
    }
    index += size;
  }
  return DEFRAG_OK;
}

/* The hole at index as a free list sees it; its size in granules, or 0 if it cannot be a hole. */
static uint32_t listed_hole(const defrag_pool *pool, uint32_t index) {
  uint32_t end = pool->end;
  if (index - 1u >= end - 1u) {
    return 0;
  }
  const around *hole = at(origin_of(pool), index);
  uint32_t size = size_of(hole);
  return hole->tag & FREE && size <= end - index ? size : 0;
}

DEFRAG_API int32_t defrag_walk_free(const defrag_pool *pool,
                                    int32_t (*visit)(void *context, uint32_t bin, uint32_t offset, uint32_t bytes),
                                    void *context) {
  uint32_t granules = pool->free;
  for (uint32_t bin = 0; bin < DEFRAG_BINS; bin++) {
    uint32_t index = pool->bins[bin];
    while (index) {
      uint32_t size = listed_hole(pool, index);
      /* A list that runs in a circle uses up the free memory. */
      if (!size || size > granules) {
        return DEFRAG_CORRUPTED;
      }
      granules -= size;
      int32_t result = visit(context, bin, index * GRANULE - HEADER, size * GRANULE);
      if (result) {
        return result;
      }
      index = at(origin_of(pool), index)->link;
    }
  }
  return DEFRAG_OK;
}

DEFRAG_API defrag_handle defrag_blocker(const defrag_pool *pool) {
  defrag_handle blocker = 0;
  uint32_t largest = 0;
  uint32_t below = 0;
  uint32_t index = 1;
  while (index < pool->end) {
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      return 0;
    }
    if (block.kind == DEFRAG_LOCKED && below > largest) {
      largest = below;
      blocker = block.handle;
    }
    below = block.kind == DEFRAG_FREE ? size : 0;
    index += size;
  }
  return blocker;
}

DEFRAG_API void defrag_get_statistics(const defrag_pool *pool, defrag_statistics *statistics) {
  uint32_t largest = 0;
  statistics->holes = 0;
  statistics->blocks = 0;
  statistics->locked_blocks = 0;
  uint32_t index = 1;
  while (index < pool->end) {
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      break;
    }
    if (block.kind == DEFRAG_FREE) {
      statistics->holes++;
      if (size > largest) {
        largest = size;
      }
    } else if (block.kind != DEFRAG_HELD) {
      statistics->blocks++;
      if (block.kind == DEFRAG_LOCKED) {
        statistics->locked_blocks++;
      }
    }
    index += size;
  }
  statistics->pool_bytes = (pool->end - 1u) * GRANULE;
  statistics->free_bytes = payload_bytes(pool->free);
  statistics->least_free_bytes = payload_bytes(pool->least_free);
  statistics->largest_bytes = payload_bytes(largest);
  statistics->bytes_moved = pool->bytes_moved;
  statistics->moves = pool->moves;
  statistics->discards = pool->discards;
}

/* ---- The self-check ---- */

/* The hole's place in its list, from its own side; the lists are counted by the caller. */
static int hole_is_linked(const defrag_pool *pool, uint32_t index, uint32_t size) {
  uintptr_t origin = origin_of(pool);
  const around *hole = at(origin, index);
  uint32_t next = hole->link;
  uint32_t previous = hole->previous;
  if (at(origin, index + size)->size_below != size) {
    return 0;
  }
  if (next && (!listed_hole(pool, next) || at(origin, next)->previous != index)) {
    return 0;
  }
  if (!previous) {
    return pool->bins[bin_of(size)] == index;
  }
  return listed_hole(pool, previous) && bin_of(listed_hole(pool, previous)) == bin_of(size) &&
         at(origin, previous)->link == index;
}

static int move_is_sound(const defrag_pool *pool, const defrag_block *block, uint32_t index, uint32_t size) {
  if (block->kind == DEFRAG_HELD) {
    return pool->move == MOVE_COPY && pool->move_to == index && pool->move_from == index + size &&
           pool->move_size <= size && pool->move_done < pool->move_size;
  }
  return pool->move == MOVE_SLIDE && pool->move_to == index && pool->move_from > index &&
         pool->move_from + pool->move_size == index + size && pool->move_done < pool->move_size &&
         pool->move_entry == ((uint32_t)block->handle & INDEX_MASK);
}

DEFRAG_API int32_t defrag_check(const defrag_pool *pool) {
  uintptr_t origin = origin_of(pool);
  uint32_t end = pool->end;
  uint32_t handles = pool->table_bytes / 4u;
  uint32_t index = 1;
  uint32_t free = 0;
  uint32_t holes = 0;
  uint32_t blocks = 0;
  uint32_t moves = 0;
  uint32_t cursor_seen = pool->cursor == end;
  uint32_t prev_free = 0;
  /* Every block: its size, its flags, its entry or its list. */
  for (;;) {
    const around *header = at(origin, index);
    uint32_t tag = header->tag;
    if ((tag & PREV_FREE) != prev_free) {
      return DEFRAG_CORRUPTED;
    }
    if (index == end) {
      if (tag >> 1 || header->link != NO_LINK) {
        return DEFRAG_CORRUPTED;
      }
      break;
    }
    defrag_block block;
    uint32_t size = describe(pool, index, &block);
    if (!size) {
      return DEFRAG_CORRUPTED;
    }
    cursor_seen |= pool->cursor == index;
    if (block.kind == DEFRAG_FREE) {
      if (prev_free || !hole_is_linked(pool, index, size)) {
        return DEFRAG_CORRUPTED;
      }
      free += size;
      holes++;
    } else if (block.kind == DEFRAG_HELD || block.kind == DEFRAG_SPLIT) {
      if (!move_is_sound(pool, &block, index, size)) {
        return DEFRAG_CORRUPTED;
      }
      moves++;
      free += size;
      if (block.kind == DEFRAG_SPLIT) {
        free -= pool->move_size;
        blocks++;
      }
    } else {
      uint32_t number = (uint32_t)block.handle & INDEX_MASK;
      uint32_t state = pool->table[number] & LOCK_MASK;
      if (state > DEFRAG_MAX_LOCKS && (pool->move != MOVE_COPY || pool->move_entry != number || pool->move_from != index)) {
        return DEFRAG_CORRUPTED;
      }
      if (state == 0 && prev_free && index < pool->cursor) {
        return DEFRAG_CORRUPTED;
      }
      blocks++;
    }
    prev_free = block.kind == DEFRAG_FREE ? PREV_FREE : 0u;
    index += size;
  }
  if (free != pool->free || pool->least_free > free || !cursor_seen || moves != (pool->move != MOVE_NONE)) {
    return DEFRAG_CORRUPTED;
  }
  /* The lists: as many holes as there are, each in the bin of its size. */
  for (uint32_t bin = 0; bin < DEFRAG_BINS; bin++) {
    uint32_t hole = pool->bins[bin];
    if ((pool->bin_mask >> bin & 1u) != (hole != 0u)) {
      return DEFRAG_CORRUPTED;
    }
    while (hole) {
      uint32_t size = listed_hole(pool, hole);
      if (!size || bin_of(size) != bin || !holes) {
        return DEFRAG_CORRUPTED;
      }
      holes--;
      hole = at(origin, hole)->link;
    }
  }
  if (holes) {
    return DEFRAG_CORRUPTED;
  }
  /* The table: what is not a block's is in the queue. */
  uint32_t number = pool->first_handle;
  uint32_t last = NO_ENTRY;
  uint32_t queued = 0;
  while (number != NO_ENTRY) {
    if (number >= handles || (pool->table[number] & LOCK_MASK) != NOT_LIVE || queued == handles) {
      return DEFRAG_CORRUPTED;
    }
    queued++;
    last = number;
    number = index_in(pool->table[number]);
  }
  if (queued + blocks != handles || (queued && last != pool->last_handle)) {
    return DEFRAG_CORRUPTED;
  }
  for (uint32_t i = 0; i < handles; i++) {
    uint32_t generation = pool->table[i] >> GENERATION_SHIFT;
    if (!generation || generation >> (31 - GENERATION_SHIFT)) {
      return DEFRAG_CORRUPTED;
    }
  }
  return DEFRAG_OK;
}
