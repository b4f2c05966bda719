package io.defragsim.lab;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.InterruptListener;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Subject;
import io.defragsim.scenario.Scenario;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An image that follows the image contract, version 1, on an Mcu: its functions as methods. Timed
 * calls give their exact cycles; all others leave no trace in the Mcu, cycle counter and stack mark
 * included, and nothing interrupts them. Whatever ends a run comes as {@link RunStopped}.
 */
final class AllocatorImage implements AutoCloseable, ShadowHeap.Memory {
  /** The version of the contract that this client speaks. */
  static final int CONTRACT = 1;

  /**
   * The most cycles that all timed calls of a run may take together, with interrupts, and those in
   * waits. Waits themselves are not in it: they cost the host nothing.
   */
  static final long RUN_BUDGET = 20_000_000_000L;

  /**
   * Waits are carried out in pieces of so many periods of the most frequent interrupt, so that the
   * budgets are looked at.
   */
  private static final long WAIT_PIECE = 10_000;

  /** Bytes of a record of {@code image_walk}: address, kind and size, handle. */
  private static final int WALK_RECORD = 12;

  /**
   * What a timed call gave.
   *
   * @param value R0
   * @param cycles its own
   * @param elapsed the same and what interrupts took in it
   */
  record Answer(int value, long cycles, long elapsed) {

    /** Whether the value is an error of the contract; other negative values stop the run before. */
    boolean isError() {
      return value < 0;
    }

    /** The error; only for an answer that is one. */
    ContractError error() {
      ContractError error = ContractError.of(value);
      if (error == null) {
        throw new IllegalStateException("no error: " + value);
      }
      return error;
    }
  }

  private final Mcu mcu;
  private final SramLayout layout;
  private final Scenario scenario;
  private final Subject.Features features;
  private final int pointers;
  private final long alloc;
  private final long free;
  private final long lock;
  private final long unlock;
  private final long address;
  private final long freeBytes;
  private final OptionalLong step;
  private final OptionalLong allocPinned;
  private final OptionalLong resize;
  private final OptionalLong keepReady;
  private final OptionalLong check;
  private final OptionalLong blocker;
  private final OptionalLong walk;
  private @Nullable Profiler profiler;
  private int untimedDepth;
  private long spent;
  private long handlers;
  private boolean stackReserved;

  /** What stands between the pool and the stack reserve, which the image has no business with. */
  private byte[] nobodys = {};

  private AllocatorImage(Mcu mcu, SramLayout layout, Scenario scenario, ContractSymbols symbols) {
    this.mcu = mcu;
    this.layout = layout;
    this.scenario = scenario;
    FirmwareImage image = mcu.image();
    this.alloc = image.function("image_alloc").orElseThrow();
    this.free = image.function("image_free").orElseThrow();
    this.lock = image.function("image_lock").orElseThrow();
    this.unlock = image.function("image_unlock").orElseThrow();
    this.address = image.function("image_address").orElseThrow();
    this.freeBytes = image.function("image_free_bytes").orElseThrow();
    this.step = image.function("image_step");
    this.allocPinned = image.function("image_alloc_pinned");
    this.resize = image.function("image_resize");
    this.keepReady = image.function("image_keep_ready");
    this.check = image.function("image_check");
    this.blocker = image.function("image_blocker");
    this.walk = image.function("image_walk");
    this.features = symbols.features();
    this.pointers = symbols.pointers();
  }

  /**
   * Puts {@code image} on the scenario's part; nothing runs yet.
   *
   * @throws ImageRejectedException if the image is no allocator image of this contract, or too
   *     large for the part
   * @throws DoesNotFitException if data, pool and stack reserve are more than the SRAM
   */
  static AllocatorImage load(Scenario scenario, FirmwareImage image, Strictness strictness) {
    ContractSymbols symbols = ContractSymbols.of(image);
    SramLayout layout = SramLayout.of(scenario, image);
    Mcu mcu = Mcu.create(scenario.mcu(), image, strictness, scenario.interrupts());
    return new AllocatorImage(mcu, layout, scenario, symbols);
  }

  SramLayout layout() {
    return layout;
  }

  /** What was checked: all if there are interrupts. */
  Strictness strictness() {
    return mcu.strictness();
  }

  /** Tells whom to tell of interrupts. */
  void setInterruptListener(InterruptListener listener) {
    mcu.setInterruptListener(
        new InterruptListener() {
          @Override
          public void served(int line, long latency, Activity during, boolean tailChained) {
            handlers++;
            listener.served(line, latency, during, tailChained);
          }

          @Override
          public void missed(int line) {
            listener.missed(line);
          }
        });
  }

  Subject.Features features() {
    return features;
  }

  /** Bytes a handle of a table in the pool that only the glue needs. */
  int pointers() {
    return pointers;
  }

  /** Whether there is an {@code image_step} that compacts. */
  boolean steps() {
    return features.movesInStep();
  }

  /**
   * Runs from reset until the image parks, and reserves the stack.
   *
   * @throws DoesNotFitException if the image has more on its stack by then than the reserve holds
   */
  void reset() {
    long budget = callBudget();
    Outcome outcome = mcu.reset(budget);
    if (!(outcome instanceof Outcome.Parked parked) || parked.immediate() != 0) {
      throw stopped(outcome, budget);
    }
    spent += parked.cycles();
    if (mcu.parkedSp() > mcu.config().sramBase() + mcu.config().sramBytes()
        || mcu.parkedSp() < mcu.config().sramBase()) {
      throw ContractRule.PARKS.broken(
          String.format(Locale.ROOT, "the image parks with SP at 0x%08x", mcu.parkedSp()));
    }
    try {
      mcu.reserveStack(layout.stack());
    } catch (IllegalArgumentException e) {
      throw new DoesNotFitException("does not fit: " + e.getMessage());
    }
    stackReserved = true;
    nobodys = mcu.read(layout.poolEnd(), layout.unused());
  }

  /**
   * Hands the pool over.
   *
   * @return null, or the error with which the image refuses a pool of that size
   */
  @Nullable ContractError init() {
    OptionalLong init = mcu.image().function("image_init");
    Answer answer =
        timed(
            "image_init",
            init.orElseThrow(),
            (int) layout.poolAddress(),
            layout.pool(),
            scenario.pool().handles());
    if (answer.value() > 0) {
      throw badInit(answer.value());
    }
    return answer.isError() ? answer.error() : null;
  }

  /** What becomes of a run whose pool was not accepted. */
  RunStopped badInit(Object answer) {
    return ContractRule.INIT
        .broken(
            String.format(
                Locale.ROOT,
                "image_init(0x%08x, %d, %d) answered %s",
                layout.poolAddress(),
                layout.pool(),
                scenario.pool().handles(),
                answer))
        .in("image_init");
  }

  /**
   * Asks for the hole that the policy keeps ready; only after the pool was accepted.
   *
   * @return null, or the error with which the image refuses a hole of that size
   */
  @Nullable ContractError keepReady() {
    int ready = scenario.defrag().readyBytes();
    if (ready == 0 || !keepsReady()) {
      return null;
    }
    Answer answer = timed("image_keep_ready", keepReady.orElseThrow(), ready);
    if (answer.value() > 0) {
      throw badReady(answer.value());
    }
    return answer.isError() ? answer.error() : null;
  }

  /** What becomes of a run whose hole was not accepted. */
  RunStopped badReady(Object answer) {
    return ContractRule.KEEP_READY
        .broken(
            String.format(
                Locale.ROOT,
                "image_keep_ready(%d) answered %s",
                scenario.defrag().readyBytes(),
                answer))
        .in("image_keep_ready");
  }

  Answer alloc(long bytes) {
    return timed("image_alloc", alloc, (int) bytes);
  }

  /** Whether there is an {@code image_alloc_pinned}. */
  boolean pins() {
    return allocPinned.isPresent();
  }

  /** Only for an image that {@link #pins}. */
  Answer allocPinned(long bytes) {
    return timed("image_alloc_pinned", allocPinned.orElseThrow(), (int) bytes);
  }

  /** Whether there is an {@code image_resize}. */
  boolean resizes() {
    return resize.isPresent();
  }

  /** Only for an image that {@link #resizes}. */
  Answer resize(int handle, long bytes) {
    return timed("image_resize", resize.orElseThrow(), handle, (int) bytes);
  }

  /** Whether there is an {@code image_keep_ready}. */
  boolean keepsReady() {
    return keepReady.isPresent() && steps();
  }

  Answer free(int handle) {
    return timed("image_free", free, handle);
  }

  Answer lock(int handle) {
    return timed("image_lock", lock, handle);
  }

  Answer unlock(int handle) {
    return timed("image_unlock", unlock, handle);
  }

  /** One piece of compaction; only for an image that {@link #steps}. */
  Answer step(int budgetBytes) {
    return timed("image_step", step.orElseThrow(), budgetBytes);
  }

  /** Where {@code image_step} starts. */
  Location stepLocation() {
    return new Location(step.orElse(0), "image_step", 0);
  }

  /** Where the payload is now, 0 while it is in two parts. Within {@link #untimed} only. */
  long address(int handle) {
    return Integer.toUnsignedLong(call("image_address", address, handle).value());
  }

  /** Free payload bytes in all. Within {@link #untimed} only. */
  long freeBytes() {
    return Integer.toUnsignedLong(call("image_free_bytes", freeBytes).value());
  }

  /** The handle in the way of the last request, 0 if there is none or the image does not say. */
  int blocker() {
    return blocker.isEmpty()
        ? 0
        : untimed(() -> call("image_blocker", blocker.getAsLong()).value());
  }

  /** Runs the image's own check of its heap, where it has one. */
  void check() {
    if (check.isPresent()) {
      int value = untimed(() -> call("image_check", check.getAsLong()).value());
      if (value != 0) {
        ContractError error = ContractError.of(value);
        throw ContractRule.CHECK
            .broken("the image's own check of its heap says " + (error == null ? value : error))
            .in("image_check");
      }
    }
  }

  /** A store outside all that the image was given, by a stack that is too deep for one. */
  void checkUnused() {
    int wrong = Arrays.mismatch(nobodys, mcu.read(layout.poolEnd(), nobodys.length));
    if (wrong >= 0) {
      throw ContractRule.OWN_MEMORY.broken(
          String.format(
              Locale.ROOT,
              "the image wrote to 0x%08x, between the pool and the stack reserve: it is not its"
                  + " memory (or its stack is deeper than the reserve)",
              layout.poolEnd() + wrong));
    }
  }

  /** Whether there is an {@code image_walk}. */
  boolean walks() {
    return walk.isPresent();
  }

  /**
   * What {@code image_walk} says: all blocks and holes, then the holes of each free list. What it
   * says is not checked but for its kinds and its length. Only for an image that {@link #walks},
   * and within {@link #untimed} only.
   */
  List<HeapWalk.Piece> walk() {
    // out of the image's way: above the pool, or low in the stack reserve, above its lowest word
    boolean above = layout.unused() >= WALK_RECORD;
    long buffer = layout.poolEnd() + (above ? 0 : layout.unused() + 4);
    int room = (above ? Math.min(layout.unused(), 2048) : layout.stack() / 4) / WALK_RECORD;
    int most = layout.pool() / 8;
    List<HeapWalk.Piece> pieces = new ArrayList<>();
    int lists = 0;
    int written = room;
    while (written == room && room > 0) {
      mcu.write(buffer, word(pieces.size()));
      written = call("image_walk", walk.getAsLong(), (int) buffer, room * WALK_RECORD).value();
      if (written < 0 || written > room) {
        throw ContractRule.WALK
            .broken("image_walk answered " + written + " in a buffer for " + room)
            .in("image_walk");
      }
      IntBuffer words =
          ByteBuffer.wrap(mcu.read(buffer, written * WALK_RECORD))
              .order(LITTLE_ENDIAN)
              .asIntBuffer();
      while (words.hasRemaining()) {
        HeapWalk.Piece piece = piece(words.get(), words.get(), words.get());
        pieces.add(piece);
        lists += piece.kind() == HeapWalk.Kind.LISTED ? 1 : 0;
        if (lists > most || pieces.size() - lists > most) {
          throw ContractRule.WALK_LENGTH
              .broken("image_walk has more than " + most + " records of a pool of " + layout.pool())
              .in("image_walk");
        }
      }
    }
    return pieces;
  }

  private static byte[] word(int value) {
    return ByteBuffer.allocate(4).order(LITTLE_ENDIAN).putInt(value).array();
  }

  private static HeapWalk.Piece piece(int address, int kindAndBytes, int handle) {
    int number = kindAndBytes >>> 28;
    HeapWalk.Kind kind = HeapWalk.Kind.of(number);
    if (kind == null) {
      throw ContractRule.WALK.broken("image_walk gives a piece of kind " + number).in("image_walk");
    }
    return new HeapWalk.Piece(
        Integer.toUnsignedLong(address), kindAndBytes & 0x0fffffff, kind, handle);
  }

  /**
   * Carries out {@code queries}, timed calls included, and puts the Mcu back to where it was.
   * Nothing of it counts, and nothing is interrupted.
   */
  <T extends @Nullable Object> T untimed(Supplier<T> queries) {
    Snapshot before = mcu.snapshot();
    long spentBefore = spent;
    boolean held = mcu.holdInterrupts(true);
    untimedDepth++;
    tellProfiler();
    try {
      return queries.get();
    } finally {
      mcu.restore(before);
      mcu.holdInterrupts(held);
      spent = spentBefore;
      untimedDepth--;
      tellProfiler();
    }
  }

  /** {@link #alloc} from the state of {@code start}; within {@link #untimed}. */
  Answer probe(Snapshot start, long bytes) {
    mcu.restore(start);
    try {
      return alloc(bytes);
    } catch (RunStopped stopped) {
      throw stopped.in("a probe, image_alloc(" + bytes + ") on a snapshot").ofProbe();
    }
  }

  Snapshot snapshot() {
    return mcu.snapshot();
  }

  /** Back to {@code snapshot}, also after a call that stopped the run. */
  void restore(Snapshot snapshot) {
    mcu.restore(snapshot);
  }

  /** Has every instruction told to {@code listener}; only if loaded strictly. */
  void listen(InstructionListener listener) {
    mcu.listen(listener);
  }

  /** Has {@code to} see all that counts, and nothing else; only if loaded strictly. */
  void profile(Profiler to) {
    profiler = to;
    tellProfiler();
  }

  private void tellProfiler() {
    if (profiler != null) {
      mcu.listen(untimedDepth == 0 ? profiler.calls() : null);
    }
  }

  /** Lets the program sleep; the last handler in it may make that longer. */
  void idle(long cycles) {
    long piece =
        scenario.interrupts().stream()
            .mapToLong(interrupt -> saturated(WAIT_PIECE, interrupt.every()))
            .min()
            .orElse(Long.MAX_VALUE);
    long end = mcu.cycles() + cycles;
    while (mcu.cycles() < end) {
      Outcome outcome = mcu.idle(Math.min(piece, end - mcu.cycles()));
      if (!(outcome instanceof Outcome.Slept slept)) {
        throw stopped(outcome, scenario.callBudget());
      }
      if (profiler != null) {
        profiler.slept(slept.cycles() - slept.interruptCycles());
      }
      spend(slept.interruptCycles(), "", new Location(0, null, 0));
    }
  }

  private static long saturated(long a, long b) {
    return b > Long.MAX_VALUE / a ? Long.MAX_VALUE : a * b;
  }

  long cycles() {
    return mcu.cycles();
  }

  /** The deepest stack in bytes, 0 if the image has not parked. */
  int deepestStackBytes() {
    return stackReserved ? mcu.deepestStackBytes() : 0;
  }

  @Override
  public byte[] read(long address, int length) {
    return mcu.read(address, length);
  }

  @Override
  public void write(long address, byte[] bytes) {
    mcu.write(address, bytes);
  }

  private Answer timed(String name, long function, int... arguments) {
    Answer answer = call(name, function, arguments);
    spend(answer.elapsed(), name, new Location(function, name, 0));
    if (answer.value() < 0 && ContractError.of(answer.value()) == null) {
      throw ContractRule.ERRORS.broken(name + " answered " + answer.value()).in(name);
    }
    if (answer.value() == ContractError.CORRUPTED.code()) {
      throw ContractRule.SOUND_HEAP
          .broken("the image found its heap corrupted: " + name + " answered -9")
          .in(name);
    }
    return answer;
  }

  private void spend(long cycles, String call, Location at) {
    spent += cycles;
    if (spent > RUN_BUDGET) {
      throw RunStopped.budget(RUN_BUDGET, at).in(call);
    }
    if (handlers > scenario.handlerBudget()) {
      throw RunStopped.handlers(scenario.handlerBudget(), at).in(call);
    }
  }

  private Answer call(String name, long function, int... arguments) {
    long budget = callBudget();
    Outcome outcome = mcu.call(function, budget, arguments);
    if (outcome instanceof Outcome.Returned returned) {
      return new Answer(returned.value(), returned.ownCycles(), returned.cycles());
    }
    throw stopped(outcome, budget).in(name);
  }

  /** The most cycles that the next call may take: what is left of the run's bounds it, too. */
  private long callBudget() {
    return Math.min(scenario.callBudget(), RUN_BUDGET - spent + 1);
  }

  private static RunStopped stopped(Outcome outcome, long budget) {
    if (outcome instanceof Outcome.Faulted faulted) {
      return RunStopped.fault(faulted.fault());
    }
    if (outcome instanceof Outcome.BudgetExhausted exhausted) {
      return RunStopped.budget(budget, exhausted.at());
    }
    if (outcome instanceof Outcome.Parked parked) {
      return ContractRule.PARKS.broken(
          "the image stopped on bkpt #" + parked.immediate() + ", where it should not");
    }
    return ContractRule.PARKS.broken("the image returned from reset");
  }

  @Override
  public void close() {
    mcu.close();
  }
}
