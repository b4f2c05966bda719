package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.EventQueue;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.OutsideRequests;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Requests that come from outside at known cycles, as pulses. What is requested at the same cycle
 * becomes pending together.
 */
final class InterruptSchedule implements OutsideRequests {
  private final PriorityQueue<Request> requests =
      new PriorityQueue<>((a, b) -> Long.compare(a.cycle, b.cycle));

  private @Nullable CoreSystem system;
  private EventQueue.@Nullable Event next;

  private record Request(long cycle, int exception) {}

  /**
   * Requests an exception.
   *
   * @param cycle when, on the clock of {@link CoreSystem#now}
   * @param exception its number; {@link ExceptionNumber#ofIrq} gives that of an interrupt
   */
  void at(long cycle, int exception) {
    if (!ExceptionNumber.exists(exception) || exception == ExceptionNumber.RESET) {
      throw new IllegalArgumentException("nothing outside requests exception " + exception);
    }
    requests.add(new Request(cycle, exception));
    schedule();
  }

  @Override
  public void connect(CoreSystem core) {
    system = core;
    next = core.events().add(true, this::request);
    schedule();
  }

  private void request() {
    int exception = requests.remove().exception;
    schedule();
    Objects.requireNonNull(system).request(exception);
  }

  private void schedule() {
    if (next != null) {
      next.at(requests.isEmpty() ? EventQueue.NEVER : requests.peek().cycle);
    }
  }
}
