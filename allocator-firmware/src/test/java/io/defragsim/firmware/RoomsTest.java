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

/** The library's files: one to compile, in rooms of which each can be read without the next. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class RoomsTest {
  private static final int MOST_LINES = 700;

  @TempDir Path folder;

  private Toolchain.Result gcc(List<String> words) throws IOException, InterruptedException {
    Toolchain.needs("gcc");
    List<String> command = new ArrayList<>(List.of("gcc", "-std=c11"));
    command.add("-I" + Toolchain.FIRMWARE.resolve("include"));
    command.addAll(words);
    return Toolchain.run(folder, command.toArray(String[]::new));
  }

  /** As the IDEs for microcontrollers build: whatever C file they find, each by itself. */
  @Test
  void a_build_that_compiles_every_c_file_below_src_links()
      throws IOException, InterruptedException {
    List<String> all = Toolchain.librarySources().stream().map(Path::toString).toList();
    List<String> compiled = all.stream().filter(file -> file.endsWith(".c")).toList();
    assertThat(compiled).contains(Toolchain.FIRMWARE.resolve("src/defrag.c").toString());
    links(compiled);
  }

  @Test
  void a_build_that_compiles_defrag_c_alone_links() throws IOException, InterruptedException {
    links(List.of(Toolchain.FIRMWARE.resolve("src/defrag.c").toString()));
  }

  private void links(List<String> sources) throws IOException, InterruptedException {
    Path program = Toolchain.FIRMWARE.resolve("test/options/options.c");
    List<String> command = new ArrayList<>(List.of("-Wall", "-Wextra", "-Werror"));
    command.addAll(List.of(program.toString(), "-o", "program"));
    command.addAll(sources);
    assertThat(gcc(command)).isEqualTo(new Toolchain.Result(0, ""));
  }

  /** Each includes what it builds on, so an editor understands it as it stands. */
  @Test
  void every_room_compiles_by_itself() throws IOException, InterruptedException {
    for (Path file : Toolchain.librarySources()) {
      assertThat(gcc(List.of("-fsyntax-only", "-x", "c", file.toString())))
          .as(file.toString())
          .isEqualTo(new Toolchain.Result(0, ""));
    }
  }

  @Test
  void no_file_is_longer_than_a_reader_can_follow() throws IOException {
    List<Path> files = Toolchain.librarySources();
    assertThat(files).hasSizeGreaterThan(4);
    for (Path file : files) {
      assertThat(Files.readString(file).lines().count()).as("%s", file).isLessThan(MOST_LINES);
    }
  }
}
