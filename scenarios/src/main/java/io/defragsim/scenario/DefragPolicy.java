package io.defragsim.scenario;

import java.util.function.BiFunction;

/** When compaction steps run. The budget of one step is in bytes of payload and header moved. */
public sealed interface DefragPolicy {

  /**
   * Only after a request failed because free memory is fragmented: steps until one says that the
   * request would be served now, or why not; then the request again.
   */
  record OnFailure(int budgetBytes) implements DefragPolicy {

    @Override
    public OnFailure withBudget(int bytes) {
      return new OnFailure(bytes);
    }

    @Override
    public String word() {
      return "on-failure";
    }

    @Override
    public String when(BiFunction<Long, String, String> count) {
      return "on failure";
    }
  }

  /**
   * One step after every so many operations.
   *
   * @param operations above 0
   */
  record Every(int operations, int budgetBytes, int readyBytes) implements DefragPolicy {

    @Override
    public Every withBudget(int bytes) {
      return new Every(operations, bytes, readyBytes);
    }

    @Override
    public String word() {
      return "every";
    }

    @Override
    public String when(BiFunction<Long, String, String> count) {
      return "every " + count.apply((long) operations, "operation");
    }
  }

  /**
   * Steps between phases and in waits, as many as the allocator has work for and the wait has time
   * for.
   */
  record Idle(int budgetBytes, int readyBytes) implements DefragPolicy {

    @Override
    public Idle withBudget(int bytes) {
      return new Idle(bytes, readyBytes);
    }

    @Override
    public String word() {
      return "idle";
    }

    @Override
    public String when(BiFunction<Long, String, String> count) {
      return "while idle";
    }
  }

  /** None but those that the workload asks for. */
  record Never(int budgetBytes) implements DefragPolicy {

    @Override
    public Never withBudget(int bytes) {
      return new Never(bytes);
    }

    @Override
    public String word() {
      return "never";
    }

    @Override
    public String when(BiFunction<Long, String, String> count) {
      return "never";
    }
  }

  /** The budget of one step in bytes. */
  int budgetBytes();

  /** Payload bytes of the hole that steps keep ready for requests to come, 0 for none. */
  default int readyBytes() {
    return 0;
  }

  /** The same with another budget of one step. */
  DefragPolicy withBudget(int bytes);

  /** The word for the policy in a scenario. */
  String word();

  /**
   * When steps run, for people.
   *
   * @param count as of {@link #description}
   */
  String when(BiFunction<Long, String, String> count);

  /**
   * The whole policy for people, for example {@code on failure, 64 bytes a step}.
   *
   * @param count how so many of a thing are written, of which it gets the singular
   */
  default String description(BiFunction<Long, String, String> count) {
    String steps = when(count) + ", " + count.apply((long) budgetBytes(), "byte") + " a step";
    return readyBytes() == 0
        ? steps
        : steps + ", a hole of " + count.apply((long) readyBytes(), "byte") + " kept ready";
  }
}
