package io.defragsim.report.text;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses.Pause;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls.Stall;
import io.defragsim.lab.result.Subject;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.section.EndingSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The story of a run in sentences and pictures, printed while the run is done a second time: what
 * is worth telling is known from the first.
 */
public final class Explanation implements RunListener {
  /** Of so many phases the end of each is told, with a picture. */
  private static final int PHASES_TOLD = 8;

  /** A picture of more rows is shown where something happens, and not after each phase. */
  private static final int ROWS_OF_PHASES = 4;

  private final RunResult result;
  private final Plot plot;
  private final Set<Long> chosen;
  private final LongPredicate range;
  private final boolean all;
  private final Page page;

  private @Nullable HeapPicture picture;
  private Stretch stretch;
  private @Nullable Account current;
  private @Nullable Story story;
  private @Nullable HeapMoment endOfPhase;
  private String phase = "";
  private long phases;
  private long leftOut;
  private boolean started;
  private @Nullable List<String> shown;

  /**
   * @param result of the run, which now is done once more
   * @param plot of the same run
   * @param range the operations to tell of
   * @param all whether each of them is told in full
   */
  public Explanation(RunResult result, Plot plot, LongPredicate range, boolean all, Page page) {
    this.result = result;
    this.plot = plot;
    this.chosen = plot.chosen();
    this.range = range;
    this.all = all;
    this.page = page;
    this.stretch = new Stretch(all);
  }

  @Override
  public void started(RunEvent.Started event, HeapView heap) {
    Subject subject = event.subject();
    started = true;
    page.title(subject.scenario(), subject.version());
    if (!subject.description().isBlank()) {
      page.paragraph(subject.description());
    }
    page.blank();
    page.entry("image", RunWords.image(subject.image()));
    int handles = Objects.requireNonNull(subject.pool().handles()); // of a scenario
    page.entry(
        "heap",
        String.format(
            Locale.ROOT,
            "%s, of which the allocator takes %s at the bottom for itself; %s, so at most %s at once",
            Numbers.count(subject.pool().bytes(), "byte"),
            Numbers.plain(event.tableBytes()),
            Numbers.count(handles, "handle"),
            Numbers.count(handles, "block")));
    page.entry("defrag", Objects.requireNonNull(subject.policy()));
    page.entry("cycles", Estimates.cycleModel(result));
    HeapPicture drawn = new HeapPicture(heap.image());
    picture = drawn;
    page.entry("pictures", drawn.legend());
  }

  @Override
  public void phaseStarted(RunEvent.PhaseStarted event, HeapView heap) {
    finish();
    phase = Page.clean(event.name());
    phases++;
  }

  @Override
  public void phaseEnded(RunEvent.PhaseEnded event, HeapView heap) {
    finish();
    HeapMoment end = endOfPhase;
    if (end != null) {
      flush();
      state(event.name(), end);
      endOfPhase = null;
    }
  }

  @Override
  public void began(RunEvent.Began event, HeapView heap) {
    finish();
    current = event.account();
    story = isTold(event.account().number()) ? new Story() : null;
  }

  private boolean isTold(long number) {
    return endsRun(number) || (range.test(number) && (all || chosen.contains(number)));
  }

  private boolean endsRun(long number) {
    return !(result.ending() instanceof RunEnding.Completed) && number == result.executed() - 1;
  }

  @Override
  public void called(RunEvent.Called event, HeapView heap) {
    if (current == null) {
      return;
    }
    current = event.account();
    if (story != null) {
      story.called(event, heap);
    }
    if (current.isOver() && endsPhase(current.number())) {
      endOfPhase = HeapMoment.of(heap);
    }
  }

  @Override
  public void done(RunEvent.Done event, HeapView heap) {
    current = event.account();
    if (story != null) {
      story.done(heap);
    }
    if (endsPhase(event.account().number())) {
      endOfPhase = HeapMoment.of(heap);
    }
  }

  /** Whether the heap after that operation is shown. */
  private boolean endsPhase(long number) {
    return range.test(number)
        && result.phases().size() <= PHASES_TOLD
        && result.phases().stream().anyMatch(span -> span.end() == number + 1);
  }

  /** The operation before is over for good: it is told, or counted. */
  private void finish() {
    Account over = current;
    Story told = story;
    current = null;
    story = null;
    if (over == null) {
      return;
    }
    if (told != null && (!over.isOver() || isEventful(over))) {
      flush();
      told.print(over, this, page);
    } else if (range.test(over.number())) {
      stretch.add(over, phase, phases);
    } else {
      leftOut++;
    }
  }

  /** Whether more happened than what it asks for: it was refused, had to wait, or others moved. */
  private static boolean isEventful(Account over) {
    return over.failure() != null
        || over.waiting().count() > 0
        || over.compacting().blocksMoved() + over.inside().blocksMoved() > 0;
  }

  /** Tells the stretch of operations that ends here. */
  private void flush() {
    stretch.print(this, page);
    stretch = new Stretch(all);
  }

  /** How a phase leaves the heap. */
  private void state(String name, HeapMoment moment) {
    long free = moment.freeBytes();
    Long largest = moment.largestRequest();
    Long ppm = moment.fragmentationPpm();
    String holes = Numbers.count(moment.heap().spans(Use.FREE).size(), "hole");
    String text;
    if (free == 0) {
      text = "Nothing is free.";
    } else if (largest == null) {
      text = Numbers.count(free, "byte") + " are free, but no handle is: no block can be had.";
    } else if (largest == free) {
      text = Numbers.count(free, "byte") + " are free, and one request could have them all.";
    } else {
      text =
          String.format(
              Locale.ROOT,
              "%s are free in %s; the largest request that would be served is %s, so fragmentation is %s.",
              Numbers.count(free, "byte"),
              holes,
              Numbers.count(largest, "byte"),
              Numbers.percent(ppm));
    }
    page.heading("After phase \"" + Page.clean(name) + "\"", "");
    page.paragraph(text);
    HeapPicture drawn = picture;
    if (drawn != null && drawn.rows() <= ROWS_OF_PHASES && isNew(moment)) {
      show(moment);
    }
  }

  /** Whether it looks different from the last picture. */
  boolean isNew(HeapMoment moment) {
    HeapPicture drawn = picture;
    return drawn != null && !drawn.rows(moment.heap()).equals(shown);
  }

  /** Prints a picture; of a large one the rows that differ from the one before. */
  void show(HeapMoment moment) {
    HeapPicture drawn = picture;
    if (drawn == null) {
      return;
    }
    List<String> rows = drawn.rows(moment.heap());
    List<String> before = shown;
    shown = rows;
    if (before == null || drawn.isSmall()) {
      drawn.print(rows, null, result.subject().pool().address(), page);
    } else if (before.equals(rows)) {
      page.paragraph("The heap is as in the picture before.");
    } else {
      page.paragraph("Of the picture before these rows have changed:");
      drawn.print(rows, before, result.subject().pool().address(), page);
    }
  }

  /** Whether there is room for many pictures. */
  boolean isSmall() {
    HeapPicture drawn = picture;
    return drawn != null && drawn.isSmall();
  }

  boolean tellsAll() {
    return all;
  }

  boolean isGreatest(Plot.Kind kind, long operation) {
    return plot.isGreatest(kind, operation);
  }

  RunResult result() {
    return result;
  }

  /** The cycles of calls of their own, for example {@code 382 cycles}. */
  String cycles(long cycles) {
    return Numbers.count(cycles, "cycle") + Estimates.mark(result.callsAreEstimates());
  }

  /** The same by the clock, with what interrupts took. */
  String elapsed(long cycles) {
    return Numbers.count(cycles, "cycle") + Estimates.mark(result.clockIsEstimate());
  }

  /** The same and how long that is, for example {@code 382 cycles (7.96 µs)}. */
  String cost(long cycles) {
    return Numbers.count(cycles, "cycle")
        + " ("
        + Numbers.time(cycles, result.subject().mcu().clockHz())
        + Estimates.last(result.clockIsEstimate())
        + ")";
  }

  /** Tells what is left, and the end. */
  public void end() {
    if (!started) {
      page.title(result.subject().scenario(), result.subject().version());
    }
    finish();
    flush();
    if (leftOut > 0) {
      page.heading("Left out", Numbers.count(leftOut, "operation") + " as asked for");
    }
    EndingSection.of(result).forEach(section -> TextReport.print(section, page));
    page.heading("In all", "");
    for (String sentence : summary()) {
      page.paragraph(sentence);
    }
  }

  private List<String> summary() {
    List<String> sentences = new ArrayList<>();
    List<String> kinds = new ArrayList<>();
    for (OperationStats stats : result.operations()) {
      if (stats.count() > 0) {
        kinds.add(Numbers.count(stats.count(), stats.kind().key()));
      }
    }
    boolean completed = result.ending() instanceof RunEnding.Completed;
    sentences.add(
        String.format(
            Locale.ROOT,
            "%s%s from reset, %s: %s.",
            completed ? "" : "Until it ended early: ",
            Numbers.count(result.executed(), "operation"),
            cost(result.cycles()),
            kinds.isEmpty() ? "none" : String.join(", ", kinds)));
    long refused = result.failures().count();
    long catastrophic = result.fragmentation().catastrophic();
    sentences.add(
        refused == 0
            ? "Nothing was refused in the end."
            : String.format(
                Locale.ROOT,
                "%s refused in the end%s.",
                Numbers.count(refused, "operation") + (refused == 1 ? " was" : " were"),
                catastrophic == 0
                    ? ""
                    : ", in "
                        + Numbers.count(catastrophic, "case")
                        + " although enough was free: catastrophic fragmentation"));
    Stall stall = result.stalls().longest();
    if (stall != null) {
      long count = result.stalls().cycles().count();
      sentences.add(
          String.format(
              Locale.ROOT,
              "%s had to wait until compaction had made room, in all %s; the longest at operation %s: %s and %s.",
              Numbers.count(count, "request"),
              cost(result.stalls().cycles().total()),
              Numbers.plain(stall.operation()),
              Numbers.count(stall.steps(), "step"),
              cost(stall.cycles())));
    }
    Pause pause = result.pauses().longest();
    if (pause != null) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "%s of compaction moved %s and took %s; the longest pause was %s, at operation %s.",
              Numbers.count(result.pauses().cycles().count(), "step"),
              Numbers.count(result.pauses().bytesMoved(), "byte"),
              cost(result.pauses().cycles().total()),
              cost(pause.cycles()),
              Numbers.plain(pause.operation())));
    }
    Sample worst = result.fragmentation().worst();
    Long ppm = worst == null ? null : worst.ppm();
    Long largest = worst == null ? null : worst.largestRequest();
    if (worst != null && ppm != null && largest != null && ppm > 0) {
      sentences.add(
          String.format(
              Locale.ROOT,
              "Fragmentation was worst at operation %s: %s, with %s free and a largest request of %s.",
              Numbers.plain(worst.operation()),
              Numbers.percent(ppm),
              Numbers.count(worst.freeBytes(), "byte"),
              Numbers.count(largest, "byte")));
    }
    return sentences;
  }
}
