package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher at the root, on a copy of the sources in a folder whose name has a space and a
 * letter that is not ASCII, in the locale C.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("campaign") // it builds everything, several times
@TestMethodOrder(OrderAnnotation.class)
final class LauncherTest {

  private static final Path PROJECT = Path.of(System.getProperty("defragsim.root"));
  private static final Set<String> LEFT_OUT = Set.of("target", ".git");

  @TempDir static Path folder;
  private static Path clone = Path.of("");
  private static Path caches = Path.of("");

  /** Before the first test, and not before all: without the tools each test is skipped. */
  @BeforeEach
  void clone_the_project() throws IOException {
    Tool.require("sh");
    Tool.require("mvn");
    if (!clone.toString().isEmpty()) {
      return;
    }
    caches = folder.resolve("caches");
    clone = Files.createDirectory(folder.resolve("Jürgens clone"));
    Files.walkFileTree(
        PROJECT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            if (LEFT_OUT.contains(from.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(clone.resolve(PROJECT.relativize(from).toString()));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(from, clone.resolve(PROJECT.relativize(from).toString()));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Test
  @Order(1)
  void the_first_use_builds_and_keeps_stdout_for_the_command() throws Exception {
    Finished first = launch("--version");

    assertThat(first.err())
        .containsPattern("building emulator [0-9.]+ \\[[1-6]/6]")
        .containsSubsequence("[1/6]", "[2/6]", "[3/6]", "[4/6]", "[5/6]", "[6/6]");
    assertThat(first.out()).matches("(?s)defrag-sim \\d+\\.\\d+\\.\\d+\\R.*");
    assertThat(first.status()).isZero();
  }

  @Test
  @Order(2)
  void the_second_use_only_runs() throws Exception {
    Finished second = launch("--version");

    assertThat(second.err()).isEmpty();
    assertThat(second.status()).isZero();
  }

  @Test
  @Order(3)
  void two_first_uses_at_once_have_an_archive_of_classes_made_for_the_next() throws Exception {
    caches = folder.resolve("caches of its own");
    String program = "'" + clone.resolve("defrag-sim") + "' run -q sensor-node";

    Finished both = shell(program + " & " + program + "; wait");

    assertThat(both.err()).isEmpty();
    assertThat(both.status()).isZero();
    archive();
    Path log = folder.resolve("classes.txt");
    Finished next = shell("DEFRAG_SIM_OPTS=-Xlog:class+load:file=" + log + " " + program);
    assertThat(next.err()).isEmpty();
    assertThat(log)
        .content()
        .contains("shared objects file (top)") // in such a folder JDK 17 shares its own alone
        .doesNotContain(" org.objectweb.asm."); // only what translates needs it
  }

  @Test
  @Order(4)
  void a_damaged_archive_of_classes_does_no_harm() throws Exception {
    byte[] good = Files.readAllBytes(archive());
    Instant later = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS);
    byte[] half = Arrays.copyOf(good, good.length / 2);
    byte[] other = good.clone();
    Arrays.fill(other, good.length / 2, good.length / 2 + 4096, (byte) 0x5A);
    for (byte[] damaged : List.of(new byte[0], half, other)) {
      Path archive = archive();
      Files.delete(archive);
      Files.write(archive, damaged);
      Files.setLastModifiedTime(archive, FileTime.from(later));

      Finished run = launch("run", "-q", "sensor-node");

      assertThat(run.err()).isEmpty();
      assertThat(run.status()).isZero();
      await(() -> archive.toFile().lastModified() != later.toEpochMilli());
    }
  }

  @Test
  @Order(5)
  void names_that_are_not_ascii_work_in_the_locale_c() throws Exception {
    Path here = Files.createDirectory(folder.resolve("wörk"));
    Files.copy(clone.resolve("allocator-firmware/prebuilt/defrag.elf"), here.resolve("ü.elf"));

    Finished run =
        launch(here, "run", "-q", "sensor-node", "--allocator", "ü.elf", "--json", "ü.json");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(here.resolve("ü.json")).content().contains("\"name\": \"ü\"");
  }

  @Test
  @Order(6)
  void a_closed_stdout_is_status_1_and_nothing_else_is_written_over() throws Exception {
    String program = clone.resolve("defrag-sim").toString();
    for (String closed : List.of("<&- >&- 2>&-", ">&-", ">&- 2>&-")) {
      assertThat(shell("'" + program + "' run -q sensor-node " + closed).status())
          .as(closed)
          .isEqualTo(1);
    }
    for (String closed : List.of("<&-", "2>&-", "<&- 2>&-")) {
      assertThat(shell("'" + program + "' run -q sensor-node " + closed).status())
          .as(closed)
          .isZero();
    }
  }

  @Test
  @Order(7)
  void an_interrupted_build_leaves_the_program_that_works_and_nothing_else() throws Exception {
    Path source = clone.resolve("cli/src/main/java/io/defragsim/command/package-info.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));
    Path builds = clone.resolve("cli/target/launcher");
    List<String> before = list(builds);
    Path err = folder.resolve("interrupted.txt");
    Process process =
        new ProcessBuilder(clone.resolve("defrag-sim").toString(), "--version")
            .redirectErrorStream(true)
            .redirectOutput(err.toFile())
            .start();
    while (!Files.readString(err).contains("/6]") && process.isAlive()) {
      Thread.sleep(100);
    }
    List<ProcessHandle> descendants = process.descendants().toList();

    new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
    process.waitFor();

    assertThat(descendants).isNotEmpty();
    for (ProcessHandle descendant : descendants) { // what tells of progress sleeps for a second
      descendant.onExit().get(20, TimeUnit.SECONDS);
    }
    assertThat(list(builds)).isEqualTo(before);
    assertThat(shell("'" + clone + "/cli/target/defrag-sim/bin/defrag-sim' --version").status())
        .isZero();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(3600)));
    assertThat(launch("--version").err()).isEmpty();
  }

  @Test
  @Order(8)
  void a_build_that_was_killed_blocks_none_and_two_at_once_build_once() throws Exception {
    Path builds = clone.resolve("cli/target/launcher");
    Files.createDirectory(builds.resolve("program.leftover"));
    Files.createSymbolicLink(clone.resolve(".build.lock.link"), Path.of("1@never"));
    Path source = clone.resolve("cli/src/main/java/io/defragsim/command/package-info.java");
    Files.setLastModifiedTime(
        source, FileTime.from(Instant.now())); // newer than the build, older than the next
    String program = "'" + clone.resolve("defrag-sim") + "' --version";

    Finished both = shell(program + " & " + program + "; wait");

    assertThat(both.status()).isZero();
    assertThat(both.err())
        .containsOnlyOnce("building anew, because this has changed: cli/src/main/java");
    assertThat(list(builds)).doesNotContain("program.leftover");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(3600)));
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static Finished shell(String line) throws IOException, InterruptedException {
    return run(folder, List.of("sh", "-c", line));
  }

  @Test
  @Order(9)
  void a_newer_source_is_built_before_it_runs_and_a_broken_one_is_status_1() throws Exception {
    Path source = clone.resolve("cli/src/main/java/io/defragsim/command/package-info.java");
    Files.writeString(source, Files.readString(source) + "\nnot java\n");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));

    Finished broken = launch("--version");

    assertThat(broken.status()).isEqualTo(1);
    assertThat(broken.out()).isEmpty();
    assertThat(broken.err()).contains("package-info.java").contains("the build failed");
  }

  /** Waits until there is an archive of classes. */
  private static Path archive() throws Exception {
    Path ours = caches.resolve("defrag-sim");
    await(() -> list(ours).size() == 1 && list(ours).get(0).endsWith(".jsa"));
    return ours.resolve(list(ours).get(0));
  }

  private static void await(Callable<Boolean> done) throws Exception {
    Instant end = Instant.now().plusSeconds(120);
    while (!done.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(100);
    }
  }

  private record Finished(int status, String out, String err) {}

  private static Finished launch(String... arguments) throws IOException, InterruptedException {
    return launch(folder, arguments);
  }

  private static Finished launch(Path in, String... arguments)
      throws IOException, InterruptedException {
    return run(
        in,
        Stream.concat(Stream.of(clone.resolve("defrag-sim").toString()), Arrays.stream(arguments))
            .toList());
  }

  private static Finished run(Path in, List<String> command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", null);
    Path err = Files.createTempFile(folder, "err", null);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("LC_ALL", "LC_CTYPE", "LANG"));
    builder.environment().put("XDG_CACHE_HOME", caches.toString());
    int status = builder.start().waitFor();
    return new Finished(status, Files.readString(out), Files.readString(err));
  }
}
