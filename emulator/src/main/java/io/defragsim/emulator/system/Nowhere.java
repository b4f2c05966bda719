package io.defragsim.emulator.system;

import io.defragsim.emulator.model.Fault;
import java.util.Locale;

/** Where nothing is: each access faults, and the fault says what is wrong with its address. */
public final class Nowhere implements Memory {
  /** The core's own registers: the private peripheral bus. */
  private static final long CORE_REGISTERS = 0xE000_0000L;

  private static final long CORE_REGISTERS_END = 0xE010_0000L;

  private final MemoryMap map;
  private final String noPeripheral;

  /** All but what is on a map, where nobody can add peripherals. */
  public Nowhere(MemoryMap map) {
    this(
        map,
        "there are no peripherals here; leave their drivers, and the set-up of clocks and pins, out"
            + " of this build");
  }

  /**
   * All but what is on a map.
   *
   * @param noPeripheral what to say where a peripheral could be, and what to do
   */
  public Nowhere(MemoryMap map, String noPeripheral) {
    this.map = map;
    this.noPeripheral = noPeripheral;
  }

  @Override
  public int read(long address, int bytes) throws AccessFault {
    throw new AccessFault(Fault.Kind.UNMAPPED_ACCESS, address, "load from " + hole(address));
  }

  @Override
  public void write(long address, int bytes, int value) throws AccessFault {
    if (map.flashOffset(address) >= 0) {
      throw new AccessFault(
          Fault.Kind.WRITE_PROTECTED,
          address,
          String.format(Locale.ROOT, "store to flash at 0x%08x", address));
    }
    MemoryMap.Area area = map.area(address);
    throw area != null
        ? new AccessFault(
            Fault.Kind.WRITE_PROTECTED,
            address,
            String.format(Locale.ROOT, "store to %s at 0x%08x", area.name(), address))
        : new AccessFault(Fault.Kind.UNMAPPED_ACCESS, address, "store to " + hole(address));
  }

  @Override
  public int fetch(long address) throws AccessFault {
    throw new AccessFault(
        Fault.Kind.UNMAPPED_FETCH, address, "the program went to " + hole(address));
  }

  @Override
  public boolean waits(long address) {
    return map.waits(address);
  }

  /** Why nothing is mapped at {@code address}, as the end of a sentence for people. */
  private String hole(long address) {
    if (SystemControlSpace.covers(address)) {
      return String.format(
          Locale.ROOT,
          "0x%08x: the system control space is not there for an allocator image, since nothing but"
              + " its functions is measured; exec has it",
          address);
    }
    if (address >= CORE_REGISTERS && address < CORE_REGISTERS_END) {
      return CoreRegisters.describe(address);
    }
    if (address >= 0x4000_0000L && address < 0x6000_0000L) {
      return String.format(Locale.ROOT, "0x%08x: %s", address, noPeripheral);
    }
    if (address >= map.sramEnd() && address < map.sramEnd() + (1 << 20)) {
      return String.format(
          Locale.ROOT,
          "0x%08x, %d bytes above the end of SRAM (0x%08x)",
          address,
          address - map.sramEnd(),
          map.sramEnd());
    }
    if (address < map.sramBase()
        && address >= map.sramBase() - (1 << 20)
        && map.flashOffset(address) < 0) {
      return String.format(
          Locale.ROOT,
          "0x%08x, %d bytes below the start of SRAM (0x%08x)",
          address,
          map.sramBase() - address,
          map.sramBase());
    }
    return String.format(Locale.ROOT, "0x%08x, where nothing is mapped", address);
  }
}
