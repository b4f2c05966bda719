package io.defragsim.scenario;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.workload.Workload;
import java.util.List;

/**
 * One experiment: a part, an image, a pool, a workload, a policy, limits. Checked as far as that is
 * possible without the image.
 *
 * @param name what reports call it
 * @param description what it teaches, for people; may be empty
 * @param mcu the modelled part
 * @param image the allocator image
 * @param pool the managed memory
 * @param stackBytes the stack reserve at the top of SRAM, in bytes
 * @param defrag when compaction steps run
 * @param callBudget the most cycles that one call of the image may take, reset included
 * @param handlerBudget the most handlers of interrupts that a run may take
 * @param interrupts from outside, the first of them IRQ 0; at most 32
 * @param workload what the program asks for
 * @param limits what the result must hold, in the order of the file
 */
public record Scenario(
    String name,
    String description,
    McuConfig mcu,
    ImageReference image,
    Pool pool,
    int stackBytes,
    DefragPolicy defrag,
    long callBudget,
    long handlerBudget,
    List<InterruptSource> interrupts,
    Workload workload,
    List<Limit> limits) {

  /** The most flash, and the most SRAM, of a scenario's part in bytes: more than any part has. */
  public static final int MOST_MEMORY = 16 << 20;

  /** The stack reserve of a scenario that names none, in bytes. */
  public static final int DEFAULT_STACK_BYTES = 512;

  /** The most cycles of a call where a scenario says nothing. */
  public static final long DEFAULT_CALL_BUDGET = 50_000_000;

  /** The most handlers of a run where a scenario says nothing: seconds of the host's time. */
  public static final long DEFAULT_HANDLER_BUDGET = 10_000_000;

  public Scenario {
    interrupts = List.copyOf(interrupts);
    limits = List.copyOf(limits);
  }

  /** One with the usual {@link #handlerBudget}. */
  public Scenario(
      String name,
      String description,
      McuConfig mcu,
      ImageReference image,
      Pool pool,
      int stackBytes,
      DefragPolicy defrag,
      long callBudget,
      List<InterruptSource> interrupts,
      Workload workload,
      List<Limit> limits) {
    this(
        name,
        description,
        mcu,
        image,
        pool,
        stackBytes,
        defrag,
        callBudget,
        DEFAULT_HANDLER_BUDGET,
        interrupts,
        workload,
        limits);
  }

  /**
   * The managed memory.
   *
   * @param bytes a multiple of 8; the handle table is carved out of it, unless the allocator hands
   *     out pointers
   * @param handles how many blocks can be alive at once, at most {@link #MOST_HANDLES}
   */
  public record Pool(int bytes, int handles) {
    public static final int MOST_HANDLES = 65_535;
  }

  /** The same scenario on another part, with another pool. */
  public Scenario withMemory(McuConfig part, Pool other) {
    Copy copy = new Copy();
    copy.mcu = part;
    copy.pool = other;
    return copy.scenario();
  }

  /** The same scenario with another workload. */
  public Scenario withWorkload(Workload other) {
    Copy copy = new Copy();
    copy.workload = other;
    return copy.scenario();
  }

  /** The same scenario on another image. */
  public Scenario withImage(ImageReference other) {
    Copy copy = new Copy();
    copy.image = other;
    return copy.scenario();
  }

  /** The same scenario with other limits. */
  public Scenario withLimits(List<Limit> other) {
    Copy copy = new Copy();
    copy.limits = other;
    return copy.scenario();
  }

  /** The same scenario on another part, which has as much memory. */
  public Scenario withMcu(McuConfig other) {
    return withMemory(other, pool);
  }

  /** The same scenario with another budget of handlers. */
  public Scenario withHandlerBudget(long other) {
    Copy copy = new Copy();
    copy.handlerBudget = other;
    return copy.scenario();
  }

  /** What another scenario may have otherwise. */
  private final class Copy {
    private McuConfig mcu = Scenario.this.mcu;
    private ImageReference image = Scenario.this.image;
    private Pool pool = Scenario.this.pool;
    private long handlerBudget = Scenario.this.handlerBudget;
    private Workload workload = Scenario.this.workload;
    private List<Limit> limits = Scenario.this.limits;

    Scenario scenario() {
      return new Scenario(
          name,
          description,
          mcu,
          image,
          pool,
          stackBytes,
          defrag,
          callBudget,
          handlerBudget,
          interrupts,
          workload,
          limits);
    }
  }
}
