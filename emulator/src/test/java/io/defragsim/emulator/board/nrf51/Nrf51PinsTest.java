package io.defragsim.emulator.board.nrf51;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.FakeWires;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Pins, their tasks and events, and what connects events to tasks. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class Nrf51PinsTest {
  private static final long GPIO = 0x5000_0000L;
  private static final int OUT = 0x504;
  private static final int OUTSET = 0x508;
  private static final int OUTCLR = 0x50C;
  private static final int IN = 0x510;
  private static final int DIR = 0x514;
  private static final int DIRSET = 0x518;
  private static final int PIN_CNF = 0x700;
  private static final int INPUT = 0;
  private static final int PULL_DOWN = 4;
  private static final int OUTPUT = 1;
  private static final int SENSE_LOW = 0x30000;

  private final FakeWires gpio = ModelsUnderTest.connected("nrf51.gpio", GPIO);
  private final FakeWires gpiote = ModelsUnderTest.connected("nrf51.gpiote", 0x4000_6000L);
  private final FakeWires ppi = ModelsUnderTest.connected("nrf51.ppi", 0x4001_F000L);

  private static int cnf(int pin) {
    return PIN_CNF + 4 * pin;
  }

  @Test
  void an_input_is_high_where_nothing_pulls_it_down_and_0_where_its_buffer_is_disconnected() {
    assertThat(gpio.read(IN)).isZero();
    gpio.write(cnf(17), INPUT);
    gpio.write(cnf(3), PULL_DOWN);
    gpio.write(cnf(31), INPUT);

    assertThat(gpio.read(IN)).isEqualTo((1 << 31) | (1 << 17));
  }

  @Test
  void a_pin_that_drives_itself_is_read_back() {
    gpio.write(cnf(4), OUTPUT);
    gpio.write(cnf(5), OUTPUT);
    gpio.write(OUTSET, 1 << 5);
    assertThat(gpio.read(IN)).isEqualTo(1 << 5);
    gpio.write(OUTSET, 1 << 4);
    gpio.write(OUTCLR, 1 << 5);

    assertThat(gpio.read(IN)).isEqualTo(1 << 4);
    assertThat(gpio.read(OUTCLR)).isEqualTo(1 << 4);
    gpio.storeByte(OUT, 0x20);
    assertThat(gpio.read(OUT)).isEqualTo(0x20);
  }

  @Test
  void directions_are_the_same_in_dir_and_in_each_pins_configuration() {
    gpio.write(cnf(9), OUTPUT);
    gpio.write(DIRSET, 1);
    assertThat(gpio.read(DIR)).isEqualTo((1 << 9) | 1);
    assertThat(gpio.read(cnf(0))).isEqualTo(3);
    gpio.write(DIR, 0);
    assertThat(gpio.read(cnf(9))).isEqualTo(INPUT);
  }

  @Test
  void a_board_presses_a_button_and_the_part_senses_it_once() {
    gpio.write(cnf(17), INPUT | SENSE_LOW);
    gpio.signals().clear();
    gpio.pins().drive(17, false);
    gpio.pins().drive(17, false);

    assertThat(gpio.read(IN)).isZero();
    assertThat(gpio.signals()).containsExactly(GPIO + IN, GPIO + Nrf51Gpio.DETECT);
    gpio.pins().release(17);
    assertThat(gpio.read(IN)).isEqualTo(1 << 17);
  }

  @Test
  void an_edge_is_an_event_and_so_is_a_level_that_is_sensed() throws Exception {
    gpiote.write(0x510, 1 | (17 << 8) | (2 << 16)); // channel 0: falls
    gpiote.write(0x304, 1 | (1 << 31));
    gpiote.memory().write(GPIO + IN, 4, 1 << 17);
    gpiote.hear(GPIO + IN);
    assertThat(gpiote.read(0x100)).isZero();
    gpiote.memory().write(GPIO + IN, 4, 0);
    gpiote.hear(GPIO + IN);
    assertThat(gpiote.read(0x100)).isEqualTo(1);
    assertThat(gpiote.line()).isTrue();
    gpiote.write(0x100, 0);
    assertThat(gpiote.line()).isFalse();
    gpiote.hear(GPIO + Nrf51Gpio.DETECT);

    assertThat(gpiote.read(0x17C)).isEqualTo(1);
    assertThat(gpiote.line()).isTrue();
  }

  @Test
  void a_task_drives_a_pin() throws Exception {
    gpiote.write(0x514, 3 | (8 << 8) | (3 << 16) | (1 << 20)); // channel 1: toggles, begins high
    assertThat(gpiote.memory().read(GPIO + OUTSET, 4)).isEqualTo(1 << 8);
    assertThat(gpiote.memory().read(GPIO + DIRSET, 4)).isEqualTo(1 << 8);
    gpiote.memory().write(GPIO + OUT, 4, 1 << 8);
    gpiote.write(0x4, 1);

    assertThat(gpiote.memory().read(GPIO + OUTCLR, 4)).isEqualTo(1 << 8);
  }

  @Test
  void an_event_triggers_a_task_one_cycle_later_while_its_channel_is_enabled() throws Exception {
    ppi.write(0x518, 0x4000_8140); // channel 1: an event
    ppi.write(0x51C, 0x4000_7000); // and a task
    ppi.hear(0x4000_8140L);
    ppi.advance(10);
    assertThat(ppi.memory().read(0x4000_7000L, 4)).isZero();
    ppi.write(0x504, 2);
    ppi.hear(0x4000_8140L);
    assertThat(ppi.memory().read(0x4000_7000L, 4)).isZero();
    ppi.advance(1);

    assertThat(ppi.memory().read(0x4000_7000L, 4)).isEqualTo(1);
    assertThat(ppi.bases()).containsExactly("X: an event reaches its task in a cycle");
  }

  @Test
  void groups_of_channels_are_enabled_and_disabled_and_some_channels_are_fixed() throws Exception {
    ppi.write(0x804, 1 << 27); // group 1: END of the radio, CAPTURE[2] of TIMER0
    ppi.write(0x8, 1);
    assertThat(ppi.read(0x500)).isEqualTo(1 << 27);
    ppi.hear(0x4000_110CL);
    ppi.advance(1);
    assertThat(ppi.memory().read(0x4000_8048L, 4)).isEqualTo(1);
    ppi.write(0xC, 1);

    assertThat(ppi.read(0x508)).isZero();
  }
}
