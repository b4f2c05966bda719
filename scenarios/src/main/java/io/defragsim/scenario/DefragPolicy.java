package io.defragsim.scenario;

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
  record Every(int operations, int budgetBytes, int readyBytes) implements DefragPolicy {}

  /**
   * Steps between phases and in waits, as many as the allocator has work for and the wait has time
   * for.
   *
   * @param budgetBytes the budget of one step in bytes
   * @param readyBytes of the hole that steps keep ready, 0 for none
   */
  record Idle(int budgetBytes, int readyBytes) implements DefragPolicy {}

  /**
   * None but those that the workload asks for.
   *
   * @param budgetBytes the budget of one step in bytes, for explicit {@code step} operations
   */
  record Never(int budgetBytes) implements DefragPolicy {}

  /** The budget of one step in bytes. */
  int budgetBytes();

  /** When steps run, for people, for example {@code on failure, 64 bytes a step}. */
  default String description() {
    String when;
    if (this instanceof OnFailure) {
      when = "on failure";
    } else if (this instanceof Every every) {
      when = "every " + every.operations() + " operations";
    } else {
      when = this instanceof Idle ? "while idle" : "never";
    }
    String steps = when + ", " + budgetBytes() + " bytes a step";
    return readyBytes() == 0 ? steps : steps + ", a hole of " + readyBytes() + " bytes kept ready";
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
