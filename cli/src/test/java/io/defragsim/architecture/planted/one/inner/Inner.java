package io.defragsim.architecture.planted.one.inner;

import io.defragsim.architecture.planted.one.Outer;

/** The other half. */
public final class Inner {
  private Inner() {}

  /** Uses the first half. */
  public static int answer() {
    return Outer.ask();
  }
}
