package io.defragsim.report.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void a_row_below_another_goes_where_that_goes_and_is_none_of_those_counted() {
    Table table = new Table("bytes|<who");
    table.row(7, "a").below(4, "b");
    table.below(3, "c");
    table.row(2, "d");
    table.row(1, "e").below(1, "f");
    table.firstOf(10, 2);
    assertThat(table.more()).isEqualTo(7);
    Table narrow = table.narrow();
    assertThat(narrow.rows())
        .extracting(row -> row.get(1).text())
        .containsExactly("a", "b", "c", "d");
    assertThat(narrow.more()).isEqualTo(8);
  }
}
