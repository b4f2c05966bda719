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

  private final CoreSystem system;
  private final EventQueue.Event request;

  /** The cycle of which the rest tells. */
  private long at;

  private int reload;
  private int current;
  private boolean enabled;
  private boolean interrupt;
  private boolean countFlag;

  /** Off; counts the cycles of {@code system}, and requests its exception there. */
  SysTick(CoreSystem system) {
    this.system = system;
    request = system.events().add(true, this::reached);
  }

  private void reached() {
    settle();
    schedule();
    system.request(ExceptionNumber.SYSTICK);
  }

  private void schedule() {
    long cycles = interrupt ? cyclesToZero() : Long.MAX_VALUE;
    request.at(cycles == Long.MAX_VALUE ? EventQueue.NEVER : at + cycles);
  }

  /** Counts the cycles that have passed. */
  private void settle() {
    advance(system.now() - at);
    at = system.now();
  }

  /** Off, and all values 0. */
  void reset() {
    at = system.now();
    request.at(EventQueue.NEVER);
    reload = 0;
    current = 0;
    enabled = false;
    interrupt = false;
    countFlag = false;
  }

  private void advance(long cycles) {
    long toZero = cyclesToZero();
    if (cycles < toZero) {
      if (enabled && cycles > 0 && toZero != Long.MAX_VALUE) {
        // From 0 the first cycle reloads.
        current = (int) (toZero - cycles);
      }
      return;
    }
    countFlag = true;
    long behind = cycles - toZero; // cycles since the count was 0 for the first time
    if (reload == 0) {
      current = 0;
    } else {
      long phase = behind % (reload + 1L);
      current = phase == 0 ? 0 : (int) (reload + 1L - phase);
    }
  }

  /** Cycles until the count reaches 0 from 1, Long.MAX_VALUE if it never does. */
  private long cyclesToZero() {
    if (!enabled || (current == 0 && reload == 0)) {
      return Long.MAX_VALUE;
    }
    return current == 0 ? reload + 1L : current;
  }

  /** Reads SYST_CSR, which clears COUNTFLAG. */
  public int readControl() {
    settle();
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
    settle();
    enabled = (value & ENABLE) != 0;
    interrupt = (value & TICKINT) != 0;
    schedule();
  }

  /** Reads SYST_RVR. */
  public int readReload() {
    return reload;
  }

  /** Writes SYST_RVR. It counts from the next reload on. */
  public void writeReload(int value) {
    settle();
    reload = value & MASK;
    schedule();
  }

  /** Reads SYST_CVR. */
  public int readCurrent() {
    settle();
    return current;
  }

  /** Writes SYST_CVR: any value makes it and COUNTFLAG 0. */
  public void writeCurrent() {
    settle();
    current = 0;
    countFlag = false;
    schedule();
  }

  /** Reads SYST_CALIB: no reference clock, value unknown. */
  public int readCalibration() {
    return NOREF;
  }
}
