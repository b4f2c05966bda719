package io.defragsim.lab.guarantee;

import java.io.Serial;

/** Nothing can be certified; the message says why. */
public final class NotCertifiedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  NotCertifiedException(String message) {
    super(message);
  }
}
