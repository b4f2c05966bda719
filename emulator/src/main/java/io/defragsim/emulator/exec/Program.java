package io.defragsim.emulator.exec;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.MemoryLoader;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An image on a part, ready to run from reset any number of times. */
public final class Program {
  private static final byte SRAM_FILL = (byte) 0xA5;
  private static final byte FLASH_FILL = (byte) 0xFF;

  private final McuConfig part;
  private final FirmwareImage image;
  private final Layout layout;
  private final MemoryLoader memory;
  private final @Nullable Board board;
  private final int[] flash;

  private Program(
      McuConfig part,
      FirmwareImage image,
      Layout layout,
      MemoryLoader memory,
      @Nullable Board board) {
    this.part = part;
    this.image = image;
    this.layout = layout;
    this.memory = memory;
    this.board = board;
    flash = MappedMemory.words(memory.flash());
  }

  /**
   * Puts {@code image} into the memories of {@code part}, with flash at 0x08000000 and at 0.
   *
   * @throws ImageRejectedException if it does not fit, or has no vector table
   */
  public static Program load(McuConfig part, FirmwareImage image) {
    return load(part, image, Layout.of(image, Layout.Known.of(part)));
  }

  /** The same with memories that lie so, and with nothing else around the core. */
  public static Program load(McuConfig part, FirmwareImage image, Layout layout) {
    return load(part, image, layout, null);
  }

  /**
   * Puts {@code image} into memories that lie so. RAM that no segment fills starts as 0xA5, other
   * memory as 0xFF.
   *
   * @param board what stands around the core; null for nothing, so that each access outside of
   *     memory faults
   * @throws ImageRejectedException if it does not fit
   */
  public static Program load(
      McuConfig part, FirmwareImage image, Layout layout, @Nullable Board board) {
    if (board != null) {
      board.blocks().forEach(block -> requireApart(block, layout.map(), image));
    }
    MemoryLoader memory = MemoryLoader.load(layout.map(), image, FLASH_FILL, SRAM_FILL);
    return new Program(part, image, layout, memory, board);
  }

  private static void requireApart(Board.Block block, MemoryMap map, FirmwareImage image) {
    for (long at : new long[] {block.base(), block.base() + block.bytes() - 4}) {
      if (map.isMemory(at)) {
        throw new ImageRejectedException(
            String.format(
                Locale.ROOT,
                "%s: the peripheral %s of the board, at 0x%08x to 0x%08x, is over memory",
                image.name(),
                block.name(),
                block.base(),
                block.base() + block.bytes() - 1));
      }
    }
  }

  public McuConfig part() {
    return part;
  }

  public FirmwareImage image() {
    return image;
  }

  /** Where memories and the vector table are. */
  public Layout layout() {
    return layout;
  }

  /** What stands around the core, null for nothing. */
  public @Nullable Board board() {
    return board;
  }

  /** Whether a memory is at {@code address}. */
  public boolean isMemory(long address) {
    return map().isMemory(address);
  }

  MemoryMap map() {
    return layout.map();
  }

  /** Flash by words as it is at power-on; one's own copy where a board could program it. */
  int[] flash() {
    return board == null ? flash : flash.clone();
  }

  /** SRAM as it is at power-on. */
  byte[] freshSram() {
    return memory.sram().clone();
  }

  /** Each further memory as it is at power-on. */
  List<byte[]> freshAreas() {
    return memory.areas().stream().map(byte[]::clone).toList();
  }
}
