package io.defragsim.scenario;

import java.util.Locale;

/** When compaction steps run. The budget of one step is in bytes of payload and header moved. */
public sealed interface DefragPolicy {

  /** Which of the policies it is. */
  enum When {
    ON_FAILURE,
    EVERY,
    IDLE,
    NEVER;

    /** The word for it in a scenario, for example {@code on-failure}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Only after a request failed because free memory is fragmented: steps until one says that the
   * request would be served now, or why not; then the request again.
   */
  record OnFailure(int budgetBytes) implements DefragPolicy {

    @Override
    public When when() {
      return When.ON_FAILURE;
    }

    @Override
    public OnFailure withBudget(int bytes) {
      return new OnFailure(bytes);
    }
  }

  /**
   * One step after every so many operations.
   *
   * @param operations above 0
   */
  record Every(int operations, int budgetBytes, int readyBytes) implements DefragPolicy {

    @Override
    public When when() {
      return When.EVERY;
    }

    @Override
    public Every withBudget(int bytes) {
      return new Every(operations, bytes, readyBytes);
    }
  }

  /**
   * Steps between phases and in waits, as many as the allocator has work for and the wait has time
   * for.
   */
  record Idle(int budgetBytes, int readyBytes) implements DefragPolicy {

    @Override
    public When when() {
      return When.IDLE;
    }

    @Override
    public Idle withBudget(int bytes) {
      return new Idle(bytes, readyBytes);
    }
  }

  /** None but those that the workload asks for. */
  record Never(int budgetBytes) implements DefragPolicy {

    @Override
    public When when() {
      return When.NEVER;
    }

    @Override
    public Never withBudget(int bytes) {
      return new Never(bytes);
    }
  }

  When when();

  /** The operations from one step to the next with {@link When#EVERY}, else 0. */
  default int operations() {
    return 0;
  }

  /** The budget of one step in bytes. */
  int budgetBytes();

  /** Payload bytes of the hole that steps keep ready for requests to come, 0 for none. */
  default int readyBytes() {
    return 0;
  }

  /** The same with another budget of one step. */
  DefragPolicy withBudget(int bytes);
}
