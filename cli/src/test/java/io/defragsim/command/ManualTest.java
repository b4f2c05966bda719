package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Manual pages and completion, in the programs that read them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ManualTest {

  @TempDir Path folder;

  @Test
  void every_page_is_roff_without_a_warning_and_has_every_option() throws Exception {
    Tool.require("groff");
    Path pages = folder.resolve("share/man/man1");

    assertThat(Cli.run("man", "--to", pages.toString()).status()).isZero();
    List<CommandLine> commands = ManCommand.all(Cli.commandLine());
    assertThat(commands)
        .extracting(command -> ManPage.name(command.getCommandSpec()))
        .contains("defrag-sim", "defrag-sim-run", "defrag-sim-man");
    for (CommandLine command : commands) {
      check(pages, command);
    }
    try (Stream<Path> files = Files.list(pages)) {
      assertThat(files).hasSize(commands.size());
    }
  }

  private static void check(Path pages, CommandLine command) throws Exception {
    Path page = pages.resolve(ManPage.name(command.getCommandSpec()) + ".1");
    Tool.Finished groff =
        Tool.run(
            pages,
            Map.of("LC_ALL", "C.UTF-8"),
            List.of("groff", "-man", "-ww", "-Tutf8", "-P-cbou", page.toString()));
    assertThat(groff.err()).as("%s", page).isEmpty();
    assertThat(groff.status()).isZero();
    assertThat(groff.out())
        .contains("NAME", "SYNOPSIS", "EXIT STATUS", "all limits hold")
        .contains(command.getCommandSpec().qualifiedName());
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        assertThat(groff.out()).as("%s", page).contains(option.longestName());
      }
    }
  }

  @Test
  void a_page_shows_characters_as_they_are() throws Exception {
    Tool.require("groff");
    Path page = Files.writeString(folder.resolve("run.1"), Cli.run("man", "run").out());
    Tool.Finished groff =
        Tool.run(folder, Map.of(), List.of("groff", "-man", "-Tutf8", "-P-cbou", page.toString()));
    assertThat(groff.out())
        .contains("defrag-sim run my.json --json result.json")
        .contains("defrag-sim run scenarios/*.json --quiet");
  }

  @Test
  void the_same_program_gives_the_same_page() {
    assertThat(Cli.run("man", "run").out()).isEqualTo(Cli.run("man", "run").out());
    assertThat(Cli.run("man").out()).startsWith(".TH defrag\\-sim 1 \"\" \"defrag-sim ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          man rnu             | there is no command 'rnu'; did you mean "run"?
          man run fast        | 'run' has no commands, so no 'fast'
          man run --to x      | --to writes the pages of all commands: name none
          completion bsh      | there is no completion for 'bsh'; did you mean "bash"?
          completion          | SHELL is missing
          """)
  void wrong_usage_is_status_2(String line, String message) {
    Finished run = Cli.run(line.split(" "));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  @Test
  void a_folder_that_cannot_be_made_is_status_1() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Finished run = Cli.run("man", "--to", file.resolve("man1").toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("defrag-sim: cannot write to ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void the_shell_takes_the_script(String shell) throws Exception {
    // zsh loads the one for bash; where there is a zsh it has to take it.
    Tool.require("bash");
    String program = shell.equals("zsh") && !isThere("zsh") ? "bash" : shell;
    Path script = Files.writeString(folder.resolve("script"), Cli.run("completion", shell).out());
    Tool.Finished taken = Tool.run(folder, Map.of(), List.of(program, "-n", script.toString()));
    assertThat(taken.err()).isEmpty();
    assertThat(taken.status()).isZero();
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          defrag-sim ru                   | run
          defrag-sim run --allo           | --allocator
          defrag-sim run --allocator new  | newlib-nano
          defrag-sim run sens             | sensor-node
          defrag-sim run mine             | mine.json
          defrag-sim run x --json mi      | mine.json
          defrag-sim schema sc            | scenario script
          defrag-sim list fig             | figures
          defrag-sim run --nothing        | ''
          """)
  void bash_completes(String line, String completed) throws Exception {
    Tool.require("bash");
    Files.writeString(folder.resolve("mine.json"), "");
    Path script = Files.writeString(folder.resolve("script"), Cli.run("completion", "bash").out());
    // What bash does on a tab: the function that is registered for the command, on the words so
    // far.
    String tab =
        """
        source %s
        function=$(complete -p defrag-sim | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE='%s'; COMP_POINT=${#COMP_LINE}
        "$function" defrag-sim "${COMP_WORDS[COMP_CWORD]}" 2>/dev/null
        echo "${COMPREPLY[*]}"
        """
            .formatted(script, line, line);
    Tool.Finished bash =
        Tool.run(folder, Map.of(), List.of("bash", "--norc", "--noprofile", "-c", tab));
    assertThat(bash.out().strip()).as(bash.err()).isEqualTo(completed);
  }
}
