package io.defragsim.lab.heap;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.exec.Program;
import io.defragsim.lab.Recorder;
import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.recording.RunRecorder;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.ProgramHeap.Finding;
import io.defragsim.lab.result.ProgramHeap.SiteUse;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was recorded of one heap of a program.
 *
 * @param result as of a run
 * @param recording for pictures; null where nobody asked, and where the blocks have no places to
 *     draw
 * @param trace what the program asked for
 */
public record HeapRecording(RunResult result, @Nullable Recording recording, HeapTrace trace) {

  /**
   * The program and how it ran.
   *
   * @param cycles from reset to its end
   * @param clockEstimated whether those are an estimate
   * @param ending how it ended, by the number of the last operation
   * @param notes what a reader must know of the run
   * @param version of this program
   * @param limits that are to be judged
   * @param pictures whether pictures are to be drawn of it
   */
  public record Conditions(
      Program program,
      long cycles,
      boolean clockEstimated,
      LongFunction<RunEnding> ending,
      List<String> notes,
      String version,
      List<RunResult.Limit> limits,
      boolean pictures) {}

  /**
   * All heaps of a program, those with the most operations first. Those of which there is nothing
   * to say are left out; a heap whose first call never came back has findings alone.
   */
  public static List<HeapRecording> of(HeapRecorder recorder, Conditions conditions) {
    record Used(Heap heap, long number, HeapLog log) {}

    List<Used> used = new ArrayList<>();
    for (Heap heap : recorder.all()) {
      List<Used> own = new ArrayList<>();
      for (long number : heap.heaps()) {
        HeapLog log = heap.log(number);
        if (log.count() > 0) {
          own.add(new Used(heap, number, log));
        }
      }
      if (own.isEmpty() && recorder.findings(heap).count() > 0) {
        own.add(new Used(heap, 0, heap.log(0)));
      }
      used.addAll(own);
    }
    used.sort(Comparator.comparingLong((Used one) -> -one.log().count()));
    List<HeapRecording> recordings = new ArrayList<>();
    for (Used one : used) {
      String name = name(one.heap(), one.number(), conditions);
      recordings.add(
          new Making(recorder, conditions, one.heap(), one.log(), name).recording(used.size() > 1));
    }
    return recordings;
  }

  /** A heap of several is named by its variable, or its address. */
  private static String name(Heap heap, long number, Conditions conditions) {
    String family = heap.families().iterator().next().name();
    if (heap.heaps().size() == 1) {
      return family;
    }
    var symbol = conditions.program().image().objectAround(number);
    return family
        + "-"
        + (number == 0
            ? "own"
            : symbol != null && symbol.address() == number
                ? symbol.name().replaceAll("[^A-Za-z0-9_]", "_")
                : String.format(Locale.ROOT, "%08x", number));
  }

  /** One heap, while its recording is made. */
  private static final class Making {
    private final HeapRecorder recorder;
    private final Conditions conditions;
    private final Heap heap;
    private final HeapLog log;
    private final String name;
    private final @Nullable Extent extent;
    private final Recorder figures = new Recorder(List.of());
    private final @Nullable RunRecorder pictures;
    private final HeapStory story;
    private final long stride;
    private final List<Fragmentation.Sample> samples = new ArrayList<>();
    private Fragmentation.@Nullable Sample worst;
    private @Nullable HeapImage heapAtWorst;
    private int atFailures;
    private boolean callsEstimated;

    Making(HeapRecorder recorder, Conditions conditions, Heap heap, HeapLog log, String name) {
      this.recorder = recorder;
      this.conditions = conditions;
      this.heap = heap;
      this.log = log;
      this.name = name;
      extent = Extent.of(heap, log, conditions.program().image());
      pictures = extent != null && conditions.pictures() ? new RunRecorder(log.count()) : null;
      List<RunListener> listeners =
          pictures == null ? List.of(figures) : List.of(figures, pictures);
      story = new HeapStory(log, recorder.stacks(), extent, listeners);
      stride = Fragmentation.stride(log.count());
    }

    HeapRecording recording(boolean several) {
      Subject subject = subject(several);
      story.tell(subject, this::after);
      boolean placed = extent != null;
      ProgramHeap program = program();
      RunResult result =
          new RunResult(
              subject,
              conditions.ending().apply(story.operationNumber()),
              log.count(),
              log.count(),
              conditions.cycles(),
              story.peakBytes(),
              story.peakBlocks(),
              List.of(),
              figures.operations(),
              figures.pauses(),
              figures.stalls(),
              List.of(),
              new Fragmentation(samples, worst, placed ? figures.catastrophic() : 0),
              figures.failures(),
              placed ? story.image() : null,
              heapAtWorst,
              null,
              conditions.limits(),
              program);
      HeapTrace trace =
          new HeapTrace(log, recorder.stacks(), heap, result, conditions.program().image());
      return new HeapRecording(result, pictures == null ? null : pictures.recording(result), trace);
    }

    private void after(HeapOperation operation) {
      callsEstimated |= operation.estimate();
      boolean refused = operation.kind().isRefusal();
      boolean turn = (log.count() - 1 - story.operationNumber()) % stride == 0;
      if (extent == null) {
        return;
      }
      if (refused && atFailures < Events.CAPACITY) {
        atFailures++;
        sample(operation, true);
      }
      if (turn) {
        sample(operation, false);
      }
    }

    private void sample(HeapOperation operation, boolean atFailure) {
      HeapImage now = story.image();
      long free = now.holeBytes();
      long largest = story.largestRequest();
      Fragmentation.Sample sample =
          new Fragmentation.Sample(
              story.operationNumber(),
              operation.end(),
              free,
              largest,
              Fragmentation.ppm(free, largest),
              story.liveBytes(),
              atFailure);
      samples.add(sample);
      Long ppm = sample.ppm();
      Long most = worst == null ? null : worst.ppm();
      if (ppm != null && (most == null || ppm > most)) {
        worst = sample;
        heapAtWorst = now;
      }
    }

    private Subject subject(boolean several) {
      var image = conditions.program().image();
      var part = conditions.program().part();
      return new Subject(
          several ? image.name() + ", " + name : image.name(),
          "",
          new Subject.Image(image.name(), image.sha256(), null, null),
          part,
          part.cycleModel(),
          Strictness.STRICT,
          new Subject.Pool(
              extent == null ? 0 : extent.base(), extent == null ? 0 : (int) extent.bytes(), null),
          null,
          conditions.version(),
          notes());
    }

    private List<String> notes() {
      List<String> notes = new ArrayList<>(conditions.notes());
      if (extent != null) {
        notes.add(
            "the heap is "
                + extent.how()
                + "; what lies between two blocks is a hole from "
                + HeapStory.LEAST_HOLE
                + " bytes on, and less is the heap's own");
      } else if (!log.hasServed()) {
        notes.add("no request was served: where the heap is was not seen");
      } else {
        boolean pools = heap.families().stream().anyMatch(Family::isPool);
        String why =
            pools
                ? "elements are in pools of their own"
                : log.hasPlaces()
                    ? "blocks are in memories that lie apart"
                    : "where its blocks are is not seen, or they may move";
        notes.add(why + ": the heap is not drawn, and its fragmentation not measured");
      }
      long overlaps =
          recorder.findings(heap).kept().stream()
              .filter(finding -> finding.kind() == Finding.Kind.OVERLAP)
              .count();
      if (overlaps > 0) {
        notes.add(
            "memory was given out again that was not seen to be freed: where the compiler has put"
                + " the code of a free or a realloc into its callers (with -flto, say), there is no"
                + " call to see");
      }
      notes.addAll(recorder.functions().notes());
      if (!recorder.frees(heap)) {
        notes.add(
            "no function is known that frees blocks of this heap, so all of them look alive (--heap"
                + " names more functions)");
      }
      if (log.largest() > conditions.program().part().sramBytes()) {
        notes.add(
            "a block is larger than the part's SRAM: if --heap names this heap, does it say the"
                + " right register?");
      }
      if (heap.families().stream().anyMatch(Family::sweeps)) {
        notes.add(
            "this heap frees by a collector that makes no call: blocks look alive that are not, so"
                + " leaks, live bytes and the peak are above what is true");
      }
      if (recorder.leftPoolsOut()) {
        notes.add(
            "elements of lwIP's pools were left out whose size is not known: memp_pools does not say"
                + " it (--heap names other functions)");
      }
      return notes;
    }

    private ProgramHeap program() {
      Stacks stacks = recorder.stacks();
      List<String> functions =
          heap.families().stream()
              .flatMap(family -> recorder.functions().of(family).stream())
              .distinct()
              .toList();
      List<SiteUse> refused = story.refused().bySite(stacks);
      return new ProgramHeap(
          name,
          heap.families().stream().map(Family::title).collect(Collectors.joining(" on ")),
          functions,
          extent == null ? "not known" : extent.how(),
          extent == null ? story.peakBytes() : extent.bytes(),
          story.atPeak().bySite(stacks),
          story.churn().bySite(stacks),
          refused,
          story.alive().bySite(stacks),
          recorder.findings(heap),
          heap.threads().size(),
          callsEstimated,
          conditions.clockEstimated());
    }
  }

  /** What the heap is called, for the names of files. */
  public String name() {
    return Objects.requireNonNull(result.program()).name();
  }
}
