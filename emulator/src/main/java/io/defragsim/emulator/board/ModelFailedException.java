package io.defragsim.emulator.board;

/** A model threw what no model may throw: the run cannot go on. */
public final class ModelFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param block the peripheral's name on its board
   * @param model what failed
   */
  private ModelFailedException(String block, Class<?> model, Throwable cause) {
    super("the model " + model.getName() + " of " + block + " failed: " + cause, cause);
  }

  /** Runs what is a model's. */
  static void guard(String block, Class<?> model, Runnable of) {
    try {
      of.run();
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw of(block, model, e);
    }
  }

  /** What a model threw, or the model within it that failed before. */
  static ModelFailedException of(String block, Class<?> model, Throwable cause) {
    return cause instanceof ModelFailedException failed
        ? failed
        : new ModelFailedException(block, model, cause);
  }
}
