package io.defragsim.emulator.board.nrf51;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.FakeWires;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** What all peripherals of an nRF51 have in common, by the thermometer and the random numbers. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class Nrf51BlockTest {
  private static final int START = 0x0;
  private static final int DATARDY = 0x100;
  private static final int INTEN = 0x300;
  private static final int INTENSET = 0x304;
  private static final int INTENCLR = 0x308;
  private static final int TEMP = 0x508;

  private final FakeWires temp = ModelsUnderTest.connected("nrf51.temp");

  @Test
  void a_task_takes_its_time_and_its_event_stays_until_0_is_stored() {
    temp.write(START, 1);
    temp.advance(559);
    assertThat(temp.read(DATARDY)).isZero();
    temp.advance(1); // 35 us at 16 MHz

    assertThat(temp.read(DATARDY)).isEqualTo(1);
    assertThat(temp.read(TEMP)).isEqualTo(4 * 25);
    assertThat(temp.signals()).containsExactly(0x4000_2100L);
    assertThat(temp.bases()).containsExactly("X: a temperature takes 35 us");
    temp.write(DATARDY, 1);
    assertThat(temp.read(DATARDY)).isEqualTo(1);
    temp.write(DATARDY, 0);
    assertThat(temp.read(DATARDY)).isZero();
  }

  @Test
  void the_line_is_high_while_an_event_is_there_whose_bit_is_set() {
    temp.write(START, 1);
    temp.advance(1000);
    assertThat(temp.line()).isFalse();
    temp.write(INTENSET, 1);
    assertThat(temp.line()).isTrue();
    assertThat(temp.read(INTEN)).isEqualTo(1);
    temp.write(INTENCLR, 1);
    assertThat(temp.line()).isFalse();
    assertThat(temp.read(INTENSET)).isZero();
    temp.write(INTEN, 1);
    assertThat(temp.line()).isTrue();
    temp.write(DATARDY, 0);
    assertThat(temp.line()).isFalse();
  }

  @Test
  void a_task_does_nothing_for_0_and_reads_0() {
    temp.write(START, 0);
    temp.write(START, 2);
    temp.advance(10_000);

    assertThat(temp.read(DATARDY)).isZero();
    assertThat(temp.read(START)).isZero();
  }

  @Test
  void a_part_of_a_word_is_loaded_and_stored_and_sets_no_other_bits() {
    temp.write(0x520, 0x1122_3344);
    temp.storeByte(0x521, 0xAA);

    assertThat(temp.read(0x520)).isEqualTo(0x1122_AA44);
    assertThat(temp.load(0x522, 2)).isEqualTo(0x1122);
    assertThat(temp.load(0x521, 1)).isEqualTo(0xAA);
    temp.write(INTENSET, 1);
    temp.storeByte(INTENCLR + 2, 0xFF);
    assertThat(temp.read(INTEN)).isEqualTo(1);
  }

  @Test
  void without_power_a_block_is_as_after_reset() {
    temp.write(INTENSET, 1);
    temp.write(START, 1);
    temp.write(0xFFC, 0);
    temp.advance(1000);

    assertThat(temp.read(DATARDY)).isZero();
    assertThat(temp.read(INTEN)).isZero();
    assertThat(temp.read(0xFFC)).isZero();
    temp.write(0xFFC, 1);
    assertThat(temp.read(0xFFC)).isEqualTo(1);
  }

  @Test
  void a_shortcut_has_an_event_do_a_task_and_numbers_are_the_same_in_each_run() {
    FakeWires once = ModelsUnderTest.connected("nrf51.rng");
    FakeWires again = ModelsUnderTest.connected("nrf51.rng");
    for (FakeWires rng : new FakeWires[] {once, again}) {
      rng.write(0x200, 1); // VALRDY stops it
      rng.write(0x504, 1); // bias correction
      rng.write(START, 1);
    }

    assertThat(once.until(0x100, 1)).isEqualTo(677 * 16);
    again.advance(100_000);
    assertThat(again.signals()).hasSize(1);
    assertThat(once.read(0x508)).isEqualTo(again.read(0x508)).isBetween(1, 255);
  }
}
