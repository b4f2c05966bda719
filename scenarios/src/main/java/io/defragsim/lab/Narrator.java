package io.defragsim.lab;

import io.defragsim.lab.AllocatorImage.Answer;
import io.defragsim.lab.ShadowHeap.Moved;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.Call.Function;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.lab.result.Subject;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tells a {@link RunListener} of the run, and shows it the heap. */
final class Narrator implements HeapView {
  private final RunListener listener;
  private final AllocatorImage image;
  private final ShadowHeap heap;
  private @Nullable HeapMapper mapper;
  private long operation = -1;

  Narrator(RunListener listener, AllocatorImage image, ShadowHeap heap) {
    this.listener = listener;
    this.image = image;
    this.heap = heap;
  }

  void started(Subject subject, int tableBytes, HeapMapper heapMapper) {
    mapper = heapMapper;
    listener.started(subject, tableBytes, this);
  }

  void phaseStarted(String name) {
    listener.phaseStarted(name);
  }

  void phaseEnded(String name) {
    listener.phaseEnded(name);
  }

  void began(long number, Operation begun, String words) {
    operation = number;
    listener.began(number, begun, words);
  }

  /** A call that is no step, after the shadow heap has followed it. */
  void called(Function function, long bytes, Answer answer, Moved moved) {
    called(function, null, bytes, answer, moved);
  }

  void stepped(Cause cause, int budgetBytes, Answer answer, Moved moved) {
    called(Function.STEP, cause, budgetBytes, answer, moved);
  }

  private void called(
      Function function, @Nullable Cause cause, long bytes, Answer answer, Moved moved) {
    if (listener != RunListener.NONE) {
      listener.called(
          operation,
          new Call(
              function,
              cause,
              bytes,
              answer.value(),
              image.cycles(),
              answer.cycles(),
              answer.elapsed(),
              moved.moves()),
          this);
    }
  }

  void done(OperationKind kind, @Nullable Failure failure, boolean skipped) {
    listener.done(operation, kind, failure, skipped, this);
  }

  @Override
  public List<PlacedBlock> blocks() {
    List<PlacedBlock> blocks = new ArrayList<>();
    for (Block block : heap.blocks()) {
      blocks.add(
          new PlacedBlock(
              block.name(),
              block.handle(),
              heap.offset(block.lastAddress()),
              block.size(),
              block.locks(),
              block.pinned(),
              block.address() == 0));
    }
    return blocks;
  }

  @Override
  public long liveBytes() {
    return heap.liveBytes();
  }

  @Override
  public long freeBytes() {
    try {
      return image.untimed(() -> heap.checkFree(image.freeBytes()));
    } catch (RunStopped stopped) {
      return map().spans().stream()
          .filter(span -> span.use() == HeapMap.Use.FREE)
          .mapToLong(HeapMap.Span::bytes)
          .sum();
    }
  }

  @Override
  public @Nullable Long largestRequest() {
    try {
      return image.<@Nullable Long>untimed(
          () -> Sampler.largestRequest(image, heap.checkFree(image.freeBytes())));
    } catch (RunStopped stopped) {
      return null;
    }
  }

  @Override
  public HeapMap map() {
    HeapMapper there = mapper();
    try {
      return there.map(there.now(operation));
    } catch (RunStopped stopped) {
      // an image that cannot walk its heap any more: what it did is the run's to find, not a look's
      return there.shadow(operation);
    }
  }

  @Override
  public List<FreeList> freeLists() {
    Map<Integer, List<Hole>> lists = new TreeMap<>();
    for (HeapWalk.Piece piece : listed()) {
      lists
          .computeIfAbsent(piece.handle(), number -> new ArrayList<>())
          .add(new Hole(heap.offset(piece.address()), piece.bytes()));
    }
    return lists.entrySet().stream().map(l -> new FreeList(l.getKey(), l.getValue())).toList();
  }

  private List<HeapWalk.Piece> listed() {
    try {
      HeapMapper there = mapper();
      HeapWalk walk = there.walk(there.now(operation));
      return walk == null ? List.of() : walk.listed();
    } catch (RunStopped stopped) {
      return List.of();
    }
  }

  private HeapMapper mapper() {
    if (mapper == null) {
      throw new IllegalStateException("before the pool is there");
    }
    return mapper;
  }
}
