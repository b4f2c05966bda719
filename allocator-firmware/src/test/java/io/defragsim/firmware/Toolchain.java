package io.defragsim.firmware;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The compilers that the tests call. A test that needs an absent one is skipped, or fails where the
 * system property {@code defragsim.requireTools} is true.
 */
final class Toolchain {

  /** The folder of this module. */
  static final Path FIRMWARE =
      Path.of(Objects.requireNonNull(System.getProperty("defragsim.root")), "allocator-firmware");

  private Toolchain() {}

  /** All files of the library but its headers: {@code src/defrag.c} and its rooms. */
  static List<Path> librarySources() throws IOException {
    try (Stream<Path> files = Files.walk(FIRMWARE.resolve("src"))) {
      return files.filter(file -> file.toString().matches(".*\\.[ch]")).sorted().toList();
    }
  }

  /** What a command printed, and its exit status. */
  record Result(int status, String output) {}

  static Result run(Path folder, String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  /** Runs make with its output below {@code build}; fails the test if it fails. */
  static String make(Path folder, Path build, String... targets)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("make", "BUILD=" + build));
    command.addAll(List.of(targets));
    Result result = run(folder, command.toArray(String[]::new));
    assertThat(result.status()).as("%s in %s:%n%s", command, folder, result.output()).isZero();
    return result.output();
  }

  static void needs(String... tools) {
    for (String tool : tools) {
      require(isOnPath(tool), tool + " is not installed");
    }
  }

  /** The committed images come from gcc 12.2; another compiler gives other bytes. */
  static void needsTheImagesCompiler() throws IOException, InterruptedException {
    needs("make", "arm-none-eabi-gcc");
    String version = run(FIRMWARE, "arm-none-eabi-gcc", "-dumpfullversion").output().strip();
    require(version.startsWith("12.2."), "arm-none-eabi-gcc is " + version + ", images need 12.2");
    String picolibc =
        run(FIRMWARE, "arm-none-eabi-gcc", "-print-file-name=picolibc.specs").output().strip();
    require(Files.exists(Path.of(picolibc)), "picolibc for arm-none-eabi-gcc is not installed");
  }

  private static void require(boolean condition, String message) {
    if (Boolean.getBoolean("defragsim.requireTools")) {
      assertThat(condition).as(message).isTrue();
    }
    assumeTrue(condition, message);
  }

  private static boolean isOnPath(String tool) {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (Files.isExecutable(Path.of(folder, tool))) {
        return true;
      }
    }
    return false;
  }
}
