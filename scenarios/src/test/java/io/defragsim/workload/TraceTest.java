package io.defragsim.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.workload.Variate.Choice;
import io.defragsim.workload.Variate.Constant;
import io.defragsim.workload.Variate.Geometric;
import io.defragsim.workload.Variate.Uniform;
import io.defragsim.workload.Variate.Weighted;
import io.defragsim.workload.Workload.Explicit;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Part;
import io.defragsim.workload.Workload.Phase;
import io.defragsim.workload.Workload.Repeat;
import io.defragsim.workload.Workload.Single;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TraceTest {
  private static final Variate FOR_EVER = new Constant(Variate.FOREVER);

  /** The promise of the format: these operations are the same for ever. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain      | start p; alloc 0 64; alloc 1 199; free 1; alloc 2 128; alloc 3 126; alloc 4 177; alloc 5 135; free 0; alloc 6 167; free 5; free 6 | 574310a52e2aedf6
          busy       | start p; alloc 0 137; lock 0; alloc 1 178; alloc 2 112; alloc 3 138; alloc 4 27; alloc 5 24; free 5; alloc 6 10; unlock 0; free 2 | 27df0fae351d7912
          kinds      | start p; alloc 0 40; alloc 1 40; alloc 2 40; alloc 3 24; alloc 4 24; alloc 5 24; alloc 6 40; alloc 7 24; alloc 8 40; alloc 9 24; alloc 10 40 | e7667395df3ce526
          everything | start boot; alloc 0 64; lock 0; unlock 0; lock 0; unlock 0; end boot; start a; alloc 1 8; free 1; alloc 2 18; alloc 3 46 | 00a3868a587dc6b2
          """)
  void a_seed_gives_the_same_operations_for_ever(String name, String start, String digest) {
    Workload workload = golden(name);
    assertThat(first(workload, 12) + " | " + digest(workload)).isEqualTo(start + " | " + digest);
  }

  @Test
  void a_trace_can_be_played_again_and_another_seed_gives_another() {
    Workload workload = golden("everything");
    assertThat(list(workload)).isEqualTo(list(workload));
    assertThat(digest(generated(busy(1), false))).isNotEqualTo(digest(generated(busy(2), false)));
  }

  @Test
  void random_workloads_keep_the_promises_of_a_trace() {
    randomWorkloads(42, 100);
  }

  @Test
  @Tag("campaign")
  void so_do_many_more() {
    randomWorkloads(43, 300);
  }

  private static void randomWorkloads(long seed, int rounds) {
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      Workload workload = randomWorkload(random);
      checkTrace(workload, "seed " + seed + ", round " + round + ": " + workload);
    }
  }

  @Test
  void rates_are_about_what_they_say() {
    Generator spec =
        new Generator(
            100_000,
            7,
            new Uniform(8, 64),
            new Geometric(40, 1, 400),
            4096,
            Integer.MAX_VALUE,
            new Generator.Locks(100_000, new Constant(5)),
            200_000,
            null,
            null,
            null);
    Map<String, Integer> kinds = new HashMap<>();
    for (TraceElement operation : generated(spec, false).trace()) {
      kinds.merge(operation.getClass().getSimpleName(), 1, Integer::sum);
    }
    // Of the operations that are no due free or unlock: allocations, locks and writes.
    int drawn =
        kinds.getOrDefault("Alloc", 0)
            + kinds.getOrDefault("Lock", 0)
            + kinds.getOrDefault("Write", 0);
    assertThat(kinds.getOrDefault("Write", 0)).isBetween(drawn * 19 / 100, drawn * 21 / 100);
    assertThat(kinds.getOrDefault("Lock", 0)).isBetween(drawn * 9 / 100, drawn * 11 / 100);
    assertThat(kinds.getOrDefault("Free", 0))
        .isBetween(kinds.getOrDefault("Alloc", 0) - 200, kinds.getOrDefault("Alloc", 0));
    assertThat(kinds.getOrDefault("Unlock", 0)).isEqualTo(kinds.getOrDefault("Lock", 0));
  }

  @Test
  void blocks_of_a_kind_have_its_name_and_its_sizes_and_come_by_weight() {
    Map<String, Integer> allocations = new HashMap<>();
    Map<String, Integer> uses = new HashMap<>();
    TraceIterator trace = generated(kinds(3), true).play();
    while (trace.hasNext()) {
      if (trace.next() instanceof Operation operation && operation.block() != Operation.NO_BLOCK) {
        String name = trace.blockName();
        assertThat(name).endsWith("#" + (operation.block() + 1));
        String kind = name.substring(0, name.indexOf('#'));
        if (operation instanceof Operation.Alloc alloc) {
          allocations.merge(kind, 1, Integer::sum);
          assertThat(alloc.bytes())
              .isIn(kind.equals("node") ? List.of(24L) : List.of(4L, 40L, 1024L));
        } else {
          uses.merge(kind + " " + operation.kind().key(), 1, Integer::sum);
        }
      }
    }
    assertThat(allocations).containsOnlyKeys("packet", "node");
    int all = allocations.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(allocations.get("packet")).isBetween(all * 5 / 7 - all / 20, all * 5 / 7 + all / 20);
    assertThat(uses)
        .containsOnlyKeys(
            "packet lock",
            "packet unlock",
            "packet write",
            "packet free",
            "node write",
            "node grow",
            "node free");
  }

  @Test
  void a_kind_draws_the_same_sizes_whatever_kinds_come_behind_it() {
    Generator both = kinds(3);
    Generator alone =
        new Generator(
            both.operations(), 3, both.kinds().subList(0, 1), both.fillBytes(), 60, null, null);
    List<Long> beside = sizesOf("packet", generated(both, false));
    assertThat(sizesOf("packet", generated(alone, false))).startsWith(beside.toArray(Long[]::new));
  }

  @Test
  void a_later_phase_has_the_blocks_of_its_kinds_that_an_earlier_one_left() {
    Generator.Kind made = new Generator.Kind("a", 1, new Constant(8), FOR_EVER, null, 0, null);
    Generator.Kind written =
        new Generator.Kind("a", 1, new Constant(8), FOR_EVER, null, 500_000, null);
    Generator.Kind other =
        new Generator.Kind("b", 1, new Constant(8), FOR_EVER, null, 400_000, null);
    Workload workload =
        new Workload(
            List.of(
                new Phase("p", new Generator(10, 1, List.of(made), 80, 10, null, null), false),
                new Phase(
                    "q", new Generator(99, 1, List.of(other, written), 80, 10, null, null), false),
                new Phase(
                    "r",
                    new Generator(
                        99, 1, new Constant(8), FOR_EVER, 80, 10, null, 900_000, null, null, null),
                    false)),
            List.of());
    Map<String, TreeSet<String>> writtenTo = new TreeMap<>();
    TraceIterator trace = workload.play();
    String phase = "";
    while (trace.hasNext()) {
      TraceElement element = trace.next();
      if (element instanceof TraceElement.PhaseStart start) {
        phase = start.name();
      } else if (element instanceof Operation.Write) {
        writtenTo.computeIfAbsent(phase, any -> new TreeSet<>()).add(trace.blockName());
      }
    }
    assertThat(writtenTo).containsOnlyKeys("q", "r");
    assertThat(writtenTo.get("q")).anyMatch(name -> name.matches("a#([1-9]|10)"));
    assertThat(writtenTo.get("r"))
        .anyMatch(name -> name.startsWith("a#"))
        .anyMatch(name -> name.startsWith("#"));
  }

  private static List<Long> sizesOf(String kind, Workload workload) {
    List<Long> sizes = new ArrayList<>();
    TraceIterator trace = workload.play();
    while (trace.hasNext()) {
      if (trace.next() instanceof Operation.Alloc alloc && trace.blockName().startsWith(kind)) {
        sizes.add(alloc.bytes());
      }
    }
    return sizes;
  }

  @Test
  void lives_last_as_long_as_they_should() {
    Generator spec =
        new Generator(
            10_000,
            7,
            new Constant(16),
            new Constant(10),
            1 << 20,
            Integer.MAX_VALUE,
            null,
            0,
            null,
            null,
            null);
    Map<Integer, Integer> born = new HashMap<>();
    List<Integer> ages = new ArrayList<>();
    int now = 0;
    for (TraceElement operation : generated(spec, false).trace()) {
      if (operation instanceof Operation.Alloc alloc) {
        born.put(alloc.block(), now);
      } else if (operation instanceof Operation.Free free) {
        ages.add(now - born.getOrDefault(free.block(), -1000));
      }
      now += operation instanceof Operation ? 1 : 0;
    }
    assertThat(ages).hasSizeGreaterThan(4000).allMatch(age -> age == 10);
  }

  @Test
  void bursts_come_in_a_row_at_their_distance() {
    Generator spec =
        new Generator(
            3000,
            7,
            new Constant(16),
            new Constant(20),
            1 << 20,
            Integer.MAX_VALUE,
            null,
            999_000,
            null,
            new Generator.Bursts(new Constant(12), 100),
            null);
    int row = 0;
    int bursts = 0;
    for (TraceElement operation : generated(spec, false).trace()) {
      row = operation instanceof Operation.Alloc ? row + 1 : 0;
      bursts += row == 12 ? 1 : 0;
    }
    assertThat(bursts).isBetween(28, 30);
  }

  @Test
  void waits_come_every_so_many_operations_and_are_not_counted() {
    Generator spec =
        new Generator(
            100,
            7,
            new Constant(16),
            new Constant(20),
            1024,
            Integer.MAX_VALUE,
            null,
            0,
            null,
            null,
            new Generator.Waits(10, 5000));
    List<TraceElement> trace = list(generated(spec, false));
    assertThat(trace.stream().filter(o -> o.equals(new Operation.Wait(5000))).count()).isEqualTo(9);
    assertThat(
            trace.stream()
                .filter(o -> o instanceof Operation && !(o instanceof Operation.Wait))
                .count())
        .isEqualTo(100);
  }

  @Test
  void a_repeated_phase_goes_on_with_new_operations_and_the_blocks_that_are_there() {
    Phase phase = new Phase("p", busy(1), false);
    Workload workload = new Workload(List.of(new Repeat(2, List.of(phase))), List.of());
    List<List<TraceElement>> runs = new ArrayList<>();
    for (TraceElement operation : workload.trace()) {
      if (operation instanceof TraceElement.PhaseStart) {
        runs.add(new ArrayList<>());
      } else if (operation instanceof Operation) {
        runs.get(runs.size() - 1).add(operation);
      }
    }
    assertThat(runs).hasSize(2);
    assertThat(runs.get(0)).isNotEqualTo(runs.get(1));
    checkTrace(workload, "repeated");
  }

  @Test
  void millions_of_operations_take_no_more_memory_than_a_few() {
    Generator spec =
        new Generator(
            1_000_000,
            7,
            new Uniform(8, 64),
            new Geometric(40, 1, 400),
            4096,
            Integer.MAX_VALUE,
            null,
            0,
            null,
            null,
            null);
    assertThat(generated(spec, false).countOperations()).isEqualTo(1_000_000);
    Loop loop = new Loop(5_000_000, List.of(new Single(new Operation.Step(1))));
    Phase phase = new Phase("p", new Explicit(List.of(loop)), false);
    assertThat(new Workload(List.of(phase), List.of()).countOperations()).isEqualTo(5_000_000);
  }

  /** Checks all that {@link Operation} promises, and the fill of every generated phase. */
  private static void checkTrace(Workload workload, String context) {
    Map<Integer, Long> sizes = new HashMap<>();
    Map<Integer, Integer> locks = new HashMap<>();
    Map<String, Generator> specs = new HashMap<>();
    workload.parts().forEach(part -> collect(part, specs));
    long bytes = 0;
    String phase = "";
    int named = workload.blockNames().size();
    for (TraceElement operation : workload.trace()) {
      String at = context + " at " + operation;
      Generator spec = specs.get(phase);
      if (operation instanceof Operation.Alloc alloc) {
        assertThat(sizes.put(alloc.block(), alloc.bytes())).as(at).isNull();
        if (alloc.block() >= named) {
          bytes += alloc.bytes();
          assertThat(spec).as(at).isNotNull();
          if (spec != null) {
            assertThat(bytes).as(at).isLessThanOrEqualTo(spec.fillBytes());
            assertThat(sizes.size() - aliveBelow(sizes, named))
                .as(at)
                .isLessThanOrEqualTo(spec.maxBlocks());
          }
        }
      } else if (operation instanceof Operation.Free free) {
        assertThat(locks.getOrDefault(free.block(), 0)).as(at).isZero();
        Long size = sizes.remove(free.block());
        assertThat(size).as(at).isNotNull();
        bytes -= free.block() >= named && size != null ? size : 0;
      } else if (operation instanceof Operation.Lock lock) {
        assertThat(sizes).as(at).containsKey(lock.block());
        locks.merge(lock.block(), 1, Integer::sum);
      } else if (operation instanceof Operation.Unlock unlock) {
        assertThat(sizes).as(at).containsKey(unlock.block());
        assertThat(locks.merge(unlock.block(), -1, Integer::sum)).as(at).isNotNegative();
      } else if (operation instanceof Operation.Write write) {
        assertThat(sizes).as(at).containsKey(write.block());
      } else if (operation instanceof Operation.Grow grow) {
        assertThat(locks.getOrDefault(grow.block(), 0)).as(at).isZero();
        Long before = sizes.put(grow.block(), grow.bytes());
        assertThat(before).as(at).isNotNull();
        bytes += grow.block() >= named && before != null ? grow.bytes() - before : 0;
        if (spec != null) {
          assertThat(bytes).as(at).isLessThanOrEqualTo(spec.fillBytes());
        }
      } else if (operation instanceof TraceElement.PhaseStart start) {
        phase = start.name();
      } else if (operation instanceof TraceElement.PhaseEnd end) {
        assertThat(end.name()).as(at).isEqualTo(phase);
        if (phase.startsWith("drained")) {
          assertThat(sizes).as(at).isEmpty();
        }
        if (spec != null) {
          assertThat(locks.entrySet())
              .as(at)
              .noneMatch(e -> e.getKey() >= named && e.getValue() != 0);
        }
      }
    }
  }

  private static int aliveBelow(Map<Integer, Long> sizes, int block) {
    return (int) sizes.keySet().stream().filter(b -> b < block).count();
  }

  private static void collect(Part part, Map<String, Generator> specs) {
    if (part instanceof Repeat repeat) {
      repeat.parts().forEach(p -> collect(p, specs));
    } else if (part instanceof Phase phase && phase.content() instanceof Generator generator) {
      specs.put(phase.name(), generator);
    }
  }

  private static Workload randomWorkload(Random random) {
    List<Part> parts = new ArrayList<>();
    int phases = 1 + random.nextInt(3);
    // Fills never shrink, so that no phase starts above its own.
    long fill = 200;
    for (int i = 0; i < phases; i++) {
      fill += random.nextInt(2000);
      boolean drain = random.nextInt(4) == 0;
      Phase phase =
          new Phase((drain ? "drained " : "kept ") + i, randomGenerator(random, fill), drain);
      parts.add(random.nextBoolean() ? phase : new Repeat(1 + random.nextInt(3), List.of(phase)));
    }
    return new Workload(parts, List.of());
  }

  private static Generator randomGenerator(Random random, long fill) {
    List<Generator.Kind> kinds = new ArrayList<>();
    int others = random.nextInt(4);
    for (int i = 0; i <= others; i++) {
      kinds.add(
          randomKind(random, others == 0 ? Generator.Kind.UNNAMED : "k" + i, fill, others + 1));
    }
    return new Generator(
        1 + random.nextInt(800),
        random.nextLong(),
        kinds,
        fill,
        random.nextBoolean() ? Integer.MAX_VALUE : 1000,
        random.nextBoolean()
            ? null
            : new Generator.Bursts(new Uniform(1, 20), 1 + random.nextInt(100)),
        random.nextBoolean() ? null : new Generator.Waits(1 + random.nextInt(50), 1000));
  }

  private static Generator.Kind randomKind(Random random, String name, long fill, int kinds) {
    long largest = 1L + random.nextInt((int) Math.min(fill, 400));
    Variate lifetimes =
        switch (random.nextInt(5)) {
          case 0 -> FOR_EVER;
          case 1 -> new Constant(1 + random.nextInt(50));
          case 2 -> new Geometric(2 + random.nextInt(60), 1, 1000);
          case 3 -> Variate.Counts.of(Map.of(1L + random.nextInt(9), 1L + random.nextInt(9)));
          default ->
              new Choice(List.of(new Weighted(5, new Uniform(1, 9)), new Weighted(2, FOR_EVER)));
        };
    Variate hold = random.nextBoolean() ? new Constant(1 + random.nextInt(100)) : FOR_EVER;
    return new Generator.Kind(
        name,
        1 + random.nextInt(9),
        new Uniform(1, largest),
        lifetimes,
        random.nextBoolean() ? null : new Generator.Locks(random.nextInt(400_000 / kinds), hold),
        random.nextInt(200_000 / kinds),
        random.nextBoolean()
            ? null
            : new Generator.Grow(random.nextInt(300_000 / kinds), new Uniform(1, 64)));
  }

  static Generator busy(long seed) {
    return new Generator(
        500,
        seed,
        new Choice(
            List.of(
                new Weighted(3, new Geometric(24, 8, 120)),
                new Weighted(1, new Uniform(100, 200)))),
        new Choice(
            List.of(
                new Weighted(9, new Geometric(30, 1, 300)),
                new Weighted(1, new Constant(Variate.FOREVER)))),
        1500,
        24,
        new Generator.Locks(100_000, new Uniform(2, 12)),
        150_000,
        new Generator.Grow(50_000, new Constant(16)),
        new Generator.Bursts(new Constant(6), 90),
        new Generator.Waits(100, 48_000));
  }

  private static Generator kinds(long seed) {
    return new Generator(
        2000,
        seed,
        List.of(
            new Generator.Kind(
                "packet",
                5,
                Variate.Counts.of(new TreeMap<>(Map.of(40L, 213L, 4L, 12L, 1024L, 1L))),
                new Geometric(20, 1, 200),
                new Generator.Locks(50_000, new Uniform(1, 9)),
                20_000,
                null),
            new Generator.Kind(
                "node",
                2,
                new Constant(24),
                Variate.Counts.of(new TreeMap<>(Map.of(9L, 1L, 300L, 4L, Variate.FOREVER, 1L))),
                null,
                10_000,
                new Generator.Grow(100_000, new Constant(8)))),
        4096,
        60,
        new Generator.Bursts(new Constant(6), 90),
        new Generator.Waits(100, 48_000));
  }

  private static Workload golden(String name) {
    return switch (name) {
      case "plain" ->
          generated(
              new Generator(
                  1000,
                  1,
                  new Uniform(16, 200),
                  new Geometric(30, 1, 300),
                  1500,
                  Integer.MAX_VALUE,
                  null,
                  0,
                  null,
                  null,
                  null),
              false);
      case "busy" -> generated(busy(7), true);
      case "kinds" -> generated(kinds(7), true);
      case "everything" ->
          new Workload(
              List.of(
                  new Phase(
                      "boot",
                      new Explicit(
                          List.of(
                              new Single(new Operation.Alloc(0, 64)),
                              new Loop(
                                  2,
                                  List.of(
                                      new Single(new Operation.Lock(0)),
                                      new Single(new Operation.Unlock(0)))))),
                      false),
                  new Repeat(
                      3,
                      List.of(
                          new Phase("a", busy(1), false),
                          new Repeat(2, List.of(new Phase("b", busy(2), false))))),
                  new Phase("end", busy(3), true)),
              List.of("config"));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Workload generated(Generator generator, boolean drain) {
    return new Workload(List.of(new Phase("p", generator, drain)), List.of());
  }

  private static List<TraceElement> list(Workload workload) {
    List<TraceElement> operations = new ArrayList<>();
    workload.trace().forEach(operations::add);
    return operations;
  }

  /** A spelling of this test's own, so that the digests do not hang on that of records. */
  private static String word(TraceElement operation) {
    if (operation instanceof Operation.Alloc alloc) {
      return "alloc " + alloc.block() + " " + alloc.bytes();
    } else if (operation instanceof Operation.Free free) {
      return "free " + free.block();
    } else if (operation instanceof Operation.Lock lock) {
      return "lock " + lock.block();
    } else if (operation instanceof Operation.Unlock unlock) {
      return "unlock " + unlock.block();
    } else if (operation instanceof Operation.Write write) {
      return "write " + write.block();
    } else if (operation instanceof Operation.Grow grow) {
      return "grow " + grow.block() + " " + grow.bytes();
    } else if (operation instanceof Operation.Step step) {
      return "step " + step.count();
    } else if (operation instanceof Operation.Wait wait) {
      return "wait " + wait.cycles();
    } else if (operation instanceof TraceElement.PhaseStart start) {
      return "start " + start.name();
    } else {
      return "end " + ((TraceElement.PhaseEnd) operation).name();
    }
  }

  private static String first(Workload workload, int count) {
    return String.join("; ", list(workload).stream().limit(count).map(TraceTest::word).toList());
  }

  private static String digest(Workload workload) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (TraceElement operation : workload.trace()) {
        sha.update((word(operation) + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(sha.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
