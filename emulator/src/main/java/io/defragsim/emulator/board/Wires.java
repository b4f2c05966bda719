package io.defragsim.emulator.board;

import io.defragsim.emulator.system.Memory;
import java.util.function.LongConsumer;

/** What a {@link Peripheral} is connected to. Time is in cycles of the core since the start. */
public interface Wires {

  /** The peripheral's name on its board. */
  String name();

  /** The address of its first register. */
  long base();

  /** The cycle at which the access under way began, or at which an alarm goes off. */
  long now();

  /** Cycles a second. */
  long clockHz();

  /** A time in cycles, rounded up. */
  default long cycles(double microseconds) {
    return (long) Math.ceil(microseconds * clockHz() / 1e6);
  }

  /**
   * An alarm whose time is a whole number of cycles of the core's own clock, as that of a timer: a
   * run that it is in stays exact.
   *
   * @param action what happens when it goes off; the clock is at that cycle then
   */
  Alarm alarm(Runnable action);

  /**
   * An alarm whose time nobody can know to the cycle: a figure of a data sheet, another
   * oscillator's, a baud rate. Each run and interval that it is in is said to rest on it.
   *
   * @param basis where its time comes from, for the ledger, for example {@code "UART0: a character
   *     at the baud rate that is set"}
   */
  Alarm latency(String basis, Runnable action);

  /**
   * Says that from now on the clock rests on something that no alarm has the time of: another
   * oscillator is counted.
   *
   * @param basis as of {@link #latency}
   */
  void rest(String basis);

  /** Holds the peripheral's line of interrupt high, or lets it go. */
  void interrupt(boolean high);

  /** Lets the core wait for so many cycles, within the access under way. */
  void stall(long cycles);

  /** The serial line of the board's console. */
  SerialLine serial();

  /** The bus of a board's I2C devices. */
  I2cBus i2c();

  /** What the board does to the part's pins. */
  Pins pins();

  /** Flash and what else is programmed. */
  NonVolatile nonVolatile();

  /** All that the core reaches: memory and other peripherals. No time passes by it. */
  Memory memory();

  /** Tells others that something happened at the register with this offset (for a PPI). */
  void signal(int offset);

  /** Hears of each {@link #signal}, by the address of its register. */
  void onSignal(LongConsumer listener);
}
