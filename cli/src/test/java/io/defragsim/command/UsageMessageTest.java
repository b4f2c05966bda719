package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class UsageMessageTest {

  /** A value of each option that takes words alone. */
  private static final Map<String, String> WORDS = Map.of("--color", " auto", "--by", " site");

  /** Words of the parser's, which no user of ours has to know. */
  private static final Pattern PARSERS =
      Pattern.compile(
          "[Uu]nmatched|at index|Missing required|Possible solutions|Unknown|should be specified"
              + "|Invalid value|positional|Error:|is not an? |Exception|subcommand|parameter");

  private static Finished run(String arguments) {
    return Cli.run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          rnu x                      | no command is called 'rnu'; did you mean 'run'?
          zzz                        | no command is called 'zzz'; expected one of: run, compare, fit,
          help rnu                   | no command is called 'rnu'; did you mean 'run'?
          baseline                   | a command is missing; expected one of: update, check
          baseline chek              | no command is called 'chek'; did you mean 'check'?
          run --jsn x                | 'defrag-sim run' has no option --jsn; did you mean --json?
          run --jsn=x                | 'defrag-sim run' has no option --jsn; did you mean --json?
          run sensor-node --zzzzzz   | 'defrag-sim run' has no option --zzzzzz
          validate -q x.json         | 'defrag-sim validate' has no option -q
          run -x                     | 'defrag-sim run' has no option -x
          run                        | FILE is missing: 'defrag-sim run' needs scenario files, or
          new                        | NAME is missing: 'defrag-sim new' needs what the scenario is
          compare                    | FILE is missing: 'defrag-sim compare' needs a scenario file
          run a --json               | --json needs its value, FILE
          run a --json --junit b     | --json needs its value, FILE
          compare a b                | 'b' is one argument too many: 'defrag-sim compare' takes FILE
          bench x                    | 'x' is one argument too many: 'defrag-sim bench' takes options only
          run -q --quiet x           | --quiet is given twice
          compare x --json a --json b | --json is given twice
          run x --allocator a --allocator b | --allocator is given twice
          run --strict=maybe x       | --strict: takes no value
          run --s sensor-node        | --s could be any of: --svg, --strict
          watch x --speed y          | --speed: 'y' is no whole number
          watch x --speed 99999999999 | --speed: '99999999999' is too large
          watch x --speed -99999999999 | --speed: '-99999999999' is too small
          run --color blue x         | --color: 'blue' is none of auto, always, never
          """)
  void a_wrong_command_line_is_told_in_words_of_this_program(String arguments, String message) {
    Finished run = run(arguments);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    List<String> lines = run.err().lines().toList();
    assertThat(lines.get(0)).startsWith("defrag-sim: " + message).doesNotContainPattern(PARSERS);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).startsWith("Try 'defrag-sim").endsWith(" --help'.");
  }

  @Test
  void a_command_that_is_missing_is_one_of_all() {
    assertThat(run("").err())
        .startsWith("defrag-sim: a command is missing; expected one of: run, compare, ")
        .contains(String.join(", ", Cli.commandLine().getSubcommands().keySet()));
  }

  @Test
  void each_option_takes_all_that_it_is_given_or_refuses_to_be_given_twice() {
    List<CommandLine> commands = new ArrayList<>();
    gather(Cli.commandLine(), commands);
    int options = 0;
    for (CommandLine command : commands) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (option.usageHelp() || option.versionHelp() || option.isMultiValue()) {
          continue;
        }
        String value =
            option.arity().max() == 0 ? "" : WORDS.getOrDefault(option.longestName(), " 1");
        String once = " " + option.longestName() + value;
        String name = command.getCommandSpec().qualifiedName().replaceFirst("^defrag-sim ?", "");
        Finished run = run((name + once + once).strip());
        assertThat(run.err())
            .as(name + once + once)
            .startsWith("defrag-sim: " + option.longestName() + " is given twice\n");
        assertThat(run.status()).isEqualTo(2);
        options++;
      }
    }
    assertThat(options).isGreaterThan(80);
  }

  private static void gather(CommandLine command, List<CommandLine> into) {
    into.add(command);
    command.getSubcommands().values().forEach(each -> gather(each, into));
  }
}
