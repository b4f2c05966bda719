package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the documents show of the program is what it prints. In a block fenced as {@code console},
 * each line {@code $ ./defrag-sim ...} is run in the project's folder, and what follows it up to
 * the next such line must be its output, stdout first; {@code $ echo $?} gives its status. With
 * {@code -Ddefragsim.update=true} the blocks are written instead.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ReadmeTranscriptTest {

  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));

  /** Whether the command of a block searches: those take longer than all others together. */
  private static boolean isSearch(String block) {
    return block.startsWith("$ ./defrag-sim bounds\n") || block.startsWith("$ ./defrag-sim fit ");
  }

  @Test
  void transcripts_are_what_the_program_prints() throws IOException {
    compare(block -> !isSearch(block));
  }

  @Test
  @Tag("campaign")
  void transcripts_of_searches_are_too() throws IOException {
    compare(ReadmeTranscriptTest::isSearch);
  }

  @Test
  void the_example_of_a_scenario_pauses_and_its_limits_hold(@TempDir Path folder)
      throws IOException {
    Matcher example =
        Pattern.compile("(?s)```jsonc\n(.*?)```")
            .matcher(Files.readString(ROOT.resolve("README.md")));
    assertThat(example.find()).isTrue();
    Path file = Files.writeString(folder.resolve("my-node.json"), example.group(1));
    Cli.Finished run = Cli.run("run", file.toString());
    assertThat(run.out()).containsPattern("✓  pauses.max +≤ 960 cycles +[1-9]");
    assertThat(run.status()).isZero();
  }

  private static void compare(Predicate<String> which) throws IOException {
    List<String> transcripts = new ArrayList<>();
    for (String document :
        List.of(
            "README.md",
            "DEVELOPER.md",
            "scenarios/README.md",
            "allocator-firmware/board/README.md")) {
      Path file = ROOT.resolve(document);
      if (Files.exists(file)) {
        check(file, transcripts, which);
      }
    }
    assertThat(transcripts).as("README.md shows the first command").isNotEmpty();
  }

  private static void check(Path file, List<String> transcripts, Predicate<String> which)
      throws IOException {
    String text = Files.readString(file);
    Matcher block = Transcript.BLOCK.matcher(text);
    StringBuilder updated = new StringBuilder();
    while (block.find()) {
      if (!which.test(block.group(1))) {
        continue;
      }
      String transcript = Transcript.of(block.group(1), UnaryOperator.identity());
      transcripts.add(transcript);
      block.appendReplacement(
          updated, Matcher.quoteReplacement("```console\n" + transcript + "```"));
    }
    block.appendTail(updated);
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(file, updated);
    } else {
      assertThat(text)
          .as("%s is stale: run this test with -Ddefragsim.update=true", file)
          .isEqualTo(updated.toString());
    }
  }
}
