package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the library offers besides its functions: scoped locks, hooks, the debug mode. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class HooksTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gcc", "clang-16"})
  void scoped_locks_unlock_on_every_way_out(String compiler)
      throws IOException, InterruptedException {
    Toolchain.needs("make", compiler);
    String output = Toolchain.make(Toolchain.FIRMWARE, folder, "CC_HOST=" + compiler, "users-test");
    assertThat(output).contains("ok: every way out of a scope unlocks", "ok: every error has");
  }

  @Test
  void moving_all_blocks_after_each_operation_finds_stale_pointers_and_keeps_the_content()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    String output = Toolchain.make(Toolchain.FIRMWARE, folder, "SEED=3", "debug-test");
    System.out.println(output);
    assertThat(output)
        .contains(
            "seed 3",
            "ok: a pointer that is used after unlock reads the fill",
            "ok: asserts find what no answer tells",
            "ok: random operations agree with a model");
  }

  /** The code with its asserts cut out and no inner functions, against the code as it is. */
  @ParameterizedTest
  @ValueSource(strings = {"-O2", "-Os"})
  void hooks_that_are_not_given_cost_nothing(String optimization)
      throws IOException, InterruptedException {
    Toolchain.needs("arm-none-eabi-gcc", "arm-none-eabi-objcopy");
    Path source = Toolchain.FIRMWARE.resolve("src/defrag.c");
    Path without = Files.createDirectories(folder.resolve("defrag")).resolveSibling("defrag.c");
    long lines = 0;
    for (Path file : Toolchain.librarySources()) {
      String code = Files.readString(file);
      String cut =
          code.lines()
              .filter(line -> !line.startsWith("  DEFRAG_ASSERT("))
              .map(line -> line.replaceAll("^OPERATION\\((\\w+)\\)", "DEFRAG_API int32_t $1"))
              .collect(Collectors.joining("\n", "", "\n"));
      lines += code.lines().count() - cut.lines().count();
      Path copy = folder.resolve(Toolchain.FIRMWARE.resolve("src").relativize(file).toString());
      Files.writeString(copy, cut);
    }
    assertThat(lines).isGreaterThan(5);
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
