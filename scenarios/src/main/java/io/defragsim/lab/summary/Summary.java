package io.defragsim.lab.summary;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Workload;
import io.defragsim.workload.trace.TraceProblemException;
import io.defragsim.workload.trace.TraceReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A recording summed up as a scenario of generators, and how far the two are apart.
 *
 * @param scenario runs at once; each phase of the trace is one or two generated ones
 * @param recording what the recorded program did
 * @param seed where the random numbers of the scenario start
 * @param generated what the generators do from that seed
 * @param others what they do from other seeds; empty of a recording that is long
 * @param notes what the summary leaves out, each a sentence
 */
public record Summary(
    Scenario scenario,
    Measured recording,
    long seed,
    Measured generated,
    List<Measured> others,
    List<String> notes) {

  /** The image {@code defrag} takes no larger pool. */
  private static final long MOST_OF_DEFRAG = 128 << 10;

  /** What a block takes beside its payload, rounding included. */
  private static final int BLOCK_COST = 16;

  private static final long FIRST_SEED = 1;

  /** The budget of a compaction step. */
  private static final int BUDGET = 64;

  /** For the image's own data and the stack, and for what an allocator keeps for itself. */
  private static final int ROOM = 8 << 10;

  /** So many seeds are tried, of summaries with up to so many operations. */
  private static final int SEEDS = 8;

  private static final long MOST_TRIED = 200_000;

  /** Opens the trace; it is read twice. */
  @FunctionalInterface
  public interface Source {
    /** The trace, from its beginning. */
    TraceReader open() throws UnreadableFileException;
  }

  /** The recording cannot be summed up, for a reason in words for people. */
  public static final class UnfitException extends Exception {
    private static final long serialVersionUID = 1L;

    private UnfitException(String message, Object... arguments) {
      super(String.format(Locale.ROOT, message, arguments));
    }
  }

  public Summary {
    others = List.copyOf(others);
    notes = List.copyOf(notes);
  }

  /**
   * Sums a recording up.
   *
   * @param name what the recording is called
   * @param bySite whether blocks are of the kind of their site, where they have one; else of the
   *     class of their size
   * @param part what the scenario runs on; it gets more SRAM where the pool needs it
   * @param seed where the random numbers of all phases start; null for the one of the first few
   *     that comes nearest to the recording
   */
  public static Summary of(
      Source source, String name, boolean bySite, McuConfig part, @Nullable Long seed)
      throws UnreadableFileException, TraceProblemException, UnfitException {
    Survey survey = new Survey(bySite, "trace");
    try (TraceReader trace = source.open()) {
      survey.read(trace);
    }
    Measured recording = survey.meter.measured();
    if (recording.allocations() == 0) {
      throw new UnfitException("allocates nothing: there is nothing to sum up");
    }
    Summing summing = new Summing(bySite, survey);
    try (TraceReader trace = source.open()) {
      summing.read(trace);
    }
    summing.end();
    Plan plan =
        new Plan(summing.segments(), Workload.MOST_OPERATIONS, seed == null ? FIRST_SEED : seed);
    SortedMap<Long, Measured> tried = tried(plan, recording);
    long taken =
        seed != null
            ? seed
            : tried.entrySet().stream()
                .min(Comparator.comparingDouble(each -> each.getValue().distance(recording)))
                .map(Map.Entry::getKey)
                .orElse(FIRST_SEED);
    Workload workload = plan.workload(taken);
    Measured generated = tried.remove(taken);
    return new Summary(
        scenario(RecordedHeap.name(name), part, workload),
        recording,
        taken,
        generated == null ? Measured.of(workload) : generated,
        List.copyOf(tried.values()),
        notes(survey, summing, recording));
  }

  /** What the generators do from the first few seeds; nothing where that would take long. */
  private static SortedMap<Long, Measured> tried(Plan plan, Measured recording) {
    SortedMap<Long, Measured> tried = new TreeMap<>();
    for (long each = FIRST_SEED; each < FIRST_SEED + SEEDS; each++) {
      if (recording.operations() <= MOST_TRIED) {
        tried.put(each, Measured.of(plan.workload(each)));
      }
    }
    return tried;
  }

  private static Scenario scenario(String name, McuConfig part, Workload workload)
      throws UnfitException {
    long fill = 0;
    long blocks = 0;
    long largest = 0;
    for (Workload.Part each : workload.parts()) {
      Generator generator = (Generator) ((Workload.Phase) each).content();
      fill = Math.max(fill, generator.fillBytes());
      blocks = Math.max(blocks, generator.maxBlocks());
      for (Generator.Kind kind : generator.kinds()) {
        largest = Math.max(largest, kind.sizes().max());
      }
    }
    long pool = Granule.up((fill + (blocks + 1) * BLOCK_COST + largest) * 5 / 4);
    if (blocks >= Scenario.Pool.MOST_HANDLES || pool + ROOM > Scenario.MOST_MEMORY) {
      throw new UnfitException(
          "has %s and %s alive at its peak: a scenario has room for up to %,d blocks, in 16 MiB",
          Numbers.unglued(Numbers.count(blocks, "block")),
          Numbers.unglued(Numbers.count(fill, "byte")),
          Scenario.Pool.MOST_HANDLES);
    }
    return new Scenario(
        name,
        "Summed up from a recording. The pool is what is alive at the peak, "
            + BLOCK_COST
            + " bytes for each block and room for the largest once more, and a quarter of that:"
            + " defrag-sim fit finds the smallest that serves.",
        withSram(part, pool + ROOM),
        new ImageReference.Shipped(pool <= MOST_OF_DEFRAG ? "defrag" : "newlib-nano"),
        new Scenario.Pool((int) pool, (int) blocks + 1),
        Scenario.DEFAULT_STACK_BYTES,
        new DefragPolicy.OnFailure(BUDGET),
        Scenario.DEFAULT_CALL_BUDGET,
        List.of(),
        workload,
        List.of());
  }

  private static McuConfig withSram(McuConfig part, long bytes) {
    return part.sramBytes() >= bytes
        ? part
        : new McuConfig(
            part.name() + ", with more SRAM",
            part.core(),
            part.clockHz(),
            part.zeroWaitHz(),
            part.waitStates(),
            part.multiplierCycles(),
            part.flashBytes(),
            part.sramBase(),
            (int) ((bytes + 1023) / 1024 * 1024));
  }

  private static List<String> notes(Survey survey, Summing summing, Measured recording) {
    List<String> notes = new ArrayList<>();
    if (recording.operations() > Workload.MOST_OPERATIONS) {
      notes.add(
          String.format(
              Locale.ROOT,
              "A scenario has at most %,d operations: each phase is shorter by the same share.",
              Workload.MOST_OPERATIONS));
    }
    if (survey.phasesOfTrace() > Survey.MOST_PHASES) {
      notes.add(
          String.format(
              Locale.ROOT,
              "The trace has %,d phases: the last one of the summary has those from the %,dth on.",
              survey.phasesOfTrace(),
              Survey.MOST_PHASES));
    }
    if (survey.named().size() < survey.keys()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "Of %,d kinds those with most blocks have a name; the rest is \"%s\".",
              survey.keys(),
              Summing.OTHERS));
    }
    if (summing.segments().stream().anyMatch(Segment::isThinned)) {
      notes.add(
          String.format(
              Locale.ROOT,
              "Some tables of counts had more than %,d numbers: those were rounded up to fewer.",
              Segment.MOST_NUMBERS));
    }
    if (survey.shrinks() > 0) {
      notes.add(
          Numbers.count(survey.shrinks(), "new size")
              + " below the old one"
              + areLeftOut(survey.shrinks())
              + ": generated blocks only grow.");
    }
    if (survey.refused() > 0) {
      notes.add(
          Numbers.count(survey.refused(), "request")
              + " that the program was refused"
              + areLeftOut(survey.refused())
              + ".");
    }
    return notes;
  }

  private static String areLeftOut(long count) {
    return (count == 1 ? " is" : " are") + " left out";
  }
}
