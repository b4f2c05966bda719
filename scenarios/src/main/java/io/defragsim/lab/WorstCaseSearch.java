package io.defragsim.lab;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.HeapPlayer.Live;
import io.defragsim.lab.HeapPlayer.State;
import io.defragsim.lab.recording.Call.Function;
import io.defragsim.lab.result.Ending;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.SplitMix64;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the sequence of operations whose last call of one function takes longest, on a given
 * image. Random sequences are changed a little at a time, and a change that does not make the worst
 * call shorter stays; after a while it starts anew, on another pool. After each sequence every
 * block that is alive, or many sizes, are tried for the call in question. Deterministic: the same
 * image, seed and effort give the same sequence on every machine.
 */
final class WorstCaseSearch {

  /** So often the search starts anew. */
  private static final int STARTS = 8;

  private static final int LONGEST_SEQUENCE = 40;
  private static final int MOST_OPERATIONS = 600;
  private static final int STACK = 1024;
  private static final int ROOM_FOR_DATA = 3072;
  private static final long CALL_BUDGET = 1_000_000;
  private static final int KIB = 1024;

  /** Pools on which it is looked for: bytes and handles. */
  private static final List<Scenario.Pool> POOLS =
      List.of(
          new Scenario.Pool(4 * KIB, 128),
          new Scenario.Pool(1 * KIB, 16),
          new Scenario.Pool(12 * KIB, 250),
          new Scenario.Pool(2 * KIB, 60));

  /** One change of a heap. What it picks is the block of that number among those it can be. */
  private sealed interface Gene {
    record Alloc(int bytes) implements Gene {}

    record AllocPinned(int bytes) implements Gene {}

    record Resize(int pick, int bytes) implements Gene {}

    record Free(int pick) implements Gene {}

    record Lock(int pick) implements Gene {}

    record Unlock(int pick) implements Gene {}

    record Step() implements Gene {}

    /** A request that hardly fits, and steps that may make room for it. */
    record Wait(int bytes, int steps) implements Gene {}

    /** Pairs of blocks, of which the first are freed again: holes with blocks in between. */
    record Comb(int pairs, int hole, int between) implements Gene {}
  }

  /** The longest call of a sequence. */
  private record Score(long cycles, List<Operation> operations) {}

  private final ImageReference reference;
  private final FirmwareImage image;
  private final McuConfig part;
  private final int budget;
  private final long seed;
  private final int effort;
  private final Runnable tried;

  private final Function function;
  private final SplitMix64 random;
  private Score best = new Score(-1, List.of());
  private Scenario.Pool bestPool = POOLS.get(0);

  /**
   * A search.
   *
   * @param reference how a scenario refers to {@code image}
   * @param part whose core and multiplier count; its SRAM is made to fit
   * @param budget of steps, in bytes
   * @param effort how many sequences to try
   * @param tried told of each
   */
  @SuppressWarnings("EnumOrdinal") // any number does that is another one for each function
  WorstCaseSearch(
      ImageReference reference,
      FirmwareImage image,
      McuConfig part,
      Function function,
      int budget,
      long seed,
      int effort,
      Runnable tried) {
    this.reference = reference;
    this.image = image;
    this.part = part;
    this.function = function;
    this.budget = budget;
    this.seed = seed;
    this.effort = effort;
    this.tried = tried;
    random = new SplitMix64(seed ^ (long) function.ordinal() << 32);
  }

  /**
   * Searches.
   *
   * @return null if no call of that function was possible, or none of the pools fits the image
   */
  @Nullable WorstCase find() {
    int left = effort;
    for (int start = 0; start < STARTS && left > 0; start++) {
      int share = Math.max(1, left / (STARTS - start));
      left -= share;
      Scenario.Pool pool = POOLS.get(start % POOLS.size());
      HeapPlayer player;
      try {
        player = new HeapPlayer(scenario(pool, List.of(), List.of()), image);
      } catch (RunStopped | DoesNotFitException e) {
        continue; // this image has another idea of what a pool can be
      }
      try (player) {
        if (function == Function.STEP && !player.steps()) {
          return null;
        }
        WorstCase broken = climb(player, pool, share);
        if (broken != null) {
          return broken;
        }
      }
    }
    if (best.cycles() < 0) {
      return null;
    }
    return shortened();
  }

  /** Hill climbing from one random sequence; gives a sequence that breaks the image, if it does. */
  private @Nullable WorstCase climb(HeapPlayer player, Scenario.Pool pool, int sequences) {
    List<Gene> genes = new ArrayList<>();
    for (int i = random.nextInt(2, 12); i > 0; i--) {
      genes.add(gene(pool));
    }
    List<State> states = new ArrayList<>(List.of(player.start()));
    List<Score> scores = new ArrayList<>(List.of(new Score(-1, List.of())));
    long reached = -1;
    for (int i = 0; i < sequences; i++) {
      tried.run();
      List<Gene> child = new ArrayList<>(genes);
      int from = i == 0 ? 0 : mutate(child, pool);
      List<State> childStates = new ArrayList<>(states.subList(0, from + 1));
      List<Score> childScores = new ArrayList<>(scores.subList(0, from + 1));
      Score score;
      try {
        score = play(player, pool, child, childStates, childScores);
      } catch (RunStopped stopped) {
        return broken(stopped, player.operations(), pool);
      }
      if (score.cycles() >= reached) {
        reached = score.cycles();
        genes = child;
        states = childStates;
        scores = childScores;
      }
      if (score.cycles() > best.cycles()) {
        best = score;
        bestPool = pool;
      }
    }
    return null;
  }

  /**
   * Plays a sequence from where its states are known.
   *
   * @param states before each gene; those missing are added
   * @param scores the longest call before each gene, likewise
   */
  private Score play(
      HeapPlayer player,
      Scenario.Pool pool,
      List<Gene> genes,
      List<State> states,
      List<Score> scores) {
    int from = states.size() - 1;
    player.goTo(states.get(from));
    Score longest = scores.get(from);
    for (Gene gene : genes.subList(from, genes.size())) {
      longest = play(player, gene, longest);
      states.add(player.state());
      scores.add(longest);
    }
    return tried(player, pool, states.get(states.size() - 1), longest);
  }

  private Score play(HeapPlayer player, Gene gene, Score before) {
    Score score = before;
    if (player.operations().size() > MOST_OPERATIONS) {
      return score;
    }
    if (gene instanceof Gene.Alloc alloc) {
      score = better(score, player, player.alloc(alloc.bytes()));
    } else if (gene instanceof Gene.AllocPinned pinned) {
      if (player.pins()) {
        score = better(score, player, player.allocPinned(pinned.bytes()));
      }
    } else if (gene instanceof Gene.Resize resize) {
      Live block = picked(player, Function.RESIZE, resize.pick());
      if (block != null && player.resizes()) {
        score = better(score, player, player.resize(block, resize.bytes()));
      }
    } else if (gene instanceof Gene.Comb comb) {
      List<Live> holes = new ArrayList<>();
      for (int i = 0; i < comb.pairs(); i++) {
        int alive = player.live().size();
        score = better(score, player, player.alloc(comb.hole()));
        if (player.live().size() > alive) {
          holes.add(player.live().get(alive));
        }
        score = better(score, player, player.alloc(comb.between()));
      }
      for (Live hole : holes) {
        score = better(score, player, player.free(hole));
      }
    } else if (gene instanceof Gene.Step) {
      score = steps(player, 1, score);
    } else if (gene instanceof Gene.Wait wait) {
      score = better(score, player, player.alloc(wait.bytes()));
      score = steps(player, wait.steps(), score);
    } else {
      Function of =
          gene instanceof Gene.Free
              ? Function.FREE
              : gene instanceof Gene.Lock ? Function.LOCK : Function.UNLOCK;
      int pick =
          gene instanceof Gene.Free free
              ? free.pick()
              : gene instanceof Gene.Lock lock ? lock.pick() : ((Gene.Unlock) gene).pick();
      Live block = picked(player, of, pick);
      if (block != null) {
        score = better(score, player, call(player, of, block));
      }
    }
    return score;
  }

  private Score steps(HeapPlayer player, int count, Score before) {
    Score score = before;
    for (int i = 0; i < count && player.steps(); i++) {
      score = better(score, player, player.step());
    }
    return score;
  }

  /** Tries the call in question on all blocks, or with many sizes, each from the same state. */
  private Score tried(HeapPlayer player, Scenario.Pool pool, State state, Score before) {
    Score score = before;
    switch (function) {
      case ALLOC, ALLOC_PINNED -> {
        for (int i = 0; i < 12; i++) {
          player.goTo(state);
          int bytes = size(pool.bytes());
          score =
              better(
                  score,
                  player,
                  function == Function.ALLOC ? player.alloc(bytes) : player.allocPinned(bytes));
        }
      }
      case STEP -> {
        player.goTo(state);
        for (int i = 0; i < 12; i++) {
          score = better(score, player, player.step());
        }
      }
      case RESIZE -> {
        for (Live block : choice(player, function)) {
          for (int i = 0; i < 3; i++) {
            player.goTo(state);
            score = better(score, player, player.resize(block, random.nextInt(1, budget + 1)));
          }
        }
      }
      default -> {
        for (Live block : choice(player, function)) {
          player.goTo(state);
          score = better(score, player, call(player, function, block));
        }
      }
    }
    return score;
  }

  /** The block of that number among those on which the function may be called; null if none. */
  private static @Nullable Live picked(HeapPlayer player, Function of, int pick) {
    List<Live> choice = choice(player, of);
    return choice.isEmpty() ? null : choice.get(Math.floorMod(pick, choice.size()));
  }

  private static List<Live> choice(HeapPlayer player, Function of) {
    return player.live().stream()
        .filter(
            block ->
                switch (of) {
                  case FREE -> block.locks() == 0;
                  case RESIZE -> block.locks() == 0 && !block.pinned();
                  case UNLOCK -> block.locks() > 0;
                  default -> true;
                })
        .toList();
  }

  private static long call(HeapPlayer player, Function of, Live block) {
    return switch (of) {
      case FREE -> player.free(block);
      case LOCK -> player.lock(block);
      default -> player.unlock(block);
    };
  }

  /** The better of a score and the call that was just made. */
  private Score better(Score score, HeapPlayer player, long cycles) {
    List<Operation> operations = player.operations();
    boolean counts = cycles > score.cycles() && counts(operations.get(operations.size() - 1));
    return counts ? new Score(cycles, List.copyOf(operations)) : score;
  }

  /** Whether it is a call in question: of a resize, only as large as the bound is given for. */
  private boolean counts(Operation operation) {
    return HeapPlayer.function(operation) == function
        && (function != Function.RESIZE || operation.amount() <= budget);
  }

  /** Changes a sequence; gives the first place that is not as before. */
  private int mutate(List<Gene> genes, Scenario.Pool pool) {
    int at = random.nextInt(genes.size());
    int how = random.nextInt(10);
    if (how < 4 && genes.size() < LONGEST_SEQUENCE) {
      at = random.nextInt(genes.size() + 1);
      genes.add(at, gene(pool));
    } else if (how < 6 && genes.size() > 1) {
      genes.remove(at);
    } else if (how < 7) {
      int other = random.nextInt(genes.size());
      Gene gene = genes.get(at);
      genes.set(at, genes.get(other));
      genes.set(other, gene);
      at = Math.min(at, other);
    } else if (how < 9) {
      genes.set(at, nudged(genes.get(at)));
    } else {
      genes.set(at, gene(pool));
    }
    return at;
  }

  private Gene nudged(Gene gene) {
    int by = random.nextInt(-12, 13);
    if (gene instanceof Gene.Alloc alloc) {
      return new Gene.Alloc(Math.max(1, alloc.bytes() + by));
    } else if (gene instanceof Gene.AllocPinned pinned) {
      return new Gene.AllocPinned(Math.max(1, pinned.bytes() + by));
    } else if (gene instanceof Gene.Resize resize) {
      return random.nextBoolean()
          ? new Gene.Resize(resize.pick(), Math.max(1, resize.bytes() + by))
          : new Gene.Resize(resize.pick() + by, resize.bytes());
    } else if (gene instanceof Gene.Free free) {
      return new Gene.Free(free.pick() + by);
    } else if (gene instanceof Gene.Lock lock) {
      return new Gene.Lock(lock.pick() + by);
    } else if (gene instanceof Gene.Unlock unlock) {
      return new Gene.Unlock(unlock.pick() + by);
    } else if (gene instanceof Gene.Wait wait) {
      return random.nextBoolean()
          ? new Gene.Wait(Math.max(1, wait.bytes() + 4 * by), wait.steps())
          : new Gene.Wait(wait.bytes(), Math.max(0, wait.steps() + by / 4));
    } else if (gene instanceof Gene.Comb comb) {
      return random.nextBoolean()
          ? new Gene.Comb(comb.pairs(), Math.max(1, comb.hole() + by), comb.between())
          : new Gene.Comb(Math.max(1, comb.pairs() + by / 3), comb.hole(), comb.between());
    }
    return gene;
  }

  private Gene gene(Scenario.Pool pool) {
    int kindOfGene = random.nextInt(19);
    int pick = random.nextInt(1000);
    if (kindOfGene < 5) {
      return new Gene.Alloc(size(pool.bytes()));
    } else if (kindOfGene < 9) {
      return new Gene.Free(pick);
    } else if (kindOfGene < 11) {
      return new Gene.Lock(pick);
    } else if (kindOfGene < 12) {
      return new Gene.Unlock(pick);
    } else if (kindOfGene < 14) {
      return new Gene.Step();
    } else if (kindOfGene < 16) {
      int bytes = random.nextInt(pool.bytes() / 16, pool.bytes());
      return new Gene.Wait(bytes, random.nextInt(1, 6));
    } else if (kindOfGene < 17) {
      return random.nextBoolean()
          ? new Gene.AllocPinned(size(pool.bytes()))
          : new Gene.Resize(pick, size(pool.bytes() / 4));
    }
    return new Gene.Comb(random.nextInt(1, 12), size(pool.bytes() / 8), size(100));
  }

  /** Mostly small sizes, some of any magnitude up to half of the pool. */
  private int size(int pool) {
    int largest = Math.max(2, pool / 2);
    int magnitude = random.nextInt(2, 33 - Integer.numberOfLeadingZeros(largest));
    return Math.min(largest, random.nextInt(1, 1 << magnitude));
  }

  /** The best sequence without the operations that the worst call does not need. */
  private WorstCase shortened() {
    List<Operation> script = new ArrayList<>(best.operations());
    try (HeapPlayer player = new HeapPlayer(scenario(bestPool, List.of(), List.of()), image)) {
      for (int chunk = Integer.highestOneBit(script.size()); chunk > 0; chunk /= 2) {
        for (int end = script.size() - 1; end > 0; ) {
          int from = Math.max(0, end - chunk);
          List<Operation> shorter = new ArrayList<>(script);
          shorter.subList(from, end).clear();
          end = from;
          try {
            if (player.replay(shorter) >= best.cycles()) {
              script = new ArrayList<>(player.operations());
            }
          } catch (RunStopped stopped) {
            return broken(stopped, player.operations(), bestPool);
          }
        }
      }
      long cycles = player.replay(script);
      return new WorstCase(function.symbol(), cycles, found(cycles, script), null);
    }
  }

  private WorstCase broken(RunStopped stopped, List<Operation> operations, Scenario.Pool pool) {
    List<String> names = new ArrayList<>();
    List<Operation> renamed = renamed(operations, names);
    Ending ending = stopped.ending("", operations.size() - 1L);
    return new WorstCase(
        function.symbol(), -1, named(scenario(pool, renamed, names), -1, List.of()), ending);
  }

  private Scenario found(long cycles, List<Operation> script) {
    List<String> names = new ArrayList<>();
    List<Operation> renamed = renamed(script, names);
    return named(scenario(bestPool, renamed, names), cycles, List.of(limit(cycles)));
  }

  /** That says when a change of the image makes that call shorter or longer. */
  private Limit limit(long cycles) {
    return switch (function) {
      case STEP -> new Limit("pauses.max", cycles, cycles);
      // The figure is that of all allocs, of which others may take longer.
      case ALLOC_PINNED -> new Limit("alloc.max", cycles, null);
      default -> new Limit(function.name().toLowerCase(Locale.ROOT) + ".max", cycles, cycles);
    };
  }

  private Scenario named(Scenario scenario, long cycles, List<Limit> limits) {
    String what = function.symbol();
    return new Scenario(
        WorstCase.scenarioName(what),
        cycles < 0
            ? String.format(
                Locale.ROOT, "The image breaks here: found by a search (seed %d).", seed)
            : String.format(
                Locale.ROOT,
                "The longest %s that a search found on %s (seed %d, %d sequences): %d cycles, in the"
                    + " last operation.",
                what,
                image.name(),
                seed,
                effort,
                cycles),
        scenario.mcu(),
        scenario.image(),
        scenario.pool(),
        scenario.stackBytes(),
        scenario.defrag(),
        scenario.callBudget(),
        List.of(),
        scenario.workload(),
        limits);
  }

  /** Numbers the blocks in the order of their allocation, and names them. */
  private static List<Operation> renamed(List<Operation> operations, List<String> names) {
    Map<Integer, Integer> numbers = new HashMap<>();
    List<Operation> renamed = new ArrayList<>();
    for (Operation operation : operations) {
      if (operation.kind() == OperationKind.ALLOC) {
        numbers.put(operation.block(), numbers.size());
        names.add("b" + names.size());
      }
      int block = numbers.getOrDefault(operation.block(), -1);
      renamed.add(
          switch (operation.kind()) {
            case ALLOC -> new Operation.Alloc(block, operation.amount(), operation.pinned());
            case RESIZE -> new Operation.Resize(block, operation.amount());
            case FREE -> new Operation.Free(block);
            case LOCK -> new Operation.Lock(block);
            case UNLOCK -> new Operation.Unlock(block);
            case STEP, WRITE, GROW, WAIT -> operation;
          });
    }
    return renamed;
  }

  private Scenario scenario(Scenario.Pool pool, List<Operation> operations, List<String> names) {
    return scenario(reference, part, budget, pool, operations, names);
  }

  /** A scenario without operations on the first of the pools. */
  static Scenario trial(ImageReference reference, McuConfig part, int budget) {
    return scenario(reference, part, budget, POOLS.get(0), List.of(), List.of());
  }

  private static Scenario scenario(
      ImageReference reference,
      McuConfig part,
      int budget,
      Scenario.Pool pool,
      List<Operation> operations,
      List<String> names) {
    int sram = (pool.bytes() + STACK + ROOM_FOR_DATA + KIB - 1) / KIB * KIB;
    McuConfig fitted =
        new McuConfig(
            part.name(),
            part.core(),
            part.clockHz(),
            part.zeroWaitHz(),
            0,
            part.multiplierCycles(),
            part.flashBytes(),
            part.sramBase(),
            sram);
    List<Workload.Statement> statements = new ArrayList<>();
    operations.forEach(operation -> statements.add(new Workload.Single(operation)));
    Workload.Phase phase = new Workload.Phase("found", new Workload.Explicit(statements), false);
    return new Scenario(
        "search",
        "",
        fitted,
        reference,
        pool,
        STACK,
        new DefragPolicy.Never(budget),
        CALL_BUDGET,
        List.of(),
        new Workload(List.of(phase), names),
        List.of());
  }
}
