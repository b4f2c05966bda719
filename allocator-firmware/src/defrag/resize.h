/*
 * Making a block larger or smaller. A room of src/defrag.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DEFRAG_ROOM_RESIZE_H
#define DEFRAG_ROOM_RESIZE_H

#include "move.h"

#if DEFRAG_RESIZE

/* ---- Resizing ---- */

/* Copies the block into a hole elsewhere, and frees what it had. */
INLINE int32_t resize_elsewhere(defrag_pool *pool, uintptr_t origin, uint32_t index, uint32_t size, uint32_t new_size) {
  around *block = at(origin, index);
  uint32_t number = block->link;
  entry_t *place = &pool->heap.table[number];
  if ((number & PINNED) || (*place & LOCK_MASK)) {
    return DEFRAG_STILL_LOCKED;
  }
  around *above = find_hole(pool, origin, new_size);
  if (!above) {
    return refuse(pool, new_size, new_size);
  }
  DEFRAG_ASSERT(new_size > size);
  uint32_t want = pool->request.want;
  if (want && !may_take(pool, new_size, want, index_of(origin, above))) {
    return DEFRAG_FRAGMENTED;
  }
  uint32_t to = index_of(origin, take_hole(pool, origin, above, new_size));
  take_free(pool, new_size);
  *place = (entry_t)(*place | COPYING);
  copy_down(header_of(at(origin, to)), header_of(block), size);
  write_header(at(origin, to), new_size, 0, number);
  int stands = commit(place, to);
  if (!stands) {
    index = to;
    size = new_size;
    pool->request.want = (uint16_t)want; /* what was remembered waits on: nothing was granted */
  }
  pool->heap.free = (uint16_t)(pool->heap.free + size);
  release(pool, origin, at(origin, index), size);
  return stands ? DEFRAG_OK : DEFRAG_MOVING;
}

static int32_t resize_block(defrag_pool *pool, defrag_handle handle, uint32_t bytes) {
  if (bytes - 1u >= DEFRAG_MAX_SIZE) {
    return DEFRAG_INVALID_SIZE;
  }
  uint32_t offset = entry_offset(handle);
  if (offset >= pool->heap.table_bytes) {
    return DEFRAG_INVALID_HANDLE;
  }
  entry_t *place = entry_at(pool, offset);
  uint32_t entry = *place;
  uint32_t locks = entry & LOCK_MASK;
  if ((entry ^ (uint32_t)handle) >> GENERATION_SHIFT || locks == NOT_LIVE) {
    return DEFRAG_INVALID_HANDLE;
  }
  if (locks == SLIDING) {
    return DEFRAG_MOVING;
  }
  uintptr_t origin = origin_of(pool);
  DEFRAG_ASSERT(locks <= DEFRAG_MAX_LOCKS || pool->move.entry == offset / sizeof(entry_t));
  if (locks == COPYING) {
    *place = placed_at(entry, index_in(entry));
    (void)discard(pool, origin);
  }
  uint32_t index = index_in(entry);
  around *block = at(origin, index);
  uint32_t size = size_of(block);
  uint32_t new_size = granules_for(bytes);
  if ((block->link & ~(uint32_t)PINNED) != offset / (uint32_t)sizeof(entry_t) || (block->tag & FREE) || !size) {
    return DEFRAG_CORRUPTED;
  }
  uint32_t link = block->link;
  uint32_t prev_free = block->tag & PREV_FREE;
  if (new_size < size) {
    write_header(block, new_size, prev_free, link);
    write_header(at(origin, index + new_size), size - new_size, 0, HELD);
    pool->heap.free = (uint16_t)(pool->heap.free + size - new_size);
    release(pool, origin, at(origin, index + new_size), size - new_size);
  } else if (new_size > size) {
    const around *hole = after(block, size);
    if (!(hole->tag & FREE) || size + size_of(hole) < new_size) {
      return resize_elsewhere(pool, origin, index, size, new_size);
    }
    around *above = after(hole, size_of(hole));
    if (pool->request.want && !may_take(pool, new_size, pool->request.want, index_of(origin, above))) {
      return DEFRAG_FRAGMENTED;
    }
    (void)take_hole(pool, origin, above, new_size - size);
    write_header(block, new_size, prev_free, link);
    take_free(pool, new_size - size);
    joined(pool, index, index + new_size);
  }
  return DEFRAG_OK;
}
#endif

#endif
