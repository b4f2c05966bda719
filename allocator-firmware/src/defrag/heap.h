/*
 * The allocator proper: holes, making a pool, allocating, freeing, locking. A room of src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_HEAP_H
#define DEFRAG_ROOM_HEAP_H

#include "request.h"

/* ---- Holes ---- */

/* A hole stands in its bin by its end, the place of the block above it: its links are in its last granule. So it stays where it is
 * listed when its lower end goes up or down, as it does for what is allocated and for what is freed below it. */

/* Whether holes of both sizes are in the same bin, for sure: where their highest bits are the same. Code for size does not ask. */
INLINE int share_a_bin(uint32_t size, uint32_t other) {
#if DEFRAG_FOR_SIZE
  (void)size;
  (void)other;
  return 0;
#else
  return (size ^ other) < (size & other);
#endif
}

/* The header and the end of a hole: the `size` granules below `above`. */
INLINE void write_hole(around *above, uint32_t size) {
  below(above, size)->tag = (uint16_t)((size << SIZE_SHIFT) + FREE); /* OR needs a register more */
  above->size_below = (uint16_t)size;
}

/* The same, which goes to the head of its bin. */
SHARED void list_hole(defrag_pool *pool, uintptr_t origin, around *above, uint32_t size) {
  DEFRAG_ASSERT(size && (uintptr_t)above > origin && index_of(origin, above) <= pool->heap.end);
  write_hole(above, size);
  uint32_t bin = bin_of(size);
  above->previous = (uint16_t)(HEAD | bin);
  uint32_t head = pool->holes.bins[bin];
  above->next = (uint16_t)head;
  uint32_t end = index_of(origin, above);
  pool->holes.bins[bin] = (uint16_t)end;
  if (head) {
    DEFRAG_ASSERT(at(origin, head)->previous == (HEAD | bin));
    at(origin, head)->previous = (uint16_t)end;
  } else {
    pool->holes.bin_mask = (uint16_t)(pool->holes.bin_mask | 1u << bin);
  }
}

/* The hole below `above` goes out of its list. */
SHARED void unlist_hole(defrag_pool *pool, uintptr_t origin, const around *above) {
  uint32_t next = above->next;
  uint32_t previous = above->previous;
  DEFRAG_ASSERT(previous < HEAD || previous == (HEAD | LAST) || previous == (HEAD | bin_of(above->size_below)));
  DEFRAG_ASSERT(above == at(origin, previous < HEAD ? at(origin, previous)->next : pool->holes.bins[previous - HEAD]));
  DEFRAG_ASSERT(!next || above == at(origin, at(origin, next)->previous));
  if (next) {
    at(origin, next)->previous = (uint16_t)previous;
  }
  if (!(previous & HEAD)) {
    at(origin, previous)->next = (uint16_t)next;
  } else {
    uint32_t bin = (uint8_t)previous;
    pool->holes.bins[bin] = (uint16_t)next;
    if (!next) {
      pool->holes.bin_mask = (uint16_t)(pool->holes.bin_mask & ~(1u << bin));
    }
  }
}

/* Functions of their own, for where a few cycles more do not count: the hole at `index` goes to the head of its bin; the one below
 * `above` goes out of it. */
COLD void bin_insert(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  list_hole(pool, origin, at(origin, index + size), size);
}

COLD void bin_remove(defrag_pool *pool, uintptr_t origin, const around *above) { unlist_hole(pool, origin, above); }

/* The hole below `above` goes alone into the last list, which is empty: that takes less than to put it into a bin and out of it again with
 * each block that it goes up by. */
INLINE void put_last(defrag_pool *pool, uintptr_t origin, around *above, uint32_t size) {
  DEFRAG_ASSERT(!pool->holes.bins[LAST]);
  write_hole(above, size);
  above->previous = HEAD | LAST;
  above->next = 0;
  pool->holes.bins[LAST] = (uint16_t)index_of(origin, above);
}

/* The hole that ends at `end` goes out of its list, which most often is the last one. */
INLINE void unlist_gathered(defrag_pool *pool, uintptr_t origin, uint32_t end) {
  if (!DEFRAG_FOR_SIZE && LIKELY(pool->holes.bins[LAST] == end)) {
    pool->holes.bins[LAST] = 0;
  } else {
    unlist_hole(pool, origin, at(origin, end));
  }
}

/* What is in the last list goes into its bin. */
COLD void empty_last(defrag_pool *pool, uintptr_t origin) {
  uint32_t end = pool->holes.bins[LAST];
  if (end) {
    uint32_t size = at(origin, end)->size_below;
    pool->holes.bins[LAST] = 0;
    bin_insert(pool, origin, end - size, size);
  }
}

/* What is above the hole that is gathered, or where there is none above the one that the last answer spoke of, wherever it stands in its
 * bin, if that is there and is large enough; else 0. */
INLINE around *last_hole(const defrag_pool *pool, uintptr_t origin, uint32_t size) {
  uint32_t end = pool->holes.bins[LAST];
  if (!end) {
    if (!pool->request.want) {
      return (around *)0;
    }
    end = pool->request.cursor;
  }
  around *above = at(origin, end);
  return (above->tag & PREV_FREE) && above->size_below >= size ? above : (around *)0;
}

/* What is above a hole for `size` granules: the closest fit among the first few of the size's own bin, else the head of the next
 * bin that has one, else the one that is looked at last. 0: none found. */
SHARED around *find_hole(const defrag_pool *pool, uintptr_t origin, uint32_t size) {
  uint32_t bin = bin_of(size);
  uint32_t candidate = pool->holes.bins[bin];
  around *found = (around *)0;
  uint32_t best = 1u << 16;
  for (uint32_t i = 0; i < CANDIDATES && candidate; i++) {
    DEFRAG_LOOP_BOUND(CANDIDATES);
    around *above = at(origin, candidate);
    uint32_t excess = above->size_below - size; /* if it is too small, this wraps to far above every real excess */
    if (excess < best) {
      best = excess;
      found = above;
    }
    candidate = excess ? above->next : 0u;
  }
  if (!found) {
    uint32_t larger = pool->holes.bin_mask & 0xfeu << bin;
    found = larger ? at(origin, pool->holes.bins[lowest_bit(larger)]) : last_hole(pool, origin, size);
  }
  DEFRAG_ASSERT(!found || ((found->tag & PREV_FREE) && found->size_below >= size));
  return found;
}

/* Takes the hole at index + size out of its bin, if there is one, and gives the size with it. */
INLINE uint32_t join_above(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  DEFRAG_ASSERT(index + size <= pool->heap.end);
  const around *above = at(origin, index + size);
  if (above->tag & FREE) {
    uint32_t more = size_of(above);
    bin_remove(pool, origin, after(above, more));
    size += more;
  }
  return size;
}

/* Makes [index, index + size) a hole; what is around it is not free. */
INLINE void make_hole(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size) {
  around *above = at(origin, index + size);
  DEFRAG_ASSERT(!(above->tag & FREE));
  above->tag = (uint16_t)(above->tag | PREV_FREE);
  bin_insert(pool, origin, index, size);
}

/* Makes the `size` granules at `block` a hole, joined with the holes around it. The PREV_FREE in the header is valid. */
COLD void release(defrag_pool *pool, uintptr_t origin, const around *block, uint32_t size) {
  DEFRAG_ASSERT(size && !(block->tag & FREE));
  uint32_t index = index_of(origin, block);
  size = join_above(pool, origin, index, size);
  if (block->tag & PREV_FREE) {
    index -= block->size_below;
    size += block->size_below;
    bin_remove(pool, origin, block);
  }
  DEFRAG_ASSERT(!(at(origin, index)->tag & PREV_FREE)); /* no hole was next to a hole */
  make_hole(pool, origin, index, size);
  if (pool->request.want) {
    hole_made(pool, origin, index, size);
  }
}

#if !DEFRAG_FOR_SIZE
/* The same in one piece, for free_block(): without calls, and without the links of a hole above that stays where it is listed. */
INLINE void release_at_once(defrag_pool *pool, uintptr_t origin, const around *block, uint32_t size) {
  around *above = after(block, size);
  if (block->tag & PREV_FREE) {
    size += block->size_below;
    unlist_hole(pool, origin, block);
  }
  uint32_t upper = 0;
  if (above->tag & FREE) {
    upper = size_of(above);
    above = after(above, upper);
    size += upper;
    if (!share_a_bin(upper, size)) {
      unlist_hole(pool, origin, above);
      upper = 0;
    }
  } else {
    above->tag = (uint16_t)(above->tag | PREV_FREE);
  }
  if (upper) {
    write_hole(above, size);
  } else {
    list_hole(pool, origin, above, size);
  }
  if (pool->request.want) {
    hole_made(pool, origin, index_of(origin, below(above, size)), size);
  }
}
#endif

/* ---- Making a pool ---- */

static int32_t init_pool(defrag_pool *pool, void *memory, uint32_t bytes, defrag_entry *table, uint32_t handles) {
  if (!pool || !memory || ((uintptr_t)memory & (GRANULE - 1u)) || bytes < DEFRAG_MIN_POOL || bytes > DEFRAG_MAX_POOL ||
      !table || ((uintptr_t)table & (sizeof(defrag_entry) - 1u)) || handles - 1u >= DEFRAG_MAX_HANDLES) {
    return DEFRAG_BAD_ARGUMENT;
  }
  uint32_t end = bytes / GRANULE;
  /* volatile, so that no compiler makes it a call of memset, which a program without libc lacks. */
  volatile word *clear = (volatile word *)(void *)pool;
  for (uint32_t i = 0; i < sizeof *pool / sizeof *clear; i++) {
    clear[i] = 0;
  }
  pool->heap.memory = (uintptr_t)memory;
  pool->heap.table = table;
  pool->heap.table_bytes = handles * (uint32_t)sizeof(defrag_entry);
  pool->heap.end = (uint16_t)end;
  pool->heap.free = (uint16_t)(end - 1u);
#if DEFRAG_PINNED
  pool->heap.lowest_pinned = (uint16_t)end;
#endif
#if DEFRAG_DIAGNOSTICS
  pool->heap.least_free = pool->heap.free;
#endif
  pool->heap.last_handle = (uint16_t)(handles - 1u);
  pool->request.cursor = 1;
  pool->request.full_patience = (uint16_t)(steps_of_patience(end - 1u, handles) * FULL_STEP);
  pool->heap.first_handle = 1;
  for (uint32_t i = handles, next = 0; i > 0; i--) {
    table[i - 1u] = (entry_t)(FIRST_GENERATION | next << INDEX_SHIFT | NOT_LIVE);
    next = i;
  }
  uintptr_t origin = origin_of(pool);
  write_header(at(origin, end), 0, PREV_FREE, END);
  bin_insert(pool, origin, 1, end - 1u);
  return DEFRAG_OK;
}

/* ---- Allocating and freeing ---- */

INLINE void take_free(defrag_pool *pool, uint32_t size) {
  DEFRAG_ASSERT(size <= pool->heap.free);
  uint32_t free = pool->heap.free - size;
  pool->heap.free = (uint16_t)free;
#if DEFRAG_DIAGNOSTICS
  if (free < pool->heap.least_free) {
    pool->heap.least_free = (uint16_t)free;
  }
#endif
}

/* Gives the `block` of `size` granules, whose header is not written yet, the first free entry. Its handle. */
INLINE int32_t give_handle(defrag_pool *pool, uintptr_t origin, around *block, uint32_t size, uint32_t flags, uint32_t pinned) {
  uint32_t number = pool->heap.first_handle - 1u;
  DEFRAG_ASSERT(number * sizeof(entry_t) < pool->heap.table_bytes && (pool->heap.table[number] & LOCK_MASK) == NOT_LIVE);
  write_header(block, size, flags, number | pinned);
  take_free(pool, size);
  entry_t *place = &pool->heap.table[number];
  uint32_t entry = *place;
  pool->heap.first_handle = (uint16_t)index_in(entry);
  uint32_t generation = placed_at(entry, 0);
  *place = (entry_t)(generation | place_in_entry(origin, block));
  return (int32_t)(generation | number);
}

/* Takes `size` granules of the hole below `above`, from its lower end on. The block that they are. */
INLINE around *take_hole(defrag_pool *pool, uintptr_t origin, around *above, uint32_t size) {
  uint32_t before = above->size_below;
  uint32_t rest = before - size;
  around *block = below(above, before);
  DEFRAG_ASSERT((above->tag & PREV_FREE) && size && size <= before && block->tag == (before << SIZE_SHIFT | FREE));
  if (share_a_bin(before, rest)) {
    write_hole(above, rest);
    return block;
  }
  unlist_hole(pool, origin, above);
  if (rest) {
    list_hole(pool, origin, above, rest);
  } else {
    above->tag = (uint16_t)(above->tag & ~(uint32_t)PREV_FREE);
  }
  return block;
}

static int32_t alloc_block(defrag_pool *pool, uint32_t bytes) {
  if (bytes - 1u >= DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  if (!pool->heap.first_handle) {
    return DEFRAG_OUT_OF_HANDLES;
  }
  uint32_t size = granules_for(bytes);
  uintptr_t origin = origin_of(pool);
  around *above = find_hole(pool, origin, size);
  if (!above) {
    return refuse(pool, size, size);
  }
  if (pool->request.want && !may_take(pool, size, pool->request.want, index_of(origin, above))) {
    return DEFRAG_FRAGMENTED;
  }
  return give_handle(pool, origin, take_hole(pool, origin, above, size), size, 0, 0);
}

#if DEFRAG_PINNED
static int32_t alloc_pinned_block(defrag_pool *pool, uint32_t bytes) {
  if (bytes - 1u >= DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  if (!pool->heap.first_handle) {
    return DEFRAG_OUT_OF_HANDLES;
  }
  uint32_t size = granules_for(bytes);
  uintptr_t origin = origin_of(pool);
  around *above = at(origin, pool->heap.lowest_pinned);
  uint32_t hole_size = above->tag & PREV_FREE ? above->size_below : 0u;
  DEFRAG_ASSERT(above->link & PINNED);
  if (hole_size < size || (pool->request.want && !may_take(pool, size, pending(pool), pool->heap.lowest_pinned))) {
    return refuse(pool, WANT_PINNED, size);
  }
  uint32_t hole = pool->heap.lowest_pinned - hole_size;
  uint32_t rest = hole_size - size;
  bin_remove(pool, origin, above);
  if (rest) {
    bin_insert(pool, origin, hole, rest);
  }
  above->tag = (uint16_t)(above->tag & ~(uint32_t)PREV_FREE);
  pool->heap.lowest_pinned = (uint16_t)(hole + rest);
  return give_handle(pool, origin, below(above, size), size, rest ? PREV_FREE : 0u, PINNED);
}
#endif

/* A block is about to be freed that is on its way: so is the move. A copy is given up by the next step. */
INLINE void free_moving(defrag_pool *pool, uint32_t state) {
  DEFRAG_ASSERT(pool->move.kind == (state == COPYING ? MOVE_COPY : MOVE_SLIDE));
  if (state == SLIDING) {
    /* The hole that it slides into goes with it: one header covers both. */
    pool->heap.free = (uint16_t)(pool->heap.free - pool->move.hole);
    pool->move.kind = MOVE_NONE;
  }
}

/* A pinned block is about to be freed. If it is the lowest one, its room is for the next pinned block. */
INLINE void free_pinned(defrag_pool *pool, uintptr_t origin, const around *block, uint32_t size) {
#if DEFRAG_PINNED
  if (pool->heap.lowest_pinned == index_of(origin, block)) {
    const around *above = after(block, size);
    if (above->tag & FREE) {
      above = after(above, size_of(above));
    }
    pool->heap.lowest_pinned = (uint16_t)(above->link & PINNED ? index_of(origin, above) : pool->heap.end);
  }
#else
  (void)pool;
  (void)origin;
  (void)block;
  (void)size;
#endif
}

static int32_t free_block(defrag_pool *pool, defrag_handle handle) {
  entry_t *place = entry_of(pool, handle);
  if (!place) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t entry = *place;
  uint32_t state = entry & LOCK_MASK;
  if (state) {
    if (state == NOT_LIVE) {
      return DEFRAG_INVALID_HANDLE;
    }
    if (state <= DEFRAG_MAX_LOCKS) {
      return DEFRAG_STILL_LOCKED;
    }
  }
  uintptr_t origin = origin_of(pool);
  uint32_t number = number_in(handle);
  around *block = at(origin, index_in(entry));
  uint32_t head = *header_of(block);
  uint32_t size = head >> (16 + SIZE_SHIFT);
  /* Most blocks have nothing but their number below PREV_FREE: they are neither pinned nor, by an overwritten header, free. */
  uint32_t others = (head ^ number) << (32 - 16 - 1);
  if (others | state) {
    if (LOOKS_CORRUPTED(others & ~((uint32_t)PINNED << (32 - 16 - 1)))) {
      return DEFRAG_CORRUPTED;
    }
    if (state) {
      free_moving(pool, state);
    } else {
      free_pinned(pool, origin, block, size);
    }
  }
  if (LOOKS_CORRUPTED(!size)) {
    return DEFRAG_CORRUPTED;
  }
  /* The next generation, in no block, the last of the free entries. From here on no handler reaches the block. */
  uint32_t next = (((entry >> GENERATION_SHIFT) + 1u) << GENERATION_SHIFT) + NOT_LIVE;
  if (next >> (GENERATION_SHIFT + GENERATION_BITS)) {
    next = FIRST_GENERATION + NOT_LIVE;
  }
  *place = (entry_t)next;
  if (!pool->heap.first_handle) {
    pool->heap.first_handle = (uint16_t)(number + 1u);
  } else {
    entry_t *last = &pool->heap.table[pool->heap.last_handle];
    *last = (entry_t)(*last + ((number + 1u) << INDEX_SHIFT)); /* which had none after it */
  }
  pool->heap.last_handle = (uint16_t)number;
  pool->heap.free = (uint16_t)(pool->heap.free + size);
#if DEFRAG_FOR_SIZE
  release(pool, origin, block, size);
#else
  release_at_once(pool, origin, block, size);
#endif
  return DEFRAG_OK;
}

/* ---- Locking ---- */

/* Adds a lock to the handle's entry, which it gives as it was but for a copy that is given up. All on one path without calls, since
 * a call costs more than the rest. */
INLINE int32_t add_lock(const defrag_pool *pool, defrag_handle handle, uint32_t *was) {
  entry_t *place = entry_of(pool, handle);
  if (!place) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t entry = *place;
  if (entry & DEFRAG_MAX_LOCKS) {
    uint32_t locks = entry & LOCK_MASK;
    if (!LIKELY(locks == COPYING)) {
      return locks == DEFRAG_MAX_LOCKS ? DEFRAG_TOO_MANY_LOCKS : locks == SLIDING ? DEFRAG_MOVING : DEFRAG_INVALID_HANDLE;
    }
    /* The block is whole. The next step sees that it is not COPYING any more and gives up the copy. */
    entry -= COPYING;
  }
  *place = (entry_t)(entry + 1u);
  *was = entry;
  return DEFRAG_OK;
}

/* Where the block is whose entry this is. */
INLINE uintptr_t address_in(const defrag_pool *pool, uint32_t entry) {
  return pool->heap.memory + (uintptr_t)index_in(entry) * GRANULE;
}

static int32_t lock_block(defrag_pool *pool, defrag_handle handle, void **address) {
  uint32_t entry;
  int32_t result = add_lock(pool, handle, &entry);
  if (result == DEFRAG_OK) {
    *address = (void *)address_in(pool, entry);
  }
  return result;
}

static int32_t unlock_block(defrag_pool *pool, defrag_handle handle) {
  entry_t *place = entry_of(pool, handle);
  if (!place) {
    return DEFRAG_INVALID_HANDLE;
  }
  uint32_t entry = *place;
  /* 1 to DEFRAG_MAX_LOCKS become 0 to DEFRAG_MAX_LOCKS - 1; 0 and the states get or keep the top bit. */
  entry -= 1u;
  if (entry & DEFRAG_MAX_LOCKS) {
    return (entry & LOCK_MASK) == NOT_LIVE - 1 ? DEFRAG_INVALID_HANDLE : DEFRAG_NOT_LOCKED;
  }
  *place = (entry_t)entry;
  pool->request.dirty = 1;
  return DEFRAG_OK;
}

#endif
