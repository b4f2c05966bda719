package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.ExceptionFlow;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.Memory;
import java.util.Locale;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What a fault is told as, and whether it ends the run. */
final class Faults {
  private final FaultPolicy policy;
  private final Memory memory;
  private final ExceptionFlow flow;
  private final CoreState before;
  private final LongFunction<Location> locate;

  /**
   * Those of one core.
   *
   * @param flow where its vectors are
   * @param before the registers before the step under way
   * @param locate names addresses
   */
  Faults(
      FaultPolicy policy,
      Memory memory,
      ExceptionFlow flow,
      CoreState before,
      LongFunction<Location> locate) {
    this.policy = policy;
    this.memory = memory;
    this.flow = flow;
    this.before = before;
    this.locate = locate;
  }

  /** Whether the core takes each as the part does, and none has to be foreseen. */
  boolean areTaken() {
    return policy == FaultPolicy.TAKE;
  }

  /** Whether one that comes now ends the run. */
  boolean endTheRun() {
    if (policy != FaultPolicy.TAKE_IF_HANDLED) {
      return policy == FaultPolicy.REPORT;
    }
    try {
      int vector = memory.read(flow.vectorAddress(ExceptionNumber.HARD_FAULT), 4);
      if ((vector & 1) == 0) {
        return true;
      }
      memory.fetch(Integer.toUnsignedLong(vector & ~1));
      return false;
    } catch (AccessFault e) {
      return true;
    }
  }

  /** What a step is in which an access failed, on the way into a handler or back, for good. */
  StepResult unhandled(AccessFault e) {
    return endTheRun() ? new StepResult.Faulted(of(e)) : new StepResult.LockedUp(of(e));
  }

  /** That of an access in the step under way. */
  Fault of(AccessFault e) {
    return of(e.kind(), e.detail(), e.address());
  }

  /** One of the step under way. */
  Fault of(Fault.Kind kind, String detail, @Nullable Long accessAddress) {
    return new Fault(kind, locate(before.pc()), detail, accessAddress, before.registers());
  }

  /** Names an address. */
  Location locate(int address) {
    return locate.apply(Integer.toUnsignedLong(address));
  }

  /** That of a branch to an even address. */
  static AccessFault notThumb(int target) {
    long at = Integer.toUnsignedLong(target);
    return new AccessFault(
        Fault.Kind.NOT_THUMB,
        at,
        String.format(Locale.ROOT, "branch to 0x%08x with the Thumb bit clear", at));
  }
}
