package io.defragsim.emulator;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.RawImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Builds a small image from halfwords: a vector table, a reset handler at 0x40 that parks, and
 * functions one after the other from 0x80 on, each 4-aligned.
 */
public final class Program {
  private static final int RESET = 0x40;
  private static final int FUNCTIONS = 0x80;

  private final byte[] bytes;
  private int length = FUNCTIONS;
  private final Map<String, Long> symbols = new LinkedHashMap<>();

  public Program() {
    this(16 * 1024);
  }

  public Program(int mostBytes) {
    bytes = new byte[mostBytes];
    word(0, 0x2000_1000);
    word(4, RESET | 1);
    reset(0xBE00);
    symbols.put("reset", (long) RESET);
  }

  /** Replaces the reset handler, at most 32 halfwords. */
  public Program reset(int... halfwords) {
    put(RESET, halfwords);
    return this;
  }

  /** Sets a vector. */
  public Program word(int offset, int value) {
    put(offset, value & 0xFFFF, value >>> 16);
    return this;
  }

  /** Puts a function behind those before it. */
  public Program function(String name, int... halfwords) {
    return functionAt(length, name, halfwords);
  }

  /** Puts a function at an address in flash, behind those before it. */
  public Program functionAt(int address, String name, int... halfwords) {
    symbols.put(name, (long) address);
    put(address, halfwords);
    length = (address + 2 * halfwords.length + 3) & ~3;
    return this;
  }

  private void put(int at, int... halfwords) {
    for (int i = 0; i < halfwords.length; i++) {
      bytes[at + 2 * i] = (byte) halfwords[i];
      bytes[at + 2 * i + 1] = (byte) (halfwords[i] >>> 8);
    }
  }

  public FirmwareImage image() {
    return RawImage.of("test", 0, java.util.Arrays.copyOf(bytes, length), symbols, List.of());
  }

  /** 16 KiB flash, 4 KiB SRAM at 0x20000000, multiplier of 32 cycles. */
  public static McuConfig config() {
    return new McuConfig("test", 16_000_000, 16_000_000, 32, 16 * 1024, 0x2000_0000L, 4096);
  }

  /** An Mcu as strict as the system property {@code defragsim.test.strict} says. */
  public static Mcu mcu(McuConfig config, FirmwareImage image) {
    return Boolean.getBoolean("defragsim.test.strict")
        ? Mcu.create(config, image, Strictness.STRICT, List.of())
        : Mcu.create(config, image, Strictness.NORMAL, List.of());
  }

  /** An Mcu with this program, parked. */
  public Mcu parked() {
    Mcu mcu = mcu(config(), image());
    Outcome outcome = mcu.reset(1_000_000);
    if (!(outcome instanceof Outcome.Parked)) {
      throw new IllegalStateException(outcome.toString());
    }
    return mcu;
  }

  /** Calls a function of the image by name, with a budget of a million cycles. */
  public static Outcome call(Mcu mcu, String function, int... arguments) {
    return mcu.call(mcu.image().function(function).orElseThrow(), 1_000_000, arguments);
  }
}
