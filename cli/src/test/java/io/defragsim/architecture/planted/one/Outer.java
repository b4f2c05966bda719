package io.defragsim.architecture.planted.one;

import io.defragsim.architecture.planted.one.inner.Inner;

/** One half of a circle of packages, for the rule to find. */
public final class Outer {
  private Outer() {}

  /** Uses the other half. */
  public static int ask() {
    return Inner.answer();
  }
}
