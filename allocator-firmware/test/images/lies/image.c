/* An allocator that keeps the contract, and breaks it in one way: the one that image_lie names. A test writes the number into the
 * file, so that one file has all the lies; 0 is none.
 *
 * SPDX-License-Identifier: MIT
 *
 * Numbers go by the function that lies, in hundreds; LyingImageTest has them in words.
 */
#define BEGIN_MOVE() ((void)0)
#define END_MOVE() ((void)0)
#define image_init honest_init
#define image_alloc honest_alloc
#define image_free honest_free
#define image_lock honest_lock
#define image_unlock honest_unlock
#define image_step honest_step
#define image_address honest_address
#define image_free_bytes honest_free_bytes
#define image_check honest_check
#include "movable.h"
#undef image_init
#undef image_alloc
#undef image_free
#undef image_lock
#undef image_unlock
#undef image_step
#undef image_address
#undef image_free_bytes
#undef image_check
#include "image_records.h"

/* Read anew each time: the compiler must not take the number in this file for the one in the ELF file. */
#define THE_LIE (*(const volatile uint32_t *)&image_lie)
#define LIE(number) (THE_LIE == (number))

enum { NO_ERROR = -77 };

IMAGE_KEEP const uint32_t image_lie = 0;
IMAGE_KEEP const uint32_t image_pointers = 0;
IMAGE_KEEP const image_guarantee_words image_guarantee = {
    .version = IMAGE_GUARANTEE_VERSION,
    .words = sizeof image_guarantee / sizeof(uint32_t),
    .granule = 8,
    .header = 4,
    .entry = 4,
    .visits = 7,
    .passes = 4,
    .full_step = 8,
    .patience = 32,
    .patience_a_handle = 3,
    .least_patience = 8,
    .most_patience = 100,
};

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles);
int32_t image_alloc(uint32_t bytes);
int32_t image_free(int32_t handle);
int32_t image_lock(int32_t handle);
int32_t image_unlock(int32_t handle);
int32_t image_step(uint32_t budget_bytes);
uint32_t image_address(int32_t handle);
uint32_t image_free_bytes(void);
int32_t image_check(void);

static uint32_t allocs;

/* Does not return. */
static void hang(void) {
  for (;;) {
    __asm__ volatile("");
  }
}

static void store(uint32_t address, uint32_t value) { *(volatile uint32_t *)(uintptr_t)address = value; }

static int32_t handle_of(const block *b) {
  return (int32_t)(b->generation << GENERATION_SHIFT | ((uint32_t)(b - blocks) + 1u));
}

/* The live block that starts lowest, which there is. */
static block *lowest(void) { return next_from(start); }

/* What a call may do besides: the lie is `how` in the function's hundred. */
static void misbehave(uint32_t hundred, uint32_t how) {
  if (THE_LIE != hundred + how) {
    return;
  }
  switch (how) {
  case 20: store(lowest()->address, 0xdeadbeefu); break;
  case 21: store(end + 64u, 0xdeadbeefu); break;
  case 22: __asm__ volatile("cpsid i"); break;
  case 23: __asm__ volatile("mov r0, sp\n\tmsr psp, r0\n\tmovs r0, #2\n\tmsr control, r0\n\tisb" : : : "r0"); break;
  case 24: __asm__ volatile("bkpt #0"); break;
  case 25: __asm__ volatile("svc #0"); break;
  case 26: hang(); break;
  case 27: store(0x40000000u, 0); break;
  default: __asm__ volatile("udf #0"); break;
  }
}

void image_park(void);

/* Where start-up code ends. */
__attribute__((noreturn)) void image_park(void) {
  switch (THE_LIE) {
  case 6: __asm__ volatile("mov sp, %0" : : "r"(0xfffffffcu)); break;
  case 7: __asm__ volatile("mov sp, %0" : : "r"(0x10000000u)); break;
  case 8: __asm__ volatile("bkpt #3"); break;
  case 9: __asm__ volatile("cpsid i"); break; /* which the host takes back */
  case 10: hang(); break;
  case 11: __asm__ volatile("svc #0"); break;
  default: break;
  }
  for (;;) {
    __asm__ volatile("bkpt #0");
  }
}

int32_t image_init(void *pool, uint32_t bytes, uint32_t handles) {
  int32_t result = honest_init(pool, bytes, handles);
  switch (THE_LIE) {
  case 1: return 1;
  case 2: return NO_ERROR;
  case 3: return IMAGE_BAD_ARGUMENT;
  case 4: hang(); break;
  case 5: return INT32_MIN;
  default: break;
  }
  return result;
}

int32_t image_alloc(uint32_t bytes) {
  allocs++;
  if (allocs > 2u) {
    switch (THE_LIE) {
    case 101: return 0;
    case 102: return handle_of(lowest());
    case 103: return 0x7fffffff;
    case 104: return NO_ERROR;
    case 105: return IMAGE_CORRUPTED;
    case 106: return IMAGE_INVALID_HANDLE;
    case 107: return IMAGE_OUT_OF_MEMORY; /* though enough is free, and steps would help */
    case 108: return IMAGE_MOVING;
    case 109: return IMAGE_BAD_ARGUMENT;
    case 110: return INT32_MIN;
    default: break;
    }
    for (uint32_t how = 20; how <= 28u; how++) {
      misbehave(100, how);
    }
  }
  int32_t result = honest_alloc(bytes);
  if (result > 0) {
    block *b = &blocks[((uint32_t)result & 0xffu) - 1u];
    switch (THE_LIE) {
    case 111: b->address += 4u; break;             /* not aligned */
    case 112: b->address = end; break;             /* outside the pool */
    case 113: b->address = start - 8u; break;      /* the image's own data */
    case 114: b->address = 0xfffffff8u; break;     /* nowhere */
    case 115: b->address = lowest()->address; break; /* in another block */
    case 116: b->address = end - 8u; break;        /* out over the pool's end */
    default: break;
    }
  }
  return result;
}

int32_t image_free(int32_t handle) {
  block *b = find(handle);
  switch (THE_LIE) {
  case 201: return 1;
  case 202: return IMAGE_INVALID_HANDLE;
  case 203: return NO_ERROR;
  case 204: return 0; /* and frees nothing */
  case 205: return IMAGE_CORRUPTED;
  case 206: return IMAGE_MOVING; /* which is allowed */
  case 207: return IMAGE_STILL_LOCKED;
  case 208: /* of a locked one, too */
    if (b) {
      b->locks = 0;
    }
    break;
  case 209: /* of one that is not, too */
    if (!b) {
      return 0;
    }
    break;
  default: break;
  }
  if (LIE(210)) { /* and gives the same handle to the next block */
    int32_t result = honest_free(handle);
    b->generation = (uint32_t)handle >> GENERATION_SHIFT;
    return result;
  }
  misbehave(200, 20);
  misbehave(200, 22);
  misbehave(200, 23);
  return honest_free(handle);
}

int32_t image_lock(int32_t handle) {
  switch (THE_LIE) {
  case 301: return 0;
  case 302: return honest_lock(handle) + 4;
  case 303: return (int32_t)end;
  case 304: return NO_ERROR;
  case 305: return IMAGE_TOO_MANY_LOCKS;
  case 306: return IMAGE_INVALID_HANDLE;
  case 307: return (int32_t)image_address(handle); /* and counts nothing */
  case 308: /* one that is not live, too */
    if (!find(handle)) {
      return (int32_t)start;
    }
    break;
  default: break;
  }
  misbehave(300, 20);
  misbehave(300, 22);
  return honest_lock(handle);
}

int32_t image_unlock(int32_t handle) {
  const block *b = find(handle);
  switch (THE_LIE) {
  case 401: return 1;
  case 402: return IMAGE_NOT_LOCKED;
  case 403: return NO_ERROR;
  case 404: return 0; /* and takes nothing back */
  case 405: /* one too many, too */
    if (b && !b->locks) {
      return 0;
    }
    break;
  default: break;
  }
  misbehave(400, 20);
  misbehave(400, 22);
  return honest_unlock(handle);
}

int32_t image_step(uint32_t budget_bytes) {
  block *b = lowest();
  switch (THE_LIE) {
  case 501: return 2;
  case 502: return NO_ERROR;
  case 503: return IMAGE_CORRUPTED;
  case 504: return 1; /* for ever */
  case 505: return 0; /* at once */
  case 506: /* moves one that is locked */
    b->address += 8u;
    return 1;
  case 507: /* moves one and leaves its content behind */
    b = next_from(b->address + 1u);
    b->address -= 8u;
    return 1;
  case 508: /* moves one into another */
    next_from(b->address + 1u)->address = b->address;
    return 1;
  case 509: return 0x7fffffff;
  case 510: /* has more to do for ever, though the request would be served */
    (void)honest_step(budget_bytes);
    return 1;
  default: break;
  }
  misbehave(500, 20);
  misbehave(500, 22);
  misbehave(500, 26);
  return honest_step(budget_bytes);
}

int32_t image_resize(int32_t handle, uint32_t bytes) {
  block *b = find(handle);
  uint32_t taken = (bytes + 7u) & ~7u;
  if (!b) {
    return IMAGE_INVALID_HANDLE;
  }
  switch (THE_LIE) {
  case 601: return 1;
  case 602: return IMAGE_OUT_OF_HANDLES;
  case 603: return NO_ERROR;
  case 604: /* in place, over whatever is there */
    return 0;
  case 605: b->address += 4u; return 0;
  case 606: b->address = 0; return 0;
  default: break;
  }
  if (!bytes || taken < bytes) {
    return IMAGE_INVALID_SIZE;
  }
  if (taken > b->bytes) {
    return image_free_bytes() < taken ? IMAGE_OUT_OF_MEMORY : IMAGE_BLOCKED;
  }
  b->bytes = taken;
  return 0;
}

uint32_t image_address(int32_t handle) {
  uint32_t address = honest_address(handle);
  switch (THE_LIE) {
  case 701: return address + 4u;
  case 702: return 0;
  case 703: return end;
  case 704: return 0xfffffff8u;
  case 705: return start;
  case 706: return allocs > 3u ? address + 8u : address; /* elsewhere than before, though nothing has moved it */
  case 707: hang(); break;
  default: break;
  }
  misbehave(700, 27);
  return address;
}

uint32_t image_free_bytes(void) {
  uint32_t bytes = honest_free_bytes();
  switch (THE_LIE) {
  case 801: return 0xffffffffu;
  case 802: return end - start;
  case 803: return 0;
  case 804: return bytes ? bytes - 1u : 0u;
  case 805: hang(); break;
  case 806: return bytes + 8u;
  case 807: return 0x80000000u;
  case 808: { /* frees a block on the way, which the host takes back */
    block *b = lowest();
    if (b) {
      b->address = 0;
    }
    break;
  }
  default: break;
  }
  misbehave(800, 27);
  return bytes;
}

int32_t image_keep_ready(uint32_t bytes) {
  (void)bytes;
  return LIE(850) ? 1 : LIE(851) ? NO_ERROR : LIE(852) ? (int32_t)IMAGE_INVALID_SIZE : 0;
}

int32_t image_blocker(void) {
  switch (THE_LIE) {
  case 901: return 0x12345;
  case 902: return IMAGE_INVALID_HANDLE;
  case 903: hang(); break;
  default: break;
  }
  return 0;
}

int32_t image_check(void) {
  switch (THE_LIE) {
  case 951: return IMAGE_CORRUPTED;
  case 952: return 1;
  case 953: hang(); break;
  case 954: store(start, 0); break; /* changes the heap, which the host takes back */
  default: break;
  }
  misbehave(900, 27);
  return honest_check();
}

/* A record, with its lie. */
static void tell(image_records *records, uint32_t address, uint32_t bytes, uint32_t kind, uint32_t detail) {
  int heap = kind != IMAGE_LISTED;
  int block = kind == IMAGE_USED || kind == IMAGE_LOCKED;
  switch (THE_LIE) {
  case 1001: kind = 6; break;
  case 1002: kind = 15; break;
  case 1003: bytes = heap ? 0 : bytes; break;
  case 1004: address = heap ? end - address + start : address; break;
  case 1005: address = heap ? address - (end - start) : address; break;
  case 1006: address = heap ? address + (end - start) : address; break;
  case 1007: address = 0xfffffff0u; break;
  case 1008: bytes = heap ? 0x0ffffff8u : bytes; break;
  case 1009: detail = block ? 0x12345u : detail; break;
  case 1010: detail = block ? 0u : detail; break;
  case 1011: detail = block ? (uint32_t)handle_of(lowest()) : detail; break;
  case 1012: bytes = block ? 8u : bytes; break;
  case 1013: address = block ? address + 8u : address; bytes = block ? bytes - 8u : bytes; break;
  case 1014: kind = kind == IMAGE_LOCKED ? (uint32_t)IMAGE_USED : kind; break;
  case 1015: kind = kind == IMAGE_USED ? (uint32_t)IMAGE_LOCKED : kind; break;
  case 1016: kind = block ? (uint32_t)IMAGE_SPLIT : kind; break;
  case 1017: kind = block ? (uint32_t)IMAGE_FREE : kind; detail = block ? 0u : detail; break;
  case 1018: detail = kind == IMAGE_FREE ? 1u : detail; break;
  case 1019: detail = heap ? detail : 1000000u; break;
  case 1020: detail = heap ? detail : 0xffffffffu; break;
  case 1021: address = heap ? address : start + 4u; break;
  case 1022: bytes = heap ? bytes : bytes + 8u; break;
  case 1023: kind = heap ? kind : (uint32_t)IMAGE_FREE; break;
  case 1024: kind = heap ? (uint32_t)IMAGE_LISTED : kind; break;
  default: break;
  }
  if ((LIE(1025) && block) || (LIE(1026) && kind == IMAGE_LOCKED)) { /* left out */
    return;
  }
  image_record(records, address, bytes, kind, detail);
  if ((LIE(1027) && heap) || (LIE(1028) && !heap)) { /* twice */
    image_record(records, address, bytes, kind, detail);
  }
}

int32_t image_walk(void *buffer, uint32_t bytes) {
  image_records records = image_records_in(buffer, bytes);
  switch (THE_LIE) {
  case 1051: return -1;
  case 1052: return (int32_t)records.room + 1;
  case 1053: return (int32_t)records.room; /* for ever, of whatever is there */
  case 1054: hang(); break;
  case 1055: return 0; /* as one that has nothing to say */
  case 1056: return 0x7fffffff;
  case 1057: /* one hole, over and over */
    for (uint32_t i = 0; i < records.room; i++) {
      image_record(&records, start, 8, IMAGE_LISTED, 0);
    }
    records.skip = 0;
    for (uint32_t i = 0; i < records.room; i++) {
      image_record(&records, start, 8, IMAGE_LISTED, 0);
    }
    return (int32_t)records.room;
  case 1058: { /* writes all over the pool, which the host takes back */
    for (uint32_t at = start; at < end; at += 4u) {
      store(at, 0);
    }
    break;
  }
  default: break;
  }
  for (int lists = 0; lists < 2; lists++) {
    uint32_t place = start;
    while (place < end) {
      const block *above = next_from(place);
      uint32_t hole_end = above ? above->address : end;
      if (hole_end > place) {
        tell(&records, place, hole_end - place, lists ? IMAGE_LISTED : IMAGE_FREE, 0);
      }
      if (!above) {
        break;
      }
      if (!lists) {
        tell(&records, above->address, above->bytes, above->locks ? IMAGE_LOCKED : IMAGE_USED, (uint32_t)handle_of(above));
      }
      place = above->address + above->bytes;
    }
  }
  return (int32_t)records.written;
}
