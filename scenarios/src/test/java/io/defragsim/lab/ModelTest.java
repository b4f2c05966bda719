package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.ModelledHeap.Block;
import io.defragsim.lab.ModelledRequest.Wanted;
import io.defragsim.lab.result.ContractError;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Images of the library against the model: random operations, wrong ones among them. After each,
 * and between every two steps, the image checks itself, and every block's place and content is
 * compared.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ModelTest {
  private static final int OPERATIONS = 1500;
  private static final int SEEDS = Integer.getInteger("defragsim.model.seeds", 1);
  private static final int CAMPAIGN_SEEDS = 8;
  private static final String IMAGES =
      """
      defrag, false, 4
      defrag-sliding, false, 0
      defrag-small, true, 4
      defrag-os, false, 4
      """;
  private static final int MOST_STEPS = 20_000;

  /** Of steps, to one request that is refused again because they speak of another. */
  private static final int MOST_ANSWERS = 5;

  @ParameterizedTest
  @CsvSource(textBlock = IMAGES)
  void an_image_answers_as_the_model_does(String image, boolean small, int passes) {
    answersAsTheModel(image, small, passes, 1, SEEDS);
  }

  @ParameterizedTest
  @CsvSource(textBlock = IMAGES)
  @Tag("campaign")
  void it_does_with_other_seeds_too(String image, boolean small, int passes) {
    answersAsTheModel(image, small, passes, SEEDS + 1, Math.max(SEEDS + 1, CAMPAIGN_SEEDS));
  }

  private static void answersAsTheModel(
      String image, boolean small, int passes, long first, long last) {
    for (long seed = first; seed <= last; seed++) {
      Run run = new Run(Bench.shipped(image), small, passes, seed);
      try (run.mcu) {
        run.play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(image + ", seed " + seed + ", " + run, e);
      }
    }
  }

  /** One heap. */
  private static final class Run {
    private final Mcu mcu;
    private final Random random;
    private final ModelledHeap heap;
    private final Map<String, Long> functions = new HashMap<>();
    private final long origin;
    private final int poolBytes;
    private int operation;
    private String last = "";
    private int ready;

    Run(FirmwareImage image, boolean small, int passes, long seed) {
      random = new Random(seed);
      mcu = Mcu.create(Bench.PART, image, Strictness.NORMAL, List.of());
      for (String name :
          List.of(
              "init",
              "alloc",
              "free",
              "lock",
              "unlock",
              "step",
              "address",
              "free_bytes",
              "alloc_pinned",
              "resize",
              "keep_ready",
              "check")) {
        image.function("image_" + name).ifPresent(at -> functions.put(name, at));
      }
      mcu.reset(1_000_000);
      mcu.reserveStack(512);
      int handles = 4 + random.nextInt(40);
      int table = (handles * (small ? 2 : 4) + 7) / 8 * 8;
      poolBytes = 8 * (20 + random.nextInt(random.nextBoolean() ? 60 : 400));
      long pool = (image.sramUsedEnd(Bench.PART.sramBase()) + 7) / 8 * 8;
      origin = pool + table + 8;
      int granules = poolBytes / 8 - 1;
      int patience = granules / 8 + 3 * Math.min(handles, granules / 2) + 8;
      ModelledRequest request = new ModelledRequest(8 * patience, passes);
      heap = new ModelledHeap(granules, handles, small, request);
      assertThat(call("init", (int) pool, table + poolBytes, handles)).isZero();
    }

    @Override
    public String toString() {
      return "operation " + operation + ": " + last + " (pool " + poolBytes + ")";
    }

    void play() {
      check();
      for (operation = 0; operation < OPERATIONS; operation++) {
        int draw = random.nextInt(100);
        if (draw < 38) {
          alloc(size(), draw < 3 && has("alloc_pinned"));
        } else if (draw < 60) {
          free();
        } else if (draw < 70) {
          lock();
        } else if (draw < 80) {
          unlock();
        } else if (draw < 85 && has("resize")) {
          resize();
        } else if (draw < 86 && has("keep_ready")) {
          keepReady();
        } else if (draw < 87) {
          idle();
        } else {
          step();
        }
      }
    }

    private boolean has(String name) {
      return functions.containsKey(name);
    }

    private int call(String name, int... arguments) {
      long at = Objects.requireNonNull(functions.get(name), name);
      Outcome outcome = mcu.call(at, 1_000_000, arguments);
      assertThat(outcome).as(name).isInstanceOf(Outcome.Returned.class);
      return ((Outcome.Returned) outcome).value();
    }

    private int size() {
      return switch (random.nextInt(40)) {
        case 0 -> random.nextBoolean() ? 0 : -1 - random.nextInt(4);
        case 1 -> poolBytes + random.nextInt(200);
        case 2, 3, 4, 5 -> 1 + random.nextInt(poolBytes / 2);
        default -> 1 + random.nextInt(Math.min(120, poolBytes / 4));
      };
    }

    /** A live one as a rule; else one that is stale, or never was given out. */
    private int handle() {
      int draw = random.nextInt(12);
      List<Integer> stale = heap.staleHandles();
      if (draw == 0 && !stale.isEmpty()) {
        return stale.get(random.nextInt(stale.size()));
      }
      if (draw == 1 || heap.blocks().isEmpty()) {
        int any = random.nextInt();
        // one that happens to name a block would be a right one
        return random.nextBoolean() || heap.block(any) != null ? 0 : any;
      }
      return heap.blocks().get(random.nextInt(heap.blocks().size())).handle;
    }

    private void alloc(int bytes, boolean pinned) {
      last = "alloc " + bytes + (pinned ? " pinned" : "");
      boolean served = tryAlloc(bytes, pinned);
      if (!served && fragmented && random.nextInt(3) > 0) {
        compactFor(bytes, pinned);
      }
    }

    private boolean fragmented;

    private boolean tryAlloc(int bytes, boolean pinned) {
      int answer = call(pinned ? "alloc_pinned" : "alloc", bytes);
      ContractError error = ContractError.of(answer);
      fragmented = error == ContractError.FRAGMENTED;
      if (error != null) {
        heap.refusedAlloc(bytes, pinned, error);
      } else {
        fill(heap.served(answer, bytes, place(answer), pinned));
      }
      check();
      return error == null;
    }

    /**
     * Nothing but steps and attempts: the request is served, or it cannot be. A step may speak of a
     * larger one that was refused before; then the program steps on, up to a second error.
     */
    private void compactFor(int bytes, boolean pinned) {
      last += ", compacted";
      Wanted wanted = new Wanted(ModelledHeap.granules(bytes), pinned);
      boolean failed = false;
      for (int answers = 1; ; answers++) {
        assertThat(answers).as("answers until it is served").isLessThan(MOST_ANSWERS);
        boolean own = heap.isFor(wanted);
        int answer = 1;
        for (int steps = 0; answer == 1; steps++) {
          assertThat(steps).as("steps that answer 1").isLessThan(MOST_STEPS);
          answer = oneStep();
        }
        if (answer < 0 && (own || failed)) {
          assertThat(answer).isEqualTo(ContractError.BLOCKED_BY_LOCKS.code());
          if (failed) {
            heap.blocked(wanted); // of a pass that began after the last attempt
          }
          return;
        }
        failed = answer < 0;
        boolean served = tryAlloc(bytes, pinned);
        if (own) {
          assertThat(served).as("served after 0").isTrue();
        }
        if (!fragmented) {
          return;
        }
      }
    }

    private void free() {
      int handle = handle();
      last = "free " + handle;
      int expected = heap.free(handle);
      assertThat(call("free", handle)).isEqualTo(expected);
      check();
    }

    private void lock() {
      int handle = handle();
      for (int times = random.nextInt(20) == 0 ? 70 : 1; times > 0; times--) {
        last = "lock " + handle;
        int expected = heap.lock(handle);
        int answer = call("lock", handle);
        if (expected == 0) {
          Block block = Objects.requireNonNull(heap.block(handle));
          assertThat(answer).isEqualTo((int) (origin + 8L * block.place));
        } else {
          assertThat(answer).isEqualTo(expected);
        }
      }
      check();
    }

    private void unlock() {
      int handle = handle();
      // locks of a block are released together half of the time, so that few stay locked for long
      for (int times = random.nextBoolean() ? 70 : 1; times > 0; times--) {
        last = "unlock " + handle;
        int expected = heap.unlock(handle);
        assertThat(call("unlock", handle)).isEqualTo(expected);
        if (expected != 0) {
          break;
        }
      }
      check();
    }

    private void resize() {
      int handle = handle();
      int bytes = size();
      last = "resize " + handle + " to " + bytes;
      Block block = heap.block(handle);
      int answer = call("resize", handle, bytes);
      int address = call("address", handle);
      heap.resized(handle, bytes, answer, address == 0 ? -1 : (int) ((address - origin) / 8));
      if (answer == 0) {
        assertThat(address).isNotZero();
        int kept = Math.min(bytes, Objects.requireNonNull(block).content.length);
        assertThat(mcu.read(address, kept)).isEqualTo(Arrays.copyOf(block.content, kept));
        fill(block);
      }
      check();
    }

    private void keepReady() {
      ready = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(poolBytes / 3);
      last = "keep ready " + ready;
      assertThat(call("keep_ready", ready)).isZero();
    }

    /**
     * Steps until there is nothing to do. Until then they may answer 0 several times in a row: to
     * whoever waits, and before they begin with the hole that is kept ready.
     */
    private void idle() {
      last = "idle";
      int zeros = 0;
      for (int steps = 0; zeros < MOST_ANSWERS; steps++) {
        assertThat(steps).as("steps until nothing is to do").isLessThan(MOST_STEPS);
        int answer = oneStep();
        if (answer < 0) {
          return;
        }
        zeros = answer == 0 ? zeros + 1 : 0;
      }
      int wanted = ModelledHeap.granules(ready);
      if (ready > 0 && wanted <= heap.free()) {
        assertThat(heap.largestGap()).as("the hole kept ready").isGreaterThanOrEqualTo(wanted);
      }
      // and while it is there, or none is asked for, nothing moves
      assertThat(oneStep()).isZero();
      assertThat(heap.moving()).isFalse();
    }

    private void step() {
      last = "step";
      for (int steps = 1 + random.nextInt(3); steps > 0; steps--) {
        oneStep();
      }
    }

    private int oneStep() {
      int budget = 1 + random.nextInt(random.nextBoolean() ? 3 : 10);
      int answer = call("step", 8 * budget);
      assertThat(answer)
          .isIn(1, 0, ContractError.BLOCKED_BY_LOCKS.code(), ContractError.OUT_OF_MEMORY.code());
      for (Block block : heap.blocks()) {
        heap.moved(block, place(block.handle));
      }
      heap.stepped(answer, budget);
      check();
      return answer;
    }

    private int place(int handle) {
      long address = Integer.toUnsignedLong(call("address", handle));
      if (address == 0) {
        return -1;
      }
      assertThat((address - origin) % 8).as("alignment").isZero();
      return (int) ((address - origin) / 8);
    }

    private void fill(Block block) {
      byte[] content = new byte[block.bytes];
      random.nextBytes(content);
      block.content = content;
      mcu.write(origin + 8L * block.place, content);
    }

    private void check() {
      if (has("check")) {
        assertThat(call("check")).as("image_check").isZero();
      }
      assertThat(call("free_bytes")).as("free bytes").isEqualTo(heap.freeBytes());
      heap.checkPlaces();
      for (Block block : heap.blocks()) {
        assertThat(place(block.handle)).as("place").isEqualTo(block.place);
        if (!block.inTwoParts()) {
          assertThat(mcu.read(origin + 8L * block.place, block.bytes)).isEqualTo(block.content);
        }
      }
    }
  }
}
