package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process has the Unicorn library, and the one door to engines on it. Nothing but
 * speed depends on the answer: where it is not, the project's own core gives the same ends, cycles
 * and memory.
 *
 * @param state whether its engines can be had
 * @param problem why they cannot, and what to do about it: the end of a sentence on the engine,
 *     without its full stop; empty if they can
 */
public record UnicornLibrary(State state, String problem) {

  /** What became of the library. */
  public enum State {
    /** Its engines can be had. */
    LOADED,
    /** It is not on the class path, as somebody chose. */
    ABSENT,
    /** It is there, and cannot be loaded. */
    BROKEN
  }

  private static final class Holder {
    static final UnicornLibrary FOUND = find();
  }

  /** That of this process. It is looked for, and loaded, when the first one asks. */
  public static UnicornLibrary get() {
    return Holder.FOUND;
  }

  private static UnicornLibrary find() {
    try {
      Class.forName("unicorn.Unicorn", false, UnicornLibrary.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      return new UnicornLibrary(State.ABSENT, "is not on the class path");
    } catch (LinkageError e) {
      return broken(e);
    }
    try {
      if (new JarLibrary().isCutOff()) {
        throw new UnsatisfiedLinkError("the native library is cut off");
      }
      Instances.close(Instances.open());
      return new UnicornLibrary(State.LOADED, "");
    } catch (LinkageError | RuntimeException e) {
      return broken(e);
    }
  }

  private static UnicornLibrary broken(Throwable failure) {
    return new UnicornLibrary(
        State.BROKEN, "cannot be loaded: " + LoadingTrouble.explanation(failure));
  }

  /**
   * A factory of engines that share the flash and what is known of its code; null if there are
   * none, and nobody asked for them by name.
   *
   * @param flash all of it; not copied, and must not change
   * @param counting how they count blocks; all but {@link BlockCounting#FASTEST} asks for them
   * @throws EngineUnavailableException if they were asked for, and there are none
   */
  public @Nullable EngineFactory engines(
      MemoryMap map, byte[] flash, CycleModel model, BlockCounting counting) {
    if (state == State.LOADED) {
      return UnicornEngine.factory(map, flash, model, counting);
    }
    if (counting != BlockCounting.FASTEST) {
      throw new EngineUnavailableException(counting, problem);
    }
    return null;
  }

  /**
   * A factory of engines without events, to measure what counting costs: all counts are 0, budgets
   * are not watched, and only what a Cortex-M3 refuses is refused. Null if there are none.
   */
  public @Nullable EngineFactory uncounted(MemoryMap map, byte[] flash) {
    return state == State.LOADED ? UnicornEngine.uncounted(map, flash) : null;
  }
}
