package io.defragsim.scenario;

import java.util.function.BiFunction;

/** When compaction steps run. The budget of one step is in bytes of payload and header moved. */
public sealed interface DefragPolicy {

  /**
   * Only after a request failed because free memory is fragmented: steps until one says that the
   * request would be served now, or why not; then the request again.
   *
   * @param budgetBytes the budget of one step in bytes
   */
  record OnFailure(int budgetBytes) implements DefragPolicy {}

  /**
   * One step after every so many operations.
   *
   * @param operations above 0
   * @param budgetBytes the budget of one step in bytes
   * @param readyBytes of the hole that steps keep ready, 0 for none
   */
  record Every(int operations, int budgetBytes, int readyBytes) implements DefragPolicy {

    /** One that keeps no hole ready. */
    public Every(int operations, int budgetBytes) {
      this(operations, budgetBytes, 0);
    }
  }

  /**
   * Steps between phases and in waits, as many as the allocator has work for and the wait has time
   * for.
   *
   * @param budgetBytes the budget of one step in bytes
   * @param readyBytes of the hole that steps keep ready, 0 for none
   */
  record Idle(int budgetBytes, int readyBytes) implements DefragPolicy {

    /** One that keeps no hole ready. */
    public Idle(int budgetBytes) {
      this(budgetBytes, 0);
    }
  }

  /**
   * None but those that the workload asks for.
   *
   * @param budgetBytes the budget of one step in bytes, for explicit {@code step} operations
   */
  record Never(int budgetBytes) implements DefragPolicy {}

  /** The budget of one step in bytes. */
  int budgetBytes();

  /**
   * When steps run, for example {@code on failure, 64 bytes a step}.
   *
   * @param count how so many of a thing are written, of which it gets the singular
   */
  default String description(BiFunction<Long, String, String> count) {
    String when;
    if (this instanceof OnFailure) {
      when = "on failure";
    } else if (this instanceof Every every) {
      when = "every " + count.apply((long) every.operations(), "operation");
    } else {
      when = this instanceof Idle ? "while idle" : "never";
    }
    String steps = when + ", " + count.apply((long) budgetBytes(), "byte") + " a step";
    return readyBytes() == 0
        ? steps
        : steps + ", a hole of " + count.apply((long) readyBytes(), "byte") + " kept ready";
  }

  /** Payload bytes of the hole that steps keep ready for requests to come, 0 for none. */
  default int readyBytes() {
    if (this instanceof Every every) {
      return every.readyBytes();
    }
    return this instanceof Idle idle ? idle.readyBytes() : 0;
  }

  /** The word for the policy in a scenario. */
  default String word() {
    if (this instanceof OnFailure) {
      return "on-failure";
    }
    if (this instanceof Every) {
      return "every";
    }
    return this instanceof Idle ? "idle" : "never";
  }
}
