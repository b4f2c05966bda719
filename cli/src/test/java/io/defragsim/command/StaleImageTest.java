package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image whose sources have been edited since it was built. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class StaleImageTest {
  private static final Path FIRMWARE =
      Path.of(System.getProperty("defragsim.root"), "allocator-firmware");

  @TempDir Path folder;
  private String elf = "";
  private String program = "";
  private String scenario = "";

  /** Two ELFs and all the files that they could be built from. */
  @BeforeEach
  void copy() throws IOException {
    for (String part : new String[] {"src", "include", "platform", "images", "programs"}) {
      try (var files = Files.walk(FIRMWARE.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = folder.resolve(FIRMWARE.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
    }
    Path prebuilt = Files.createDirectory(folder.resolve("prebuilt"));
    elf =
        Files.copy(FIRMWARE.resolve("prebuilt/defrag.elf"), prebuilt.resolve("defrag.elf"))
            .toString();
    program = folder.resolve("programs/prebuilt/latency.elf").toString();
    scenario = new TestScenarios(folder).on("defrag");
  }

  private void edit(String source) throws IOException {
    Path file = folder.resolve(source);
    Files.writeString(file, Files.readString(file) + "\n");
  }

  private String word(String image, String source) {
    return "defrag-sim: the image "
        + image
        + " was built from other sources: "
        + folder.resolve(source)
        + " has changed since; build it anew with make -C "
        + folder
        + " prebuilt\n";
  }

  @Test
  void the_console_says_so_once_and_report_and_json_are_what_they_were() throws IOException {
    String json = folder.resolve("run.json").toString();
    String[] run = {"run", scenario, scenario, "--allocator", elf, "--json", json};
    Finished fresh = Cli.run(run);
    assertThat(fresh.err()).isEmpty();
    String before = Files.readString(Path.of(json));

    edit("src/defrag.c");
    Finished stale = Cli.run(run);
    assertThat(stale.err()).isEqualTo(word("defrag", "src/defrag.c"));
    assertThat(stale.status()).isEqualTo(fresh.status());
    assertThat(stale.out()).isEqualTo(fresh.out());
    assertThat(Path.of(json)).hasContent(before);
  }

  @Test
  void other_commands_say_so_too() throws IOException {
    edit("images/defrag/image.c");
    String word = word("defrag", "images/defrag/image.c");
    for (String[] command :
        new String[][] {
          {"compare", scenario, "--allocators", elf},
          {"explain", scenario, "--allocator", elf}
        }) {
      assertThat(Cli.run(command).err()).as(command[0]).isEqualTo(word);
    }
  }

  @Test
  void so_does_exec_of_a_program() throws IOException {
    edit("programs/latency.c");
    assertThat(Cli.run("exec", program).err()).isEqualTo(word("latency", "programs/latency.c"));
  }
}
