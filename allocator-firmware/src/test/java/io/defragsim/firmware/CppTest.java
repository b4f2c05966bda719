package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The C++ header {@code include/defrag/defrag.hpp}: what it does, and what it refuses. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CppTest {
  private static final Path REFUSED = Toolchain.FIRMWARE.resolve("test/cpp/refused.cpp");

  @TempDir Path folder;

  @Test
  void mutexes_and_guards_pass_their_tests_under_sanitizers()
      throws IOException, InterruptedException {
    mutexesAndGuardsPass("gcc", "g++");
  }

  @Test
  @Tag("campaign")
  void so_they_do_with_clang() throws IOException, InterruptedException {
    mutexesAndGuardsPass("clang-16", "clang++-16");
  }

  private void mutexesAndGuardsPass(String c, String cpp) throws IOException, InterruptedException {
    Toolchain.needs("make", c, cpp);
    String output =
        Toolchain.make(
            Toolchain.FIRMWARE, folder, "CC_HOST=" + c, "CXX_HOST=" + cpp, "SEED=7", "cpp-test");
    assertThat(output).contains("seed 7", "ok: random programs keep their content");
  }

  /** No libc, no C++ runtime, and no code before main or at its end. */
  @Test
  void in_firmware_it_needs_only_the_library() throws IOException, InterruptedException {
    Toolchain.needs("make", "arm-none-eabi-g++", "arm-none-eabi-nm", "arm-none-eabi-size");
    Toolchain.make(Toolchain.FIRMWARE, folder, "cpp-arm");
    String object = folder.resolve("freestanding.o").toString();
    String undefined =
        Toolchain.run(folder, "arm-none-eabi-nm", "--undefined-only", object).output();
    assertThat(undefined.lines()).isNotEmpty().allMatch(line -> line.contains(" U defrag_"));
    String sections = Toolchain.run(folder, "arm-none-eabi-size", "-A", object).output();
    assertThat(sections).doesNotContain("init_array").containsPattern("\\.data +0 ");
  }

  @Test
  void misuse_does_not_compile() throws IOException, InterruptedException {
    refusesMisuse("g++");
  }

  @Test
  @Tag("campaign")
  void nor_does_it_with_clang() throws IOException, InterruptedException {
    refusesMisuse("clang++-16");
  }

  private void refusesMisuse(String compiler) throws IOException, InterruptedException {
    Toolchain.needs(compiler);
    assertThat(compile(compiler, 0)).isEqualTo(new Toolchain.Result(0, ""));
    List<String> unlike = new ArrayList<>();
    // The words before the colon, or the whole comment, are what the message has to name.
    Matcher mistakes =
        Pattern.compile("MISTAKE == (\\d+) /\\* ([^:*]+?)(?:: [^*]+)? \\*/")
            .matcher(Files.readString(REFUSED));
    int count = 0;
    while (mistakes.find()) {
      count++;
      Toolchain.Result result = compile(compiler, Integer.parseInt(mistakes.group(1)));
      boolean named = Pattern.compile(mistakes.group(2)).matcher(result.output()).find();
      if (result.status() == 0 || !named) {
        unlike.add(mistakes.group() + "\n" + result.output());
      }
    }
    assertThat(count).isEqualTo(17);
    assertThat(unlike).isEmpty();
  }

  private Toolchain.Result compile(String compiler, int mistake)
      throws IOException, InterruptedException {
    return Toolchain.run(
        folder,
        compiler,
        "-std=c++17",
        "-fsyntax-only",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wno-unused-variable",
        "-DMISTAKE=" + mistake,
        "-I" + Toolchain.FIRMWARE.resolve("include"),
        REFUSED.toString());
  }
}
