package io.defragsim.lab.image;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.engine.unicorn.BlockCounting;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.system.InterruptListener;
import io.defragsim.scenario.Scenario;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An image that follows the image contract on the part of a scenario: {@link #calls} are those of
 * its program, which count; {@link #untimed} looks at its heap and leaves no trace in the Mcu,
 * cycle counter and stack mark included. Whatever ends a run comes as {@link RunStopped}.
 */
public final class AllocatorImage implements AutoCloseable, PoolMemory {
  private final Mcu mcu;
  private final SramLayout layout;
  private final ImageContract contract;
  private final TimedCalls calls;
  private final Probe probe;
  private final Addresses addresses;
  private @Nullable Profiler profiler;
  private int untimedDepth;
  private boolean stackReserved;

  /** What stands between the pool and the stack reserve, which the image has no business with. */
  private byte[] nobodys = {};

  private AllocatorImage(Mcu mcu, SramLayout layout, Scenario scenario, ImageContract contract) {
    this.mcu = mcu;
    this.layout = layout;
    this.contract = contract;
    calls = new TimedCalls(mcu, contract, layout, scenario);
    probe = new Probe(mcu, contract, layout, calls);
    addresses = new Addresses(mcu, calls, handle -> untimed(look -> look.address(handle)));
  }

  /**
   * Puts {@code image} on the scenario's part; nothing runs yet. The part has more SRAM than it has
   * in truth if there is no room for the table of an image's glue.
   *
   * @throws ImageRejectedException if the image is no allocator image of this contract, or too
   *     large for the part
   * @throws DoesNotFitException if data, pool and stack reserve are more than the SRAM
   */
  public static AllocatorImage load(Scenario scenario, FirmwareImage image, Strictness strictness) {
    return load(scenario, image, strictness, BlockCounting.chosen());
  }

  /**
   * The same with a choice of the engine: only speed depends on it.
   *
   * @param counting of no meaning with interrupts, or if strict
   */
  public static AllocatorImage load(
      Scenario scenario, FirmwareImage image, Strictness strictness, BlockCounting counting) {
    ImageContract contract = ImageContract.of(image);
    SramLayout layout = SramLayout.of(scenario, image, contract.pointers());
    McuConfig part = layout.on(scenario.mcu());
    Mcu mcu =
        strictness == Strictness.STRICT || !scenario.interrupts().isEmpty()
            ? Mcu.create(part, image, strictness, scenario.interrupts())
            : Mcu.create(part, image, counting);
    return new AllocatorImage(mcu, layout, scenario, contract);
  }

  public SramLayout layout() {
    return layout;
  }

  public ImageContract contract() {
    return contract;
  }

  /** The calls of a program. */
  public TimedCalls calls() {
    return calls;
  }

  /** What was checked: all if there are interrupts. */
  public Strictness strictness() {
    return mcu.strictness();
  }

  /** Tells whom to tell of interrupts. */
  public void setInterruptListener(InterruptListener listener) {
    mcu.setInterruptListener(
        new InterruptListener() {
          @Override
          public void served(
              int line, long latency, Activity during, boolean tailChained, boolean late) {
            calls.handled();
            listener.served(line, latency, during, tailChained, late);
          }

          @Override
          public void missed(int line) {
            listener.missed(line);
          }
        });
  }

  /**
   * Runs from reset until the image parks, and reserves the stack.
   *
   * @throws DoesNotFitException if the image has more on its stack by then than the reserve holds
   */
  public void reset() {
    calls.reset();
    if (mcu.parkedSp() > mcu.config().sramEnd() || mcu.parkedSp() < mcu.config().sramBase()) {
      throw ContractRule.PARKS.broken("the image parks with SP at 0x%08x", mcu.parkedSp());
    }
    try {
      mcu.reserveStack(layout.stack());
    } catch (IllegalArgumentException e) {
      throw new DoesNotFitException("does not fit: " + e.getMessage());
    }
    stackReserved = true;
    nobodys = mcu.read(layout.poolEnd(), layout.unused());
  }

  /** A store outside all that the image was given, by a stack that is too deep for one. */
  public void checkUnused() {
    int wrong = Arrays.mismatch(nobodys, mcu.read(layout.poolEnd(), nobodys.length));
    if (wrong >= 0) {
      throw ContractRule.OWN_MEMORY.broken(
          "the image wrote to 0x%08x, between the pool and the stack reserve: it is not its"
              + " memory (or its stack is deeper than the reserve)",
          layout.poolEnd() + wrong);
    }
  }

  /**
   * Carries out {@code queries} and puts the Mcu back to where it was. Nothing of it counts, and
   * nothing is interrupted.
   */
  public <T extends @Nullable Object> T untimed(Function<Probe, T> queries) {
    Snapshot before = mcu.snapshot();
    long spentBefore = calls.spent();
    boolean held = mcu.holdInterrupts(true);
    untimedDepth++;
    tellProfiler();
    try {
      return queries.apply(probe);
    } finally {
      mcu.restore(before);
      mcu.holdInterrupts(held);
      calls.spent(spentBefore);
      untimedDepth--;
      tellProfiler();
    }
  }

  /**
   * Where the payload is now, 0 while it is in two parts: what {@code image_address} answers.
   * Nothing of it counts.
   */
  public long address(int handle) {
    return addresses.of(handle);
  }

  /** The handles that {@link #address} was asked for and may answer otherwise now. */
  public List<Integer> mayHaveMoved() {
    return addresses.doubtful();
  }

  /** Nobody asks for the address of that handle any more. */
  public void forget(int handle) {
    addresses.forget(handle);
  }

  public Snapshot snapshot() {
    return mcu.snapshot();
  }

  /** Back to {@code snapshot}, also after a call that stopped the run. */
  public void restore(Snapshot snapshot) {
    mcu.restore(snapshot);
  }

  /** Has every instruction told to {@code listener}; only if loaded strictly. */
  public void listen(InstructionListener listener) {
    mcu.listen(listener);
  }

  /** Has {@code to} see all that counts, and nothing else; only if loaded strictly. */
  public void profile(Profiler to) {
    profiler = to;
    calls.profile(to);
    tellProfiler();
  }

  private void tellProfiler() {
    if (profiler != null) {
      mcu.listen(untimedDepth == 0 ? profiler.calls() : null);
    }
  }

  public long cycles() {
    return mcu.cycles();
  }

  /** The deepest stack in bytes, 0 if the image has not parked. */
  public int deepestStackBytes() {
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

  @Override
  public void close() {
    mcu.close();
  }
}
