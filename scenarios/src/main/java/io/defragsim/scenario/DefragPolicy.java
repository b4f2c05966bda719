package io.defragsim.scenario;

/** When compaction steps run. The budget of one step is in bytes of payload and header moved. */
public sealed interface DefragPolicy {

  /**
   * Only after a request failed because free memory is fragmented: step, try again, step, ...
   *
   * @param budgetBytes the budget of one step in bytes
   */
  record OnFailure(int budgetBytes) implements DefragPolicy {}

  /**
   * One step after every so many operations.
   *
   * @param operations above 0
   * @param budgetBytes the budget of one step in bytes
   */
  record Every(int operations, int budgetBytes) implements DefragPolicy {}

  /**
   * Steps between phases and in waits, as many as the allocator has work for and the wait has time
   * for.
   *
   * @param budgetBytes the budget of one step in bytes
   */
  record Idle(int budgetBytes) implements DefragPolicy {}

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
    return when + ", " + budgetBytes() + " bytes a step";
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
