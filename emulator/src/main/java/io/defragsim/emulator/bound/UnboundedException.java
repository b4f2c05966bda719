package io.defragsim.emulator.bound;

import io.defragsim.emulator.model.Location;

/** A function whose worst case is not certain: the message says where and why. */
public final class UnboundedException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Location at;
  private final String reason;

  UnboundedException(Location at, String reason) {
    super(at + ": " + reason);
    this.at = at;
    this.reason = reason;
  }

  /** The instruction that stands in the way. */
  public Location at() {
    return at;
  }

  /** What is wrong with it, without where. */
  public String reason() {
    return reason;
  }
}
