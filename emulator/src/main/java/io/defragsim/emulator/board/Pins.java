package io.defragsim.emulator.board;

import java.util.ArrayList;
import java.util.List;

/** The levels that a board gives a part's pins 0 to 31: a button that is pressed, a wire. */
public final class Pins {
  private final List<Runnable> onChange = new ArrayList<>();
  private int driven;
  private int high;

  /** Gives a pin a level, until it is released. */
  public void drive(int pin, boolean level) {
    driven |= 1 << pin;
    high = level ? high | 1 << pin : high & ~(1 << pin);
    onChange.forEach(Runnable::run);
  }

  /** Leaves a pin to itself. */
  public void release(int pin) {
    driven &= ~(1 << pin);
    high &= ~(1 << pin);
    onChange.forEach(Runnable::run);
  }

  /** A bit for each pin: whether the board gives it a level. */
  public int driven() {
    return driven;
  }

  /** A bit for each pin: whether the board gives it the high level. */
  public int high() {
    return high;
  }

  /** Tells a model that a pin was given a level, or released. */
  public void onChange(Runnable model) {
    onChange.add(model);
  }
}
