package io.defragsim.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What text of others becomes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class PrintableTest {

  @Test
  void text_in_any_script_stays() {
    for (String text :
        List.of(
            "sensor-node #3 (50 %)",
            "Jürgen e\u0301", "传感器节点 テスト", "حسگر", "می\u200cخواهم", "👩\u200d🚀 ❤\ufe0f 🇨🇭")) {
      assertThat(Printable.of(text)).isEqualTo(text);
      assertThat(Printable.lines(text)).isEqualTo(text);
    }
  }

  @Test
  void what_steers_a_terminal_hides_or_turns_text_round_is_replaced() {
    IntStream.of(
            0x00, 0x07, 0x08, 0x1b, 0x7f, 0x85, 0x9b, 0x9d, // control characters
            0x061c, 0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069, // direction
            0x00ad, 0x200b, 0x2060, 0xfeff, 0xfff9, 0xfffb, 0xe0001, 0xe0041, 0xe007f, // unseen
            0x180e, 0x115f, 0x3164, 0xffa0, 0x1d173, // unseen too
            0xfdd0, 0xfffe, 0xffff, 0x1ffff, 0x10ffff, // noncharacters
            0xe000, 0xf0000) // private use
        .forEach(
            c ->
                assertThat(Printable.of("a" + Character.toString(c) + "b"))
                    .as("U+%04X", c)
                    .isEqualTo("a\ufffdb"));
  }

  @Test
  void half_a_surrogate_pair_is_replaced() {
    assertThat(Printable.of("a\ud83d")).isEqualTo("a\ufffd");
    assertThat(Printable.of("\udc00a\ud83db")).isEqualTo("\ufffda\ufffdb");
  }

  @Test
  void a_text_is_one_line_unless_it_may_be_several() {
    assertThat(Printable.of("a\r\nb\tc\u2028d\u2029e\u000bf")).isEqualTo("a  b c d e f");
    assertThat(Printable.lines("a\r\nb\tc\u2028d")).isEqualTo("a \nb c d");
  }

  @Test
  void a_command_to_the_runner_of_a_job_is_none_any_more() {
    assertThat(Printable.of("x ##[add-mask]y")).isEqualTo("x ##\ufffdadd-mask]y");
    assertThat(Printable.of("###[error]")).isEqualTo("###\ufffderror]");
    assertThat(Printable.of("##vso[task.x]")).isEqualTo("##vso\ufffdtask.x]");
    assertThat(Printable.of("a # b ## [c] #[d]")).isEqualTo("a # b ## [c] #[d]");
  }

  @Test
  void in_a_log_no_line_begins_with_two_colons() {
    assertThat(log("::stop-commands::x\n \u00a0::y\na::b\n: :c"))
        .isEqualTo(":\ufffdstop-commands::x\n \u00a0:\ufffdy\na::b\n: :c");
  }

  private static String log(String text) {
    Printable.Line line = new Printable.Line();
    StringBuilder log = new StringBuilder();
    text.codePoints().forEach(c -> log.appendCodePoint(line.nextOfLog(c)));
    return log.toString();
  }
}
