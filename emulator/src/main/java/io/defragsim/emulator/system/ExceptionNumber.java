package io.defragsim.emulator.system;

/** The numbers of exceptions (ARM DDI 0419C, table B1-2). */
public final class ExceptionNumber {
  public static final int RESET = 1;
  public static final int NMI = 2;
  public static final int HARD_FAULT = 3;
  public static final int SVCALL = 11;
  public static final int PENDSV = 14;
  public static final int SYSTICK = 15;

  /** External interrupt 0; interrupt n is this plus n. */
  public static final int IRQ0 = 16;

  /** External interrupts of a Cortex-M0. */
  public static final int IRQS = 32;

  /** One above the highest number. */
  public static final int END = IRQ0 + IRQS;

  private ExceptionNumber() {}

  /**
   * The number of an external interrupt.
   *
   * @throws IllegalArgumentException if it is not 0 to 31
   */
  public static int ofIrq(int irq) {
    if (irq < 0 || irq >= IRQS) {
      throw new IllegalArgumentException("external interrupts are 0 to 31: " + irq);
    }
    return IRQ0 + irq;
  }

  /** Whether an exception has this number. */
  public static boolean exists(int number) {
    return switch (number) {
      case RESET, NMI, HARD_FAULT, SVCALL, PENDSV, SYSTICK -> true;
      default -> number >= IRQ0 && number < END;
    };
  }

  /** What people call it, for example {@code HardFault} or {@code IRQ 5}. */
  public static String name(int number) {
    return switch (number) {
      case RESET -> "Reset";
      case NMI -> "NMI";
      case HARD_FAULT -> "HardFault";
      case SVCALL -> "SVCall";
      case PENDSV -> "PendSV";
      case SYSTICK -> "SysTick";
      default -> number >= IRQ0 && number < END ? "IRQ " + (number - IRQ0) : "exception " + number;
    };
  }
}
