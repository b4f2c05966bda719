package io.defragsim.emulator.fast;

import org.jspecify.annotations.Nullable;

/** The blocks of a memory, by where they start. Where nothing ran it takes no room. */
final class BlockTable {
  private static final int PAGE_BITS = 10;

  private final BlockDecoder decoder;
  private final @Nullable CodeBlock[] @Nullable [] pages;

  BlockTable(BlockDecoder decoder) {
    this.decoder = decoder;
    pages = new CodeBlock[(decoder.bytes() >>> PAGE_BITS) + 1][];
  }

  /** Whether a block may stand in the word that is so many bytes from the start of the memory. */
  boolean hasDecoded(int offset) {
    int page = offset >>> PAGE_BITS;
    return pages[page] != null || (page > 0 && pages[page - 1] != null); // from which it reaches in
  }

  /** Decodes all anew. */
  void forget() {
    java.util.Arrays.fill(pages, null);
  }

  /** The block at an address, null outside of the memory. */
  @Nullable CodeBlock at(int address) {
    int offset = address - decoder.base();
    if (Integer.compareUnsigned(offset, decoder.bytes()) >= 0) {
      return null;
    }
    @Nullable CodeBlock[] page = pages[offset >>> PAGE_BITS];
    if (page == null) {
      page = new CodeBlock[1 << (PAGE_BITS - 1)]; // instructions stand at even addresses
      pages[offset >>> PAGE_BITS] = page;
    }
    int index = (offset & ((1 << PAGE_BITS) - 1)) >>> 1;
    CodeBlock block = page[index];
    if (block == null || !decoder.isFresh(block)) {
      block = decoder.at(address);
      page[index] = block;
    }
    return block;
  }
}
