package io.defragsim.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What goes out of the process. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class PrintableWriterTest {
  private static final String RED = "\u001b[31m";
  private static final String RESET = "\u001b[0m";

  private final StringWriter stream = new StringWriter();
  private final PrintableWriter out = new PrintableWriter(stream);

  @Test
  void text_passes_and_what_steers_a_terminal_does_not() {
    out.print("a" + RED + "b\u009b2J\u202ec 🚀\r\n");
    assertThat(stream).hasToString("a\ufffd[31mb\ufffd2J\ufffdc 🚀 \n");
  }

  @Test
  void a_character_may_come_in_two_writes() {
    out.print('\ud83d');
    out.print('\ude80');
    out.print("\ud83d\n");
    assertThat(stream).hasToString("🚀\ufffd\n");
  }

  @Test
  void no_line_begins_a_command() {
    out.print("  :");
    out.flush();
    out.print(":error::x\n##[group]y\nz ::error::\n");
    assertThat(stream).hasToString("  :\ufffderror::x\n##\ufffdgroup]y\nz ::error::\n");
  }

  @Test
  void styles_hide_no_command_and_end_with_their_line() {
    PrintWriter styled = PrintableWriter.styled(out);
    styled.print(RED + "::error::x\n" + RED + "y" + RESET + "\n\u001b]0;z\u0007\u001b[2J\n");
    assertThat(stream)
        .hasToString(
            RED
                + ":\ufffderror::x"
                + RESET
                + "\n"
                + RED
                + "y"
                + RESET
                + "\n\ufffd]0;z\ufffd\ufffd[2J\n");
  }

  @Test
  void commands_of_our_own_pass() {
    PrintableWriter.commands(out).print("::error title=a::b\u001b\n");
    out.print("::error::c\n");
    assertThat(stream).hasToString("::error title=a::b\ufffd\n:\ufffderror::c\n");
  }

  @Test
  void a_file_can_always_be_encoded() throws IOException {
    try (Writer file = PrintableWriter.file(stream)) {
      file.write("{\"name\": \"a\ud83d\"}\n::");
    }
    assertThat(stream).hasToString("{\"name\": \"a\ufffd\"}\n::");
  }

  @Test
  void a_program_that_runs_has_the_terminal_for_itself() {
    byte[] printed = (RED + "x\n::error::y\n").getBytes(StandardCharsets.UTF_8);
    program(printed, Map.of());
    assertThat(stream).hasToString(RED + "x\n::error::y\n\n");
  }

  @Test
  void a_program_that_runs_in_a_job_gives_its_runner_no_commands() {
    byte[] printed = (RED + "x\n::error::y\n").getBytes(StandardCharsets.UTF_8);
    program(printed, Map.of("GITHUB_ACTIONS", "true"));
    assertThat(stream).hasToString("\ufffd[31mx\n:\ufffderror::y\n\n");
  }

  private void program(byte[] printed, Map<String, String> environment) {
    Session session = new Session(out, out, Terminal.NONE, environment);
    ProgramOutput program = new ProgramOutput(InputStream.nullInputStream(), session, false, false);
    program.write(printed, false);
    program.finish();
  }

  private Session session(Terminal terminal) {
    return new Session(out, out, terminal, Map.of());
  }

  @Test
  void progress_is_as_wide_as_the_terminal_at_most_and_gone_at_its_end() throws Exception {
    String name = "内存碎片 " + RED + "::error::";
    Terminal terminal = new Terminal(false, false, true, true, false, 20);
    try (Progress progress = new Progress(session(terminal), name, done -> done + " %")) {
      Thread.sleep(600);
      progress.accept(42);
    }
    assertThat(stream).hasToString("\r\u001b[K内存碎片 \ufffd[31m…42 %\r\u001b[K");
  }

  @Test
  void progress_on_a_dumb_terminal_is_a_line() throws Exception {
    Terminal terminal = new Terminal(false, false, true, false, true, 80);
    try (Progress progress = new Progress(session(terminal), "a", done -> done + " %")) {
      Thread.sleep(600);
      progress.accept(42);
      progress.accept(43);
    }
    assertThat(stream).hasToString("a: 42 %\n");
  }
}
