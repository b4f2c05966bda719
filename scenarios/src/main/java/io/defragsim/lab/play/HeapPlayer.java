package io.defragsim.lab.play;

import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.HeapWalk;
import io.defragsim.lab.image.Probe;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.image.TimedCalls;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Plays operations on an image one by one, goes back to states before, and knows which operations
 * are right: it frees what is alive and not locked, and unlocks what is locked. For searches: it
 * measures calls and checks nothing of what the blocks hold.
 */
public final class HeapPlayer implements AutoCloseable {

  /** A block that is alive. */
  public record Live(int block, int handle, int locks, boolean pinned) {
    private Live withLocks(int now) {
      return new Live(block, handle, now, pinned);
    }
  }

  /** A state of the image and of the program, and how it was reached. */
  public record State(Snapshot snapshot, List<Live> live, List<Operation> operations, int blocks) {}

  private final AllocatorImage image;
  private final TimedCalls calls;
  private final int budget;
  private final State start;
  private final List<Live> live = new ArrayList<>();
  private final List<Operation> operations = new ArrayList<>();
  private int blocks;

  /**
   * A player at the beginning.
   *
   * @throws RunStopped if the image does not start
   */
  public HeapPlayer(Scenario scenario, FirmwareImage firmware) {
    image = AllocatorImage.load(scenario, firmware, Strictness.NORMAL);
    calls = image.calls();
    try {
      budget = scenario.defrag().budgetBytes();
      image.reset();
      ContractError refused = calls.init();
      if (refused != null) {
        throw calls.badInit(refused);
      }
      start = state();
    } catch (RuntimeException e) {
      image.close();
      throw e;
    }
  }

  public State start() {
    return start;
  }

  /** The state now. */
  public State state() {
    return new State(image.snapshot(), List.copyOf(live), List.copyOf(operations), blocks);
  }

  public void goTo(State state) {
    image.restore(state.snapshot());
    live.clear();
    live.addAll(state.live());
    operations.clear();
    operations.addAll(state.operations());
    blocks = state.blocks();
  }

  /** What was played to come to the state now. */
  public List<Operation> operations() {
    return operations;
  }

  public List<Live> live() {
    return live;
  }

  public boolean steps() {
    return image.contract().steps();
  }

  public boolean pins() {
    return image.contract().pins();
  }

  public boolean resizes() {
    return image.contract().resizes();
  }

  public boolean walks() {
    return image.contract().walks();
  }

  /** Allocates a block that was never there before. */
  public Answer alloc(long bytes) {
    return alloc(blocks, bytes, false);
  }

  /** The same of one that never moves; only if the image {@link #pins}. */
  public Answer allocPinned(long bytes) {
    return alloc(blocks, bytes, true);
  }

  private Answer alloc(int block, long bytes, boolean pinned) {
    blocks = Math.max(blocks, block + 1);
    operations.add(new Operation.Alloc(block, bytes, pinned));
    Answer answer = pinned ? calls.allocPinned(bytes) : calls.alloc(bytes);
    if (!answer.isError()) {
      live.add(new Live(block, answer.value(), 0, pinned));
    }
    return answer;
  }

  /**
   * The blocks and holes by address, then the holes of each list, as the image tells them. Nothing
   * of it counts. Only if the image {@link #walks}.
   */
  public List<HeapWalk.Piece> walk() {
    return image.untimed(Probe::pieces);
  }

  /** A new size for a block that is not locked and not pinned; if the image {@link #resizes}. */
  public Answer resize(Live block, long bytes) {
    operations.add(new Operation.Resize(block.block(), bytes));
    return calls.resize(block.handle(), bytes);
  }

  /** Frees a block that is not locked. What the image answers, the program is done with it. */
  public Answer free(Live block) {
    operations.add(new Operation.Free(block.block()));
    live.remove(block);
    return calls.free(block.handle());
  }

  public Answer lock(Live block) {
    operations.add(new Operation.Lock(block.block()));
    Answer answer = calls.lock(block.handle());
    if (!answer.isError()) {
      replace(block, b -> b.withLocks(b.locks() + 1));
    }
    return answer;
  }

  /** Takes back a lock of a block that is locked. */
  public Answer unlock(Live block) {
    operations.add(new Operation.Unlock(block.block()));
    Answer answer = calls.unlock(block.handle());
    replace(block, b -> b.withLocks(b.locks() - 1));
    return answer;
  }

  public Answer step() {
    operations.add(new Operation.Step(1));
    return calls.step(budget);
  }

  /** Replaces in place: the order of blocks is what choices among them refer to. */
  private void replace(Live block, UnaryOperator<Live> change) {
    live.replaceAll(b -> b.equals(block) ? change.apply(b) : b);
  }

  /**
   * Plays operations anew from the start, as far as they are right: one that is not, since another
   * before it is gone, is left out.
   *
   * @return the cycles of the last operation, -1 if it was left out
   */
  public long replay(List<Operation> script) {
    goTo(start);
    long cycles = -1;
    for (Operation operation : script) {
      cycles = replay(operation);
    }
    return cycles;
  }

  private long replay(Operation operation) {
    int block = operation.block();
    return switch (operation.kind()) {
      case ALLOC -> alloc(block, operation.amount(), operation.pinned()).cycles();
      case STEP -> step().cycles();
      case FREE -> on(block, b -> b.locks() == 0, this::free);
      case LOCK -> on(block, b -> true, this::lock);
      case UNLOCK -> on(block, b -> b.locks() > 0, this::unlock);
      case RESIZE -> on(block, b -> b.locks() == 0, b -> resize(b, operation.amount()));
      case WRITE, GROW, WAIT -> throw new IllegalArgumentException("not played: " + operation);
    };
  }

  /** What a call of a block takes, -1 if there is none of that number for it. */
  private long on(int block, Predicate<Live> condition, Function<Live, Answer> call) {
    return live.stream()
        .filter(b -> b.block() == block && condition.test(b))
        .findFirst()
        .map(b -> call.apply(b).cycles())
        .orElse(-1L);
  }

  /** The function that an operation which is played here calls. */
  public static ContractFunction function(Operation operation) {
    return switch (operation.kind()) {
      case ALLOC -> operation.pinned() ? ContractFunction.ALLOC_PINNED : ContractFunction.ALLOC;
      case RESIZE -> ContractFunction.RESIZE;
      case FREE -> ContractFunction.FREE;
      case LOCK -> ContractFunction.LOCK;
      case UNLOCK -> ContractFunction.UNLOCK;
      case STEP -> ContractFunction.STEP;
      case WRITE, GROW, WAIT -> throw new IllegalArgumentException("not played: " + operation);
    };
  }

  @Override
  public void close() {
    image.close();
  }
}
