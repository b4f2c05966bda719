package io.defragsim.lab.result;

/** Whether a pool serves a whole workload. */
public sealed interface Attempt {

  /**
   * Every request for memory was served, some of them after compaction.
   *
   * @param stalls requests that had to wait for compaction
   * @param steps of compaction, all in all
   * @param bytesMoved requested bytes of the blocks that steps moved
   * @param refusals other operations that the image refused, such as locks of a block on its way;
   *     no pool prevents them
   */
  record Served(long stalls, long steps, long bytesMoved, long refusals) implements Attempt {}

  /**
   * A request was refused in the end.
   *
   * @param failure the first
   */
  record Refused(Failure failure) implements Attempt {}

  /**
   * The image refused the pool: it is too small for its table or for the hole to be kept ready, or
   * larger than it supports.
   */
  record PoolRefused(ContractError error) implements Attempt {}

  /**
   * The firmware faulted, broke the contract or exceeded a cycle budget.
   *
   * @param ending never {@link RunEnding.Completed}
   */
  record Broken(RunEnding ending) implements Attempt {}
}
