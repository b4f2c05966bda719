package io.defragsim.lab;

/** The scenario asks for more SRAM than the part has; the message shows the sum. */
public final class DoesNotFitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DoesNotFitException(String message) {
    super(message);
  }
}
