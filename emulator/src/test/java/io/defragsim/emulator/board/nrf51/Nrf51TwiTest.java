package io.defragsim.emulator.board.nrf51;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.FakeWires;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The two-wire interface, as drivers use it, and SPI at the same address. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class Nrf51TwiTest {
  private static final int STARTRX = 0x0;
  private static final int STARTTX = 0x8;
  private static final int STOP = 0x14;
  private static final int RESUME = 0x20;
  private static final int STOPPED = 0x104;
  private static final int RXDREADY = 0x108;
  private static final int TXDSENT = 0x11C;
  private static final int ERROR = 0x124;
  private static final int SHORTS = 0x200;
  private static final int ERRORSRC = 0x4C4;
  private static final int ENABLE = 0x500;
  private static final int RXD = 0x518;
  private static final int TXD = 0x51C;
  private static final int FREQUENCY = 0x524;
  private static final int ADDRESS = 0x588;
  private static final int BB_SUSPEND = 1;
  private static final int BB_STOP = 2;

  // 2^32 / 0x01980000 cycles a bit, rounded up where bits end
  private static final long ADDRESSED = 1607;
  private static final long BYTE = 1446;

  private final FakeWires twi = ModelsUnderTest.connected("nrf51.twi");

  @BeforeEach
  void a_sensor_is_on_the_bus() {
    twi.connectDevice(0x1D, FakeWires.registers(Map.of(0x0D, 0x5A, 0x0E, 0x11)));
    twi.write(FREQUENCY, 0x0198_0000);
    twi.write(ENABLE, 5);
    twi.write(ADDRESS, 0x1D);
  }

  private void write(int value) {
    twi.write(TXDSENT, 0);
    twi.write(TXD, value);
  }

  @Test
  void a_register_is_read_behind_a_repeated_start_and_the_last_byte_stops() {
    twi.write(STARTTX, 1);
    write(0x0D);
    assertThat(twi.until(TXDSENT, 1)).isEqualTo(ADDRESSED + BYTE);
    twi.write(SHORTS, BB_SUSPEND);
    twi.write(STARTRX, 1);
    twi.write(RESUME, 1);
    assertThat(twi.until(RXDREADY, 1)).isEqualTo(ADDRESSED + BYTE);
    twi.write(RXDREADY, 0);
    assertThat(twi.read(RXD)).isEqualTo(0x5A);
    twi.advance(1_000_000); // it is suspended
    assertThat(twi.read(RXDREADY)).isZero();
    twi.write(SHORTS, BB_STOP);
    twi.write(RESUME, 1);

    assertThat(twi.until(RXDREADY, 1)).isEqualTo(BYTE);
    assertThat(twi.read(RXD)).isEqualTo(0x11);
    assertThat(twi.read(STOPPED)).isZero();
    assertThat(twi.until(STOPPED, 1)).isEqualTo(161);
    assertThat(twi.bases()).containsExactly("X: bits at the frequency that is set");
  }

  @Test
  void one_byte_is_read_though_resume_and_the_shortcut_come_while_the_address_is_sent() {
    twi.write(SHORTS, BB_SUSPEND);
    twi.write(STARTRX, 1);
    twi.write(SHORTS, BB_STOP);
    twi.write(RESUME, 1);
    twi.advance(ADDRESSED + BYTE + 161);

    assertThat(twi.read(RXDREADY)).isEqualTo(1);
    assertThat(twi.read(STOPPED)).isEqualTo(1);
  }

  @Test
  void what_is_written_is_there_when_it_is_read() {
    twi.write(STARTTX, 1);
    for (int value : new int[] {0x20, 0x77, 0x78}) {
      write(value);
      twi.until(TXDSENT, 1);
    }
    twi.write(STOP, 1);
    twi.until(STOPPED, 1);
    twi.write(STARTTX, 1);
    write(0x21);
    twi.until(TXDSENT, 1);
    twi.write(STARTRX, 1);
    twi.until(RXDREADY, 1);

    assertThat(twi.read(RXD)).isEqualTo(0x78);
  }

  @Test
  void a_device_that_is_absent_is_an_error_and_the_byte_is_never_sent_until_stop() {
    twi.write(ADDRESS, 0x3A);
    twi.write(STARTTX, 1);
    write(1);
    assertThat(twi.until(ERROR, 1)).isEqualTo(ADDRESSED);
    twi.advance(10_000_000);
    assertThat(twi.read(TXDSENT)).isZero();
    assertThat(twi.read(ERRORSRC)).isEqualTo(2);
    twi.write(STOP, 1);

    assertThat(twi.until(STOPPED, 1)).isPositive();
    twi.write(ADDRESS, 0x1D);
    twi.write(STARTTX, 1);
    write(1);
    assertThat(twi.until(TXDSENT, 1)).isEqualTo(ADDRESSED + BYTE);
  }

  @Test
  void a_byte_that_nobody_fetches_is_overrun_by_the_next() {
    twi.write(STARTRX, 1);
    twi.advance(ADDRESSED + 2 * BYTE);

    assertThat(twi.read(ERROR)).isEqualTo(1);
    assertThat(twi.read(ERRORSRC)).isEqualTo(1);
  }

  @Test
  void without_power_it_forgets_the_transfer() {
    twi.write(STARTTX, 1);
    write(1);
    twi.write(0xFFC, 0);
    twi.advance(1_000_000);

    assertThat(twi.read(TXDSENT)).isZero();
    assertThat(twi.read(ENABLE)).isZero();
    assertThat(twi.read(FREQUENCY)).isEqualTo(0x0400_0000);
  }

  @Test
  void enabled_as_spi_it_exchanges_bytes_with_nobody() {
    twi.write(ENABLE, 1);
    twi.write(FREQUENCY, 0x1000_0000); // 1 MHz
    twi.write(TXD, 0x12);
    twi.write(TXD, 0x34);
    assertThat(twi.until(RXDREADY, 1)).isEqualTo(8 * 16);
    assertThat(twi.read(RXD)).isEqualTo(0xFF);
    twi.write(RXDREADY, 0);

    assertThat(twi.until(RXDREADY, 1)).isEqualTo(8 * 16);
    twi.write(STARTTX, 1);
    twi.advance(1_000_000);
    assertThat(twi.read(ERROR)).isZero();
  }
}
