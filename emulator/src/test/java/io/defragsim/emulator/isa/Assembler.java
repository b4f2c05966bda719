package io.defragsim.emulator.isa;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Assembles what {@link Instruction#toString()} prints, by looking it up: for programs in tests.
 * Branch targets are relative ({@code b .+4}). Where two encodings read the same, the lower one is
 * taken.
 */
public final class Assembler {
  private static final Pattern SEPARATOR = Pattern.compile("\\s*;\\s*");

  private final Map<String, Integer> narrow = new HashMap<>();
  private final Map<String, Integer> wide = new HashMap<>();

  public Assembler() {
    for (int halfword = 0; halfword < 0xE800; halfword++) {
      if (Armv6m.decode(halfword, 0) instanceof Instruction instruction) {
        narrow.putIfAbsent(instruction.toString(), halfword);
      }
    }
    for (int operand = 0; operand < 256; operand++) {
      for (int register = 0; register < 16; register++) {
        addWide(0xF3808800 | (register << 16) | operand);
        addWide(0xF3EF8000 | (register << 8) | operand);
      }
      addWide(0xF3BF8F00 | operand);
      addWide(0xF000F800 | operand); // bl forwards
      addWide(0xF7FFFF00 | operand); // bl backwards
    }
  }

  private void addWide(int encoding) {
    if (Armv6m.decode(encoding >>> 16, encoding) instanceof Instruction instruction) {
      wide.putIfAbsent(instruction.toString(), encoding);
    }
  }

  /**
   * The instructions of {@code source}, which semicolons separate.
   *
   * @throws IllegalArgumentException if one is unknown
   */
  public List<Instruction> instructions(String source) {
    List<Instruction> instructions = new ArrayList<>();
    for (String line : SEPARATOR.split(source.strip(), -1)) {
      Integer encoding = narrow.get(line);
      Decoded decoded;
      if (encoding != null) {
        decoded = Armv6m.decode(encoding, 0);
      } else {
        encoding = wide.get(line);
        if (encoding == null) {
          throw new IllegalArgumentException("no such instruction: " + line);
        }
        decoded = Armv6m.decode(encoding >>> 16, encoding);
      }
      instructions.add((Instruction) decoded);
    }
    return instructions;
  }

  /** The bytes of {@code source}, little-endian. */
  public byte[] assemble(String source) {
    List<Instruction> instructions = instructions(source);
    int length = instructions.stream().mapToInt(Instruction::bytes).sum();
    ByteBuffer code = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    for (Instruction instruction : instructions) {
      if (instruction.bytes() == 4) {
        code.putShort((short) (instruction.encoding() >>> 16));
      }
      code.putShort((short) instruction.encoding());
    }
    return code.array();
  }
}
