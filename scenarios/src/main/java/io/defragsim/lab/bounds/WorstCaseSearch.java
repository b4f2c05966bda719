package io.defragsim.lab.bounds;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.play.HeapPlayer;
import io.defragsim.lab.play.HeapPlayer.Live;
import io.defragsim.lab.play.HeapPlayer.State;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.WorstCase;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.SplitMix64;
import java.util.ArrayList;
import java.util.List;
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

  private static final int MOST_OPERATIONS = 600;

  /** The functions that are searched for; the place here is part of where the search starts. */
  static final List<ContractFunction> FUNCTIONS =
      List.of(
          ContractFunction.ALLOC,
          ContractFunction.ALLOC_PINNED,
          ContractFunction.RESIZE,
          ContractFunction.FREE,
          ContractFunction.LOCK,
          ContractFunction.UNLOCK,
          ContractFunction.STEP);

  /** Pools on which it is looked for: bytes and handles. */
  static final List<Scenario.Pool> POOLS =
      List.of(
          new Scenario.Pool(4096, 128),
          new Scenario.Pool(1024, 16),
          new Scenario.Pool(12_288, 250),
          new Scenario.Pool(2048, 60));

  /** The longest call of a sequence. */
  private record Score(long cycles, List<Operation> operations) {}

  private final FirmwareImage image;
  private final int budget;
  private final int effort;
  private final Runnable tried;

  private final ContractFunction function;
  private final FoundScenario scenarios;
  private final SplitMix64 random;
  private final Genes draws;
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
  WorstCaseSearch(
      ImageReference reference,
      FirmwareImage image,
      McuConfig part,
      ContractFunction function,
      int budget,
      long seed,
      int effort,
      Runnable tried) {
    this.image = image;
    this.function = function;
    this.budget = budget;
    this.effort = effort;
    this.tried = tried;
    scenarios = new FoundScenario(reference, image.name(), part, function, budget, seed, effort);
    random = new SplitMix64(seed ^ (long) FUNCTIONS.indexOf(function) << 32);
    draws = new Genes(random);
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
        player = new HeapPlayer(scenarios.empty(pool), image);
      } catch (RunStopped | DoesNotFitException e) {
        continue; // this image has another idea of what a pool can be
      }
      try (player) {
        if (function == ContractFunction.STEP && !player.steps()) {
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
      genes.add(draws.gene(pool.bytes()));
    }
    List<State> states = new ArrayList<>(List.of(player.start()));
    List<Score> scores = new ArrayList<>(List.of(new Score(-1, List.of())));
    long reached = -1;
    for (int i = 0; i < sequences; i++) {
      tried.run();
      List<Gene> child = new ArrayList<>(genes);
      int from = i == 0 ? 0 : draws.mutate(child, pool.bytes());
      List<State> childStates = new ArrayList<>(states.subList(0, from + 1));
      List<Score> childScores = new ArrayList<>(scores.subList(0, from + 1));
      Score score;
      try {
        score = play(player, pool, child, childStates, childScores);
      } catch (RunStopped stopped) {
        return scenarios.broken(stopped, player.operations(), pool);
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
      Live block = picked(player, ContractFunction.RESIZE, resize.pick());
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
      ContractFunction of =
          gene instanceof Gene.Free
              ? ContractFunction.FREE
              : gene instanceof Gene.Lock ? ContractFunction.LOCK : ContractFunction.UNLOCK;
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
          int bytes = draws.size(pool.bytes());
          score =
              better(
                  score,
                  player,
                  function == ContractFunction.ALLOC
                      ? player.alloc(bytes)
                      : player.allocPinned(bytes));
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
  private static @Nullable Live picked(HeapPlayer player, ContractFunction of, int pick) {
    List<Live> choice = choice(player, of);
    return choice.isEmpty() ? null : choice.get(Math.floorMod(pick, choice.size()));
  }

  private static List<Live> choice(HeapPlayer player, ContractFunction of) {
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

  private static Answer call(HeapPlayer player, ContractFunction of, Live block) {
    return switch (of) {
      case FREE -> player.free(block);
      case LOCK -> player.lock(block);
      default -> player.unlock(block);
    };
  }

  /** The better of a score and the call that was just made. */
  private Score better(Score score, HeapPlayer player, Answer answer) {
    List<Operation> operations = player.operations();
    long cycles = answer.cycles();
    boolean counts = cycles > score.cycles() && counts(operations.get(operations.size() - 1));
    return counts ? new Score(cycles, List.copyOf(operations)) : score;
  }

  /** Whether it is a call in question: of a resize, only as large as the bound is given for. */
  private boolean counts(Operation operation) {
    return HeapPlayer.function(operation) == function
        && (function != ContractFunction.RESIZE || operation.amount() <= budget);
  }

  /** The best sequence without the operations that the worst call does not need. */
  private WorstCase shortened() {
    List<Operation> script = new ArrayList<>(best.operations());
    try (HeapPlayer player = new HeapPlayer(scenarios.empty(bestPool), image)) {
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
            return scenarios.broken(stopped, player.operations(), bestPool);
          }
        }
      }
      long cycles = player.replay(script);
      return scenarios.found(bestPool, cycles, script);
    }
  }
}
