package io.defragsim.lab;

/** The scenario asks for more than the part or the image has; the message says of what. */
public final class DoesNotFitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DoesNotFitException(String message) {
    super(message);
  }
}
