package io.defragsim.lab.judging;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Operation;
import io.defragsim.workload.SplitMix64;
import io.defragsim.workload.Variate;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Heaps that are nearly full, of every kind that the generators make: pools of 1 to 64 KiB, twenty
 * to a thousand blocks, and steps of 16 to 256 bytes. The same numbers give the same heaps for
 * ever. Nothing in the library is to be tuned on them: whoever needs heaps to tune on takes those
 * from {@link #COUNT} on.
 */
final class GeneratedHeaps {
  static final int COUNT = 200;

  /** So many sizes are drawn to know their mean. */
  private static final int SIZES_DRAWN = 2000;

  private static final McuConfig PART =
      Objects.requireNonNull(McuProfiles.all().get("cortex-m0")).withMemory(256 * KIB, 128 * KIB);

  private static final int[] BUDGETS = {16, 32, 64, 128, 256};

  private final SplitMix64 random;
  private final int number;

  private GeneratedHeaps(int number) {
    this.number = number;
    this.random = new SplitMix64(0x6a756467_00000000L + number);
  }

  /** {@link #COUNT} heaps from that number on; those from 0 on are the ones that judge. */
  static List<Scenario> from(int first) {
    return IntStream.range(first, first + COUNT).mapToObj(GeneratedHeaps::heap).toList();
  }

  private static Scenario heap(int number) {
    return new GeneratedHeaps(number).scenario();
  }

  private Scenario scenario() {
    int octave = KIB << random.nextInt(6);
    int pool = octave + Granule.BYTES * random.nextInt(octave / Granule.BYTES + 1);
    int scale = Math.max(12, (pool >> random.nextInt(4, 10)) * random.nextInt(8, 16) / 12);
    Variate sizes = sizes(scale, pool / 5);
    int pinned = random.nextInt(5) == 0 ? random.nextInt(1, 5) : 0;
    int pinnedBytes = pinned == 0 ? 0 : random.nextInt(8, Math.max(9, pool / 40));

    // how many blocks fill the pool, with a word of the table for each and some to spare
    long bytes = 0;
    long taken = 0;
    SplitMix64 sample = new SplitMix64(number);
    for (int i = 0; i < SIZES_DRAWN; i++) {
      long size = sizes.sample(sample);
      bytes += size;
      taken += Granule.up(size + 4);
    }
    long room = pool - (long) pinned * Granule.up(pinnedBytes + 4) - Granule.BYTES;
    long load = random.nextInt(90, 100);
    long blocks = Math.max(4, room * load * SIZES_DRAWN / (100 * (taken + 5L * SIZES_DRAWN)));
    int most = (int) (blocks * 5 / 4 + 4);
    long fill = Math.max(blocks * bytes / SIZES_DRAWN, sizes.max());
    DefragPolicy policy = new DefragPolicy.OnFailure(BUDGETS[random.nextInt(BUDGETS.length)]);
    int operations = (int) (4 * blocks + 2000);
    List<Workload.Part> parts = new ArrayList<>();
    parts.add(phase("first", pin(pinned, pinnedBytes, false)));
    Generator generator =
        new Generator(
            operations / 4,
            random.next() >>> 1,
            sizes,
            lifetimes(blocks),
            fill,
            most,
            locks(blocks),
            0,
            random.nextInt(6) == 0 ? grow(scale) : null,
            random.nextInt(4) == 0
                ? new Generator.Bursts(new Variate.Uniform(2, 4 + blocks / 8), operations / 10)
                : null,
            null);
    parts.add(
        new Workload.Repeat(
            4,
            List.of(
                new Workload.Phase("busy", generator, false),
                phase("pinned anew", pin(Math.min(1, pinned), pinnedBytes, true)))));
    return new Scenario(
        String.format(Locale.ROOT, "judge-%03d", number),
        "",
        PART,
        new ImageReference.Shipped("defrag"),
        new Scenario.Pool(pool, most + pinned + 2),
        Scenario.DEFAULT_STACK_BYTES,
        policy,
        Scenario.DEFAULT_CALL_BUDGET,
        List.of(),
        new Workload(parts, List.of("pinned[0]", "pinned[1]", "pinned[2]", "pinned[3]")),
        List.of());
  }

  private static Workload.Phase phase(String name, List<Workload.Statement> statements) {
    return new Workload.Phase(name, new Workload.Explicit(statements), false);
  }

  /** Allocates the first so many pinned blocks, after a free where they are there already. */
  private static List<Workload.Statement> pin(int count, int bytes, boolean anew) {
    List<Workload.Statement> statements = new ArrayList<>();
    for (int block = 0; block < count; block++) {
      if (anew) {
        statements.add(new Workload.Single(new Operation.Free(block)));
      }
      statements.add(new Workload.Single(new Operation.Alloc(block, bytes, true)));
    }
    return statements;
  }

  /** Requested bytes, about {@code scale} on average, {@code most} at the most. */
  private Variate sizes(int scale, int most) {
    return switch (random.nextInt(7)) {
      case 0 -> new Variate.Uniform(1, Math.min(most, 2L * scale));
      case 1 -> new Variate.Uniform(scale, Math.min(most, scale + 1L + scale / 2));
      case 2 -> exponential(scale, most, 10);
      case 3 -> twoSizes(scale, most);
      case 4 -> powers(scale, most);
      case 5 -> threeSizes(scale, most);
      default ->
          choice(
              random.nextInt(5, 30),
              new Variate.Uniform(1, Math.min(most, 2L * scale)),
              1,
              exponential(Math.min(most / 2, 6 * scale), most, 4));
    };
  }

  private Variate threeSizes(int scale, int most) {
    List<Variate.Weighted> options = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      long size = Math.min(most, scale / 2 + random.nextInt(2 * scale));
      options.add(new Variate.Weighted(random.nextInt(1, 10), new Variate.Constant(size)));
    }
    return new Variate.Choice(options);
  }

  private static Variate exponential(int mean, int most, int longest) {
    long max = Math.min(most, (long) longest * mean);
    return new Variate.Geometric(Math.min(mean, max), Math.min(mean, max) > 8 ? 4 : 0, max);
  }

  private Variate twoSizes(int scale, int most) {
    return choice(
        random.nextInt(1, 20),
        new Variate.Constant(Math.max(1, scale / random.nextInt(1, 5))),
        1,
        new Variate.Constant(Math.min(most, (long) scale * random.nextInt(2, 9))));
  }

  /** Powers of two, each half as often as the one before. */
  private Variate powers(int scale, int most) {
    List<Variate.Weighted> options = new ArrayList<>();
    int least = Math.max(8, Integer.highestOneBit(scale / 2));
    int weight = 1 << 5;
    for (int size = least; size <= most && weight > 0; size *= 2, weight /= 2) {
      options.add(new Variate.Weighted(weight, new Variate.Constant(size)));
    }
    return new Variate.Choice(options);
  }

  private static Variate choice(int weight, Variate often, int other, Variate seldom) {
    return new Variate.Choice(
        List.of(new Variate.Weighted(weight, often), new Variate.Weighted(other, seldom)));
  }

  /** In operations, of {@code blocks} that are alive together. */
  private Variate lifetimes(long blocks) {
    return switch (random.nextInt(6)) {
      case 0 -> new Variate.Uniform(1, 4 * blocks);
      case 1 -> new Variate.Geometric(2 * blocks, 0, 20 * blocks);
      case 2 ->
          choice(
              random.nextInt(4, 20),
              new Variate.Geometric(Math.max(2, blocks / 4), 1, 4 * blocks),
              1,
              new Variate.Geometric(8 * blocks, 1, 80 * blocks));
      case 3 ->
          choice(
              random.nextInt(5, 30),
              new Variate.Uniform(1, 2 * blocks),
              1,
              new Variate.Constant(Variate.FOREVER));
      case 4 -> new Variate.Constant(2 * blocks);
      default -> new Variate.Constant(Variate.FOREVER); // a random one goes
    };
  }

  private Generator.@Nullable Locks locks(long blocks) {
    return switch (random.nextInt(6)) {
      case 0, 1 -> null;
      case 2, 3 -> new Generator.Locks(1000 * random.nextInt(5, 80), new Variate.Uniform(1, 20));
      case 4 ->
          new Generator.Locks(1000 * random.nextInt(5, 40), new Variate.Geometric(20, 1, 200));
      default -> new Generator.Locks(1000 * random.nextInt(1, 5), new Variate.Uniform(1, blocks));
    };
  }

  private Generator.Grow grow(int scale) {
    return new Generator.Grow(
        1000 * random.nextInt(5, 40), new Variate.Uniform(1, Math.max(2, scale / 4)));
  }
}
