package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Wires;

/**
 * The analog-to-digital converter, with 0 V at each input. A conversion of 8, 9 or 10 bits takes
 * 20, 36 or 68 us: from memory of the nRF51822's product specification; 20 us agrees with the
 * 50,000 samples a second that Nordic states elsewhere, the others are unconfirmed.
 */
final class Nrf51Adc extends Nrf51Block {
  private static final int START = 0x0;
  private static final int STOP = 0x4;
  private static final int END = 0x100;
  private static final int BUSY = 0x400;
  private static final int ENABLE = 0x500;
  private static final int CONFIG = 0x504;
  private static final int RESULT = 0x508;

  private final Alarm converted;

  Nrf51Adc(Wires wires) {
    super(wires);
    converted = latency("a conversion takes 20, 36 or 68 us", this::converted);
  }

  @Override
  void restart() {
    set(CONFIG, 0x18);
  }

  @Override
  void task(int offset) {
    switch (offset) {
      case START -> {
        if ((register(ENABLE) & 3) == 1) {
          converted.after(
              wires.cycles(
                  switch (register(CONFIG) & 3) {
                    case 0 -> 20;
                    case 1 -> 36;
                    default -> 68;
                  }));
        }
      }
      case STOP -> converted.stop();
      default -> {}
    }
  }

  private void converted() {
    set(RESULT, 0);
    happen(END);
  }

  @Override
  int load(int offset) {
    return offset == BUSY ? converted.isRunning() ? 1 : 0 : register(offset);
  }
}
