package io.defragsim.console;

/** What is done if the program is ended from outside, as by Ctrl-C, before this is over. */
public final class OnInterrupt {
  private final Thread hook;

  /**
   * From now on.
   *
   * @param what runs on a thread of its own, while others go on
   */
  public OnInterrupt(Runnable what) {
    hook = new Thread(what, "interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Not any more, unless the program is being ended already. */
  public void over() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // it runs
    }
  }
}
