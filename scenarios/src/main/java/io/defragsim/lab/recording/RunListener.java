package io.defragsim.lab.recording;

import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Subject;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * Told of a run while it goes, in order. Nothing that a listener asks of the heap changes the run,
 * nor any figure of its result.
 */
public interface RunListener {

  /** One that listens to nothing. */
  RunListener NONE = new RunListener() {};

  /**
   * The pool is there and empty. Not told of an image that does not start.
   *
   * @param tableBytes at the pool's bottom that the allocator has taken for itself, before the
   *     first allocation
   */
  default void started(Subject subject, int tableBytes, HeapView heap) {}

  default void phaseStarted(String name) {}

  default void phaseEnded(String name) {}

  /**
   * An operation begins.
   *
   * @param number from 0
   * @param words for people, for example {@code alloc a (24 bytes)}
   */
  default void began(long number, Operation operation, String words) {}

  /**
   * A call of the image has returned: one of those that the operation under way makes, or a step
   * that the policy makes after an operation or between phases.
   *
   * @param number of the operation under way or done last, -1 before the first
   */
  default void called(long number, Call call, HeapView heap) {}

  /**
   * The operation is over. Not told of one in which the run ended.
   *
   * @param failure why it was refused in the end, null if it was served or skipped
   * @param skipped whether it is on a block that was not served, and so nothing was done
   */
  default void done(
      long number, OperationKind kind, @Nullable Failure failure, boolean skipped, HeapView heap) {}
}
