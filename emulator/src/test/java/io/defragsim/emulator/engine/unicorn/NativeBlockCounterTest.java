package io.defragsim.emulator.engine.unicorn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.defragsim.emulator.engine.unicorn.CounterCorpus.Size;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The native counter is the Java counter, only faster. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class NativeBlockCounterTest {
  private static final Path SOURCES = Path.of("src", "main", "native");

  @TempDir Path folder;

  @Test
  void any_code_runs_alike_with_both_counters() {
    engines(Size.DAILY);
  }

  @Test
  void calls_faults_budgets_snapshots_and_rewritten_code_end_alike_with_both_counters() {
    mcus(Size.DAILY);
  }

  @Test
  void the_shipped_images_calls_take_the_same_cycles_with_both_counters() {
    images(Size.DAILY);
  }

  @Test
  @Tag("campaign")
  void the_whole_corpus_runs_alike_with_both_counters() {
    engines(Size.CAMPAIGN);
    mcus(Size.CAMPAIGN);
    images(Size.CAMPAIGN);
  }

  private static void engines(Size size) {
    requireNative();
    Set<String> kinds = new HashSet<>();
    for (int seed = 0; seed < size.engines(); seed++) {
      List<String> java = CounterCorpus.engine(BlockCounting.JAVA, seed);
      assertThat(CounterCorpus.engine(BlockCounting.NATIVE, seed))
          .as("engine, seed %d", seed)
          .isEqualTo(java);
      java.forEach(
          line -> {
            kinds.add(line.substring(0, line.indexOf('[')));
            if (line.contains("too long")) {
              kinds.add("too long");
            }
          });
    }
    // Else the corpus does not show what it is for.
    assertThat(kinds)
        .contains(
            "Returned", "Breakpoint", "OutOfBudget", "Inexact", "NeedsInterpreter", "too long");
  }

  private static void mcus(Size size) {
    requireNative();
    Set<String> kinds = new HashSet<>();
    for (int seed = 0; seed < size.mcus(); seed++) {
      List<String> java = CounterCorpus.mcu(BlockCounting.JAVA, seed);
      assertThat(CounterCorpus.mcu(BlockCounting.NATIVE, seed))
          .as("Mcu, seed %d", seed)
          .isEqualTo(java);
      java.forEach(line -> kinds.add(line.substring(0, line.indexOf('['))));
    }
    assertThat(kinds).contains("Parked", "Returned", "Faulted", "BudgetExhausted");
  }

  private static void images(Size size) {
    requireNative();
    List<Path> images = CounterCorpus.images();
    assertThat(images).hasSizeGreaterThanOrEqualTo(2);
    for (Path image : images) {
      for (int seed = 0; seed < size.images(); seed++) {
        assertThat(CounterCorpus.image(BlockCounting.NATIVE, image, seed))
            .as("%s, seed %d", image.getFileName(), seed)
            .isEqualTo(CounterCorpus.image(BlockCounting.JAVA, image, seed));
      }
    }
  }

  @Test
  void the_committed_library_works_on_linux_x64() {
    boolean linuxX64 =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");
    assertThat(BlockCounting.here().contains(BlockCounting.NATIVE))
        .as("native counter: %s", NativeLibrary.get().problem())
        .isEqualTo(linuxX64);
  }

  @Test
  void the_committed_library_is_built_from_the_sources_as_they_are() throws IOException {
    String sums = resource("SOURCES.sha256");
    for (String source : List.of("counter.c", "unicorn_api.h", "Makefile")) {
      String sum = NativeLibrary.sha256(Files.readAllBytes(SOURCES.resolve(source)));
      assertThat(sums)
          .as("make -C emulator/src/main/native install was not run after a change of %s", source)
          .contains(sum + "  " + source + "\n");
    }
  }

  @Test
  void a_damaged_library_is_refused() throws IOException {
    byte[] library = NativeLibrary.resource(NativeLibrary.NAME);
    String checksums = resource(NativeLibrary.CHECKSUMS);
    NativeLibrary.verify(library, checksums);
    library[library.length / 2] ^= 1;
    assertThatThrownBy(() -> NativeLibrary.verify(library, checksums))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("checksum");
  }

  @Test
  void a_table_of_costs_smaller_than_flash_is_refused() {
    requireNative();
    MemoryMap map = new MemoryMap(2048, 0x2000_0000L, 1024);
    Core core = new Core(map, new byte[2048], new byte[1024]);
    assertThat(NativeBlockCounter.open(core, CycleModel.cortexM0(1), new FlashCosts(1024)))
        .isNull();
    core.close();
  }

  @Test
  void what_goes_wrong_in_a_call_into_java_ends_the_run_with_an_exception() {
    requireNative();
    MemoryMap map = new MemoryMap(1024, 0x2000_0000L, 1024);
    Core core = new Core(map, new byte[1024], new byte[1024]);
    CycleModel model = CycleModel.cortexM0(1);
    NativeBlockCounter counter =
        new NativeBlockCounter(core, model, new FlashCosts(1024)) {
          @Override
          void block(int at, int size) {
            throw new AssertionError("at " + at);
          }
        };
    assertThat(counter.open()).isTrue();
    core.addHooks(unicorn -> counter.addTo(unicorn, 0, 0xFFFF_FFFFL));
    counter.begin(0x80, 1_000_000);
    core.run(0x80, 0xFFFF_FFFFL);
    assertThat(core.pc()).isEqualTo(0x80);
    assertThatThrownBy(counter::ended).hasMessageContaining("native counter failed");
    core.close();
    counter.close();
  }

  @Test
  @Tag("campaign") // two processes with the whole corpus
  void a_library_built_here_gives_the_results_of_the_committed_one() throws Exception {
    requireNative();
    String javaHome = System.getProperty("java.home");
    requireTool(
        runs("make", "--version")
            && runs("gcc", "--version")
            && Files.exists(Path.of(javaHome, "include", "jni.h")),
        "make, gcc or jni.h");
    run(
        List.of(
            "make",
            "-s",
            "-C",
            SOURCES.toString(),
            "OUT=" + folder.toAbsolutePath(),
            "JAVA_HOME=" + javaHome));
    // Another compiler may give other bytes, so what it does is compared, not what it is.
    Path built = folder.resolve(NativeLibrary.NAME);
    String committed = corpus(List.of());
    String local = corpus(List.of("-D" + NativeLibrary.FILE_PROPERTY + "=" + built));
    assertThat(local).hasSize(64).isEqualTo(committed);
  }

  private static String corpus(List<String> options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(options);
    command.add("-Ddefragsim.root=" + System.getProperty("defragsim.root"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(CounterCorpus.class.getName(), BlockCounting.NATIVE.name()));
    return run(command).strip();
  }

  private static String run(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
      return text;
    }
  }

  private static boolean runs(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String resource(String name) throws IOException {
    return new String(NativeLibrary.resource(name), StandardCharsets.US_ASCII);
  }

  private static void requireNative() {
    assumeTrue(
        BlockCounting.here().contains(BlockCounting.NATIVE),
        "there is a native counter for Linux x64 alone");
  }

  private static void requireTool(boolean present, String what) {
    if (!present && Boolean.getBoolean("defragsim.requireTools")) {
      throw new AssertionError(what + " is not installed");
    }
    assumeTrue(present, what + " is not installed");
  }
}
