package io.defragsim.lab.recording;

import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.recording.HeapState.Placed;
import io.defragsim.lab.recording.Recording.Kept;
import io.defragsim.lab.recording.Recording.Stretch;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Fragmentation;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the {@link Recording} of a run while it goes. */
public final class RunRecorder implements RunListener {
  /** So much text is thinned while the run goes on: many times what a page has room for. */
  private static final int MOST_TEXT = 8_000_000;

  private final long operations;
  private final int mostText;

  /** What is sampled for fragmentation is kept, so that charts link. */
  private final long samplingStride;

  private final long[] longestPause;
  private final long[] failures;

  private Frames frames = new Frames();
  private List<String> names = new ArrayList<>();
  private Map<String, Integer> numbers = new HashMap<>();
  private long stride;
  private boolean walked;
  private long failed;
  private long paused;

  /** What was the most so far, and at which operation, by what it is of. */
  private final Map<String, long[]> greatest = new HashMap<>();

  private List<PlacedBlock> blocks = List.of();

  // the operation under way
  private Account account = Account.of(Account.BEFORE_FIRST, null, "");
  private @Nullable HeapState after;
  private long freeAfter;
  private boolean wanted;
  private long amount;

  /** Of a run of {@code workload}. */
  public RunRecorder(Workload workload) {
    this(workload, MOST_TEXT);
  }

  RunRecorder(Workload workload, int mostText) {
    this(workload.countOperations(), mostText);
  }

  /** Of a run of so many operations. */
  public RunRecorder(long operations) {
    this(operations, MOST_TEXT);
  }

  private RunRecorder(long operations, int mostText) {
    this.operations = operations;
    this.mostText = mostText;
    this.stride = Math.max(1, (operations + Recording.EVERY - 1) / Recording.EVERY);
    this.samplingStride = Fragmentation.stride(operations);
    int stretches = (int) Math.max(1, Math.min(operations, Recording.STRETCHES));
    this.longestPause = new long[stretches];
    this.failures = new long[stretches];
  }

  @Override
  public void started(RunEvent.Started event, HeapView heap) {
    walked = !heap.image().freeLists().isEmpty();
    frames.add(new Frame(account, Outcome.SERVED, -1, 0, heap.freeBytes()), state(heap));
  }

  @Override
  public void began(RunEvent.Began event, HeapView heap) {
    finish();
    account = event.account();
    amount = amount(account);
    after = null;
    wanted = false;
  }

  private long amount(Account begun) {
    Operation what = begun.operation();
    if (what == null || what.kind() != OperationKind.FREE) {
      return what == null ? 0 : what.amount();
    }
    return blocks.stream()
        .filter(block -> block.name().equals(begun.block()))
        .mapToLong(PlacedBlock::bytes)
        .findFirst()
        .orElse(0);
  }

  @Override
  public void called(RunEvent.Called event, HeapView heap) {
    account = event.account();
    Call call = event.call();
    if (call.function() != ContractFunction.STEP) {
      wanted |= isGreatest(call.function().symbol(), call.cycles());
    }
    if (account.isOver()) {
      // a step of the policy, after its operation
      over(heap);
    }
  }

  @Override
  public void done(RunEvent.Done event, HeapView heap) {
    account = event.account();
    over(heap);
  }

  /** Takes the heap as it is now, if the operation is one to keep. */
  private void over(HeapView heap) {
    blocks = heap.blocks();
    Account.Cost pauses = account.pauses();
    wanted |= isGreatest("pause", pauses.longest());
    wanted |= isGreatest("stall", pauses.elapsed() + account.calls().cycles());
    if (wanted
        || pauses.count() > 0
        || account.outcome() == Outcome.REFUSED
        || Recording.onStride(account.number(), operations, stride)
        || Recording.onStride(account.number(), operations, samplingStride)) {
      freeAfter = heap.freeBytes();
      after = state(heap);
    }
  }

  private boolean isGreatest(String what, long value) {
    long[] most = greatest.computeIfAbsent(what, w -> new long[] {0, Account.BEFORE_FIRST});
    if (value <= most[0]) {
      return false;
    }
    most[0] = value;
    most[1] = account.number();
    return true;
  }

  /** The operation before is over for good. */
  private void finish() {
    if (!account.isOver()) {
      return;
    }
    boolean refused = account.outcome() == Outcome.REFUSED;
    failed += refused || account.outcome() == Outcome.ENDED ? 1 : 0;
    int stretch = (int) (account.number() * failures.length / Math.max(1, operations));
    failures[stretch] += refused ? 1 : 0;
    Account.Cost pauses = account.pauses();
    if (pauses.count() > 0) {
      paused++;
      longestPause[stretch] = Math.max(longestPause[stretch], pauses.longest());
    }
    if (after != null) {
      add(after);
    }
  }

  private void add(HeapState state) {
    int block = account.block().isEmpty() ? -1 : numbered(account.block());
    frames.add(new Frame(account, account.outcome(), block, amount, freeAfter), state);
    if (frames.length() > mostText) {
      thin();
    }
  }

  private int numbered(String name) {
    return numbers.computeIfAbsent(
        name,
        n -> {
          names.add(n);
          return names.size() - 1;
        });
  }

  private HeapState state(HeapView heap) {
    HeapState state = new HeapState();
    blocks(state);
    HeapImage image = heap.image();
    Set<Integer> listed = new HashSet<>();
    image
        .freeLists()
        .forEach(
            (number, holes) -> {
              while (state.lists.size() <= HeapState.FIRST_LIST + number) {
                state.lists.add(new ArrayList<>());
              }
              state.lists.set(HeapState.FIRST_LIST + number, holes);
              holes.forEach(hole -> listed.add(hole.offset()));
            });
    holes(state, image.spans(), listed);
    return state;
  }

  private void blocks(HeapState state) {
    for (PlacedBlock block : blocks) {
      int name = numbered(block.name());
      // a block that could not be freed, while its name already is that of another
      for (int i = 2; state.blocks.containsKey(name); i++) {
        name = numbered(block.name() + " (" + i + ")");
      }
      state.blocks.put(
          name,
          new Placed(
              block.offset(), block.bytes(), block.locked(), block.pinned(), block.inTwoParts()));
    }
  }

  /** The holes that stand in no list, and the stretches under way. */
  private static void holes(HeapState state, List<Span> spans, Set<Integer> listed) {
    while (state.lists.size() < HeapState.FIRST_LIST) {
      state.lists.add(List.of());
    }
    List<Span> unlisted = new ArrayList<>();
    List<Span> moving = new ArrayList<>();
    for (Span span : spans) {
      if (span.use() == Use.FREE && !listed.contains(span.offset())) {
        unlisted.add(span);
      } else if (span.use() == Use.MOVING) {
        moving.add(span);
      }
    }
    state.lists.set(HeapState.UNLISTED, unlisted);
    state.lists.set(HeapState.MOVING, moving);
  }

  /** Leaves out so much that there is room for as much again. */
  private void thin() {
    Recording recording = recording(landmarks());
    while (recording.text().length() > mostText / 2) {
      Recording thinned = recording.thinned();
      if (thinned.count() == recording.count()) {
        break;
      }
      recording = thinned;
    }
    frames = recording.frames();
    stride = recording.kept().stride();
    names = new ArrayList<>(recording.names());
    numbers = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      numbers.put(names.get(i), i);
    }
  }

  private Set<Long> landmarks() {
    Set<Long> landmarks = new HashSet<>();
    greatest.values().forEach(most -> landmarks.add(most[1]));
    return landmarks;
  }

  /**
   * The recording, once the run is over.
   *
   * @param result of the run
   */
  public Recording recording(RunResult result) {
    HeapImage end = result.heapAtEnd();
    if (!(result.ending() instanceof RunEnding.Completed)
        && end != null
        && account.operation() != null) {
      ended(end);
    }
    finish();
    Set<Long> landmarks = landmarks();
    for (OperationStats stats : result.operations()) {
      Long at = stats.maxAt();
      if (at != null) {
        landmarks.add(at);
      }
    }
    Pauses.Pause pause = result.pauses().longest();
    Stalls.Stall stall = result.stalls().longest();
    Fragmentation.Sample worst = result.fragmentation().worst();
    if (pause != null) {
      landmarks.add(pause.operation());
    }
    if (stall != null) {
      landmarks.add(stall.operation());
    }
    if (worst != null) {
      landmarks.add(worst.operation());
    }
    return recording(landmarks);
  }

  /** In the operation under way or done last the run ended: what is known of the heap stands. */
  private void ended(HeapImage end) {
    if (!account.isOver() || after == null) {
      HeapState state = new HeapState();
      blocks(state);
      holes(state, end.spans(), Set.of());
      freeAfter = state.lists.get(HeapState.UNLISTED).stream().mapToLong(Span::bytes).sum();
      after = state;
    }
    account = account.done(Outcome.ENDED, null);
  }

  private Recording recording(Set<Long> landmarks) {
    long[] counts = new long[2];
    frames.replay(
        (frame, state) -> {
          counts[0] += frame.failed() ? 1 : 0;
          counts[1] += frame.paused() ? 1 : 0;
        });
    List<Stretch> stretches = new ArrayList<>();
    int count = failures.length;
    for (int i = 0; i < count; i++) {
      // the first operation of a stretch is the least that falls into it
      stretches.add(
          new Stretch(
              (i * operations + count - 1) / count,
              ((i + 1) * operations + count - 1) / count,
              longestPause[i],
              failures[i]));
    }
    return new Recording(
        operations,
        walked,
        frames,
        names,
        landmarks,
        stretches,
        new Kept(stride, failed, counts[0], paused, counts[1]));
  }
}
