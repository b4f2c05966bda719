package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part of the board program that no simulator here can run: its registers, on a computer. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BoardRegistersTest {

  @TempDir Path folder;

  @Test
  void clock_pins_and_serial_line_are_set_up_as_the_manual_says()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    assertThat(Toolchain.make(Toolchain.FIRMWARE, folder, "board-test"))
        .contains("ok: nucleo 0, 8 MHz", "ok: nucleo 0, 48 MHz")
        .contains("ok: nucleo 1, 8 MHz", "ok: nucleo 1, 48 MHz");
  }
}
