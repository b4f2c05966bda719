package io.defragsim.emulator.board.nrf51;

import io.defragsim.emulator.board.Wires;

/**
 * Tasks and events of pins: four channels, each an event at a pin's edge or a task that drives a
 * pin, and PORT, which happens as the first pin has the level that its PIN_CNF senses.
 */
final class Nrf51Gpiote extends Nrf51Block {
  private static final int IN = 0x100;
  private static final int PORT = 0x17C;
  private static final int CONFIG = 0x510;
  private static final int CHANNELS = 4;
  private static final int EVENT = 1;
  private static final int TASK = 3;
  private static final int RISE = 1;
  private static final int FALL = 2;

  private int pins;

  Nrf51Gpiote(Wires wires) {
    super(wires);
    wires.onSignal(this::hear);
  }

  @Override
  void restart() {
    pins = peek(Nrf51Gpio.BASE + Nrf51Gpio.IN, 4);
  }

  @Override
  void task(int offset) {
    int channel = offset >> 2;
    if (channel < CHANNELS && mode(channel) == TASK) {
      int pin = pin(channel);
      boolean high =
          switch (polarity(channel)) {
            case RISE -> true;
            case FALL -> false;
            default -> (peek(Nrf51Gpio.BASE + Nrf51Gpio.OUT, 4) & pin) == 0;
          };
      drive(pin, high);
    }
  }

  @Override
  void stored(int offset, int value) {
    int channel = (offset - CONFIG) >> 2;
    if (channel >= 0 && channel < CHANNELS && mode(channel) == TASK) {
      poke(Nrf51Gpio.BASE + Nrf51Gpio.DIRSET, 4, pin(channel));
      drive(pin(channel), ((value >> 20) & 1) != 0);
    }
  }

  private void drive(int pin, boolean high) {
    poke(Nrf51Gpio.BASE + (high ? Nrf51Gpio.OUTSET : Nrf51Gpio.OUTCLR), 4, pin);
  }

  private void hear(long address) {
    if (address == Nrf51Gpio.BASE + Nrf51Gpio.DETECT) {
      happen(PORT);
    } else if (address == Nrf51Gpio.BASE + Nrf51Gpio.IN) {
      int before = pins;
      pins = peek(address, 4);
      for (int channel = 0; channel < CHANNELS; channel++) {
        int pin = pin(channel);
        boolean rose = (pins & ~before & pin) != 0;
        boolean fell = (before & ~pins & pin) != 0;
        int edges = polarity(channel);
        if (mode(channel) == EVENT
            && ((rose && (edges & RISE) != 0) || (fell && (edges & FALL) != 0))) {
          happen(IN + 4 * channel);
        }
      }
    }
  }

  private int mode(int channel) {
    return register(CONFIG + 4 * channel) & 3;
  }

  private int pin(int channel) {
    return 1 << (register(CONFIG + 4 * channel) >> 8);
  }

  private int polarity(int channel) {
    return (register(CONFIG + 4 * channel) >> 16) & 3;
  }
}
