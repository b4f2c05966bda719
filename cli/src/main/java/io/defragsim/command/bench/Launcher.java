package io.defragsim.command.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Starts commands of this program as its user does: by the script {@code bin/defrag-sim} beside the
 * jar, with the flags that it gives to the Java machine; where there is no script, by a Java
 * machine like this one.
 */
public final class Launcher implements Timed.Runner {
  private static final String OPTIONS = "DEFRAG_SIM_OPTS"; // which the script passes on

  /** Runs the rest of its arguments, and writes the processor time of that to the first. */
  private static final String TIMES =
      "times=$1; shift; \"$@\"; status=$?; times >\"$times\"; exit $status";

  private final Class<?> program;
  private final Path folder;
  private volatile @Nullable Process running;

  /**
   * @param program the class with {@code main}
   * @param folder for files of its own
   */
  public Launcher(Class<?> program, Path folder) {
    this.program = program;
    this.folder = folder;
  }

  /**
   * {@inheritDoc}
   *
   * <p>stdin is empty. The time includes that of the script.
   */
  @Override
  public Timed run(String... arguments) {
    return start("", List.of(arguments));
  }

  /** How the Java machine of {@code command} compiles, by the flags that say so; may be empty. */
  public String compiler(String command) {
    Timed help = start("-XX:+PrintCommandLineFlags", List.of(command, "--help"));
    return Arrays.stream(help.out().split("\\s+", -1))
        .filter(word -> word.matches("-XX:.*(Tiered|Compil|HugeMethods).*"))
        .collect(Collectors.joining(" "));
  }

  /** Ends the process that runs, with what it has started. */
  public void end() {
    Process process = running;
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Timed start(String flag, List<String> arguments) {
    Path times = folder.resolve("times");
    Path err = folder.resolve("err");
    List<String> command = new ArrayList<>(List.of("sh", "-c", TIMES, "sh", times.toString()));
    Path script = script();
    if (script != null) {
      command.add(script.toString());
    } else {
      command.add(ProcessHandle.current().info().command().orElse("java"));
      command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
      if (!flag.isEmpty()) {
        command.add(flag);
      }
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    }
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.to(err.toFile()));
    builder.environment().merge(OPTIONS, flag, (own, more) -> own + " " + more);
    try {
      long begin = System.nanoTime();
      Process process = builder.start();
      running = process;
      process.getOutputStream().close();
      String out;
      try (InputStream stdout = process.getInputStream()) {
        out = new String(stdout.readAllBytes(), StandardCharsets.UTF_8);
      }
      int status = process.waitFor();
      double wall = (System.nanoTime() - begin) / 1e9;
      String errors = new String(Files.readAllBytes(err), StandardCharsets.UTF_8);
      return new Timed(status, out, errors, userSeconds(Files.readString(times)), wall);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The script beside the jar that this program runs from. */
  private @Nullable Path script() {
    try {
      Path jar = Path.of(program.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path script = jar.resolveSibling("../bin/defrag-sim").normalize();
      return jar.toString().endsWith(".jar") && Files.isExecutable(script) ? script : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /**
   * What a shell's {@code times} says of its children: in its second line the user time, then that
   * in the system, each {@code 0m1.234s}, with the comma of some languages.
   */
  static double userSeconds(String times) {
    String user = times.lines().toList().get(1).split(" ", 2)[0].replace(',', '.');
    int minutes = user.indexOf('m');
    return 60 * Double.parseDouble(user.substring(0, minutes))
        + Double.parseDouble(user.substring(minutes + 1, user.length() - 1));
  }
}
