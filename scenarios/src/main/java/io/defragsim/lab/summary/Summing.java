package io.defragsim.lab.summary;

import io.defragsim.workload.Variate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The second pass over a recording: what its generators are made of. */
final class Summing extends RecordedHeap {
  /** What all kinds without a name of their own are called together. */
  static final String OTHERS = "others";

  /** A heap is nearly as full as it gets at so many eighths of its peak. */
  private static final long NEARLY_FULL = 7;

  private final List<Survey.Stretch> stretches;
  private final Set<String> named;
  private final List<Segment> segments = new ArrayList<>();
  private int phase;
  private Segment segment;

  Summing(boolean bySite, Survey survey) {
    super(bySite);
    stretches = survey.stretches();
    named = survey.named();
    segment = begun(stretches.get(0));
  }

  private Segment begun(Survey.Stretch stretch) {
    return begun(stretch, !isNearlyFull(stretch));
  }

  private Segment begun(Survey.Stretch stretch, boolean filling) {
    Segment begun = new Segment(stretch, filling);
    segments.add(begun);
    return begun;
  }

  private boolean isNearlyFull(Survey.Stretch stretch) {
    return 8 * meter.bytes() >= NEARLY_FULL * stretch.peakBytes;
  }

  /** All segments, those of a stretch one behind the other. */
  List<Segment> segments() {
    return segments;
  }

  private Segment.Kind kind(Segment of, Life life) {
    return of.kind(named.contains(life.key) ? life.key : OTHERS);
  }

  @Override
  Segment segment() {
    return segment;
  }

  @Override
  void allocated(Life life) {
    kind(segment, life).sizes.add(life.bytes);
  }

  @Override
  void resized(Life life, long before) {
    if (life.bytes > before) {
      kind(segment, life).growths.add(life.bytes - before);
    }
  }

  @Override
  void freed(Life life) {
    kind(life.segment, life).lifetimes.add(life.segment.lifetime(life.born, meter.operations()));
  }

  @Override
  void locked(Life life) {
    Segment.Kind kind = kind(segment, life);
    kind.locks++;
    life.holds.push(new Hold(meter.operations(), kind));
  }

  @Override
  void unlocked(Life life) {
    Hold hold = life.holds.pop();
    hold.kind().holds.add(meter.operations() - hold.taken());
  }

  @Override
  void waited(long cycles) {
    segment.waited(cycles);
  }

  @Override
  void phase(String name) {
    phase++;
    if (stretches.get(phase) != segment.stretch) {
      segment = begun(stretches.get(phase));
    }
  }

  /** A filling that takes nearly all of its stretch is the whole of it. */
  @Override
  void operation() {
    segment.operation();
    if (segment.filling
        && segment.allocations() > 0
        && isNearlyFull(segment.stretch)
        && 8 * segment.operations() <= NEARLY_FULL * segment.stretch.operations) {
      segment.end(meter.operations(), meter.bytes(), meter.blocks());
      segment = begun(segment.stretch, false);
    }
  }

  /**
   * The trace is over. What is alive lives for ever, and what is locked stays so. But a block that
   * is no older than others of its kind became may be freed yet, so that nothing is known of its
   * life: were it to live for ever, the heap of a generator would fill up with such blocks.
   */
  void end() {
    for (Life life : alive()) {
      CountTable lifetimes = kind(life.segment, life).lifetimes;
      if (life.segment.filling || meter.operations() - life.born > lifetimes.largest()) {
        lifetimes.add(Variate.FOREVER);
      }
      life.holds.forEach(hold -> hold.kind().holds.add(Variate.FOREVER));
    }
  }
}
