package io.defragsim.scenario;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.timing.FlashWaits;
import java.math.BigInteger;
import java.util.List;

/**
 * How the wait states to count are written: a number, or {@value #AUTO} for as many as the part
 * needs at its clock.
 */
public final class WaitStates {
  private static final String AUTO = "auto";
  private static final String EXPECTED = "expected 0 to " + FlashWaits.MOST;
  private static final String EXPECTED_OR_AUTO = EXPECTED + ", or \"" + AUTO + "\"";
  private static final String NO_NUMBER = " is no number of wait states";

  /** What is written, as a pattern for JSON Schema. */
  public static final String PATTERN = "^(" + AUTO + "|0*[0-" + FlashWaits.MOST + "])$";

  private WaitStates() {}

  /**
   * The part with the wait states that are written.
   *
   * @throws IllegalArgumentException with a message for people
   */
  public static McuConfig on(McuConfig mcu, String written) {
    return mcu.withWaitStates(written.equals(AUTO) ? needed(mcu) : count(written));
  }

  /**
   * The number on a command line where there is no part that {@value #AUTO} could go by.
   *
   * @throws IllegalArgumentException with a message for people
   */
  public static int of(String written) {
    return number(written, EXPECTED);
  }

  /** What to say of something else than a number or a text. */
  public static String notWritten(String kind) {
    return kind + NO_NUMBER + "; " + EXPECTED_OR_AUTO;
  }

  private static int count(String written) {
    boolean misspelt = Nearest.of(written, List.of(AUTO)).isPresent();
    return number(written, misspelt ? "did you mean \"" + AUTO + "\"?" : EXPECTED_OR_AUTO);
  }

  private static int needed(McuConfig mcu) {
    long needed = mcu.neededWaitStates();
    if (needed > FlashWaits.MOST) {
      throw new Unreadable(
          "a clock of %d Hz is %d wait states above the zero-wait clock of %d Hz, and the estimate"
              + " goes to %d",
          mcu.clockHz(), needed, mcu.zeroWaitHz(), FlashWaits.MOST);
    }
    return (int) needed;
  }

  private static int number(String written, String expected) {
    if (!written.matches("-?[0-9].*")) {
      throw new Unreadable("\"%s\"%s; %s", written, NO_NUMBER, expected);
    }
    if (!written.matches("-?[0-9]+")) {
      throw new Unreadable("%s is not a whole number; %s", written, EXPECTED);
    }
    BigInteger number = new BigInteger(written);
    if (number.signum() < 0 || number.compareTo(BigInteger.valueOf(FlashWaits.MOST)) > 0) {
      throw new Unreadable("%s wait states are out of range; %s", written, EXPECTED);
    }
    return number.intValue();
  }
}
