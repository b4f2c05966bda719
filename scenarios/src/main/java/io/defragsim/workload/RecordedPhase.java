package io.defragsim.workload;

import io.defragsim.workload.trace.CallStack;
import io.defragsim.workload.trace.TraceFile;
import io.defragsim.workload.trace.TraceLine;
import io.defragsim.workload.trace.TraceProblemException;
import io.defragsim.workload.trace.TraceReader;
import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a trace.
 *
 * <p>A block that is aligned to more than 8 is asked for with so many bytes more that an aligned
 * address is in it, as a program does whose allocator aligns to 8. What the program was refused is
 * asked for, and freed at once, so that a heap that serves it goes on as the program did; but not
 * what no heap could serve.
 */
final class RecordedPhase implements Iterator<TraceElement>, Closeable, TraceLine.Visitor {
  private final TraceFile file;
  private final RecordedBlocks blocks;
  private final TraceReader reader;

  /** What tells its blocks from those that an earlier run has left alive. */
  private final String suffix;

  /** The number of each block that is alive, by its id. */
  private final Map<Integer, Integer> numbers = new HashMap<>();

  private final Deque<TraceElement> ready = new ArrayDeque<>();
  private String phase;
  private @Nullable CallStack resizedIn;

  RecordedPhase(TraceFile file, String phase, RecordedBlocks blocks) {
    this.file = file;
    this.phase = phase;
    this.blocks = blocks;
    this.reader = file.open();
    this.suffix = blocks.nextSuffix();
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty()) {
      TraceLine line = line();
      if (line == null) {
        close();
        file.checkUnchanged();
        return false;
      }
      resizedIn = null;
      line.accept(this);
    }
    return true;
  }

  private @Nullable TraceLine line() {
    try {
      return reader.next();
    } catch (TraceProblemException e) {
      close();
      throw file.changed();
    }
  }

  @Override
  public TraceElement next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  /** The stack of the line that was played last, if it resized a block and named one. */
  @Nullable CallStack resizedIn() {
    return resizedIn;
  }

  @Override
  public void close() {
    reader.close();
  }

  @Override
  public void allocated(TraceLine.Allocated line) {
    int block = blocks.add(phase, line.id() + suffix, reader.stackOf(line.stack()));
    numbers.put(line.id(), block);
    long bytes = line.bytes() + line.roomToAlign();
    ready.add(new Operation.Alloc(block, Math.min(TraceReader.MOST_BYTES, bytes)));
  }

  @Override
  public void resized(TraceLine.Resized line) {
    resizedIn = reader.stackOf(line.stack());
    ready.add(new Operation.Resize(number(line.id()), line.bytes()));
  }

  @Override
  public void freed(TraceLine.Freed line) {
    ready.add(new Operation.Free(number(line.id())));
    numbers.remove(line.id());
  }

  @Override
  public void refused(TraceLine.Refused line) {
    if (line.isReplayed()) {
      int block = blocks.addRefused(phase, suffix, reader.stackOf(line.stack()));
      ready.add(new Operation.Alloc(block, line.bytes()));
      ready.add(new Operation.Free(block));
    }
  }

  @Override
  public void locked(TraceLine.Locked line) {
    ready.add(new Operation.Lock(number(line.id())));
  }

  @Override
  public void unlocked(TraceLine.Unlocked line) {
    ready.add(new Operation.Unlock(number(line.id())));
  }

  @Override
  public void waited(TraceLine.Waited line) {
    ready.add(new Operation.Wait(line.cycles()));
  }

  @Override
  public void phase(TraceLine.Phase line) {
    ready.add(new TraceElement.PhaseEnd(phase));
    phase = line.name();
    ready.add(new TraceElement.PhaseStart(phase));
  }

  private int number(int id) {
    Integer number = numbers.get(id);
    if (number == null) {
      throw new IllegalStateException("the reader lets no such line through: id " + id);
    }
    return number;
  }
}
