package io.defragsim.emulator.board.nrf51;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.FakeWires;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The UART, as drivers use it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class Nrf51UartTest {
  private static final int STARTRX = 0x0;
  private static final int STOPRX = 0x4;
  private static final int STARTTX = 0x8;
  private static final int RXDRDY = 0x108;
  private static final int TXDRDY = 0x11C;
  private static final int ERROR = 0x124;
  private static final int RXTO = 0x144;
  private static final int INTENSET = 0x304;
  private static final int ERRORSRC = 0x480;
  private static final int ENABLE = 0x500;
  private static final int PSELTXD = 0x50C;
  private static final int PSELRXD = 0x514;
  private static final int RXD = 0x518;
  private static final int TXD = 0x51C;
  private static final int BAUDRATE = 0x524;
  private static final int CONFIG = 0x56C;

  /** Ten bits of 115,200 baud: 10 * 2^32 / 0x01d7e000 cycles, rounded up. */
  private static final long CHARACTER = 1389;

  private final FakeWires uart = ModelsUnderTest.connected("nrf51.uart");
  private final List<Integer> sent = new ArrayList<>();

  private void begin() {
    uart.serial().onOutput(sent::add);
    uart.write(BAUDRATE, 0x01D7_E000);
    uart.write(ENABLE, 4);
    uart.write(PSELTXD, 24);
    uart.write(PSELRXD, 25);
    uart.write(STARTTX, 1);
    uart.write(STARTRX, 1);
  }

  @Test
  void a_byte_is_on_the_line_when_its_ten_bits_are_over() {
    begin();
    uart.write(TXD, 'a');
    uart.advance(CHARACTER - 1);
    assertThat(sent).isEmpty();
    uart.advance(1);

    assertThat(sent).containsExactly((int) 'a');
    assertThat(uart.read(TXDRDY)).isEqualTo(1);
    assertThat(uart.bases()).containsExactly("X: a character at the baud rate that is set");
  }

  @Test
  void parity_takes_an_eleventh_bit() {
    begin();
    uart.write(CONFIG, 0xE);
    uart.write(TXD, 'a');

    assertThat(uart.until(TXDRDY, 1)).isEqualTo(1528);
  }

  @Test
  void a_byte_that_is_stored_while_another_is_sent_follows_it() {
    begin();
    uart.write(TXD, 'a');
    uart.write(TXD, 'b');
    uart.advance(2 * CHARACTER);

    assertThat(sent).containsExactly((int) 'a', (int) 'b');
  }

  @Test
  void a_disconnected_pin_sends_nothing_but_the_driver_hears_that_it_did() {
    begin();
    uart.write(PSELTXD, -1);
    uart.write(TXD, 'a');

    assertThat(uart.until(TXDRDY, 1)).isEqualTo(CHARACTER);
    assertThat(sent).isEmpty();
  }

  @Test
  void what_was_typed_before_waits_until_the_receiver_is_on() {
    uart.serial().type('x');
    uart.serial().type('y');
    uart.advance(1_000_000);
    begin();
    uart.write(INTENSET, 4);

    assertThat(uart.until(RXDRDY, 1)).isEqualTo(CHARACTER);
    assertThat(uart.line()).isTrue();
    uart.write(RXDRDY, 0);
    assertThat(uart.line()).isFalse();
    assertThat(uart.read(RXD)).isEqualTo('x');
    assertThat(uart.until(RXDRDY, 1)).isEqualTo(CHARACTER);
    assertThat(uart.read(RXD)).isEqualTo('y');
  }

  @Test
  void six_bytes_wait_each_with_an_event_and_the_seventh_is_lost() {
    begin();
    "1234567".chars().forEach(uart.serial()::type);
    uart.advance(7 * CHARACTER);

    assertThat(uart.read(ERROR)).isEqualTo(1);
    assertThat(uart.read(ERRORSRC)).isEqualTo(1);
    uart.write(ERRORSRC, 1);
    assertThat(uart.read(ERRORSRC)).isZero();
    StringBuilder read = new StringBuilder();
    while (uart.read(RXDRDY) == 1) {
      uart.write(RXDRDY, 0);
      read.append((char) uart.read(RXD));
    }
    assertThat(read).hasToString("123456");
  }

  @Test
  void with_flow_control_the_sender_waits() {
    begin();
    uart.write(CONFIG, 1);
    "12345".chars().forEach(uart.serial()::type);
    uart.advance(100 * CHARACTER);
    assertThat(uart.serial().hasInput()).isTrue();
    uart.read(RXD);
    uart.advance(CHARACTER);

    assertThat(uart.serial().hasInput()).isFalse();
    assertThat(uart.read(ERROR)).isZero();
  }

  @Test
  void stopped_it_receives_nothing_and_says_so_after_five_characters() {
    begin();
    uart.write(STOPRX, 1);
    uart.serial().type('x');

    assertThat(uart.until(RXTO, 1)).isEqualTo(5 * CHARACTER);
    uart.advance(1_000_000);
    assertThat(uart.serial().hasInput()).isTrue();
    assertThat(uart.read(RXDRDY)).isZero();
  }

  @Test
  void what_is_not_enabled_does_nothing() {
    begin();
    uart.write(ENABLE, 0);
    uart.write(TXD, 'a');
    uart.serial().type('x');
    uart.advance(1_000_000);

    assertThat(sent).isEmpty();
    assertThat(uart.serial().hasInput()).isTrue();
  }
}
