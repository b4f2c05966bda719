package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs command lines in a terminal, by {@code script}; a test without it is skipped. */
final class RealTerminal {
  private RealTerminal() {}

  /** A command line, and more for the shell, in a terminal of 80 by 24. */
  static Process run(String arguments) throws IOException {
    boolean script = Files.isExecutable(Path.of("/usr/bin/script"));
    assumeTrue(
        script || Boolean.getBoolean("defragsim.requireTools"),
        "skipped: needs script (util-linux) for a terminal");
    assertThat(script).as("script is there").isTrue();
    String command =
        "stty rows 24 cols 80; '%s' -XX:TieredStopAtLevel=1 -Ddefragsim.stdin=terminal -Ddefragsim.stdout=terminal -cp '%s' %s %s"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                DefragSim.class.getName(),
                arguments);
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qec", command, "/dev/null").redirectErrorStream(true);
    builder.environment().put("TERM", "xterm");
    builder.environment().put("NO_COLOR", "1");
    return builder.start();
  }

  static void type(OutputStream keys, String what) throws IOException {
    keys.write(what.getBytes(StandardCharsets.US_ASCII));
    keys.flush();
  }

  /**
   * Reads until {@code text} is there.
   *
   * @param seen all that was read
   * @param from where in it to look
   * @return behind the text
   */
  static int await(InputStream in, StringBuilder seen, int from, String text) throws IOException {
    byte[] buffer = new byte[8192];
    while (seen.indexOf(text, from) < 0) {
      int count = in.read(buffer);
      assertThat(count).as("waiting for %s, seen:\n%s", text, seen).isPositive();
      seen.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
    }
    return seen.indexOf(text, from) + text.length();
  }
}
