/*
 * The allocator image `sliding-handles`: a program holds handles, and each free slides all blocks above the freed one down, so
 * that all free memory is one hole at the upper end.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5, exercise 33, slides blocks so when memory has run out. To do it
 * at each free is how mmem works, the managed memory of the Contiki operating system (A. Dunkels, B. Gronvall and T. Voigt, EmNets
 * 2004).
 *
 * A block is taken from the lower end of the hole. So blocks stand in the order in which they were asked for.
 *
 * mmem knows no locks: an address is good until the next free. Here a locked block stays where it is. What is below it
 * slides without it, and what is above it slides down to it. So there may be a hole right below each locked block, which serves no request.
 * It closes at an unlock, or at the free of a block below it. A request that the hole at the end has no room for, but all holes together
 * have, is refused as blocked.
 *
 * Layout: 8 bytes a block. A header of 4 is in front of the payload, and the table in the pool has 4 for each handle.
 *
 *   | table | unused 4 | granules, handle, payload | granules, handle, payload | ... | the hole at the end | unused 4 |
 *
 * Requests and locks are bounded: they repeat nothing. A free is not, for it copies all that is above its block. Nor is an unlock
 * that leaves a block unlocked while there is a hole below some block: it copies all that can slide then.
 *
 * Good at: memory, since locks alone fragment it; and requests. Bad at: frees, on all but small heaps.
 */
#include "image_contract.h"
#include "image_records.h"

IMAGE_KEEP const uint32_t image_contract = IMAGE_CONTRACT_VERSION;
IMAGE_KEEP const uint32_t image_features = IMAGE_MOVES_ELSEWHERE | IMAGE_ENFORCES_LOCKS;

/* Sizes are in granules of 8 bytes, and so are places: a payload's address is the pool's and 8 times its place. */
typedef struct entry {
  uint16_t place; /* 0: the entry is free */
  uint16_t locks; /* of a free entry: the next free one's number from 1 on, 0: none */
} entry;

typedef struct block {
  uint16_t granules; /* of all of it, the header included */
  uint16_t handle;   /* 0: it is a hole */
} block;

typedef struct granule {
  uint32_t words[2];
} granule;

enum { HEADER = sizeof(block), GRANULE = sizeof(granule), MOST_GRANULES = 0xffff, MOST_HANDLES = 0xffff, MOST_LOCKS = 0xffff };

static uintptr_t base; /* of the pool */
static entry *table;
static uint32_t table_entries;
static uint32_t first_free; /* entry, from 1 on; 0: none */
static uint32_t first;      /* place of the lowest block */
static uint32_t top;        /* place of the hole at the end */
static uint32_t end;        /* place where that ends */
static uint32_t available;  /* granules of all holes */
static uint32_t is_blocked; /* the last request was refused because of locks */

static inline block *block_at(uint32_t place) { return (block *)(base + place * GRANULE - HEADER); }

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  if (!pool || ((uintptr_t)pool & 7u) || handles - 1u >= MOST_HANDLES || bytes / GRANULE > MOST_GRANULES) {
    return IMAGE_BAD_ARGUMENT;
  }
  base = (uintptr_t)pool;
  table = pool;
  table_entries = handles;
  first = top = (handles * (uint32_t)sizeof(entry) + GRANULE - 1u) / GRANULE + 1u;
  end = bytes / GRANULE;
  if (end <= first) {
    return IMAGE_BAD_ARGUMENT;
  }
  available = end - first;
  is_blocked = 0;
  for (uint32_t i = 0; i < handles; i++) {
    table[i].place = 0;
    table[i].locks = (uint16_t)(i + 1u < handles ? i + 2u : 0u);
  }
  first_free = 1;
  return 0;
}

int32_t image_alloc(uint32_t bytes) {
  if (!bytes) {
    return IMAGE_INVALID_SIZE;
  }
  is_blocked = 0;
  uint32_t handle = first_free;
  if (!handle) {
    return IMAGE_OUT_OF_HANDLES;
  }
  if (bytes > MOST_GRANULES * GRANULE) {
    return IMAGE_OUT_OF_MEMORY;
  }
  uint32_t granules = (bytes + HEADER + GRANULE - 1u) / GRANULE;
  uint32_t place = top;
  if (granules > end - place) {
    is_blocked = granules <= available;
    return is_blocked ? IMAGE_BLOCKED : IMAGE_OUT_OF_MEMORY;
  }
  available -= granules;
  top = place + granules;
  entry *e = &table[handle - 1u];
  first_free = e->locks;
  e->place = (uint16_t)place;
  e->locks = 0;
  block *b = block_at(place);
  b->granules = (uint16_t)granules;
  b->handle = (uint16_t)handle;
  return (int32_t)handle;
}

/* Slides each block down as far as it can, from a place on where a block or a hole begins. */
static void slide(uint32_t from) {
  uint32_t to = from;
  while (from != top) {
    block *b = block_at(from);
    uint32_t granules = b->granules;
    uint32_t gap = from - to;
    from += granules;
    if (!b->handle) {
      continue;
    }
    entry *e = &table[b->handle - 1u];
    if (gap && e->locks) {
      block *hole = block_at(to);
      hole->granules = (uint16_t)gap;
      hole->handle = 0;
    } else if (gap) {
      e->place = (uint16_t)to;
      /* A granule is never copied onto part of itself. */
      granule *down = (granule *)block_at(to);
      const granule *up = (const granule *)b;
      to += granules;
      do {
        *down++ = *up++;
      } while (--granules);
      continue;
    }
    to = from;
  }
  top = to;
  is_blocked = 0;
}

/* The entry of a live block, else a null pointer. */
static entry *live_entry(int32_t handle) {
  uint32_t number = (uint32_t)handle - 1u;
  return number < table_entries && table[number].place ? &table[number] : 0;
}

int32_t image_free(int32_t handle) {
  entry *e = live_entry(handle);
  if (!e) {
    return IMAGE_INVALID_HANDLE;
  }
  if (e->locks) {
    return IMAGE_STILL_LOCKED;
  }
  uint32_t place = e->place;
  e->place = 0;
  e->locks = (uint16_t)first_free;
  first_free = (uint32_t)handle;
  block *b = block_at(place);
  b->handle = 0;
  available += b->granules;
  slide(place);
  return 0;
}

static inline uint32_t payload_of(const entry *e) { return (uint32_t)base + e->place * (uint32_t)GRANULE; }

int32_t image_lock(int32_t handle) {
  entry *e = live_entry(handle);
  if (!e) {
    return IMAGE_INVALID_HANDLE;
  }
  if (e->locks == MOST_LOCKS) {
    return IMAGE_TOO_MANY_LOCKS;
  }
  e->locks++;
  return (int32_t)payload_of(e);
}

int32_t image_unlock(int32_t handle) {
  entry *e = live_entry(handle);
  if (!e) {
    return IMAGE_INVALID_HANDLE;
  }
  if (!e->locks) {
    return IMAGE_NOT_LOCKED;
  }
  e->locks--;
  if (!e->locks && available != end - top) {
    slide(first);
  }
  return 0;
}

uint32_t image_address(int32_t handle) {
  const entry *e = live_entry(handle);
  return e ? payload_of(e) : 0;
}

uint32_t image_free_bytes(void) { return available ? available * GRANULE - HEADER : 0; }

/* The lowest block with a hole below it: it is locked. */
int32_t image_blocker(void) {
  uint32_t place = first;
  while (is_blocked && place != top) {
    const block *b = block_at(place);
    place += b->granules;
    if (!b->handle) {
      return block_at(place)->handle;
    }
  }
  return 0;
}

/* Blocks stand where their entries say, each hole is below a locked block, and the sums are right. */
int32_t image_check(void) {
  uint32_t blocks = 0;
  uint32_t holes = end - top;
  uint32_t below = 0;
  for (uint32_t place = first; place != top;) {
    const block *b = block_at(place);
    if (!b->granules || b->granules > top - place || b->handle > table_entries) {
      return IMAGE_CORRUPTED;
    }
    if (b->handle) {
      const entry *e = &table[b->handle - 1u];
      if (e->place != place || (below && !e->locks)) {
        return IMAGE_CORRUPTED;
      }
      blocks++;
      below = 0;
    } else if (below || b->granules == top - place) {
      return IMAGE_CORRUPTED;
    } else {
      holes += b->granules;
      below = 1;
    }
    place += b->granules;
  }
  for (uint32_t i = 0; i < table_entries; i++) {
    blocks -= table[i].place != 0;
  }
  return blocks || holes != available ? IMAGE_CORRUPTED : 0;
}

int32_t image_walk(void *buffer, uint32_t bytes) {
  if (image_check()) {
    return IMAGE_CORRUPTED;
  }
  image_records records = image_records_in(buffer, bytes);
  for (uint32_t place = first; place != top;) {
    const block *b = block_at(place);
    uint32_t kind = !b->handle ? IMAGE_FREE : table[b->handle - 1u].locks ? IMAGE_LOCKED : IMAGE_USED;
    image_record(&records, (uint32_t)(uintptr_t)b, b->granules * (uint32_t)GRANULE, kind, b->handle);
    place += b->granules;
  }
  if (end != top) {
    image_record(&records, (uint32_t)(uintptr_t)block_at(top), (end - top) * GRANULE, IMAGE_FREE, 0);
  }
  return (int32_t)records.written;
}
