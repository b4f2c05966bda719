package io.defragsim.emulator.system;

/** Where requests from outside come from. */
public interface OutsideRequests {

  /** Nothing outside requests anything. */
  OutsideRequests NONE = system -> {};

  /** From now on requests exceptions of this core, as events of its queue. */
  void connect(CoreSystem system);
}
