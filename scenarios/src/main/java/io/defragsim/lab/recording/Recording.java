package io.defragsim.lab.recording;

import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a picture of a run needs, in bounded memory however long the run: the heap after its
 * operations, and what each of them took.
 *
 * <p>Of a run of up to {@value #EVERY} operations all are kept; above that every n-th, and all that
 * failed, that paused, and that were the worst of their sort. Where that is still too much, {@link
 * #thinned} leaves out more, and {@link #kept} says what.
 */
public final class Recording {

  /** How many operations a run may have for all to be kept. */
  public static final int EVERY = 20_000;

  /** In how many stretches of equal length a run is told of by its peaks, at most. */
  public static final int STRETCHES = 1000;

  /** The kinds of operation in the order in which {@link #text} numbers them. */
  public static final List<OperationKind> KINDS = List.of(OperationKind.values());

  private final long operations;
  private final boolean walked;
  private final Frames frames;
  private final List<String> names;
  private final Set<Long> landmarks;
  private final List<Stretch> stretches;
  private final Kept kept;

  /**
   * What the frames are of all operations.
   *
   * @param stride every such operation is kept, counted back from the last of the workload
   * @param failures operations refused, or in which the run ended, in all
   * @param failuresKept of those
   * @param paused operations with pauses, in all
   * @param pausedKept of those
   */
  public record Kept(long stride, long failures, long failuresKept, long paused, long pausedKept) {}

  /**
   * Some consecutive operations by what stands out among them.
   *
   * @param first the first of them
   * @param end the first after them
   * @param longestPause in cycles, 0 without one
   * @param failures operations refused
   */
  public record Stretch(long first, long end, long longestPause, long failures) {}

  /** What {@link #replay} tells of each frame that is kept, in order. */
  public interface Visitor {
    /**
     * An operation and the heap after it.
     *
     * @param state valid during the call only
     */
    void frame(Frame frame, HeapState state);
  }

  Recording(
      long operations,
      boolean walked,
      Frames frames,
      List<String> names,
      Set<Long> landmarks,
      List<Stretch> stretches,
      Kept kept) {
    this.operations = operations;
    this.walked = walked;
    this.frames = frames;
    this.names = Collections.unmodifiableList(names);
    this.landmarks = Set.copyOf(landmarks);
    this.stretches = List.copyOf(stretches);
    this.kept = kept;
  }

  /** How many operations the workload has, carried out or not. */
  public long operations() {
    return operations;
  }

  /** Whether holes and lists are the image's own, by its walk. */
  public boolean walked() {
    return walked;
  }

  /** How many operations are kept, and the pool before the first. */
  public int count() {
    return frames.count();
  }

  /** The names of the blocks that occur in the frames kept, in order of first appearance. */
  public List<String> names() {
    return names;
  }

  public Kept kept() {
    return kept;
  }

  /** The whole workload in stretches. */
  public List<Stretch> stretches() {
    return stretches;
  }

  /** The frames as text, in the format of {@link Frames}. */
  public String text() {
    return frames.text();
  }

  Frames frames() {
    return frames;
  }

  /** Tells {@code visitor} of every frame that is kept. */
  public void replay(Visitor visitor) {
    frames.replay(visitor::frame);
  }

  /**
   * The same with fewer frames: twice the stride; or where operations with pauses, or failures, are
   * the most of what is there, each second of those, of two with pauses the one with the longer.
   * The first, the last, and the worst of each sort stay, so that in the end it is the same.
   */
  public Recording thinned() {
    if (frames.count() < 3) {
      return this;
    }
    List<Frame> all = new ArrayList<>();
    replay((frame, state) -> all.add(frame));
    Set<Long> stay = new HashSet<>(landmarks);
    stay.add(all.get(0).operation());
    stay.add(all.get(all.size() - 1).operation());
    all.removeIf(frame -> stay.contains(frame.operation()));
    List<Frame> failed = all.stream().filter(Frame::failed).toList();
    List<Frame> paused = all.stream().filter(m -> !m.failed() && m.paused()).toList();
    int plain = all.size() - failed.size() - paused.size();
    boolean fewerPlain = plain >= Math.max(failed.size(), paused.size());
    boolean fewerFailed = !fewerPlain && failed.size() >= paused.size();
    boolean fewerPaused = !fewerPlain && !fewerFailed;
    long stride = fewerPlain ? 2 * kept.stride() : kept.stride();
    for (Frame frame : all) {
      if (!frame.failed() && !frame.paused() && onStride(frame.operation(), operations, stride)) {
        stay.add(frame.operation());
      }
    }
    for (int i = 0; i < failed.size(); i += fewerFailed ? 2 : 1) {
      stay.add(failed.get(i).operation());
    }
    for (int i = 0; i < paused.size(); i += fewerPaused ? 2 : 1) {
      Frame one = paused.get(i);
      boolean later =
          fewerPaused
              && i + 1 < paused.size()
              && paused.get(i + 1).longestPause() > one.longestPause();
      stay.add((later ? paused.get(i + 1) : one).operation());
    }
    return only(stay, stride);
  }

  static boolean onStride(long operation, long operations, long stride) {
    return (operations - 1 - operation) % stride == 0;
  }

  private Recording only(Set<Long> stay, long stride) {
    Frames fewer = new Frames();
    Map<Integer, Integer> renamed = new HashMap<>();
    List<String> fewerNames = new ArrayList<>();
    long[] counts = new long[2];
    HeapState renamedState = new HeapState();
    replay(
        (frame, state) -> {
          if (!stay.contains(frame.operation())) {
            return;
          }
          renamedState.blocks.clear();
          state.blocks.forEach(
              (name, placed) -> renamedState.blocks.put(rename(name, renamed, fewerNames), placed));
          renamedState.lists.clear();
          renamedState.lists.addAll(state.lists);
          int block = frame.block() < 0 ? -1 : rename(frame.block(), renamed, fewerNames);
          fewer.add(frame.of(block), renamedState);
          counts[0] += frame.failed() ? 1 : 0;
          counts[1] += frame.paused() ? 1 : 0;
        });
    return new Recording(
        operations,
        walked,
        fewer,
        fewerNames,
        landmarks,
        stretches,
        new Kept(stride, kept.failures(), counts[0], kept.paused(), counts[1]));
  }

  private int rename(int name, Map<Integer, Integer> renamed, List<String> fewerNames) {
    return renamed.computeIfAbsent(
        name,
        n -> {
          fewerNames.add(names.get(n));
          return fewerNames.size() - 1;
        });
  }
}
