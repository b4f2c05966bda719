package io.defragsim.lab.heap;

import io.defragsim.emulator.calls.CallListener.Memory;
import io.defragsim.emulator.image.FirmwareImage;
import java.util.OptionalLong;

/**
 * How large the elements of lwIP's pools are: {@code memp_pools} points to a {@code struct
 * memp_desc} for each, in which size and number of elements, their memory and the list of the free
 * ones follow each other, behind a description and statistics where the program was built with
 * them.
 */
final class MemoryPools {
  private static final int WORD_BYTES = 4;
  private static final int[] OFFSETS = {0, WORD_BYTES, 2 * WORD_BYTES};
  private static final int HALF = 0xFFFF;
  private static final int HALF_BITS = 16;

  private final OptionalLong pools;
  private boolean someUnknown;

  MemoryPools(FirmwareImage image) {
    pools = image.object("memp_pools");
  }

  /** Whether somebody asked for an element of a size that is not known. */
  boolean someUnknown() {
    return someUnknown;
  }

  /** The bytes of an element of a pool, 0 if they are not known. */
  long bytes(long pool, Memory memory) {
    Integer description =
        pools.isEmpty() || pool > HALF ? null : memory.word(pools.getAsLong() + WORD_BYTES * pool);
    if (description != null && description % WORD_BYTES == 0) {
      for (int offset : OFFSETS) {
        long bytes = bytesAt(Integer.toUnsignedLong(description) + offset, memory);
        if (bytes > 0) {
          return bytes;
        }
      }
    }
    someUnknown = true;
    return 0;
  }

  /** What stands there if it is size and number, and memory for so many follows; else 0. */
  private static long bytesAt(long address, Memory memory) {
    Integer sizes = memory.word(address);
    Integer base = memory.word(address + WORD_BYTES);
    if (sizes == null || base == null) {
      return 0;
    }
    long both = Integer.toUnsignedLong(sizes);
    long bytes = both & HALF;
    long count = both >>> HALF_BITS;
    long first = Integer.toUnsignedLong(base);
    return bytes > 0
            && count > 0
            && memory.octet(first) != null
            && memory.octet(first + bytes * count - 1) != null
        ? bytes
        : 0;
  }
}
