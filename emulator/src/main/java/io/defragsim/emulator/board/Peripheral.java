package io.defragsim.emulator.board;

/**
 * A model of a peripheral: what its registers answer, and what happens as time passes. For whoever
 * adds one: a public class with a public constructor without parameters, in a jar that {@code exec
 * --models} names, and a line in a board file that says at which address it stands.
 *
 * <p>A model is deterministic: it asks nothing of the host, no clock and no chance. It belongs to
 * one run and one thread. {@link #connect} comes first, once; then {@link #reset}, and again at
 * each reset of the part.
 */
public interface Peripheral {

  /** Takes what the model works with; it keeps {@code wires}, and makes its alarms. */
  void connect(Wires wires);

  /** Goes to the state out of reset. Its alarms have been stopped, and its line is low. */
  void reset();

  /**
   * A load.
   *
   * @param offset of the register from the peripheral's first address, in bytes; a multiple of
   *     {@code bytes}
   * @param bytes 1, 2 or 4
   * @return the value; its low {@code bytes} count
   */
  int read(int offset, int bytes);

  /** A store of the low {@code bytes} of {@code value}; else as {@link #read}. */
  void write(int offset, int bytes, int value);
}
