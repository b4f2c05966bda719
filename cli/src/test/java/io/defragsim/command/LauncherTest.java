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
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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

/** The launcher at the root, on a copy of the sources in a folder with a space in its name. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("campaign") // it builds everything, several times
@TestMethodOrder(OrderAnnotation.class)
final class LauncherTest {

  private static final Path PROJECT = Path.of(System.getProperty("defragsim.root"));
  private static final Set<String> LEFT_OUT = Set.of("target", ".git");

  @TempDir static Path folder;
  private static Path clone = Path.of("");

  /** Before the first test, and not before all: without the tools each test is skipped. */
  @BeforeEach
  void clone_the_project() throws IOException {
    Tool.require("sh");
    Tool.require("mvn");
    if (!clone.toString().isEmpty()) {
      return;
    }
    clone = Files.createDirectory(folder.resolve("a clone"));
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

    assertThat(first.err()).contains("building");
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
  void a_newer_source_is_built_before_it_runs_and_a_broken_one_is_status_1() throws Exception {
    Path source = clone.resolve("cli/src/main/java/io/defragsim/command/package-info.java");
    Files.writeString(source, Files.readString(source) + "\nnot java\n");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(2)));

    Finished broken = launch("--version");

    assertThat(broken.status()).isEqualTo(1);
    assertThat(broken.out()).isEmpty();
    assertThat(broken.err()).contains("package-info.java").contains("the build failed");
  }

  private record Finished(int status, String out, String err) {}

  private static Finished launch(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", null);
    Path err = Files.createTempFile(folder, "err", null);
    List<String> command =
        Stream.concat(Stream.of(clone.resolve("defrag-sim").toString()), Arrays.stream(arguments))
            .toList();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int status = process.waitFor();
    return new Finished(status, Files.readString(out), Files.readString(err));
  }
}
