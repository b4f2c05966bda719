package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.ExceptionFlow;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.ExceptionTable;
import io.defragsim.emulator.system.InterruptLines;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.timing.CycleModel;
import org.jspecify.annotations.Nullable;

/**
 * The way into a handler, with its time: entry, tail-chain and late arrival, as {@link Interpreter}
 * says. What changes registers there is {@link ExceptionFlow}.
 */
final class HandlerEntry {
  private final CoreState core;
  private final CoreSystem system;
  private final Memory memory;
  private final InstructionTiming timing;
  private final ExceptionFlow flow;
  private final Faults faults;
  private final @Nullable InterruptLines lines;

  private int exception;

  /**
   * That of one core.
   *
   * @param lines interrupts with handlers of the host's, null for none
   */
  HandlerEntry(
      CoreState core,
      CoreSystem system,
      Memory memory,
      InstructionTiming timing,
      ExceptionFlow flow,
      Faults faults,
      @Nullable InterruptLines lines) {
    this.core = core;
    this.system = system;
    this.memory = memory;
    this.timing = timing;
    this.flow = flow;
    this.faults = faults;
    this.lines = lines;
  }

  /** The exception whose handler is about to begin, 0 for none. */
  int exception() {
    return exception;
  }

  /**
   * Stacks the frame, and goes to a handler.
   *
   * @param due the most urgent exception, which is due
   * @param cause the fault that made HardFault pending in this step, null if none did
   */
  StepResult enter(int due, @Nullable Fault cause) {
    try {
      flow.stack();
    } catch (AccessFault e) {
      return faults.endTheRun() || due <= ExceptionNumber.HARD_FAULT
          ? faults.unhandled(e)
          : begin(due, false, hardFault(e)); // the frame is lost
    }
    return begin(due, false, cause);
  }

  /**
   * Goes to a handler, with the frame stacked: to that of {@code first} or, if a more urgent
   * exception is due before its first instruction, of that one.
   *
   * @param tailChained whether a handler before it stacked the frame
   * @param cause the fault that made HardFault pending in this step, null if none did
   */
  StepResult begin(int first, boolean tailChained, @Nullable Fault cause) {
    CycleModel model = timing.model();
    ExceptionTable exceptions = system.exceptions();
    long start = system.now();
    long left = tailChained ? model.tailChain() : model.exceptionEntry();
    Fault fault = cause;
    while (true) {
      int next = exceptions.due(core.primask());
      boolean ofHost = lines != null && lines.serves(next);
      int vector;
      try {
        vector = ofHost ? InterruptLines.HANDLER | 1 : flow.vector(next);
      } catch (AccessFault e) {
        if (faults.endTheRun() || next <= ExceptionNumber.HARD_FAULT) {
          return faults.unhandled(e);
        }
        fault = hardFault(e);
        continue;
      }
      boolean waits = ofHost || memory.waits(flow.vectorAddress(next));
      long cycles = left + (waits ? model.flash().vector() : 0) + timing.refetch(vector & ~1);
      exception = next;
      long spent = system.advanceUntilDue(cycles, exceptions.priority(next));
      exception = 0;
      if (spent == cycles) {
        boolean late = next != first;
        flow.enter(next, vector);
        if (lines != null && ofHost) {
          lines.begin(next, tailChained, late);
        }
        return new StepResult.Entered(next, tailChained, late, system.now() - start, fault);
      }
      left = Math.max(left - spent, model.tailChain());
    }
  }

  /** Makes HardFault pending for a fault on the way into a handler, or back. */
  Fault hardFault(AccessFault e) {
    system.exceptions().setPending(ExceptionNumber.HARD_FAULT);
    return faults.of(e);
  }
}
