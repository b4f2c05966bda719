package io.defragsim.scenario;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.timing.FlashWaits;
import java.util.List;
import java.util.OptionalLong;

/**
 * How the wait states to count are written: a number, or {@value #AUTO} for as many as the part
 * needs at its clock.
 */
public final class WaitStates {
  private static final String AUTO = "auto";
  private static final String EXPECTED = "expected 0 to " + FlashWaits.MOST;

  private WaitStates() {}

  /**
   * The part with the wait states of a command line.
   *
   * @throws IllegalArgumentException with a message for people
   */
  public static McuConfig on(McuConfig mcu, String written) {
    try {
      return mcu.withWaitStates(written.equals(AUTO) ? needed(mcu) : number(written));
    } catch (Unreadable e) {
      throw new IllegalArgumentException(e.problem(), e);
    }
  }

  /**
   * The number on a command line where there is no part that {@value #AUTO} could go by.
   *
   * @throws IllegalArgumentException with a message for people
   */
  public static int of(String written) {
    try {
      return number(written);
    } catch (Unreadable e) {
      throw new IllegalArgumentException(e.problem(), e);
    }
  }

  /** The part with the wait states of a scenario. */
  static McuConfig on(McuConfig mcu, Json json) throws Unreadable {
    if (json instanceof Json.Text text) {
      if (text.value().equals(AUTO)) {
        return mcu.withWaitStates(needed(mcu));
      }
      throw new Unreadable(
          "\""
              + text.value()
              + "\" is no number of wait states"
              + Nearest.of(text.value(), List.of(AUTO))
                  .map(near -> "; did you mean \"" + near + "\"?")
                  .orElse("; " + EXPECTED + ", or \"" + AUTO + "\""));
    }
    if (json instanceof Json.Numeral numeral) {
      return mcu.withWaitStates(number(numeral.written()));
    }
    throw new Unreadable(
        json.kind() + " is no number of wait states: " + EXPECTED + ", or \"" + AUTO + "\"");
  }

  private static int needed(McuConfig mcu) throws Unreadable {
    long needed = mcu.neededWaitStates();
    if (needed > FlashWaits.MOST) {
      throw new Unreadable(
          "a clock of "
              + mcu.clockHz()
              + " Hz is "
              + needed
              + " wait states above the zero-wait clock of "
              + mcu.zeroWaitHz()
              + " Hz, and the estimate goes to "
              + FlashWaits.MOST);
    }
    return (int) needed;
  }

  private static int number(String written) throws Unreadable {
    if (!written.matches("-?[0-9].*")) {
      throw new Unreadable("\"" + written + "\" is no number of wait states: " + EXPECTED);
    }
    long number;
    try {
      number = Quantity.parse(written, Quantity.Kind.COUNT, OptionalLong.empty());
    } catch (IllegalArgumentException e) {
      throw new Unreadable(String.valueOf(e.getMessage()));
    }
    if (number > FlashWaits.MOST) {
      throw new Unreadable(written + " wait states are out of range: " + EXPECTED);
    }
    return (int) number;
  }
}
