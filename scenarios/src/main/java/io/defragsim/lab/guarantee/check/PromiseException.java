package io.defragsim.lab.guarantee.check;

import java.io.Serial;

/** The next call would break a promise of the contract, which says which. */
final class PromiseException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  PromiseException(String message) {
    super(message, null, false, false);
  }
}
