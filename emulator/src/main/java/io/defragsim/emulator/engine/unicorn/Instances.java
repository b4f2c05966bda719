package io.defragsim.emulator.engine.unicorn;

import unicorn.Unicorn;
import unicorn.UnicornConst;

/**
 * Opens and closes instances of the library, and knows what it does to the process:
 *
 * <ul>
 *   <li>Two threads that open an instance at once take the process down, once in some thousand
 *       times. So they wait for each other. Running needs no such care.
 *   <li>A region whose size is no multiple of the host's page leaves a mapping of 2 MiB of address
 *       space behind when its instance is closed (no memory: it was never touched). Linux allows a
 *       process 65530 mappings and the library dies without a word when it gets no more. Mapping
 *       more than the part has would let it read behind its flash, which no event tells; mapping
 *       memory of the host's, by {@code mem_map_ptr}, loses a copy of the region each time.
 * </ul>
 */
final class Instances {
  private static final int HOST_PAGE_BYTES = 4096;
  private static final int MOST_LEFT_BEHIND = 50_000;

  /** Belongs to the process, as what it counts does. */
  private static int leftBehind;

  private Instances() {}

  /**
   * A new instance.
   *
   * @param regionBytes the sizes of the regions that will be mapped
   * @throws IllegalStateException if too many mappings were left behind
   * @throws LinkageError if the library cannot be loaded
   */
  static synchronized Unicorn open(int... regionBytes) {
    for (int bytes : regionBytes) {
      if (bytes % HOST_PAGE_BYTES != 0) {
        leftBehind++;
      }
    }
    if (leftBehind > MOST_LEFT_BEHIND) {
      throw new IllegalStateException(
          "too many engines with memory that is no multiple of 4 KiB in one process");
    }
    HostArchitecture.settle();
    return new Unicorn(
        UnicornConst.UC_ARCH_ARM, UnicornConst.UC_MODE_THUMB | UnicornConst.UC_MODE_MCLASS);
  }

  static synchronized void close(Unicorn instance) {
    instance.closeAll();
  }
}
