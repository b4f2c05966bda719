package io.defragsim.emulator.board.nrf51;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.FakeWires;
import io.defragsim.emulator.system.AccessFault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Timers count exactly, and real-time counters count each edge of 32,768 Hz. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class Nrf51TimerTest {
  private static final int START = 0x0;
  private static final int STOP = 0x4;
  private static final int COUNT = 0x8;
  private static final int CLEAR = 0xC;
  private static final int CAPTURE1 = 0x44;
  private static final int COMPARE0 = 0x140;
  private static final int COMPARE2 = 0x148;
  private static final int SHORTS = 0x200;
  private static final int INTENSET = 0x304;
  private static final int MODE = 0x504;
  private static final int BITMODE = 0x508;
  private static final int PRESCALER = 0x510;
  private static final int CC0 = 0x540;
  private static final int CC1 = 0x544;
  private static final int CC2 = 0x548;

  private static final long LFCLKSTAT = 0x4000_0418L;
  private static final int LFCLK_RUNS = 1 << 16;

  private final FakeWires timer = ModelsUnderTest.connected("nrf51.timer32");
  private final FakeWires rtc = ModelsUnderTest.connected("nrf51.rtc");

  @BeforeEach
  void the_slow_clock_runs() throws AccessFault {
    rtc.memory().write(LFCLKSTAT, 4, LFCLK_RUNS);
  }

  private static int captured(FakeWires timer) {
    timer.write(CAPTURE1, 1);
    return timer.read(CC1);
  }

  @Test
  void a_compare_event_comes_at_its_very_cycle_and_rests_on_no_latency() {
    timer.write(BITMODE, 3);
    timer.write(CC0, 1000);
    timer.advance(7);
    timer.write(START, 1);

    assertThat(timer.until(COMPARE0, 1)).isEqualTo(1000 * 16); // out of reset, a tick is 1 us
    assertThat(timer.bases()).isEmpty();
    timer.advance(31);
    assertThat(captured(timer)).isEqualTo(1001);
    timer.advance(1);
    assertThat(captured(timer)).isEqualTo(1002);
  }

  @Test
  void a_shortcut_clears_so_that_events_are_periodic_and_another_stops() {
    timer.write(PRESCALER, 0);
    timer.write(CC0, 100);
    timer.write(SHORTS, 1);
    timer.write(START, 1);
    for (int period = 0; period < 3; period++) {
      assertThat(timer.until(COMPARE0, 1)).isEqualTo(100);
      timer.write(COMPARE0, 0);
    }
    timer.write(SHORTS, 1 << 8);
    timer.advance(1000);

    assertThat(captured(timer)).isEqualTo(100);
  }

  @Test
  void stopped_it_keeps_its_count_and_goes_on_from_there() {
    timer.write(START, 1);
    timer.advance(16 * 5 + 3);
    timer.write(STOP, 1);
    timer.advance(1_000);
    assertThat(captured(timer)).isEqualTo(5);
    timer.write(START, 1);
    timer.advance(16);
    assertThat(captured(timer)).isEqualTo(6);
    timer.write(CLEAR, 1);
    assertThat(captured(timer)).isZero();
  }

  @Test
  void a_counter_wraps_at_its_width_and_the_small_timers_have_16_bits_at_most() {
    FakeWires small = ModelsUnderTest.connected("nrf51.timer16");
    for (FakeWires each : new FakeWires[] {timer, small}) {
      each.write(PRESCALER, 0);
      each.write(BITMODE, 2); // 24 bits
      each.write(CC2, 0x1_0000);
      each.write(START, 1);
    }

    assertThat(small.until(COMPARE2, 1)).isEqualTo(0x1_0000);
    assertThat(captured(small)).isZero();
    assertThat(timer.until(COMPARE2, 1)).isEqualTo(0x1_0000);
    assertThat(captured(timer)).isEqualTo(0x1_0000);
    timer.write(CC2, 0x100_0005); // of which 24 bits count
    timer.write(COMPARE2, 0);
    assertThat(timer.until(COMPARE2, 1)).isEqualTo(0xFF_0005);
  }

  @Test
  void in_counter_mode_it_counts_tasks_and_no_cycles() {
    timer.write(MODE, 1);
    timer.write(CC0, 2);
    timer.write(COUNT, 1); // not started yet
    timer.write(START, 1);
    timer.advance(1_000_000);
    timer.write(COUNT, 1);
    assertThat(timer.read(COMPARE0)).isZero();
    timer.write(COUNT, 1);

    assertThat(timer.read(COMPARE0)).isEqualTo(1);
    assertThat(captured(timer)).isEqualTo(2);
  }

  @Test
  void a_reset_stops_and_clears_it() {
    timer.write(CC0, 10);
    timer.write(START, 1);
    timer.advance(16 * 4);
    timer.write(0xFFC, 0);
    timer.advance(10_000);

    assertThat(timer.read(COMPARE0)).isZero();
    assertThat(captured(timer)).isZero();
    assertThat(timer.read(PRESCALER)).isEqualTo(4);
  }

  @Test
  void a_real_time_counter_waits_for_its_clock() throws AccessFault {
    rtc.memory().write(LFCLKSTAT, 4, 0);
    rtc.write(START, 1);
    rtc.advance(16_000_000);
    assertThat(rtc.read(0x504)).isZero();
    rtc.memory().write(LFCLKSTAT, 4, LFCLK_RUNS);
    rtc.hear(0x4000_0104L);
    rtc.advance(16_000_000);

    assertThat(rtc.read(0x504)).isEqualTo(32_768);
  }

  @Test
  void a_second_of_edges_is_exactly_a_second_of_cycles() {
    rtc.write(0x344, 1 << 16); // EVTENSET: COMPARE0
    rtc.write(CC0, 32_768);
    rtc.write(START, 1);

    assertThat(rtc.until(COMPARE0, 1)).isEqualTo(16_000_000);
    rtc.advance(3600L * 16_000_000 - 1);
    assertThat(rtc.read(0x504)).isEqualTo((int) ((3601L * 32_768 - 1) & 0xFF_FFFF));
    rtc.advance(1);
    assertThat(rtc.read(0x504)).isEqualTo((int) ((3601L * 32_768) & 0xFF_FFFF));
    assertThat(rtc.bases()).containsExactly("X: an edge of the 32,768 Hz clock");
  }

  @Test
  void ticks_come_at_edges_rounded_up_each_by_itself() {
    rtc.write(INTENSET, 1); // TICK
    rtc.write(START, 1);
    // 488.28125 cycles each
    for (long cycle : new long[] {489, 977, 1465, 1954}) {
      rtc.until(0x100, 1);
      assertThat(rtc.now()).isEqualTo(cycle);
      assertThat(rtc.line()).isTrue();
      rtc.write(0x100, 0);
    }
  }

  @Test
  void a_prescaler_divides_and_an_event_that_is_not_enabled_does_not_happen() {
    rtc.write(0x508, 32_767 & 0xFFF); // 8 Hz
    rtc.write(CC0, 1);
    rtc.write(START, 1);
    rtc.advance(16_000_000);
    assertThat(rtc.read(0x504)).isEqualTo(8);
    assertThat(rtc.read(COMPARE0)).isZero();
    rtc.write(0xC, 1); // TRIGOVRFLW
    rtc.write(INTENSET, 2); // OVRFLW
    rtc.write(STOP, 1);
    rtc.write(0x508, 0);
    rtc.write(START, 1);
    rtc.advance(8_000); // 16 edges and some
    assertThat(rtc.read(0x104)).isEqualTo(1);
    assertThat(rtc.line()).isTrue();
  }
}
