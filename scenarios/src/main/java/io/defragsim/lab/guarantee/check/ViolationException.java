package io.defragsim.lab.guarantee.check;

import java.io.Serial;

/** The image did what the certificate excludes. */
final class ViolationException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  ViolationException(String message) {
    super(message, null, false, false);
  }
}
