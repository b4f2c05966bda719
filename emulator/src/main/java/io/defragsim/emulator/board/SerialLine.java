package io.defragsim.emulator.board;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.IntConsumer;

/**
 * A serial line: a program's UART at one end, a person or a script at the other. Bytes that are
 * typed wait until a receiver takes them, one for each time that a character takes.
 */
public final class SerialLine {
  private final Queue<Integer> typed = new ArrayDeque<>();
  private final List<Runnable> onInput = new ArrayList<>();
  private final List<IntConsumer> onOutput = new ArrayList<>();

  /** Puts a byte on the line, 0 to 255: its last bit is out. */
  public void send(int value) {
    for (IntConsumer listener : List.copyOf(onOutput)) {
      listener.accept(value & 0xFF);
    }
  }

  /** Whether a byte waits for the receiver. */
  public boolean hasInput() {
    return !typed.isEmpty();
  }

  /**
   * Takes the next byte, 0 to 255.
   *
   * @throws java.util.NoSuchElementException if there is none
   */
  public int receive() {
    return typed.remove();
  }

  /** Tells a receiver that a byte waits where none did. */
  public void onInput(Runnable receiver) {
    onInput.add(receiver);
  }

  /** Has a byte wait for the receiver, 0 to 255. */
  public void type(int value) {
    typed.add(value & 0xFF);
    if (typed.size() == 1) {
      onInput.forEach(Runnable::run);
    }
  }

  /** Tells the other end of each byte that the program sends. */
  public void onOutput(IntConsumer listener) {
    onOutput.add(listener);
  }
}
