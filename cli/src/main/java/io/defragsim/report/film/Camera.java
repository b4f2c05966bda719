package io.defragsim.report.film;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.EventWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.film.Moment.Counts;
import io.defragsim.report.film.Moment.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
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
  private long stepsBefore;
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
  public void started(RunEvent.Started event, HeapView heap) {
    estimated = event.subject().mcu().isEstimate();
    take(image -> "The pool is empty.", Kind.ORDINARY, heap);
  }

  @Override
  public void phaseStarted(RunEvent.PhaseStarted event, HeapView heap) {
    phase = event.name();
  }

  @Override
  public void began(RunEvent.Began event, HeapView heap) {
    operation = event.account().number();
    words = EventWords.operation(event.account());
    stepsBefore = 0;
  }

  @Override
  public void called(RunEvent.Called event, HeapView heap) {
    Account account = event.account();
    Call call = event.call();
    ContractError error = call.error();
    cycle = call.end();
    estimated |= call.estimated();
    if (call.function() == ContractFunction.STEP) {
      long number = account.steps() - stepsBefore;
      counts =
          new Counts(
              counts.refused(),
              counts.waited(),
              counts.steps() + 1,
              counts.bytesMoved() + call.bytesMoved());
      take(image -> step(number, call, image), Kind.PAUSE, heap);
    } else if (call.isRefusal() && error != null && account.steps() == 0 && !account.isOver()) {
      take(image -> "refused: " + error.words(), Kind.REFUSAL, heap);
    }
  }

  private String step(long number, Call call, HeapImage image) {
    return "step "
        + Numbers.plain(number)
        + ", "
        + Numbers.count(call.elapsed(), "cycle")
        + Estimates.mark(estimated)
        + ": "
        + EventWords.call(call, image.isMoving(), false);
  }

  @Override
  public void done(RunEvent.Done event, HeapView heap) {
    Account account = event.account();
    ContractError error = account.error();
    boolean refused = error != null;
    boolean served = account.waiting().count() > 0 && !refused;
    counts =
        new Counts(
            counts.refused() + (refused ? 1 : 0),
            counts.waited() + (served ? 1 : 0),
            counts.steps(),
            counts.bytesMoved());
    stepsBefore = account.steps();
    String outcome =
        error != null
            ? "refused in the end: " + error.words()
            : account.outcome() == Account.Outcome.SKIPPED
                ? "skipped: this block was never served"
                : served ? "served after " + Numbers.count(stepsBefore, "step") : "done";
    take(image -> outcome, refused ? Kind.REFUSAL : Kind.ORDINARY, heap);
  }

  /** The run is over; {@code last} is how the pool is left. */
  void end(String how, @Nullable HeapImage last) {
    if (wanted.test(new Mark(index, operation, Kind.END))) {
      to.accept(moment(how, Kind.END, last, List.of()));
    }
    index++;
  }

  private void take(Function<HeapImage, String> event, Kind kind, HeapView heap) {
    if (wanted.test(new Mark(index, operation, kind))) {
      HeapImage image = heap.image();
      List<PlacedBlock> changed = new ArrayList<>();
      Map<Integer, PlacedBlock> now = new HashMap<>();
      for (PlacedBlock block : image.blocks()) {
        now.put(block.handle(), block);
        PlacedBlock old = before.get(block.handle());
        if (old == null || old.offset() != block.offset() || old.bytes() != block.bytes()) {
          changed.add(block);
        }
      }
      before = now;
      to.accept(moment(event.apply(image), kind, image, changed));
    }
    index++;
  }

  private Moment moment(
      String event, Kind kind, @Nullable HeapImage image, List<PlacedBlock> changed) {
    return new Moment(
        index, operation, phase, words, event, kind, cycle, estimated, counts, image, changed);
  }
}
