package io.defragsim.emulator.bound;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.LoopBound;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.isa.Assembler;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A program in assembly with labels and loop bounds. Statements end with a semicolon, a colon or
 * the line:
 *
 * <ul>
 *   <li>{@code name:} names a place, {@code function name:} a function; branches and BL may go to
 *       either, forwards and backwards
 *   <li>{@code @8} is the bound 8 at the next instruction, in a line of its own; {@code @2+16} is 2
 *       and a run for each 16 bytes begun; {@code @8 line 5} gives the line, so that places can
 *       share it
 *   <li>anything else is an instruction as {@link Assembler} reads it
 * </ul>
 */
final class Listing {
  static final McuConfig CONFIG =
      new McuConfig("test", 16_000_000, 16_000_000, 32, 16 * 1024, 0x2000_0000L, 4096);

  private static final int CODE = 0x100;
  private static final Assembler ASSEMBLER = new Assembler();
  private static final Pattern BOUND = Pattern.compile("@(\\d+)(?:\\+(\\d+))?(?: line (\\d+))?");
  private static final Pattern BRANCH = Pattern.compile("(b\\w*) (\\w+)");

  private final Map<String, Integer> labels = new LinkedHashMap<>();
  private final Map<String, Long> functions = new LinkedHashMap<>();
  private final List<LoopBound> bounds = new ArrayList<>();
  private final byte[] code;

  Listing(String source) {
    List<String> statements = new ArrayList<>();
    for (String line : source.replace(":", ":;").split("[;\\n]", -1)) {
      if (!line.isBlank()) {
        statements.add(line.strip());
      }
    }
    assemble(statements); // finds the labels
    functions.clear();
    bounds.clear();
    code = assemble(statements);
  }

  private byte[] assemble(List<String> statements) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int line = 1000;
    for (String statement : statements) {
      int at = CODE + out.size();
      Matcher bound = BOUND.matcher(statement);
      Matcher branch = BRANCH.matcher(statement);
      line++;
      if (statement.endsWith(":")) {
        String name = statement.substring(0, statement.length() - 1);
        if (name.startsWith("function ")) {
          name = name.substring("function ".length());
          functions.put(name, (long) at);
        }
        labels.put(name, at);
      } else if (bound.matches()) {
        bounds.add(
            new LoopBound(
                at,
                Long.parseLong(bound.group(1)),
                bound.group(2) == null ? 0 : Long.parseLong(bound.group(2)),
                bound.group(3) == null ? line : Long.parseLong(bound.group(3)),
                ""));
      } else if (branch.matches() && !branch.group(2).matches("lr|r\\d+")) {
        int distance = labels.getOrDefault(branch.group(2), at + 4) - at;
        String target = (distance < 0 ? "." : ".+") + distance;
        out.writeBytes(ASSEMBLER.assemble(branch.group(1) + " " + target));
      } else {
        out.writeBytes(ASSEMBLER.assemble(statement));
      }
    }
    return out.toByteArray();
  }

  FirmwareImage image() {
    ByteBuffer flash = ByteBuffer.allocate(CODE + code.length).order(ByteOrder.LITTLE_ENDIAN);
    flash.putInt(0, 0x2000_1000).putInt(4, 0x41).putShort(0x40, (short) 0xBE00);
    System.arraycopy(code, 0, flash.array(), CODE, code.length);
    return RawImage.of("test", 0, flash.array(), functions, bounds);
  }

  /** A strict Mcu with this program, parked. */
  Mcu mcu(@Nullable InstructionListener listener) {
    return mcu(listener, 0);
  }

  Mcu mcu(@Nullable InstructionListener listener, int waitStates) {
    Mcu mcu = Mcu.create(CONFIG.withWaitStates(waitStates), image(), Strictness.STRICT, List.of());
    if (!(mcu.reset(1000) instanceof Outcome.Parked)) {
      throw new IllegalStateException("the program does not park");
    }
    mcu.listen(listener);
    return mcu;
  }

  /** The cycles of one call. */
  long run(String function, int... arguments) {
    try (Mcu mcu = mcu(null)) {
      return run(mcu, function, arguments);
    }
  }

  static long run(Mcu mcu, String function, int... arguments) {
    Outcome outcome =
        mcu.call(mcu.image().function(function).orElseThrow(), 100_000_000, arguments);
    if (outcome instanceof Outcome.Returned returned) {
      return returned.cycles();
    }
    throw new IllegalStateException(outcome.toString());
  }
}
