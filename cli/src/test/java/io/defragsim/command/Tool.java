package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Programs of this machine that tests use; a test without its tool is skipped, in CI it fails. */
final class Tool {

  private Tool() {}

  /** What came of a program. */
  record Finished(int status, String out, String err) {}

  /** Ends the test here if a program is not there. */
  static void require(String program) {
    boolean there =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    assumeTrue(
        there || Boolean.getBoolean("defragsim.requireTools"),
        "skipped: " + program + " is not on the PATH");
    assertThat(there).as("%s is on the PATH", program).isTrue();
  }

  /** MicroPython of the micro:bit, as Debian's package firmware-microbit-micropython has it. */
  static final Path MICROPYTHON = Path.of("/usr/share/firmware-microbit-micropython/firmware.hex");

  /** Ends the test here if a file is not there that no build makes. */
  static void require(Path file) {
    boolean there = Files.exists(file);
    assumeTrue(
        there || Boolean.getBoolean("defragsim.requireTools"),
        "skipped: " + file + " is not on this machine");
    assertThat(there).as("%s is on this machine", file).isTrue();
  }

  /** Runs a program in {@code folder}, with an empty stdin. */
  static Finished run(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("out", null);
    Path err = Files.createTempFile("err", null);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().putAll(environment);
      int status = builder.start().waitFor();
      return new Finished(status, Files.readString(out), Files.readString(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
