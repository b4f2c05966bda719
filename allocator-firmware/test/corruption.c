/*
 * Overwritten memory is found, and never read past.
 *
 * SPDX-License-Identifier: MIT
 */
#include "harness.h"

/* Steps for all the memory there is, without checks, until the answer is not 1. */
static int32_t step_to_the_largest(void) {
  EXPECT(defrag_keep_ready(&pool, pool.free * 8u - 4u) == DEFRAG_OK);
  int32_t result = 1;
  for (uint32_t i = 0; result == 1; i++) {
    EXPECT(i < 1000);
    result = defrag_step(&pool, 64);
  }
  return result;
}

static void overwritten_headers_are_refused_where_they_are_met(void) {
  for (int kind = 0; kind < 4; kind++) {
    make_pool(512, 8);
    defrag_handle a = alloc(40);
    defrag_handle b = alloc(40);
    defrag_handle c = alloc(40);
    (void)c;
    unsigned char *header = (unsigned char *)defrag_address(&pool, b) - 4;
    switch (kind) {
      case 0: /* another block's number */
        release(a);
        header[0] ^= 2;
        EXPECT(defrag_free(&pool, b) == DEFRAG_CORRUPTED);
        EXPECT(step_to_the_largest() < 0);
        break;
      case 1: /* no block's number */
        release(a);
        header[1] = 0x40;
        EXPECT(step_to_the_largest() < 0 && has_moved(0));
        break;
      case 2: /* no size */
        release(a);
        header[2] = header[3] = 0;
        EXPECT(defrag_free(&pool, b) == DEFRAG_CORRUPTED);
        EXPECT(step_to_the_largest() < 0);
        break;
      default: /* a size past the end */
        release(a);
        header[3] = 0xff;
        EXPECT(step_to_the_largest() < 0);
        break;
    }
    EXPECT(defrag_check(&pool) == DEFRAG_CORRUPTED);
  }
}

static void an_overwritten_header_is_found(void) {
  for (uint32_t offset = 0; offset < 512; offset++) {
    make_pool(512, 8);
    defrag_handle h[5];
    for (int i = 0; i < 5; i++) {
      h[i] = alloc(40);
    }
    release(h[1]);
    release(h[3]);
    /* Headers are at 4, 52, 100, ...; a hole's links and its size are around them. */
    uint32_t in_block = (offset + 44u) % 48u;
    uint32_t block = (offset - 4u) / 48u;
    int matters;
    if (offset < 4) {
      matters = 0;
    } else if (offset < 244) {
      int is_hole = block == 1 || block == 3;
      matters = in_block < 4 || (is_hole && (in_block < 6 || in_block >= 46));
    } else {
      matters = offset < 250 || offset >= 506; /* the hole at the top, then the end */
    }
    arena.memory[offset] ^= 0x41;
    operation = offset;
    EXPECT((defrag_check(&pool) == DEFRAG_CORRUPTED) == matters);
  }
  operation = 0;
}

const test corruption_tests[] = {
    {"overwritten headers are refused where they are met", overwritten_headers_are_refused_where_they_are_met},
    {"an overwritten header is found by the check", an_overwritten_header_is_found},
    {NULL, NULL},
};
