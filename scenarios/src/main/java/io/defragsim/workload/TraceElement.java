package io.defragsim.workload;

/** One element of a trace: an operation of the program, or a mark where a phase begins or ends. */
public sealed interface TraceElement
    permits Operation, TraceElement.PhaseStart, TraceElement.PhaseEnd {

  /** Has {@code visitor} do what it does with an element of this sort. */
  void accept(Visitor visitor);

  /** What it is as a line of ASCII that never changes, with the numbers of blocks. */
  String line();

  /** What is done with each sort of element; marks are passed over unless it says otherwise. */
  @FunctionalInterface
  interface Visitor {
    void operation(Operation operation);

    default void phaseStart(String name) {}

    default void phaseEnd(String name) {}
  }

  /** A phase begins. Not counted as an operation. */
  record PhaseStart(String name) implements TraceElement {
    @Override
    public void accept(Visitor visitor) {
      visitor.phaseStart(name);
    }

    @Override
    public String line() {
      return "phase";
    }
  }

  /** The phase that began last is over. Not counted as an operation. */
  record PhaseEnd(String name) implements TraceElement {
    @Override
    public void accept(Visitor visitor) {
      visitor.phaseEnd(name);
    }

    @Override
    public String line() {
      return "end";
    }
  }
}
