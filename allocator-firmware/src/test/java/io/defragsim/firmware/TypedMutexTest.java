package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the macros over a block of a type refuse to compile. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class TypedMutexTest {

  @TempDir Path folder;

  @Test
  void a_type_that_needs_more_than_the_alignment_of_blocks_does_not_compile()
      throws IOException, InterruptedException {
    refuses("gcc -std=c11");
  }

  @ParameterizedTest
  @Tag("campaign")
  @ValueSource(
      strings = {
        "clang-16 -std=c11",
        "arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -std=c11 -ffreestanding",
        "g++ -std=c++17 -x c++ -Wno-missing-field-initializers"
      })
  void nor_with_other_compilers(String compiler) throws IOException, InterruptedException {
    refuses(compiler);
  }

  private void refuses(String compiler) throws IOException, InterruptedException {
    Toolchain.needs(compiler.split(" ", 2)[0]);
    assertThat(compile(compiler, 0)).isEqualTo(new Toolchain.Result(0, ""));
    for (int mistake = 1; mistake <= 4; mistake++) {
      Toolchain.Result result = compile(compiler, mistake);
      assertThat(result.status()).as("mistake " + mistake).isNotZero();
      assertThat(result.output()).contains("blocks are aligned to 8, and this type needs more");
    }
  }

  private Toolchain.Result compile(String compiler, int mistake)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(Arrays.asList(compiler.split(" ")));
    command.addAll(
        List.of("-pedantic", "-fsyntax-only", "-Wall", "-Wextra", "-Wshadow", "-Wconversion"));
    command.addAll(
        List.of(
            "-Werror",
            "-DMISTAKE=" + mistake,
            "-I" + Toolchain.FIRMWARE.resolve("include"),
            Toolchain.FIRMWARE.resolve("test/users/refused.c").toString()));
    return Toolchain.run(folder, command.toArray(String[]::new));
  }
}
