package io.defragsim.workload.trace;

/** A trace file is no longer what it was when it was checked; nothing that it now says counts. */
public final class TraceChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TraceChangedException(String file) {
    super(file + ": has changed since it was checked, in the beginning of this run");
  }
}
