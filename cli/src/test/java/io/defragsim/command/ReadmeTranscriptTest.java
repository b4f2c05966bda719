package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.Peripheral;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the documents show of the program is what it prints. In a block fenced as {@code console},
 * each line {@code $ ./defrag-sim ...} is run in the project's folder, and what follows it up to
 * the next such line must be its output, stdout first; {@code $ echo $?} gives its status. A block
 * that begins with {@code // NAME} is a file of that name, which the commands below it use; a class
 * is put into {@code my.jar}. What a command writes has a name that begins with {@code my-}. With
 * {@code -Ddefragsim.update=true} transcripts are written instead.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ReadmeTranscriptTest {

  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));

  private static final List<String> DOCUMENTS =
      List.of(
          "README.md",
          "DEVELOPER.md",
          "docs/run-your-firmware.md",
          "docs/how-much-heap.md",
          "docs/how-much-memory.md",
          "scenarios/README.md",
          "allocator-firmware/board/README.md");

  /** A transcript, or a file of the reader's own, of which the first line says the name. */
  private static final Pattern BLOCK =
      Pattern.compile(
          Transcript.BLOCK.pattern()
              + "|^```(?:jsonc|java)\\n(?<content>// (?<name>\\S+)\\n(?s:.*?))^```$");

  @TempDir Path folder;

  /**
   * Whether a block searches, or runs all scenarios: those take longer than all others together.
   */
  private static boolean isLong(String block) {
    return block.startsWith("$ ./defrag-sim bounds\n")
        || block.startsWith("$ ./defrag-sim stalls\n")
        || block.contains("$ ./defrag-sim fit ");
  }

  private static boolean needsFirmware(String block) {
    return block.contains(Tool.MICROPYTHON.toString());
  }

  @Test
  void transcripts_are_what_the_program_prints() throws IOException {
    compare(block -> !isLong(block) && !needsFirmware(block));
  }

  @Test
  void transcripts_of_firmware_that_others_made_are_too() throws IOException {
    Tool.require(Tool.MICROPYTHON);
    compare(ReadmeTranscriptTest::needsFirmware);
  }

  @Test
  @Tag("campaign")
  void transcripts_that_take_long_are_too() throws IOException {
    compare(ReadmeTranscriptTest::isLong);
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

  /** Of each document the blocks of one kind; the others stay as they are. */
  private void compare(Predicate<String> which) throws IOException {
    int transcripts = 0;
    for (String document : DOCUMENTS) {
      transcripts += check(ROOT.resolve(document), which);
    }
    assertThat(transcripts).as("there are some").isPositive();
  }

  private int check(Path file, Predicate<String> which) throws IOException {
    String text = Files.readString(file);
    Matcher block = BLOCK.matcher(text);
    StringBuilder updated = new StringBuilder();
    int transcripts = 0;
    while (block.find()) {
      String name = block.group("name");
      String shown = block.group("transcript");
      if (name != null) {
        readersFile(name, block.group("content"));
      } else if (which.test(shown)) {
        transcripts++;
        String transcript =
            Transcript.of(shown, this::readersOwn).replace(folder + File.separator, "");
        assertThat(transcript)
            .as("independent of where files are")
            .doesNotContain(folder.toString());
        block.appendReplacement(
            updated, Matcher.quoteReplacement("```console\n" + transcript + "```"));
      }
    }
    block.appendTail(updated);
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(file, updated);
    } else {
      assertThat(text)
          .as("%s is stale: run this test with -Ddefragsim.update=true", file)
          .isEqualTo(updated.toString());
    }
    return transcripts;
  }

  private String readersOwn(String argument) {
    Path own = folder.resolve(argument);
    if (argument.equals("my.jar")) {
      packClasses(own);
    }
    return argument.startsWith("my-") || Files.isRegularFile(own) ? own.toString() : argument;
  }

  private void readersFile(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** As the page says, with the class that it shows. */
  private void packClasses(Path jar) {
    String simulator =
        Peripheral.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    String source = folder.resolve("my/Thermometer.java").toString();
    String classes = folder.resolve("classes").toString();
    tool("javac", "-cp", simulator, "-d", classes, source);
    tool("jar", "--create", "--file", jar.toString(), "-C", classes, ".");
  }

  private static void tool(String name, String... arguments) {
    int status = ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, arguments);
    assertThat(status).as(name).isZero();
  }
}
