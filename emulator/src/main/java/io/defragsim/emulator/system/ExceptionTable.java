package io.defragsim.emulator.system;

/**
 * Which exceptions are pending, active and enabled, with what priority, and which one is due (ARM
 * DDI 0419C, B1.5.4).
 *
 * <p>The line of an external interrupt is low, or a peripheral holds it high. Going high makes the
 * interrupt pending; one that is still high when its handler returns, or when somebody clears what
 * is pending, is pending again (B3.4.1). Out of reset all lines are low.
 *
 * <p>A lower priority value is more urgent: -3 Reset, -2 NMI, -1 HardFault, 0 to 3 the others. Of
 * equals the lower number goes first; only a more urgent one preempts.
 */
public final class ExceptionTable {
  /** The execution priority in Thread mode with nothing masked: below all exceptions. */
  public static final int THREAD_PRIORITY = 4;

  private final int[] priorities = new int[ExceptionNumber.END];
  private long pending;
  private long active;
  private long enabled;
  private long high;

  public ExceptionTable() {
    reset();
  }

  /** Nothing is pending or active, external interrupts are disabled, priorities are 0. */
  public void reset() {
    java.util.Arrays.fill(priorities, 0);
    priorities[ExceptionNumber.RESET] = -3;
    priorities[ExceptionNumber.NMI] = -2;
    priorities[ExceptionNumber.HARD_FAULT] = -1;
    pending = 0;
    active = 0;
    high = 0;
    enabled = (1L << ExceptionNumber.IRQ0) - 1; // the system's own cannot be disabled
  }

  public boolean isPending(int number) {
    return (pending & bit(number)) != 0;
  }

  public void setPending(int number) {
    pending |= bit(number);
  }

  /**
   * Clears what is pending; an interrupt whose line is high and whose handler is not active stays.
   */
  public void clearPending(int number) {
    pending &= ~bit(number) | (high & ~active);
  }

  /** Whether a line is held high. */
  public boolean isHigh(int number) {
    return (high & bit(number)) != 0;
  }

  /** Lets a line be high or low; what is pending by it then is for {@link CoreSystem} to say. */
  void setHigh(int number, boolean on) {
    high = on ? high | bit(number) : high & ~bit(number);
  }

  public boolean isActive(int number) {
    return (active & bit(number)) != 0;
  }

  /** How many exceptions are active: being handled, or preempted while they were. */
  public int activeCount() {
    return Long.bitCount(active);
  }

  /** The handler of {@code number} begins: active, and no longer pending. */
  public void activate(int number) {
    active |= bit(number);
    clearPending(number);
  }

  /** The handler of {@code number} has returned. */
  public void deactivate(int number) {
    active &= ~bit(number);
    pending |= high & bit(number);
  }

  /** Enables or disables an external interrupt. */
  public void setEnabled(int number, boolean on) {
    if (number < ExceptionNumber.IRQ0) {
      throw new IllegalArgumentException(ExceptionNumber.name(number) + " is always enabled");
    }
    enabled = on ? enabled | bit(number) : enabled & ~bit(number);
  }

  public int priority(int number) {
    return priorities[number];
  }

  /**
   * Sets a priority.
   *
   * @param priority 0 to 3
   */
  public void setPriority(int number, int priority) {
    if (number < ExceptionNumber.SVCALL || priority < 0 || priority > 3) {
      throw new IllegalArgumentException(
          "priority " + priority + " for " + ExceptionNumber.name(number));
    }
    priorities[number] = priority;
  }

  /** How urgent what runs now is: an exception must be more urgent than that to be taken. */
  public int executionPriority(boolean primask) {
    int priority = THREAD_PRIORITY;
    for (long rest = active; rest != 0; rest &= rest - 1) {
      priority = Math.min(priority, priorities[Long.numberOfTrailingZeros(rest)]);
    }
    return primask ? Math.min(priority, 0) : priority;
  }

  /** The most urgent exception that is pending and enabled, whatever runs now; 0 if none is. */
  public int mostUrgentPending() {
    int best = 0;
    for (long rest = pending & enabled; rest != 0; rest &= rest - 1) {
      int number = Long.numberOfTrailingZeros(rest);
      if (best == 0 || priorities[number] < priorities[best]) {
        best = number;
      }
    }
    return best;
  }

  /** The exception that is to be taken at this instruction boundary, 0 if none is. */
  public int due(boolean primask) {
    int best = (pending & enabled) == 0 ? 0 : mostUrgentPending();
    return best != 0 && priorities[best] < executionPriority(primask) ? best : 0;
  }

  /** Bit n is set while external interrupt n is pending. */
  public int pendingIrqs() {
    return (int) (pending >>> ExceptionNumber.IRQ0);
  }

  /** Bit n is set while external interrupt n is enabled. */
  public int enabledIrqs() {
    return (int) (enabled >>> ExceptionNumber.IRQ0);
  }

  private static long bit(int number) {
    if (!ExceptionNumber.exists(number)) {
      throw new IllegalArgumentException("no exception has the number " + number);
    }
    return 1L << number;
  }
}
