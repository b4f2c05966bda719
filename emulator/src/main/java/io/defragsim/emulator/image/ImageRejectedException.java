package io.defragsim.emulator.image;

/** The file is no image that this part can run; the message says why, for people. */
public final class ImageRejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ImageRejectedException(String message) {
    super(message);
  }
}
