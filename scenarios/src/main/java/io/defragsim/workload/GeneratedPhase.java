package io.defragsim.workload;

import io.defragsim.workload.Population.Member;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** One run of a {@link Generator}, whose documentation is the specification. */
final class GeneratedPhase implements Iterator<Operation> {
  private static final long MILLION = 1_000_000;

  private final Generator spec;
  private final Population population;
  private final SplitMix64 kinds;
  private final SplitMix64 blocks;
  private final SplitMix64 sizes;
  private final SplitMix64 lifetimes;
  private final SplitMix64 holds;
  private final SplitMix64 growth;
  private final SplitMix64 bursts;

  private int done;
  private int untilWait;
  private long untilBurst;
  private long burstLeft;
  private long nextSize;
  private @Nullable Member dying;

  GeneratedPhase(Generator spec, Population population, int run) {
    long seed = SplitMix64.derive(spec.seed(), run);
    this.spec = spec;
    this.population = population;
    kinds = stream(seed, 1);
    blocks = stream(seed, 2);
    sizes = stream(seed, 3);
    lifetimes = stream(seed, 4);
    holds = stream(seed, 5);
    growth = stream(seed, 6);
    bursts = stream(seed, 7);
    untilWait = spec.waits() == null ? 0 : spec.waits().every();
    untilBurst = spec.bursts() == null ? 0 : spec.bursts().every();
    nextSize = spec.sizes().sample(sizes);
  }

  private static SplitMix64 stream(long seed, int number) {
    return new SplitMix64(SplitMix64.derive(seed, number));
  }

  @Override
  public boolean hasNext() {
    return done < spec.operations() || population.hasLocks();
  }

  @Override
  public Operation next() {
    if (done >= spec.operations()) {
      Member released = population.unlockDue(Variate.FOREVER);
      if (released == null) {
        throw new NoSuchElementException();
      }
      return new Operation.Unlock(released.block);
    }
    Generator.Waits waits = spec.waits();
    if (waits != null && untilWait == 0) {
      untilWait = waits.every();
      return new Operation.Wait(waits.cycles());
    }
    Operation operation = choose();
    untilWait--;
    untilBurst--;
    done++;
    population.tick();
    return operation;
  }

  private Operation choose() {
    if (burstLeft > 0) {
      burstLeft--;
      if (fits()) {
        return allocate();
      }
      burstLeft = 0;
    }
    if (dying == null) {
      Member first = population.firstToDie();
      if (first != null && first.dies <= population.now()) {
        dying = first;
      }
    }
    if (dying != null) {
      return kill(dying);
    }
    Member released = population.unlockDue(population.now());
    if (released != null) {
      return new Operation.Unlock(released.block);
    }
    Generator.Bursts spacing = spec.bursts();
    if (spacing != null && untilBurst <= 0) {
      untilBurst += spacing.every();
      burstLeft = spacing.length().sample(bursts) - 1;
      if (fits()) {
        return allocate();
      }
      burstLeft = 0;
    }
    Operation use = use();
    if (use != null) {
      return use;
    }
    if (fits()) {
      return allocate();
    }
    Member first = population.firstToDie();
    return kill(first != null ? first : randomMember());
  }

  /** A lock, a write or a growth, if one is drawn and possible. */
  private @Nullable Operation use() {
    Generator.Locks locks = spec.locks();
    Generator.Grow grow = spec.grow();
    long lockRate = locks == null ? 0 : locks.ratePpm();
    long writeRate = lockRate + spec.writesPpm();
    long growRate = writeRate + (grow == null ? 0 : grow.ratePpm());
    if (growRate == 0) {
      return null;
    }
    long kind = kinds.below(MILLION);
    if (kind >= growRate || population.size() == 0) {
      return null;
    }
    Member member = randomMember();
    if (locks != null && kind < lockRate) {
      if (member.locks() == Generator.DEEPEST_LOCK) {
        return null;
      }
      population.lock(member, locks.hold().sample(holds));
      return new Operation.Lock(member.block);
    }
    if (kind < writeRate) {
      return new Operation.Write(member.block);
    }
    if (grow == null || member.locks() > 0) {
      return null;
    }
    long by = grow.by().sample(growth);
    if (population.bytes() + by > spec.fillBytes()) {
      return null;
    }
    population.grow(member, by);
    return new Operation.Grow(member.block, member.bytes);
  }

  private boolean fits() {
    return population.bytes() + nextSize <= spec.fillBytes()
        && population.size() < spec.maxBlocks();
  }

  private Operation allocate() {
    Member member = population.add(nextSize, spec.lifetimes().sample(lifetimes));
    nextSize = spec.sizes().sample(sizes);
    return new Operation.Alloc(member.block, member.bytes);
  }

  private Operation kill(Member member) {
    if (member.locks() > 0) {
      dying = member;
      population.unlock(member);
      return new Operation.Unlock(member.block);
    }
    dying = null;
    population.remove(member);
    return new Operation.Free(member.block);
  }

  private Member randomMember() {
    return population.at((int) blocks.below(population.size()));
  }
}
