package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The messages of all commands stand in one file, {@code messages.md}, each below the command line
 * that gives it. With {@code -Ddefragsim.update=true} the file is written instead.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class MessagesTest {

  private static final Path MESSAGES =
      Path.of(System.getProperty("defragsim.root"))
          .resolve("cli/src/test/resources/io/defragsim/command/messages/messages.md");

  /** Where the commands run: they may write. */
  @TempDir Path folder;

  @Test
  void the_messages_are_those_that_were_read() throws IOException {
    try (Stream<Path> files = Files.list(MESSAGES.getParent())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    String text = Files.readString(MESSAGES);
    Matcher block = Transcript.BLOCK.matcher(text);
    StringBuilder updated = new StringBuilder();
    while (block.find()) {
      String transcript = Transcript.of(block.group(1), this::inFolder).replace(folder + "/", "");
      block.appendReplacement(
          updated, Matcher.quoteReplacement("```console\n" + transcript + "```"));
    }
    block.appendTail(updated);
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(MESSAGES, updated);
    }

    assertThat(updated.toString())
        .as("%s is stale: run this test with -Ddefragsim.update=true", MESSAGES)
        .isEqualTo(Files.readString(MESSAGES));
    assertThat(updated.toString())
        .as("status 1 is for outputs that cannot be written")
        .doesNotContainPattern("(?m)^(?!defrag-sim: cannot write).*\\n\\$ echo \\$\\?\\n1$");
  }

  /** A file's name stands for the file in the test's folder; all else for itself. */
  private String inFolder(String argument) {
    boolean file =
        argument.matches(
            "(?:\\./)?[a-z-]+\\.(?:json|elf|hex|uf2|zip|bin|trace)(?:/[a-z./]+)?|nowhere/.*|\\.");
    return file ? folder.resolve(argument).toString() : argument;
  }
}
