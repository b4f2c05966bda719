package io.defragsim.emulator.engine.unicorn;

import java.util.List;
import java.util.Locale;

/** Who counts blocks: all give the same counts, at different speeds. */
public enum BlockCounting {
  /** A hook in Java. It works on every host. */
  JAVA,
  /** Native code, and an error where it does not work. */
  NATIVE,
  /** Native code where it works, else Java. */
  FASTEST,
  /** Nobody: the project's own engine runs, which is sooner ready and quicker in short calls. */
  NOBODY;

  /**
   * The system property that chooses: {@code java} or {@code native}; else the fastest is taken.
   */
  public static final String PROPERTY = "defragsim.counter";

  /**
   * What {@link #PROPERTY} says.
   *
   * @throws IllegalArgumentException if it is no name of a way to count
   */
  public static BlockCounting chosen() {
    String name = System.getProperty(PROPERTY, "");
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "" -> FASTEST;
      case "java" -> JAVA;
      case "native" -> NATIVE;
      default ->
          throw new IllegalArgumentException(
              "-D" + PROPERTY + "=" + name + ": expected java or native");
    };
  }

  /** The ways that this process has, the fastest first. */
  public static List<BlockCounting> here() {
    if (UnicornLibrary.get().state() != UnicornLibrary.State.LOADED) {
      return List.of();
    }
    return NativeLibrary.get().problem().isEmpty() ? List.of(NATIVE, JAVA) : List.of(JAVA);
  }

  /** Where it counts, in words. */
  public String place() {
    return switch (this) {
      case JAVA -> "Java";
      case NATIVE -> "native code";
      case NOBODY -> "no engine";
      case FASTEST -> here().isEmpty() ? "no engine" : here().get(0).place();
    };
  }
}
