package io.defragsim.lab.injection;

import org.jspecify.annotations.Nullable;

/**
 * A call that interrupts come into.
 *
 * @param memory the heap's, or that with the block to be freed scrubbed; not to be changed
 * @param content the version of each variable's content during the call; not to be changed
 * @param freeBytes what image_free_bytes answers before the call
 * @param reference how the call ends without an interrupt, null while that is not known
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Interrupted(
    Heap heap,
    Operation operation,
    byte[] memory,
    int[] content,
    int freeBytes,
    @Nullable Reference reference) {

  Interrupted with(Reference known) {
    return new Interrupted(heap, operation, memory, content, freeBytes, known);
  }

  Reference known() {
    if (reference == null) {
      throw new IllegalStateException("the call has not run yet");
    }
    return reference;
  }

  /** Whether the call is about the block in {@code variable}. */
  boolean isAbout(int variable) {
    return operation.kind() != Operation.Kind.STEP
        && !operation.kind().allocates()
        && operation.variable() == variable;
  }
}
