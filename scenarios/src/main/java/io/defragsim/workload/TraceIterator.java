package io.defragsim.workload;

import io.defragsim.workload.Workload.Explicit;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Part;
import io.defragsim.workload.Workload.Phase;
import io.defragsim.workload.Workload.Recorded;
import io.defragsim.workload.Workload.Repeat;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import io.defragsim.workload.trace.CallStack;
import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Plays a workload, one operation at a time, and knows what the block of the operation is called
 * that it gave last. A trace file is open while its phase is played; whoever does not play to the
 * end closes it.
 */
public final class TraceIterator implements Iterator<TraceElement>, Closeable {
  private final Workload workload;
  private final Unrolled<Part> parts;
  private final Population population;
  private final RecordedBlocks recorded = new RecordedBlocks();

  /** How often each phase of the file has run: phases that are equal are still different. */
  private final IdentityHashMap<Phase, Integer> runs = new IdentityHashMap<>();

  /** Locks of each block alive, in the order of allocation. */
  private final Map<Integer, Integer> alive = new LinkedHashMap<>();

  private final Deque<TraceElement> ready = new ArrayDeque<>();
  private @Nullable Phase phase;

  /** What the phase is called that began last: a trace may begin others in the scenario's. */
  private String phaseName = "";

  private Iterator<? extends TraceElement> source = Collections.emptyIterator();
  private @Nullable RecordedPhase recording;

  /** The block of the operation that was given last. */
  private int block = Operation.NO_BLOCK;

  private final TraceElement.Visitor noting =
      new TraceElement.Visitor() {
        @Override
        public void operation(Operation operation) {
          note(operation);
        }

        @Override
        public void phaseStart(String name) {
          phaseName = name;
        }
      };

  TraceIterator(Workload workload) {
    this.workload = workload;
    population = new Population(workload.blockNames().size());
    parts = new Unrolled<>(workload.parts(), TraceIterator::body);
  }

  private static Unrolled.@Nullable Body<Part> body(Part part) {
    return part instanceof Repeat repeat
        ? new Unrolled.Body<>(repeat.times(), repeat.parts())
        : null;
  }

  private static Unrolled.@Nullable Body<Statement> body(Statement statement) {
    return statement instanceof Loop loop
        ? new Unrolled.Body<>(loop.times(), loop.statements())
        : null;
  }

  @Override
  public boolean hasNext() {
    // A phase always ends with its mark, so that only the parts decide.
    return phase != null || !ready.isEmpty() || parts.hasNext();
  }

  @Override
  public TraceElement next() {
    if (block != Operation.NO_BLOCK && !alive.containsKey(block)) {
      recorded.remove(block);
    }
    block = Operation.NO_BLOCK;
    TraceElement element = advance();
    element.accept(noting);
    return element;
  }

  private TraceElement advance() {
    if (!ready.isEmpty()) {
      return ready.remove();
    }
    if (phase == null) {
      if (!parts.hasNext()) {
        throw new NoSuchElementException();
      }
      Phase started = (Phase) parts.next();
      phase = started;
      source = start(started);
      return new TraceElement.PhaseStart(started.name());
    }
    if (source.hasNext()) {
      return source.next();
    }
    if (phase.drain()) {
      drain();
    }
    phase = null;
    recording = null;
    ready.add(new TraceElement.PhaseEnd(phaseName));
    return ready.remove();
  }

  /**
   * What the block of the operation that was given last is called, a generated one {@code
   * packet#17} if it is the 17th and of the kind {@code packet}; empty if it is on none.
   */
  public String blockName() {
    if (block == Operation.NO_BLOCK) {
      return "";
    }
    return RecordedBlocks.has(block)
        ? recorded.name(block)
        : population.kindOf(block) + workload.blockName(block);
  }

  /**
   * Where the operation that was given last asked for memory, as far as its trace says so; of one
   * that asks for none, where its block was asked for.
   */
  public @Nullable CallStack askedFor() {
    if (!RecordedBlocks.has(block)) {
      return null;
    }
    CallStack resized = recording == null ? null : recording.resizedIn();
    return resized == null ? recorded.askedFor(block) : resized;
  }

  /** Closes the trace file that is being read, if one is. */
  @Override
  public void close() {
    if (recording != null) {
      recording.close();
    }
  }

  private Iterator<? extends TraceElement> start(Phase started) {
    int run = runs.merge(started, 1, Integer::sum);
    if (started.content() instanceof Generator generator) {
      return new GeneratedPhase(generator, population, run);
    }
    if (started.content() instanceof Recorded content) {
      RecordedPhase begun = new RecordedPhase(content.file(), started.name(), recorded);
      recording = begun;
      return begun;
    }
    Unrolled<Statement> statements =
        new Unrolled<>(((Explicit) started.content()).statements(), TraceIterator::body);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return statements.hasNext();
      }

      @Override
      public Operation next() {
        return ((Single) statements.next()).operation();
      }
    };
  }

  private void note(Operation operation) {
    block = operation.block();
    switch (operation.kind()) {
      case ALLOC -> alive.put(block, 0);
      case FREE -> alive.remove(block);
      case LOCK -> alive.merge(block, 1, Integer::sum);
      case UNLOCK -> alive.merge(block, -1, Integer::sum);
      case WRITE, GROW, RESIZE, STEP, WAIT -> {}
    }
  }

  private void drain() {
    alive.forEach(
        (each, locks) -> {
          for (int i = 0; i < locks; i++) {
            ready.add(new Operation.Unlock(each));
          }
          ready.add(new Operation.Free(each));
        });
    population.clear();
  }
}
