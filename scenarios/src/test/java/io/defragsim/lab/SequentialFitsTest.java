package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.TimedCalls.Answer;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether the images that are called as a fit choose the hole that this fit is known to choose. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SequentialFitsTest {
  private static final int POOL = 1600;
  private static final int HANDLES = 40;
  private static final int OPERATIONS = 400;
  private static final int WORD = 4;

  /** The rules, as slow and as plain as can be. */
  private enum Fit {
    FIRST("first-fit") {
      @Override
      Optional<Hole> choice(Holes holes, int bytes) {
        return holes.thatHold(bytes).findFirst();
      }
    },
    NEXT("next-fit") {
      @Override
      Optional<Hole> choice(Holes holes, int bytes) {
        return holes
            .thatHold(bytes)
            .min(Comparator.comparing((Hole hole) -> hole.start <= holes.belowLast));
      }
    },
    BEST("best-fit") {
      @Override
      Optional<Hole> choice(Holes holes, int bytes) {
        return holes.thatHold(bytes).min(Comparator.comparing(Hole::bytes));
      }
    },
    WORST("worst-fit") {
      @Override
      Optional<Hole> choice(Holes holes, int bytes) {
        return holes.thatHold(bytes).min(Comparator.comparing(hole -> -hole.bytes));
      }
    };

    final String image;

    Fit(String image) {
      this.image = image;
    }

    /** Of equal ones the first, by address. */
    abstract Optional<Hole> choice(Holes holes, int bytes);
  }

  private record Hole(long start, int bytes) {}

  private static final class Holes {
    /** Bytes by address. */
    private final TreeMap<Long, Integer> holes = new TreeMap<>();

    /** Where the hole below the one that served last begins; 0: none was below. */
    private long belowLast;

    Holes(long start, int bytes) {
      holes.put(start, bytes);
    }

    Stream<Hole> thatHold(int bytes) {
      return holes.entrySet().stream()
          .filter(entry -> entry.getValue() >= bytes)
          .map(entry -> new Hole(entry.getKey(), entry.getValue()));
    }

    /** Where a block is that was cut from the upper end of a hole. */
    long cut(Hole hole, int bytes) {
      Long below = holes.lowerKey(hole.start);
      belowLast = below == null ? 0 : below;
      holes.remove(hole.start);
      if (hole.bytes > bytes) {
        holes.put(hole.start, hole.bytes - bytes);
      }
      return hole.start + hole.bytes - bytes;
    }

    void join(long start, int bytes) {
      long from = start;
      int all = bytes;
      Map.Entry<Long, Integer> below = holes.lowerEntry(start);
      if (below != null && below.getKey() + below.getValue() == start) {
        from = below.getKey();
        all += below.getValue();
      }
      Integer above = holes.remove(start + bytes);
      holes.put(from, above == null ? all : all + above);
    }
  }

  @ParameterizedTest
  @EnumSource(Fit.class)
  void each_request_gets_the_upper_end_of_the_hole_that_its_fit_chooses(Fit fit) {
    for (long seed = 1; seed <= 3; seed++) {
      try (AllocatorImage image =
          AllocatorImage.load(
              new Bench().pool(POOL, HANDLES).scenario(),
              Bench.shipped(fit.image),
              Strictness.NORMAL)) {
        image.reset();
        assertThat(image.calls().init()).isNull();
        play(fit, image, new Random(seed), "seed " + seed);
      }
    }
  }

  private static void play(Fit fit, AllocatorImage image, Random random, String seed) {
    long start = image.layout().poolAddress() + WORD;
    Holes holes = new Holes(start, POOL - 2 * WORD);
    TreeMap<Integer, Hole> blocks = new TreeMap<>(); // by handle
    for (int operation = 0; operation < OPERATIONS; operation++) {
      String context = seed + ", operation " + operation;
      if (random.nextInt(5) < 3 && blocks.size() < HANDLES) {
        int request = 1 + random.nextInt(random.nextInt(4) == 0 ? 400 : 60);
        int bytes = (request + WORD + 7) / 8 * 8;
        Optional<Hole> choice = fit.choice(holes, bytes);
        Answer answer = image.calls().alloc(request);
        assertThat(answer.isError()).as(context).isEqualTo(choice.isEmpty());
        if (choice.isPresent()) {
          long block = holes.cut(choice.get(), bytes);
          long payload = image.<Long>untimed(probe -> probe.address(answer.value()));
          assertThat(payload).as(context).isEqualTo(block + WORD);
          blocks.put(answer.value(), new Hole(block, bytes));
        }
      } else if (!blocks.isEmpty()) {
        int handle = blocks.keySet().stream().skip(random.nextInt(blocks.size())).findFirst().get();
        Hole freed = blocks.remove(handle);
        assertThat(image.calls().free(handle).value()).as(context).isZero();
        holes.join(freed.start, freed.bytes);
      }
    }
    assertThat(holes.holes).as(seed + ": holes to choose from").hasSizeGreaterThan(2);
  }
}
