package io.defragsim.workload;

import io.defragsim.workload.Population.Member;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** One run of a {@link Generator}, whose documentation is the specification. */
final class GeneratedPhase implements Iterator<Operation> {
  private static final long MILLION = 1_000_000;
  private static final int STREAMS_OF_A_KIND = 8;

  private final Generator spec;
  private final Population population;
  private final List<Source> sources = new ArrayList<>();
  private final Variate.Counts shares;
  private final long usePpm;
  private final SplitMix64 uses;
  private final SplitMix64 blocks;
  private final SplitMix64 bursts;
  private final SplitMix64 choices;

  /** A kind, and where its blocks come from and are. */
  private record Source(
      Generator.Kind kind,
      Population.Roll alive,
      SplitMix64 sizes,
      SplitMix64 lifetimes,
      SplitMix64 holds,
      SplitMix64 growth) {}

  private int done;
  private int untilWait;
  private long untilBurst;
  private long burstLeft;
  private Source next;
  private long nextSize;
  private @Nullable Member dying;

  GeneratedPhase(Generator spec, Population population, int run) {
    long seed = SplitMix64.derive(spec.seed(), run);
    this.spec = spec;
    this.population = population;
    uses = stream(seed, 1);
    blocks = stream(seed, 2);
    bursts = stream(seed, 7);
    choices = stream(seed, 8);
    Map<Long, Long> weights = new LinkedHashMap<>();
    long use = 0;
    for (Generator.Kind kind : spec.kinds()) {
      int first = STREAMS_OF_A_KIND * sources.size();
      weights.put((long) sources.size(), (long) kind.weight());
      use += kind.usePpm();
      sources.add(
          new Source(
              kind,
              kind.name().equals(Generator.Kind.UNNAMED)
                  ? population.all()
                  : population.kind(kind.name()),
              stream(seed, first + 3),
              stream(seed, first + 4),
              stream(seed, first + 5),
              stream(seed, first + 6)));
    }
    shares = Variate.Counts.of(weights);
    usePpm = use;
    untilWait = spec.waits() == null ? 0 : spec.waits().every();
    untilBurst = spec.bursts() == null ? 0 : spec.bursts().every();
    next = chosen();
    nextSize = next.kind().sizes().sample(next.sizes());
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
    return kill(first != null ? first : randomMember(population.all()));
  }

  /** A lock, a write or a growth, if one is drawn and possible. */
  private @Nullable Operation use() {
    if (usePpm == 0) {
      return null;
    }
    long drawn = uses.below(MILLION);
    if (drawn >= usePpm) {
      return null;
    }
    for (Source source : sources) {
      if (drawn < source.kind().usePpm()) {
        return use(source, drawn);
      }
      drawn -= source.kind().usePpm();
    }
    throw new IllegalStateException("rates do not add up");
  }

  private @Nullable Operation use(Source source, long drawn) {
    if (source.alive().size() == 0) {
      return null;
    }
    Member member = randomMember(source.alive());
    Generator.Kind kind = source.kind();
    Generator.Locks locks = kind.locks();
    if (locks != null && drawn < kind.lockPpm()) {
      if (member.locks() == Generator.DEEPEST_LOCK) {
        return null;
      }
      population.lock(member, locks.hold().sample(source.holds()));
      return new Operation.Lock(member.block);
    }
    if (drawn < kind.lockPpm() + kind.writesPpm()) {
      return new Operation.Write(member.block);
    }
    Generator.Grow grow = kind.grow();
    if (grow == null || member.locks() > 0) {
      return null;
    }
    long by = grow.by().sample(source.growth());
    if (population.bytes() + by > spec.fillBytes()) {
      return null;
    }
    population.grow(member, by);
    return new Operation.Grow(member.block, member.bytes);
  }

  private boolean fits() {
    return population.bytes() + nextSize <= spec.fillBytes()
        && population.all().size() < spec.maxBlocks();
  }

  private Operation allocate() {
    Generator.Kind kind = next.kind();
    long lifetime = kind.lifetimes().sample(next.lifetimes());
    Member member = population.add(kind.name(), nextSize, lifetime);
    next = chosen();
    nextSize = next.kind().sizes().sample(next.sizes());
    return new Operation.Alloc(member.block, member.bytes);
  }

  private Source chosen() {
    return sources.get((int) shares.sample(choices));
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

  private Member randomMember(Population.Roll of) {
    return of.at((int) blocks.below(of.size()));
  }
}
