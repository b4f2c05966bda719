package io.defragsim.emulator.system;

import io.defragsim.emulator.model.Fault;

/**
 * A load, store or fetch that the memory system refused. Part of how a program runs, not an error
 * of the emulator, so it carries no stack trace.
 */
public final class AccessFault extends Exception {
  private static final long serialVersionUID = 1;

  private final Fault.Kind kind;
  private final long address;

  /**
   * @param address the address accessed
   * @param detail one sentence for people
   */
  public AccessFault(Fault.Kind kind, long address, String detail) {
    super(detail, null, false, false);
    this.kind = kind;
    this.address = address;
  }

  public Fault.Kind kind() {
    return kind;
  }

  public long address() {
    return address;
  }

  /** One sentence for people. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
