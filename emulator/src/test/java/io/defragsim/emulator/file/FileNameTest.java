package io.defragsim.emulator.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** From a text to a path. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FileNameTest {

  @Test
  void any_other_text_is_a_path() {
    assertThat(FileName.path("a b/c.json")).isEqualTo(Path.of("a b", "c.json"));
    assertThat(FileName.path(" ")).isEqualTo(Path.of(" "));
  }

  @Test
  void an_empty_name_is_none() {
    assertThatThrownBy(() -> FileName.path(""))
        .isInstanceOf(FileNameException.class)
        .hasMessage("a file name is empty");
  }

  @Test
  void a_nul_is_in_no_name() {
    assertThatThrownBy(() -> FileName.path("a\0b"))
        .hasMessage("the file name \"a\\0b\" holds a NUL, which no file name may");
  }

  @Test
  void bytes_that_were_no_text_are_in_no_name_that_can_be_found_again() {
    assertThatThrownBy(() -> FileName.path("a\uFFFD.json", "UTF-8"))
        .hasMessage(
            "the file name \"a\uFFFD.json\" holds bytes that are no text in UTF-8: rename the file");
  }
}
