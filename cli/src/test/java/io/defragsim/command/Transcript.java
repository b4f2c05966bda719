package io.defragsim.command;

import io.defragsim.command.Cli.Finished;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A block fenced as {@code console}: each line {@code $ ./defrag-sim ...} is run in the project's
 * folder, and what follows it up to the next such line must be its output, stdout first; {@code $
 * echo $?} gives its status. {@code echo 'TEXT' |} before a command is its stdin.
 */
final class Transcript {

  /** The group is what stands between the fences. */
  static final Pattern BLOCK =
      Pattern.compile(
          "(?m)^```console\\n(?<transcript>\\$ (?:echo '.*' \\| )?\\./defrag-sim .*\\n(?s:.*?))^```$");

  private static final String PROMPT = "$ ";

  /** Group 1 is what is typed, if anything is; group 2 the arguments. */
  private static final Pattern COMMAND =
      Pattern.compile("\\$ (?:echo '([^']*)' \\| )?\\./defrag-sim (.*)");

  private Transcript() {}

  /**
   * The block as it should be: its commands with what they print.
   *
   * @param argument what an argument of a command stands for, for example a changed file
   */
  static String of(String block, UnaryOperator<String> argument) {
    StringBuilder transcript = new StringBuilder();
    int status = 0;
    List<String> commands = block.lines().filter(line -> line.startsWith(PROMPT)).toList();
    for (String line : commands) {
      transcript.append(line).append('\n');
      Matcher command = COMMAND.matcher(line);
      if (command.matches()) {
        Finished run = run(command.group(1), arguments(command.group(2), argument));
        status = run.status();
        // A serial line ends its lines as a terminal wants it.
        transcript.append(run.out().replace("\r\n", "\n")).append(run.err());
      } else if (line.equals("$ echo $?")) {
        transcript.append(status).append('\n');
      } else {
        throw new IllegalArgumentException("a transcript cannot run: " + line);
      }
    }
    return transcript.toString();
  }

  private static Finished run(@Nullable String typed, String[] arguments) {
    if (typed == null) {
      return Cli.run(arguments);
    }
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream((typed + "\n").getBytes(StandardCharsets.UTF_8)));
    try {
      return Cli.run(arguments);
    } finally {
      System.setIn(before);
    }
  }

  private static String[] arguments(String line, UnaryOperator<String> argument) {
    // Up to a comment; of what needs quotes a transcript shows the empty argument alone.
    return Arrays.stream(line.replaceFirst(" +# .*", "").strip().split(" +"))
        .filter(word -> !word.isEmpty())
        .map(word -> word.equals("''") ? "" : word)
        .map(argument)
        .toArray(String[]::new);
  }
}
