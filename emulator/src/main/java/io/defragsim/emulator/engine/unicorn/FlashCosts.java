package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.timing.BlockCost;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * The costs of the blocks in flash, each worked out once: flash does not change, so engines of the
 * same image share them. An entry packs what the block event needs into a long:
 *
 * <pre>
 *   63..40  bytes of the block, so that 0 is no entry
 *   39..32  cycles in addition if its computed branch goes to an address with bit 1 set
 *   31..24  cycles in addition if its conditional branch is taken
 *   23..0   cycles
 * </pre>
 *
 * The native counter reads the same memory, in the same format.
 */
final class FlashCosts {
  private static final int CYCLE_BITS = 24;

  final LongBuffer byHalfword;

  FlashCosts(int flashBytes) {
    byHalfword =
        ByteBuffer.allocateDirect(flashBytes / 2 * Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .asLongBuffer();
  }

  static long pack(BlockCost block, int bytes) {
    if (block.cycles() >>> CYCLE_BITS != 0
        || (block.takenExtra() | block.oddTarget()) >>> 8 != 0
        || bytes >>> 24 != 0) {
      throw new IllegalStateException("a block of " + block.cycles() + " cycles");
    }
    return (long) bytes << 40
        | (long) block.oddTarget() << 32
        | (long) block.takenExtra() << CYCLE_BITS
        | block.cycles();
  }

  static int bytes(long entry) {
    return (int) (entry >>> 40);
  }

  static int oddTarget(long entry) {
    return (int) (entry >>> 32) & 0xFF;
  }

  static int cycles(long entry) {
    return (int) entry & 0xFF_FFFF;
  }

  static int takenExtra(long entry) {
    return (int) entry >>> CYCLE_BITS;
  }
}
