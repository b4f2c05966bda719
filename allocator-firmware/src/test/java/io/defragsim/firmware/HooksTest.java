package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the library offers besides its functions: scoped locks, hooks, the debug mode. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class HooksTest {

  private static final Pattern HOOK =
      Pattern.compile("^ +(DEFRAG_ASSERT\\(|DEFRAG_TRACE\\(|uint32_t was_busy = enter\\()");

  @TempDir Path folder;

  @Test
  void scoped_locks_unlock_on_every_way_out() throws IOException, InterruptedException {
    scopedLocksUnlock("gcc");
  }

  @Test
  @Tag("campaign")
  void so_they_do_with_clang() throws IOException, InterruptedException {
    scopedLocksUnlock("clang-16");
  }

  private void scopedLocksUnlock(String compiler) throws IOException, InterruptedException {
    Toolchain.needs("make", compiler);
    String output = Toolchain.make(Toolchain.FIRMWARE, folder, "CC_HOST=" + compiler, "users-test");
    assertThat(output).contains("ok: every way out of a scope unlocks", "ok: every error has");
  }

  @Test
  void moving_all_blocks_after_each_operation_finds_stale_pointers_and_keeps_the_content()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    movingAllBlocksFindsStalePointers("SEED=3");
  }

  @Test
  @Tag("campaign") // the same, four times the rounds
  void it_does_so_however_long_it_tries() throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    movingAllBlocksFindsStalePointers("SEED=3", "THOROUGHNESS=4");
  }

  private void movingAllBlocksFindsStalePointers(String... settings)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(settings));
    words.add("debug-test");
    String output = Toolchain.make(Toolchain.FIRMWARE, folder, words.toArray(String[]::new));
    System.out.println(output);
    assertThat(output)
        .contains(
            "seed 3",
            "ok: a pointer that is used after unlock reads the fill",
            "ok: asserts find what no answer tells",
            "ok: random operations agree with a model");
  }

  /** The code as it is, against the code with its asserts and all calls of hooks cut out. */
  @Test
  void hooks_that_are_not_given_cost_nothing() throws IOException, InterruptedException {
    hooksCostNothing("-O2");
  }

  @Test
  @Tag("campaign")
  void nor_do_they_in_code_for_size() throws IOException, InterruptedException {
    hooksCostNothing("-Os");
  }

  private void hooksCostNothing(String optimization) throws IOException, InterruptedException {
    Toolchain.needs("arm-none-eabi-gcc", "arm-none-eabi-objcopy");
    Path source = Toolchain.FIRMWARE.resolve("src/defrag.c");
    Path without = Files.createDirectories(folder.resolve("defrag")).resolveSibling("defrag.c");
    long lines = 0;
    for (Path file : Toolchain.librarySources()) {
      String code = Files.readString(file);
      String cut =
          code.lines()
              .filter(line -> !HOOK.matcher(line).find())
              .map(line -> line.replaceAll("leave\\(pool, was_busy, [^,]+, (.*)\\);", "$1;"))
              .collect(Collectors.joining("\n", "", "\n"));
      lines += code.lines().count() - cut.lines().count();
      Path copy = folder.resolve(Toolchain.FIRMWARE.resolve("src").relativize(file).toString());
      Files.writeString(copy, cut);
    }
    assertThat(lines).isGreaterThan(50);
    assertThat(code(source, optimization)).isEqualTo(code(without, optimization)).isNotEmpty();
  }

  private byte[] code(Path source, String optimization) throws IOException, InterruptedException {
    succeeds(
        "arm-none-eabi-gcc",
        "-mcpu=cortex-m0",
        "-mthumb",
        "-std=c11",
        "-ffreestanding",
        optimization,
        "-I" + Toolchain.FIRMWARE.resolve("include"),
        "-c",
        source.toString(),
        "-o",
        "code.o");
    succeeds("arm-none-eabi-objcopy", "-O", "binary", "-j", ".text", "code.o", "code.bin");
    return Files.readAllBytes(folder.resolve("code.bin"));
  }

  private void succeeds(String... command) throws IOException, InterruptedException {
    Toolchain.Result result = Toolchain.run(folder, command);
    assertThat(result.status()).as(result.output()).isZero();
  }
}
