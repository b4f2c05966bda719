package io.defragsim.lab.image;

/** The scenario asks for more than the part or the image has; the message says of what. */
public final class DoesNotFitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DoesNotFitException(String message) {
    super(message);
  }
}
