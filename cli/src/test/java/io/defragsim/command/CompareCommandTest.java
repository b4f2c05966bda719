package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class CompareCommandTest {
  private static final Path PREBUILT =
      Path.of(System.getProperty("defragsim.root"), "allocator-firmware/prebuilt");

  @TempDir Path folder;

  @Test
  void an_image_is_compared_once_and_another_of_its_name_is_told_from_it() throws IOException {
    String same =
        Files.copy(PREBUILT.resolve("defrag.elf"), folder.resolve("defrag.elf")).toString();
    Path other = Files.createDirectory(folder.resolve("other")).resolve("defrag.elf");
    Files.copy(PREBUILT.resolve("defrag-sliding.elf"), other);

    assertThat(Cli.run("compare", "swiss-cheese", "--allocators", same + ",newlib-nano").out())
        .containsPattern("\n +defrag +newlib-nano\n")
        .contains("defrag wins: it serves every request, newlib-nano refuses ");
    assertThat(Cli.run("compare", "swiss-cheese", "--allocators", same + "," + other).out())
        .containsPattern("\n +defrag +defrag \\([0-9a-f]{12}\\)\n");
  }
}
