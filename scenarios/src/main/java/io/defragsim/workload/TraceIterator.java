package io.defragsim.workload;

import java.util.Iterator;

/** Plays a workload. */
final class TraceIterator implements Iterator<Operation> {
  TraceIterator(Workload workload) {
    throw new UnsupportedOperationException(workload.toString());
  }

  @Override
  public boolean hasNext() {
    return false;
  }

  @Override
  public Operation next() {
    throw new java.util.NoSuchElementException();
  }
}
