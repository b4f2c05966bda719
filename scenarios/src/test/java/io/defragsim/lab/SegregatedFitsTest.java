package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.TimedCalls.Answer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whether {@code tlsf}, {@code half-fit} and {@code buddy} choose the hole that the published
 * algorithm chooses, and make the same holes of what is left and of what is freed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SegregatedFitsTest {
  private static final int POOL = 3000;
  private static final int HANDLES = 60;
  private static final int OPERATIONS = 400;

  /** The rules, as slow and as plain as can be. Sizes and places are in units. */
  private enum Rules {
    TLSF("tlsf", 8, 4, 2) {
      @Override
      int leastOf(int units) {
        int range = Integer.highestOneBit(units);
        int width = Math.max(1, range / 16);
        return units / width * width;
      }
    },
    HALF_FIT("half-fit", 8, 4, 2) {
      @Override
      int leastOf(int units) {
        return Integer.highestOneBit(units);
      }
    },
    BUDDY("buddy", 16, 0, 1) {
      @Override
      int leastOf(int units) {
        return units;
      }

      @Override
      int needed(int request) {
        int units = super.needed(request);
        return Integer.bitCount(units) == 1 ? units : 2 * Integer.highestOneBit(units);
      }

      @Override
      void split(Holes holes, Hole hole, int units) {
        for (int half = hole.units / 2; half >= units; half /= 2) {
          holes.add(hole.start + half, half);
        }
      }

      @Override
      Hole joined(Holes holes, Hole freed) {
        Hole buddy = holes.at(freed.start ^ freed.units);
        if (buddy == null || buddy.units != freed.units) {
          return freed;
        }
        holes.remove(buddy);
        int start = Math.min(freed.start, buddy.start);
        return joined(holes, new Hole(start, 2 * freed.units, 0));
      }

      @Override
      void begin(Holes holes, int bytes) {
        int units = bytes / (unit + 1); // a byte of each unit's tag
        int start = 0;
        for (int size = Integer.highestOneBit(units); size > 0; size /= 2) {
          if ((units & size) != 0) {
            holes.add(start, size);
            start += size;
          }
        }
      }
    };

    final String image;
    final int unit;
    private final int header;
    private final int least;

    Rules(String image, int unit, int header, int least) {
      this.image = image;
      this.unit = unit;
      this.header = header;
      this.least = least;
    }

    /** The smallest hole of the list that a hole of so many units stands in. */
    abstract int leastOf(int units);

    int needed(int request) {
      return Math.max(least, (request + header + unit - 1) / unit);
    }

    /** The holes of an empty heap. */
    void begin(Holes holes, int bytes) {
      holes.add(0, (bytes - 2 * header) / unit);
    }

    void split(Holes holes, Hole hole, int units) {
      if (hole.units - units >= least) {
        holes.add(hole.start + units, hole.units - units);
      }
    }

    /** What was freed, with the holes beside it, which are in no list then. */
    Hole joined(Holes holes, Hole freed) {
      int start = freed.start;
      int units = freed.units;
      Hole above = holes.at(start + units);
      if (above != null) {
        holes.remove(above);
        units += above.units;
      }
      Hole below = holes.endingAt(start);
      if (below != null) {
        holes.remove(below);
        start = below.start;
        units += below.units;
      }
      return new Hole(start, units, 0);
    }

    int granted(Hole hole, int units) {
      return this == BUDDY || hole.units - units >= least ? units : hole.units;
    }
  }

  /** A hole, or a block; of holes, when it was listed. */
  private record Hole(int start, int units, int listed) {}

  private static final class Holes {
    private final List<Hole> all = new ArrayList<>();
    private int listed;

    void add(int start, int units) {
      all.add(new Hole(start, units, listed++));
    }

    void remove(Hole hole) {
      all.remove(hole);
    }

    @Nullable Hole at(int start) {
      return all.stream().filter(hole -> hole.start == start).findFirst().orElse(null);
    }

    @Nullable Hole endingAt(int end) {
      return all.stream().filter(hole -> hole.start + hole.units == end).findFirst().orElse(null);
    }

    /** Of the list with the smallest holes that all have room, the one listed last. */
    @Nullable Hole choice(Rules rules, int units) {
      return all.stream()
          .filter(hole -> rules.leastOf(hole.units) >= units)
          .min(
              Comparator.comparing((Hole hole) -> rules.leastOf(hole.units))
                  .thenComparing(hole -> -hole.listed))
          .orElse(null);
    }
  }

  @ParameterizedTest
  @EnumSource(Rules.class)
  void each_request_gets_the_block_that_the_published_algorithm_gives_it(Rules rules) {
    for (long seed = 1; seed <= 3; seed++) {
      try (AllocatorImage image =
          AllocatorImage.load(
              new Bench().pool(POOL, HANDLES).scenario(),
              Bench.shipped(rules.image),
              Strictness.NORMAL)) {
        image.reset();
        assertThat(image.calls().init()).isNull();
        play(rules, image, new Random(seed), "seed " + seed);
      }
    }
  }

  private static void play(Rules rules, AllocatorImage image, Random random, String seed) {
    Holes holes = new Holes();
    rules.begin(holes, POOL);
    long origin = image.layout().poolAddress() + 2L * rules.header;
    TreeMap<Integer, Hole> blocks = new TreeMap<>(); // by handle
    int served = 0;
    int refused = 0;
    for (int operation = 0; operation < OPERATIONS; operation++) {
      String context = seed + ", operation " + operation;
      if (random.nextInt(5) < 3 && blocks.size() < HANDLES) {
        int request = 1 + random.nextInt(random.nextInt(6) == 0 ? 700 : 80);
        int units = rules.needed(request);
        Hole choice = holes.choice(rules, units);
        Answer answer = image.calls().alloc(request);
        assertThat(answer.isError()).as(context).isEqualTo(choice == null);
        if (choice == null) {
          refused++;
          continue;
        }
        served++;
        holes.remove(choice);
        rules.split(holes, choice, units);
        long payload = image.<Long>untimed(probe -> probe.address(answer.value()));
        assertThat(payload).as(context).isEqualTo(origin + (long) rules.unit * choice.start);
        blocks.put(answer.value(), new Hole(choice.start, rules.granted(choice, units), 0));
      } else if (!blocks.isEmpty()) {
        int handle = List.copyOf(blocks.keySet()).get(random.nextInt(blocks.size()));
        Hole freed = rules.joined(holes, Objects.requireNonNull(blocks.remove(handle)));
        assertThat(image.calls().free(handle).value()).as(context).isZero();
        holes.add(freed.start, freed.units);
      }
    }
    assertThat(served).as(seed + ": served").isGreaterThan(50);
    assertThat(refused).as(seed + ": refused").isPositive();
  }
}
