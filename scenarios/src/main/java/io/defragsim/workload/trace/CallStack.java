package io.defragsim.workload.trace;

import org.jspecify.annotations.Nullable;

/**
 * Where a program was: a frame, and what had called it. Stacks of one trace share their frames. Two
 * are the same if they are one object, because a stack may be too deep to be compared frame by
 * frame.
 */
public final class CallStack {
  private final TraceLine.Frame innermost;
  private final @Nullable CallStack caller;

  CallStack(TraceLine.Frame innermost, @Nullable CallStack caller) {
    this.innermost = innermost;
    this.caller = caller;
  }

  public TraceLine.Frame innermost() {
    return innermost;
  }

  /** Null for the outermost frame. */
  public @Nullable CallStack caller() {
    return caller;
  }
}
