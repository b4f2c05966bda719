package io.defragsim.emulator.system;

/**
 * The system timer: 24 bits, counting core cycles down (ARM DDI 0419C, B3.3). There is no reference
 * clock, so it always counts core cycles; the calibration value is unknown and reads as 0.
 *
 * <p>The period is the reload value plus 1. The count from 1 to 0 sets COUNTFLAG and requests the
 * exception; the next cycle reloads. A reload value of 0 stops the timer at its next 0. A write to
 * the current value makes it 0, so that the next cycle reloads, and requests nothing.
 */
public final class SysTick {
  private static final int ENABLE = 1;
  private static final int TICKINT = 2;
  private static final int CLKSOURCE = 4;
  private static final int COUNTFLAG = 1 << 16;
  private static final int MASK = 0xFF_FFFF;
  private static final int NOREF = 1 << 31;

  private int reload;
  private int current;
  private boolean enabled;
  private boolean interrupt;
  private boolean countFlag;

  /** Off, and all values 0. */
  public void reset() {
    reload = 0;
    current = 0;
    enabled = false;
    interrupt = false;
    countFlag = false;
  }

  /**
   * Lets cycles pass.
   *
   * @return whether the timer requested its exception, at least once
   */
  public boolean advance(long cycles) {
    long toZero = cyclesToZero();
    if (cycles < toZero) {
      if (enabled && cycles > 0 && toZero != Long.MAX_VALUE) {
        // From 0 the first cycle reloads.
        current = (int) (toZero - cycles);
      }
      return false;
    }
    countFlag = true;
    long behind = cycles - toZero; // cycles since the count was 0 for the first time
    if (reload == 0) {
      current = 0;
    } else {
      long phase = behind % (reload + 1L);
      current = phase == 0 ? 0 : (int) (reload + 1L - phase);
    }
    return interrupt;
  }

  /** Cycles until the count reaches 0 from 1, Long.MAX_VALUE if it never does. */
  private long cyclesToZero() {
    if (!enabled || (current == 0 && reload == 0)) {
      return Long.MAX_VALUE;
    }
    return current == 0 ? reload + 1L : current;
  }

  /** Cycles until the timer requests its exception, Long.MAX_VALUE if it never does. */
  public long cyclesToRequest() {
    return interrupt ? cyclesToZero() : Long.MAX_VALUE;
  }

  /** Reads SYST_CSR, which clears COUNTFLAG. */
  public int readControl() {
    int value =
        (enabled ? ENABLE : 0)
            | (interrupt ? TICKINT : 0)
            | CLKSOURCE
            | (countFlag ? COUNTFLAG : 0);
    countFlag = false;
    return value;
  }

  /** Writes SYST_CSR. */
  public void writeControl(int value) {
    enabled = (value & ENABLE) != 0;
    interrupt = (value & TICKINT) != 0;
  }

  /** Reads SYST_RVR. */
  public int readReload() {
    return reload;
  }

  /** Writes SYST_RVR. It counts from the next reload on. */
  public void writeReload(int value) {
    reload = value & MASK;
  }

  /** Reads SYST_CVR. */
  public int readCurrent() {
    return current;
  }

  /** Writes SYST_CVR: any value makes it and COUNTFLAG 0. */
  public void writeCurrent() {
    current = 0;
    countFlag = false;
  }

  /** Reads SYST_CALIB: no reference clock, value unknown. */
  public int readCalibration() {
    return NOREF;
  }
}
