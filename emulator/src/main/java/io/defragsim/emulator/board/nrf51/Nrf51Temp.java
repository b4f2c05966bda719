package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;

/**
 * The thermometer, where it is always 25 degrees Celsius. A measurement takes 35 us: from memory of
 * the nRF51822's product specification, unconfirmed.
 */
final class Nrf51Temp extends Nrf51Block {
  private static final int START = 0x0;
  private static final int STOP = 0x4;
  private static final int DATARDY = 0x100;
  private static final int TEMP = 0x508;
  private static final int QUARTERS = 4 * 25;

  private final Alarm measured;

  Nrf51Temp(Wires wires) {
    super(wires);
    measured = latency("a temperature takes 35 us", this::measured);
  }

  @Override
  void task(int offset) {
    switch (offset) {
      case START -> measured.after(wires.cycles(35));
      case STOP -> measured.stop();
      default -> {}
    }
  }

  private void measured() {
    set(TEMP, QUARTERS);
    happen(DATARDY);
  }
}
