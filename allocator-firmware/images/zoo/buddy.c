/*
 * The allocator image `buddy`, binary buddies: blocks are of powers of two, halved on request, and joined with their other half.
 *
 * SPDX-License-Identifier: MIT
 *
 * D. E. Knuth, The Art of Computer Programming, volume 1, section 2.5, Algorithms R and S; first K. C. Knowlton, "A fast storage
 * allocator", CACM 8 (1965).
 *
 * A block of order k has 2^k units of 16 bytes, and begins at a multiple of them. Its buddy is the block with which it was one of order
 * k + 1: the number of its first unit differs in bit k. A request takes the smallest free block that is large enough, and halves it
 * until it is as small as it may be. A freed block is joined with its buddy for as long as that is free and whole.
 *
 * Layout: units, and then a byte a unit.
 *
 *   | unit 0 | unit 1 | ... | unit n - 1 | tag 0 | tag 1 | ... | tag n |
 *
 * The tag of a block's first unit is its order (Knuth's KVAL), and FREE (his TAG). Tags stand apart from the blocks, since a header
 * would make a request for a power of two, which is what this allocator is good at, take twice as much. To ask whether the
 * buddy is free and whole is to compare one byte. That byte is never an old one: a buddy is one block or was halved, and in both
 * cases a block begins where it does. The price is a 17th of the pool, whatever its blocks.
 *
 * A pool of n units that is no power of two is the sum of its powers of two, the largest first: a free block for each bit of n. So
 * each begins at a multiple of its size. What stands where its buddy would be is smaller, and so never joined with it; behind the last
 * one that is tag n, which says: in use. No other code knows of it. With its tags a pool of 2 KiB has 120 units: no request
 * above 1 KiB is served. One of 2,184 bytes has 128, and serves 2 KiB.
 *
 * Every call is bounded, by the 12 orders of pools up to 64 KiB. Knuth's search for a list that is not empty (step R1) is one for a
 * bit here.
 *
 * Good at: requests of powers of two, with blocks that are quickly found and joined. Bad at: all others, which take up to twice
 * their bytes; and two free blocks side by side that are no buddies serve nothing together.
 */
#include "bits.h"
#include "loop_bound.h"
#include "pointers.h"

/* Knuth's LINKF and LINKB, in a free block. */
typedef struct links {
  struct links *next;
  struct links *before;
} links;

enum { UNIT_BITS = 4, UNIT = 1 << UNIT_BITS, ORDERS = 12, MOST_UNITS = (1 << ORDERS) - 1, MOST_REQUEST = UNIT << (ORDERS - 1) };

enum { FREE = 0x80 };

/* The free blocks of each order: Knuth's AVAIL. Each list is a ring through its head. */
static links available[ORDERS];

/* Bit k: there are free blocks of order k. */
static uint32_t orders;

static links *units;
static uint8_t *tags;
static uint32_t unit_count;

static inline links *unit_at(uint32_t number) { return (links *)((uintptr_t)units + (number << UNIT_BITS)); }

static inline uint32_t number_of(const links *unit) { return (uint32_t)((uintptr_t)unit - (uintptr_t)units) >> UNIT_BITS; }

/* Makes a free block of what begins there. */
static inline void make_available(uint32_t number, uint32_t order) {
  links *unit = unit_at(number);
  links *head = &available[order];
  links *next = head->next;
  tags[number] = (uint8_t)(FREE | order);
  unit->next = next;
  unit->before = head;
  next->before = unit;
  head->next = unit;
}

/* Takes a free block out of its list: whether that is empty now. */
static inline int unlist(const links *unit) {
  links *next = unit->next;
  links *before = unit->before;
  next->before = before;
  before->next = next;
  return next == before;
}

static int heap_init(uintptr_t start, uintptr_t end) {
  uint32_t bytes = (uint32_t)(end - start);
  uint32_t count = bytes >> UNIT_BITS;
  while (count && (count << UNIT_BITS) + count + 1u > bytes) {
    count--;
  }
  if (!count || count > MOST_UNITS) {
    return 0;
  }
  unit_count = count;
  units = (links *)start;
  tags = (uint8_t *)unit_at(count);
  tags[count] = 0;
  for (uint32_t order = 0; order < ORDERS; order++) {
    available[order].next = available[order].before = &available[order];
  }
  orders = count;
  uint32_t number = 0;
  for (uint32_t order = ORDERS; order--;) {
    if (count >> order & 1u) {
      make_available(number, order);
      number += 1u << order;
    }
  }
  return 1;
}

/* Algorithm R. */
static uintptr_t heap_alloc(uint32_t request) {
  if (request > MOST_REQUEST) {
    return 0;
  }
  uint32_t order = highest_bit((request - 1u) >> UNIT_BITS);
  uint32_t large = orders >> order << order;
  if (!large) {
    return 0;
  }
  uint32_t found = lowest_of(large); /* R1 */
  uint32_t size = large & (0u - large);
  links *unit = available[found].next;
  if (unlist(unit)) { /* R2 */
    orders -= size;
  }
  uint8_t *tag = &tags[number_of(unit)];
  *tag = (uint8_t)order;
  orders += size - (1u << order);
  while (found != order) { /* R3, R4: the upper half becomes available, the only block of its order */
    LOOP_BOUND(ORDERS - 1);
    found--;
    size >>= 1;
    tag[size] = (uint8_t)(FREE + found);
    links *upper = (links *)((uintptr_t)unit + (size << UNIT_BITS));
    links *head = &available[found];
    *upper = (links){head, head};
    *head = (links){upper, upper};
  }
  return (uintptr_t)unit;
}

/* Algorithm S. */
static void heap_free(uintptr_t payload) {
  uint32_t number = number_of((links *)payload);
  uint32_t order = tags[number];
  uint32_t size = 1u << order;
  uint32_t tag = FREE + order;
  uint32_t left = orders;
  uint32_t buddy = number ^ size;
  while (tags[buddy] == tag) { /* S1, S2 */
    LOOP_BOUND(ORDERS - 1);
    if (unlist(unit_at(buddy))) {
      left -= size;
    }
    number &= buddy;
    size <<= 1;
    tag++;
    buddy = number ^ size;
  }
  orders = left | size;
  make_available(number, tag - FREE); /* S3 */
}

static uint32_t heap_free_bytes(void) {
  uint32_t count = 0;
  for (uint32_t order = 0; order < ORDERS; order++) {
    for (const links *unit = available[order].next; unit != &available[order]; unit = unit->next) {
      count += 1u << order;
    }
  }
  return count ? UNIT << (highest_bit(count) - 1u) : 0;
}

static int32_t heap_walk(image_records *records) {
  if (image_check()) {
    return IMAGE_CORRUPTED;
  }
  uint32_t order;
  for (uint32_t number = 0; number < unit_count; number += 1u << order) {
    uintptr_t start = (uintptr_t)unit_at(number);
    order = tags[number] & ~(uint32_t)FREE;
    if (tags[number] & FREE) {
      image_record(records, (uint32_t)start, UNIT << order, IMAGE_FREE, 0);
    } else {
      heap_block(records, start, UNIT << order);
    }
  }
  for (order = 0; order < ORDERS; order++) {
    for (const links *unit = available[order].next; unit != &available[order]; unit = unit->next) {
      image_record(records, (uint32_t)(uintptr_t)unit, UNIT << order, IMAGE_LISTED, order);
    }
  }
  return 0;
}

/* Blocks begin at multiples of their size and fill all units, no two buddies are free, each free block stands in the list of its
 * order, and there are as many blocks as handles. */
int32_t image_check(void) {
  uint32_t holes = 0;
  uint32_t blocks = 0;
  uint32_t size;
  for (uint32_t number = 0; number < unit_count; number += size) {
    uint32_t tag = tags[number];
    uint32_t order = tag & ~(uint32_t)FREE;
    size = 1u << order;
    if (order >= ORDERS || number & (size - 1u) || size > unit_count - number) {
      return IMAGE_CORRUPTED;
    }
    if (tag & FREE && tags[number ^ size] == tag) {
      return IMAGE_CORRUPTED;
    }
    *(tag & FREE ? &holes : &blocks) += 1u;
  }
  if (tags[unit_count] || blocks != live_handles()) {
    return IMAGE_CORRUPTED;
  }
  for (uint32_t order = 0; order < ORDERS; order++) {
    const links *before = &available[order];
    if (!(orders >> order & 1u) != (before->next == before)) {
      return IMAGE_CORRUPTED;
    }
    for (const links *unit = before->next; unit != &available[order]; unit = unit->next) {
      uint32_t number = number_of(unit);
      if (!holes-- || number >= unit_count || unit != unit_at(number) || unit->before != before || tags[number] != FREE + order) {
        return IMAGE_CORRUPTED;
      }
      before = unit;
    }
  }
  return holes ? IMAGE_CORRUPTED : 0;
}
