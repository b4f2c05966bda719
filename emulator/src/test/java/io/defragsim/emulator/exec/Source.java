package io.defragsim.emulator.exec;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.isa.Assembler;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program in assembly: functions one after the other from 0x100 on, each 16-aligned, the first
 * one being what runs at reset. SP starts at 0x20001000. Branches may name functions that come
 * before.
 */
final class Source {
  static final int SRAM = 0x2000_0000;

  /** A place in flash that {@link #of} leaves alone. */
  static final int FREE = 0x600;

  private static final int CONSTANTS = 0x480;
  private static final Assembler ASSEMBLER = new Assembler();
  private static final Pattern SEPARATOR = Pattern.compile("\\s*;\\s*");
  private static final Pattern BRANCH = Pattern.compile("^(b\\w*) (\\w+)$");

  private final long base;
  private final byte[] flash = new byte[4096];
  private final Map<String, Long> functions = new LinkedHashMap<>();
  private int next = 0x100;

  Source() {
    this(0);
  }

  /**
   * @param base where flash is
   */
  Source(long base) {
    this.base = base;
    word(0, SRAM + 0x1000);
  }

  /**
   * One whose function {@code main} runs at reset, and whose low registers hold constants then,
   * from R0 on.
   *
   * @param source what it does with them
   */
  static Source of(String source, int... constants) {
    return at(0, source, constants);
  }

  /** The same at another base. */
  static Source at(long base, String source, int... constants) {
    StringBuilder code = new StringBuilder();
    Source program = new Source(base);
    for (int i = 0; i < constants.length; i++) {
      int pc = (0x100 + 2 * i + 4) & ~3;
      code.append("ldr r").append(i).append(", [pc, #");
      code.append(CONSTANTS + 4 * i - pc).append("]; ");
      program.word(CONSTANTS + 4 * i, constants[i]);
    }
    return program.function("main", code + source).reset("main");
  }

  /** Sets a word of flash. */
  Source word(int offset, int value) {
    for (int i = 0; i < 4; i++) {
      flash[offset + i] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  /** Puts text and a NUL into flash. */
  Source text(int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, flash, offset, bytes.length);
    return this;
  }

  /** Puts code that is no function into flash. */
  Source code(int offset, String source) {
    byte[] bytes = ASSEMBLER.assemble(source);
    System.arraycopy(bytes, 0, flash, offset, bytes.length);
    return this;
  }

  /** Makes what stands at an offset in flash the handler of an exception. */
  Source handler(int exception, int offset) {
    return word(4 * exception, offset | 1);
  }

  /** Puts a function behind those before it. */
  Source function(String name, String source) {
    int at = next;
    for (String line : SEPARATOR.split(source.strip(), -1)) {
      byte[] bytes = ASSEMBLER.assemble(resolved(line, at));
      System.arraycopy(bytes, 0, flash, at, bytes.length);
      at += bytes.length;
    }
    functions.put(name, base + next);
    next = (at + 15) & ~15;
    return this;
  }

  private String resolved(String line, int at) {
    Matcher branch = BRANCH.matcher(line);
    if (branch.matches() && functions.containsKey(branch.group(2))) {
      long distance = address(branch.group(2)) - base - at;
      return branch.group(1) + " ." + (distance < 0 ? "" : "+") + distance;
    }
    return line;
  }

  /** Makes a function run at reset. */
  Source reset(String function) {
    return handler(1, function);
  }

  /** Makes a function the handler of an exception. */
  Source handler(int exception, String function) {
    return word(4 * exception, address(function) | 1);
  }

  private int address(String function) {
    return Objects.requireNonNull(functions.get(function)).intValue();
  }

  /** The first bytes of flash. */
  byte[] flash(int bytes) {
    return Arrays.copyOf(flash, bytes);
  }

  FirmwareImage image() {
    return RawImage.of(
        "test", base, Arrays.copyOf(flash, Math.max(next, 0x800)), functions, List.of());
  }

  Program program() {
    FirmwareImage image = image();
    return Program.load(
        new McuConfig(
            "test",
            1000,
            1000,
            32,
            Layout.of(image, Layout.Known.NOTHING).map().flashBytes(),
            SRAM,
            Layout.of(image, Layout.Known.NOTHING).map().sramBytes()),
        image);
  }

  /** Runs it with a budget of 100,000 cycles. */
  ExecutionResult run() {
    return new Execution(program(), Console.NONE, Long.MAX_VALUE).run(100_000);
  }
}
