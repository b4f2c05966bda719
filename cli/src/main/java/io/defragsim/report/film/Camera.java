package io.defragsim.report.film;

import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.HeapView.PlacedBlock;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.lab.result.Subject;
import io.defragsim.report.film.Moment.Counts;
import io.defragsim.report.film.Moment.Kind;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes the moments of a run, in order. */
final class Camera implements RunListener {
  private final Predicate<Mark> wanted;
  private final Consumer<Moment> to;

  private Map<Integer, PlacedBlock> before = new HashMap<>();
  private Counts counts = Counts.NONE;
  private long index;
  private long operation = -1;
  private String phase = "";
  private String words = "";
  private long cycle;
  private int stepsOfOperation;
  private boolean waiting;
  private boolean over;
  private boolean estimated;

  /**
   * Where a moment is, and what it is about.
   *
   * @param operation under way or done last, -1 before the first
   */
  record Mark(long index, long operation, Kind kind) {}

  /**
   * @param wanted whether that moment is to be taken; others cost next to nothing
   * @param to where those go that are
   */
  Camera(Predicate<Mark> wanted, Consumer<Moment> to) {
    this.wanted = wanted;
    this.to = to;
  }

  @Override
  public void started(Subject subject, int tableBytes, HeapView heap) {
    estimated = subject.mcu().isEstimate();
    take(map -> "The pool is empty.", Kind.ORDINARY, heap);
  }

  @Override
  public void phaseStarted(String name) {
    phase = name;
  }

  @Override
  public void began(long number, Operation begun, String what) {
    operation = number;
    words = what;
    stepsOfOperation = 0;
    waiting = false;
    over = false;
  }

  @Override
  public void called(long number, Call call, HeapView heap) {
    cycle = call.end();
    ContractError error = call.error();
    boolean request =
        call.function() == Call.Function.ALLOC
            || call.function() == Call.Function.ALLOC_PINNED
            || call.function() == Call.Function.RESIZE;
    if (call.function() == Call.Function.STEP) {
      stepsOfOperation++;
      waiting |= call.cause() == Cause.FAILURE;
      long moved = call.moves().stream().mapToLong(Call.Move::bytes).sum();
      counts =
          new Counts(
              counts.refused(), counts.waited(), counts.steps() + 1, counts.bytesMoved() + moved);
      take(map -> step(call, map), Kind.PAUSE, heap);
    } else if (request && error != null && stepsOfOperation == 0 && !over) {
      take(map -> "refused: " + error.words(), Kind.REFUSAL, heap);
    }
  }

  private String step(Call call, @Nullable HeapMap map) {
    String name =
        String.format(
            Locale.ROOT,
            "step %d, %,d cycles%s: ",
            stepsOfOperation,
            call.elapsed(),
            estimated ? " (estimated)" : "");
    ContractError error = call.error();
    if (error != null) {
      return name + "can do nothing, " + error.words();
    }
    if (call.moves().isEmpty()) {
      boolean underWay =
          map != null && map.spans().stream().anyMatch(span -> span.use() == HeapMap.Use.MOVING);
      return name
          + (underWay
              ? "moves a block in parts, which has not arrived yet"
              : call.result() == 0 ? "nothing left to do" : "looked, and moved nothing");
    }
    return name
        + call.moves().stream()
            .map(
                move ->
                    String.format(
                        Locale.ROOT,
                        "%s (%,d bytes) %s by %,d",
                        move.block(),
                        move.bytes(),
                        move.to() < move.from() ? "down" : "up",
                        Math.abs(move.from() - move.to())))
            .collect(Collectors.joining(", "));
  }

  @Override
  public void done(
      long number, OperationKind kind, @Nullable Failure failure, boolean skipped, HeapView heap) {
    boolean refused = failure != null;
    boolean served = waiting && !refused;
    counts =
        new Counts(
            counts.refused() + (refused ? 1 : 0),
            counts.waited() + (served ? 1 : 0),
            counts.steps(),
            counts.bytesMoved());
    String outcome =
        failure != null
            ? "refused in the end: " + failure.error().words()
            : skipped
                ? "skipped: this block was never served"
                : served ? "served after " + stepsOfOperation + " steps" : "done";
    stepsOfOperation = 0;
    over = true;
    take(map -> outcome, refused ? Kind.REFUSAL : Kind.ORDINARY, heap);
  }

  /** The run is over; {@code last} is how the pool is left. */
  void end(String how, @Nullable HeapMap last) {
    if (wanted.test(new Mark(index, operation, Kind.END))) {
      to.accept(moment(how, Kind.END, last, List.copyOf(before.values()), List.of()));
    }
    index++;
  }

  private void take(Function<@Nullable HeapMap, String> event, Kind kind, HeapView heap) {
    if (wanted.test(new Mark(index, operation, kind))) {
      List<PlacedBlock> blocks = heap.blocks();
      List<PlacedBlock> changed = new ArrayList<>();
      Map<Integer, PlacedBlock> now = new HashMap<>();
      for (PlacedBlock block : blocks) {
        now.put(block.handle(), block);
        PlacedBlock old = before.get(block.handle());
        if (old == null || old.offset() != block.offset() || old.bytes() != block.bytes()) {
          changed.add(block);
        }
      }
      before = now;
      HeapMap map = map(heap);
      to.accept(moment(event.apply(map), kind, map, blocks, changed));
    }
    index++;
  }

  private Moment moment(
      String event,
      Kind kind,
      @Nullable HeapMap map,
      List<PlacedBlock> blocks,
      List<PlacedBlock> changed) {
    return new Moment(
        index, operation, phase, words, event, kind, cycle, counts, blocks, map, changed);
  }

  private static @Nullable HeapMap map(HeapView heap) {
    try {
      return heap.map();
    } catch (RuntimeException e) {
      return null; // an image that is wrong may break down under a question; the run goes on
    }
  }
}
