package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The C side of loop bounds: {@code platform/loop_bound.h}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class LoopBoundTest {
  private static final String SOURCE =
      """
      #include "loop_bound.h"
      int sum(const int *p, int n) {
        int sum = 0;
        for (int i = 0; i < n; i++) {
          LOOP_BOUND_BYTES(2, 16);
          sum += p[i];
        }
        return sum;
      }
      int unused(const int *p, int n) {
        int sum = 0;
        while (n--) {
          LOOP_BOUND(9);
          sum ^= p[n];
        }
        return sum;
      }
      int start(const int *p, int n) { return sum(p, n); }
      """;
  private static final List<String> ARM =
      List.of("-mcpu=cortex-m0", "-mthumb", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic");

  @TempDir Path folder;

  private void compile(String object, String compiler, String... options)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("loops.c"), SOURCE);
    List<String> command = new ArrayList<>(List.of(compiler));
    command.addAll(List.of(options));
    command.addAll(
        List.of("-I" + Toolchain.FIRMWARE.resolve("platform"), "-c", "loops.c", "-o", object));
    succeeds(command.toArray(String[]::new));
  }

  private String succeeds(String... command) throws IOException, InterruptedException {
    Toolchain.Result result = Toolchain.run(folder, command);
    assertThat(result.status()).as(result.output()).isZero();
    return result.output();
  }

  /** The records without their addresses, three words each. */
  private List<String> records(String elf) throws IOException, InterruptedException {
    succeeds(
        "arm-none-eabi-objcopy",
        "--dump-section",
        ".loop_bounds.loops.c=records.bin",
        elf,
        "copy.elf");
    byte[] bytes = Files.readAllBytes(folder.resolve("records.bin"));
    List<String> records = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += 16) {
      StringBuilder words = new StringBuilder();
      for (int word = at + 4; word < at + 16; word += 4) {
        words
            .append(words.isEmpty() ? "" : " ")
            .append((bytes[word] & 0xFF) | bytes[word + 1] << 8);
      }
      records.add(words.toString());
    }
    return records;
  }

  @ParameterizedTest
  @ValueSource(strings = {"arm-none-eabi-gcc", "clang-16"})
  void bounds_stay_with_their_code_and_go_with_it(String compiler)
      throws IOException, InterruptedException {
    Toolchain.needs(compiler, "arm-none-eabi-ld", "arm-none-eabi-objcopy");
    List<String> options = new ArrayList<>(ARM);
    options.addAll(List.of("-ffreestanding", "-ffunction-sections"));
    if (compiler.startsWith("clang")) {
      options.addAll(List.of("--target=armv6m-none-eabi", "-fno-unroll-loops"));
    }
    compile("loops.o", compiler, options.toArray(String[]::new));
    String[] link = {"arm-none-eabi-ld", "-S", "-Ttext=0x8000", "-e", "start", "loops.o"};
    List<String> all = new ArrayList<>(List.of(link));
    all.addAll(List.of("-o", "all.elf"));
    succeeds(all.toArray(String[]::new));
    assertThat(records("all.elf")).contains("2 16 5", "9 0 13");
    List<String> collected = new ArrayList<>(List.of(link));
    collected.addAll(List.of("--gc-sections", "-o", "collected.elf"));
    succeeds(collected.toArray(String[]::new));
    assertThat(records("collected.elf")).contains("2 16 5").doesNotContain("9 0 13");
  }

  @Test
  void they_are_nothing_on_a_host() throws IOException, InterruptedException {
    Toolchain.needs("cc", "nm");
    compile("host.o", "cc", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic");
    assertThat(succeeds("nm", "host.o")).doesNotContain("loop_bound");
  }
}
