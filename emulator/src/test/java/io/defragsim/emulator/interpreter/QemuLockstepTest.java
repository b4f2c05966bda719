package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.system.ExceptionFlow;
import io.defragsim.emulator.system.ExceptionNumber;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Exceptions against an implementation of others: QEMU's micro:bit, a Cortex-M0 with 256 KiB of
 * flash and 16 KiB of SRAM, runs the same programs, and what they tell of themselves must be equal,
 * word for word. QEMU does not know cycles, so none are compared.
 *
 * <p>{@code -Ddefragsim.qemu.programs=100} runs more, {@code -Ddefragsim.qemu.seed} another seed or
 * one that failed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class QemuLockstepTest {
  private static final String QEMU = "qemu-system-arm";
  private static final int PROGRAMS = Integer.getInteger("defragsim.qemu.programs", 6);
  private static final long SEED = Long.getLong("defragsim.qemu.seed", 20261124L);
  private static final int ROUNDS = 200;
  private static final int DUMP_WORDS = RandomExceptions.DUMP_BYTES / 4;
  private static final long BUDGET = 100_000_000;
  private static final Set<Integer> EXC_RETURNS =
      Set.of(
          ExceptionFlow.RETURN_TO_HANDLER,
          ExceptionFlow.RETURN_TO_THREAD_MAIN,
          ExceptionFlow.RETURN_TO_THREAD_PROCESS);

  @TempDir Path folder;

  private final Set<Form> forms = EnumSet.noneOf(Form.class);
  private final Set<RandomExceptions.Action> actions =
      EnumSet.noneOf(RandomExceptions.Action.class);
  private final Set<Integer> handled = new TreeSet<>();
  private final Set<Integer> returns = new TreeSet<>();
  private long instructions;
  private long entries;
  private long faults;

  @Test
  @Tag("campaign")
  void random_programs_of_exceptions_do_the_same_in_qemu() throws Exception {
    for (int i = 0; i < PROGRAMS; i++) {
      same(SEED + i);
    }
    System.out.printf(
        "%d programs from seed %d, as in QEMU: %,d instructions, %,d handlers, %,d faults%n",
        PROGRAMS, SEED, instructions, entries, faults);
    if (PROGRAMS > 1) {
      assertThat(actions).as("actions").hasSameSizeAs(RandomExceptions.Action.values());
      assertThat(returns).as("values of EXC_RETURN").isEqualTo(new TreeSet<>(EXC_RETURNS));
      assertThat(handled).as("exceptions handled").hasSize(ExceptionNumber.END - 16 + 5);
      assertThat(forms)
          .as("forms of instructions")
          .hasSizeGreaterThan(Form.values().length * 4 / 5);
      assertThat(entries).as("handlers").isGreaterThan(5L * PROGRAMS * ROUNDS);
      assertThat(faults).as("faults").isGreaterThan((long) PROGRAMS * ROUNDS);
    }
  }

  private void same(long seed) throws IOException, InterruptedException {
    byte[] flash = RandomExceptions.program(new SplittableRandom(seed), ROUNDS, forms, actions);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ExecutionResult result = execute(flash, out);
    assertThat(result.ending())
        .as("seed %d", seed)
        .isInstanceOfSatisfying(Ending.Exited.class, exit -> assertThat(exit.code()).isZero());
    IntBuffer ours = words(out.toByteArray());
    IntBuffer theirs = words(qemu(flash));
    int at = ours.mismatch(theirs);
    assertThat(at).as(() -> difference(seed, at, ours, theirs)).isNegative();
    assertThat(ours.capacity()).isEqualTo(ROUNDS * DUMP_WORDS);
    instructions += result.instructions();
    faults += result.faultCount();
    for (int round = 0; round < ROUNDS; round++) {
      log(ours.slice(round * DUMP_WORDS, DUMP_WORDS));
    }
  }

  /** Counts what handlers have noted: EXC_RETURN, the frame's address, its PC and xPSR, IPSR. */
  private void log(IntBuffer sram) {
    int end = sram.get(RandomExceptions.LOG_END_OFFSET / 4) - 0x2000_0000;
    for (int at = RandomExceptions.LOG_OFFSET / 4; at < end / 4; at++) {
      if (EXC_RETURNS.contains(sram.get(at))) {
        entries++;
        returns.add(sram.get(at));
        handled.add(sram.get(at + 4));
      }
    }
  }

  private static String difference(long seed, int at, IntBuffer ours, IntBuffer theirs) {
    if (at < 0) {
      return "seed " + seed;
    }
    StringBuilder text = new StringBuilder();
    text.append(String.format("seed %d, round %d of %d:%n", seed, at / DUMP_WORDS, ROUNDS));
    int end = Math.min(ours.capacity(), theirs.capacity());
    end = Math.min(end, (at / DUMP_WORDS + 1) * DUMP_WORDS);
    int shown = 0;
    for (int word = at; word < end && shown < 24; word++) {
      if (ours.get(word) != theirs.get(word)) {
        text.append(
            String.format(
                "0x%08x: 0x%08x, in QEMU 0x%08x%n",
                0x2000_0000 + 4 * (word % DUMP_WORDS), ours.get(word), theirs.get(word)));
        shown++;
      }
    }
    if (shown == 0) {
      text.append(String.format("%d words, in QEMU %d", ours.capacity(), theirs.capacity()));
    }
    return text.toString();
  }

  private static IntBuffer words(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
  }

  private static ExecutionResult execute(byte[] flash, ByteArrayOutputStream out) {
    McuConfig part =
        new McuConfig(
            "microbit",
            16_000_000,
            16_000_000,
            1,
            RandomExceptions.FLASH_BYTES,
            Layout.SRAM_BASE,
            RandomExceptions.SRAM_BYTES);
    Program program = Program.load(part, RawImage.of("random", 0, flash, Map.of(), List.of()));
    return new Execution(program, (bytes, error) -> out.writeBytes(bytes), Long.MAX_VALUE)
        .run(BUDGET);
  }

  /** What the program writes in QEMU, which takes interrupts between any two instructions. */
  private byte[] qemu(byte[] flash) throws IOException, InterruptedException {
    Path binary = Files.write(folder.resolve("program.bin"), flash);
    Path output = folder.resolve("output");
    Path log = folder.resolve("log");
    List<String> command = new ArrayList<>(List.of(QEMU, "-M", "microbit", "-nodefaults"));
    command.addAll(List.of("-display", "none", "-singlestep", "-semihosting"));
    command.addAll(List.of("-kernel", binary.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    Process process;
    try {
      process = builder.redirectOutput(output.toFile()).redirectError(log.toFile()).start();
    } catch (IOException e) {
      if (Boolean.getBoolean("defragsim.requireTools")) {
        throw new AssertionError(QEMU + " is required here but cannot be run", e);
      }
      return abort(QEMU + " is not installed; exceptions were not compared with it");
    }
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("QEMU has ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(() -> "QEMU: " + readable(log)).isZero();
    return Files.readAllBytes(output);
  }

  private static String readable(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
