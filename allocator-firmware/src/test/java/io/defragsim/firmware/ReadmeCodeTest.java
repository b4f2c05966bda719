package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The code that the library's README shows compiles as it stands. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ReadmeCodeTest {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(c|cpp)\\n(.*?)^```$");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "c, gcc -std=c11 -pedantic, 2",
    "c, clang-16 -std=c11 -pedantic, 2",
    "c, arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -std=c11 -ffreestanding, 2",
    "cpp, g++ -std=c++17 -pedantic -fno-exceptions -fno-rtti, 1",
    "cpp, arm-none-eabi-g++ -mcpu=cortex-m0 -mthumb -std=c++17 -fno-exceptions -fno-rtti, 1",
  })
  void every_block_of_code_compiles(String language, String compiler, int blocks)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(Arrays.asList(compiler.split(" ")));
    Toolchain.needs(command.get(0));
    String text = Files.readString(Toolchain.FIRMWARE.resolve("README.md"));
    List<MatchResult> found =
        BLOCK.matcher(text).results().filter(block -> block.group(1).equals(language)).toList();
    assertThat(found).hasSize(blocks);
    Path source = folder.resolve("block." + language);
    command.addAll(
        List.of(
            "-Wall",
            "-Wextra",
            "-Werror",
            "-fsyntax-only",
            "-I" + Toolchain.FIRMWARE.resolve("include"),
            source.toString()));
    for (MatchResult block : found) {
      Files.writeString(source, block.group(2));
      assertThat(Toolchain.run(folder, command.toArray(String[]::new)))
          .as(block.group(2))
          .isEqualTo(new Toolchain.Result(0, ""));
    }
  }

  /** The project's README shows the beginning of the example. */
  @Test
  void the_projects_readme_quotes_the_example() throws IOException {
    String readme = Files.readString(Toolchain.FIRMWARE.resolveSibling("README.md"));
    List<MatchResult> found = BLOCK.matcher(readme).results().toList();
    assertThat(found).hasSize(1);
    assertThat(Files.readString(Toolchain.FIRMWARE.resolve("examples/sensor.c")))
        .contains(found.get(0).group(2));
  }

  @ParameterizedTest
  @CsvSource({"README.md", "MISRA.md", "board/README.md", "images/README.md"})
  void every_file_that_it_links_to_is_there(String document) throws IOException {
    Path file = Toolchain.FIRMWARE.resolve(document);
    assertThat(LINK.matcher(Files.readString(file)).results().map(link -> link.group(1)))
        .allMatch(link -> Files.exists(file.resolveSibling(link)));
  }
}
