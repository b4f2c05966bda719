package io.defragsim.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.report.model.Cells;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Widths as a terminal has them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CellsTest {
  private static final String WIDE = "内存碎片".repeat(30);

  @Test
  void a_wide_character_has_two_cells_and_a_combining_mark_none() {
    assertThat(Cells.of("aé")).isEqualTo(2);
    assertThat(Cells.of("e\u0301")).isEqualTo(1);
    assertThat(Cells.of("内存 🚀")).isEqualTo(7);
    assertThat(Cells.of("█→…\ufffd")).isEqualTo(4);
  }

  @Test
  void what_is_cut_has_room_and_a_mark() {
    assertThat(Cells.cut("内存碎片", 8)).isEqualTo("内存碎片");
    assertThat(Cells.cut("内存碎片", 7)).isEqualTo("内存碎…");
    assertThat(Cells.cut("内存碎片", 6)).isEqualTo("内存…");
    assertThat(Cells.cut("abc", 2)).isEqualTo("a…");
    assertThat(Cells.cut("abc", 0)).isEmpty();
  }

  @Test
  void text_is_broken_at_spaces_and_between_wide_characters() {
    assertThat(Page.wrap("ab内存碎片cd ef", 8)).containsExactly("ab内存碎", "片cd ef");
    assertThat(Page.wrap("a 内e\u0301\u0301", 3)).containsExactly("a", "内e\u0301\u0301");
    assertThat(Page.wrap("longer-than-that a b", 4)).containsExactly("longer-than-that", "a b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "COLOUR"})
  void no_part_of_a_report_is_wider_than_the_page(Palette palette) {
    StringWriter text = new StringWriter();
    Page page = new Page(new PrintWriter(text), palette, 80);

    page.title(WIDE, "0.1.0");
    page.heading(WIDE, "");
    page.heading("Fragmentation", WIDE);
    page.heading("The firmware faulted", WIDE, palette::bad);
    page.paragraph(WIDE);
    page.entry("image", WIDE);
    TextTable table = new TextTable("<", "内存碎片", "<");
    table.row("内存", "1", "x");
    table.row("abcd", "1", "x");
    table.print(page);

    assertThat(text.toString().replaceAll("\u001b\\[[0-9;]*m", "").lines())
        .allSatisfy(line -> assertThat(Cells.of(line)).as(line).isLessThanOrEqualTo(80))
        .contains("  内存         1  x", "  abcd         1  x");
  }
}
