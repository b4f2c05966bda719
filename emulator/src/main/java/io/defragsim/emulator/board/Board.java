package io.defragsim.emulator.board;

import io.defragsim.emulator.system.MemoryMap.Area;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands around a core: a description, of which each run makes its own.
 *
 * @param name for people
 * @param blocks where peripherals are; they do not overlap
 * @param registers those in the blocks that have names
 * @param rules for registers of blocks without a model
 * @param devices on the I2C bus
 * @param memories beside flash and SRAM
 */
public record Board(
    String name,
    List<Block> blocks,
    List<Register> registers,
    List<Rule> rules,
    List<Device> devices,
    List<Area> memories) {

  public Board {
    blocks = List.copyOf(blocks);
    registers = List.copyOf(registers);
    rules = List.copyOf(rules);
    devices = List.copyOf(devices);
    memories = List.copyOf(memories);
  }

  /**
   * The addresses of one peripheral.
   *
   * @param base a multiple of 4
   * @param bytes a multiple of 4
   * @param fill what each word without a register of its own holds out of reset
   * @param model what answers there; null for registers that remember
   * @param interrupt the number of its line, 0 to 31; empty for none
   */
  public record Block(
      String name,
      long base,
      int bytes,
      int fill,
      @Nullable Supplier<? extends Peripheral> model,
      OptionalInt interrupt) {

    boolean has(long address) {
      return address >= base && address < base + bytes;
    }
  }

  /**
   * A device of registers that remember.
   *
   * @param address of 7 bits
   * @param registers what they hold at power-on, by their numbers; others hold 0
   */
  public record Device(String name, int address, Map<Integer, Integer> registers) {
    public Device {
      registers = Map.copyOf(registers);
    }
  }

  /**
   * How strictly a run looks at it.
   *
   * @param strict whether an access to a register that no model and no rule knows faults
   * @param polls after so many reads of such a register at one place, with no store to a peripheral
   *     between, the run ends
   */
  public record Checks(boolean strict, int polls) {
    /** Longer than many drivers wait before they give up. */
    public static final int POLLS = 500;

    /** Those that nobody asked to be others. */
    public static final Checks USUAL = new Checks(false, POLLS);
  }
}
