package io.defragsim.emulator.fast;

import org.jspecify.annotations.Nullable;

/** The blocks of a memory, by where they start; what has no code takes no room. */
final class BlockTable {
  private static final int PAGE_BITS = 10;

  private final Block @Nullable [][] pages;

  /** Of a memory of so many bytes. */
  BlockTable(int bytes) {
    pages = new Block[(bytes >>> PAGE_BITS) + 1][];
  }

  /** The block that starts {@code offset} bytes from the memory's first, null if none is known. */
  @Nullable Block get(int offset) {
    Block[] page = pages[offset >>> PAGE_BITS];
    return page == null ? null : page[index(offset)];
  }

  void set(int offset, Block block) {
    Block[] page = pages[offset >>> PAGE_BITS];
    if (page == null) {
      page = new Block[1 << PAGE_BITS - 1];
      pages[offset >>> PAGE_BITS] = page;
    }
    page[index(offset)] = block;
  }

  /** Instructions stand at even addresses. */
  private static int index(int offset) {
    return (offset & (1 << PAGE_BITS) - 1) >>> 1;
  }
}
