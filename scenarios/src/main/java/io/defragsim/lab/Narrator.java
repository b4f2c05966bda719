package io.defragsim.lab;

import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.lab.result.Subject;
import io.defragsim.workload.Operation;
import io.defragsim.workload.trace.CallStack;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what happens in a run, once, to all who listen, and shows them the heap. Keeps the account
 * of the operation under way.
 */
final class Narrator implements HeapView {
  private final List<RunListener> listeners;
  private final AllocatorImage image;
  private final ShadowHeap heap;
  private final BooleanSupplier estimated;
  private @Nullable HeapMapper mapper;
  private Account account = Account.of(Account.BEFORE_FIRST, null, "");

  /**
   * @param estimated whether a handler has begun after cycles that are an estimate
   */
  Narrator(
      List<RunListener> listeners,
      AllocatorImage image,
      ShadowHeap heap,
      BooleanSupplier estimated) {
    this.listeners = listeners;
    this.image = image;
    this.heap = heap;
    this.estimated = estimated;
  }

  /** That of the operation under way or done last. */
  Account account() {
    return account;
  }

  /** Its number, -1 before the first. */
  long operation() {
    return account.number();
  }

  private void tell(RunEvent event) {
    for (RunListener listener : listeners) {
      listener.happened(event, this);
    }
  }

  void started(Subject subject, int tableBytes, HeapMapper heapMapper) {
    mapper = heapMapper;
    tell(new RunEvent.Started(subject, tableBytes));
  }

  void phaseStarted(String name) {
    tell(new RunEvent.PhaseStarted(name));
  }

  void phaseEnded(String name) {
    tell(new RunEvent.PhaseEnded(name));
  }

  /** The next operation begins. */
  void began(Operation begun, String block, @Nullable CallStack askedFor) {
    account = Account.of(account.number() + 1, begun, block).askedFor(askedFor);
    tell(new RunEvent.Began(account));
  }

  /**
   * A call has returned.
   *
   * @param cause of a step; null of any other call
   * @param follow checks the answer, has the shadow heap follow the call, and gives what it moved
   */
  void called(
      ContractFunction function,
      @Nullable Cause cause,
      String block,
      long bytes,
      Answer answer,
      Supplier<List<Call.Move>> follow) {
    Call call =
        new Call(
            function,
            cause,
            block,
            bytes,
            answer.value(),
            image.cycles(),
            answer.cycles(),
            answer.elapsed(),
            estimated.getAsBoolean(),
            List.of());
    try {
      List<Call.Move> moves = follow.get();
      if (!moves.isEmpty()) {
        boolean inside = cause == null && image.contract().features().movesInCalls();
        call = call.moved(inside ? Cause.INSIDE_CALL : cause, moves);
      }
    } catch (RunStopped stopped) {
      tell(new RunEvent.Broke(account, call));
      throw stopped;
    }
    account = account.plus(call);
    tell(new RunEvent.Called(account, call));
  }

  /** The request of the operation under way has waited; {@code error} is why it is not served. */
  void stalled(@Nullable ContractError error) {
    account = account.stalled(error);
  }

  /** The operation is over. */
  void done(Outcome outcome, @Nullable Failure failure) {
    account = account.done(outcome, failure);
    tell(new RunEvent.Done(account));
  }

  /** The run is over. */
  void ended() {
    tell(new RunEvent.Ended(account));
  }

  @Override
  public List<PlacedBlock> blocks() {
    return heap.placed();
  }

  @Override
  public long freeBytes() {
    try {
      return image.untimed(probe -> heap.checkFree(probe.freeBytes()));
    } catch (RunStopped stopped) {
      return image().holeBytes();
    }
  }

  @Override
  public @Nullable Long largestRequest() {
    try {
      return image.<@Nullable Long>untimed(
          probe -> probe.largestRequest(heap.checkFree(probe.freeBytes())));
    } catch (RunStopped stopped) {
      return null;
    }
  }

  @Override
  public HeapImage image() {
    HeapMapper there = mapper();
    HeapMapper.Moment now = there.now(operation());
    try {
      return there.image(now);
    } catch (RunStopped stopped) {
      // an image that cannot walk its heap any more: what it did is the run's to find, not a look's
      return there.shadow(now);
    }
  }

  private HeapMapper mapper() {
    if (mapper == null) {
      throw new IllegalStateException("before the pool is there");
    }
    return mapper;
  }
}
