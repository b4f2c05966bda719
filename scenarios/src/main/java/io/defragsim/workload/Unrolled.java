package io.defragsim.workload;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The leaves of a tree of repetitions, in order, without ever writing them out. */
final class Unrolled<T> implements Iterator<T> {

  /** What a repetition repeats. */
  record Body<T>(int times, List<? extends T> elements) {}

  private static final class Frame<T> {
    final Body<T> body;
    int index;
    int round;

    Frame(Body<T> body) {
      this.body = body;
    }

    boolean exhausted() {
      if (index == body.elements().size()) {
        index = 0;
        round++;
      }
      return body.elements().isEmpty() || round == body.times();
    }
  }

  private final Function<T, @Nullable Body<T>> bodyOf;
  private final Deque<Frame<T>> frames = new ArrayDeque<>();
  private @Nullable T next;

  /**
   * @param bodyOf what an element repeats, null for a leaf
   */
  Unrolled(List<? extends T> elements, Function<T, @Nullable Body<T>> bodyOf) {
    this.bodyOf = bodyOf;
    frames.push(new Frame<>(new Body<>(1, elements)));
    next = advance();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public T next() {
    T result = next;
    if (result == null) {
      throw new NoSuchElementException();
    }
    next = advance();
    return result;
  }

  private @Nullable T advance() {
    while (!frames.isEmpty()) {
      Frame<T> frame = frames.element();
      if (frame.exhausted()) {
        frames.pop();
        continue;
      }
      T element = frame.body.elements().get(frame.index++);
      Body<T> body = bodyOf.apply(element);
      if (body == null) {
        return element;
      }
      frames.push(new Frame<>(body));
    }
    return null;
  }
}
