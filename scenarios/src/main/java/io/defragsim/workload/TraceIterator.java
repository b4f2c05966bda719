package io.defragsim.workload;

import io.defragsim.workload.Workload.Explicit;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Part;
import io.defragsim.workload.Workload.Phase;
import io.defragsim.workload.Workload.Repeat;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Plays a workload, one operation at a time. */
final class TraceIterator implements Workload.Trace {
  private final Workload workload;
  private final Unrolled<Part> parts;
  private final Population population;

  /** How often each phase of the file has run: phases that are equal are still different. */
  private final IdentityHashMap<Phase, Integer> runs = new IdentityHashMap<>();

  /** Locks of each block alive, in the order of allocation. */
  private final Map<Integer, Integer> alive = new LinkedHashMap<>();

  private final Deque<TraceElement> ready = new ArrayDeque<>();
  private @Nullable Phase phase;
  private Iterator<Operation> source = Collections.emptyIterator();

  TraceIterator(Workload workload) {
    this.workload = workload;
    population = new Population(workload.blockNames().size());
    parts = new Unrolled<>(workload.parts(), TraceIterator::body);
  }

  @Override
  public String blockName(int block) {
    return population.kindOf(block) + workload.blockName(block);
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
      Operation operation = source.next();
      note(operation);
      return operation;
    }
    Phase ended = phase;
    phase = null;
    if (ended.drain()) {
      drain();
    }
    ready.add(new TraceElement.PhaseEnd(ended.name()));
    return ready.remove();
  }

  private Iterator<Operation> start(Phase started) {
    int run = runs.merge(started, 1, Integer::sum);
    if (started.content() instanceof Generator generator) {
      return new GeneratedPhase(generator, population, run);
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
    int block = operation.block();
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
        (block, locks) -> {
          for (int i = 0; i < locks; i++) {
            ready.add(new Operation.Unlock(block));
          }
          ready.add(new Operation.Free(block));
        });
    alive.clear();
    population.clear();
  }
}
