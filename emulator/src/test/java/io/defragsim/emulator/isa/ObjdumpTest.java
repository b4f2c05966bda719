package io.defragsim.emulator.isa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disassembler against that of the Arm toolchain, where it is installed. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ObjdumpTest {
  private static final String TOOL = "arm-none-eabi-objdump";
  private static final Pattern LINE = Pattern.compile("\\s*([0-9a-f]+):\t([0-9a-f ]+)\t(.*)");

  private static final String UNDEFINED = "<undefined>";

  /** What other Arm cores make of 16-bit encodings that ARMv6-M leaves undefined. */
  private static final Set<String> NOT_ARMV6M =
      Set.of("cbz", "cbnz", "setend", "setpan", "hlt", "udf", UNDEFINED);

  /** Where objdump spells an instruction another way than the architecture manual. */
  private static final Map<Pattern, String> SPELLINGS =
      Map.ofEntries(
          spelling("\\bsl\\b", "r10"),
          spelling("\\bfp\\b", "r11"),
          spelling("\\bip\\b", "r12"),
          spelling("^(b\\w*)\\.n", "$1"),
          spelling("^(ld|st)mia", "$1m"),
          spelling("^negs (r.), (r.)$", "rsbs $1, $2, #0"),
          spelling("^muls (r.), (r.)$", "muls $1, $2, $1"),
          spelling("^(svc|udf) (\\d+)", "$1 #$2"),
          spelling("^sevl$", "nop {5}"),
          spelling("\\bcpsr(_f)?\\b", "apsr"),
          spelling("\\bpsr\\b", "xpsr"));

  @TempDir Path folder;

  @Test
  void every_16_bit_encoding_reads_as_objdump_reads_it() throws Exception {
    // IT changes how the instructions behind it read, so a NOP stands in for it.
    short[] code = new short[0xE800];
    for (int halfword = 0; halfword < code.length; halfword++) {
      boolean it = halfword >= 0xBF00 && halfword <= 0xBFFF && halfword % 16 != 0;
      code[halfword] = (short) (it ? 0xBF00 : halfword);
    }
    Map<Integer, String> listing = disassemble(code);

    List<String> differences = new ArrayList<>();
    for (int halfword = 0; halfword < code.length; halfword++) {
      Decoded decoded = Armv6m.decode(code[halfword], 0);
      String theirs = ours(listing.getOrDefault(halfword * 2, "nothing"));
      String mnemonic = theirs.split(" ", 2)[0];
      boolean same;
      if (decoded instanceof Instruction instruction) {
        // 46c0 was the NOP of the days before there was one.
        String ours = halfword == 0x46C0 ? "nop" : instruction.toString(halfword * 2L);
        same = theirs.equals(ours);
      } else if (decoded instanceof Unpredictable unpredictable) {
        // objdump follows later architectures here: BXNS, undefined, or as if it were fine.
        String ours = unpredictable.form().mnemonic();
        same = mnemonic.equals(UNDEFINED) || mnemonic.startsWith(ours);
      } else {
        same = NOT_ARMV6M.contains(mnemonic);
      }
      if (!same) {
        differences.add(String.format("%04x: %s, objdump: %s", halfword, decoded, theirs));
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void the_32_bit_instructions_read_as_objdump_reads_them() throws Exception {
    long seed = 20261123;
    Random random = new Random(seed);
    List<Integer> encodings = new ArrayList<>();
    for (int n = 0; n < 20_000; n++) {
      encodings.add(0xF000D000 | (random.nextInt() & 0x07FF2FFF));
    }
    for (int register = 0; register < 15; register++) {
      for (SpecialRegister special : SpecialRegister.values()) {
        if (register != 13) {
          encodings.add(0xF3808800 | (register << 16) | special.sysm());
          encodings.add(0xF3EF8000 | (register << 8) | special.sysm());
        }
      }
    }
    encodings.addAll(List.of(0xF3BF8F4F, 0xF3BF8F5F, 0xF3BF8F6F));
    short[] code = new short[encodings.size() * 2];
    for (int n = 0; n < encodings.size(); n++) {
      code[2 * n] = (short) (encodings.get(n) >>> 16);
      code[2 * n + 1] = (short) (int) encodings.get(n);
    }
    Map<Integer, String> listing = disassemble(code);

    for (int n = 0; n < encodings.size(); n++) {
      Decoded decoded = Armv6m.decode(code[2 * n], code[2 * n + 1]);
      assertThat(decoded).isInstanceOf(Instruction.class);
      assertThat(((Instruction) decoded).toString(4L * n))
          .as("%08x, seed %d", encodings.get(n), seed)
          .isEqualTo(ours(listing.getOrDefault(4 * n, "nothing")));
    }
  }

  private static Map.Entry<Pattern, String> spelling(String theirs, String ours) {
    return Map.entry(Pattern.compile(theirs), ours);
  }

  /** What objdump says, in our spelling. */
  private static String ours(String theirs) {
    String text = theirs.toLowerCase(Locale.ROOT).replace('\t', ' ');
    if (text.contains(UNDEFINED)) {
      return UNDEFINED;
    }
    text = text.replaceFirst("\\s*[@;].*", "").strip();
    for (Map.Entry<Pattern, String> spelling : SPELLINGS.entrySet()) {
      text = spelling.getKey().matcher(text).replaceAll(spelling.getValue());
    }
    Matcher breakpoint = Pattern.compile("bkpt 0x(\\w+)").matcher(text);
    if (breakpoint.matches()) {
      return "bkpt #" + Integer.parseInt(breakpoint.group(1), 16);
    }
    Matcher branch = Pattern.compile("(b\\w*) 0x(\\w+)").matcher(text);
    if (branch.matches()) {
      return String.format("%s 0x%08x", branch.group(1), Long.parseLong(branch.group(2), 16));
    }
    return text;
  }

  /** Address to text of the code as if it stood at address 0. */
  private Map<Integer, String> disassemble(short[] code) throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(code.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(code);
    Path binary = Files.write(folder.resolve("code.bin"), bytes.array());
    Path listing = folder.resolve("code.txt");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  TOOL, "-b", "binary", "-m", "arm", "-M", "force-thumb", "-D", "-z", "" + binary)
              .redirectErrorStream(true)
              .redirectOutput(listing.toFile())
              .start();
    } catch (IOException e) {
      if (Boolean.getBoolean("defragsim.requireTools")) {
        throw new AssertionError(TOOL + " is required here but cannot be run", e);
      }
      return abort(TOOL + " is not installed; the tables were not compared with it");
    }
    assertThat(process.waitFor()).as("exit status of %s", TOOL).isZero();
    Map<Integer, String> lines = new HashMap<>();
    for (String line : Files.readAllLines(listing)) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        lines.put(Integer.parseInt(matcher.group(1), 16), matcher.group(3));
      }
    }
    return lines;
  }
}
