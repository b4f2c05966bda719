package io.defragsim.lab;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.Strictness;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.Probe;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.image.ShippedImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The images to compare with against what any heap owes its program: random operations, wrong ones
 * among them. After each the image checks itself, its walk is held against the blocks that are
 * alive, and every block's place and content is compared.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ImagesToCompareWithTest {
  private static final int OPERATIONS = 200;

  static List<String> images() {
    return ShippedImages.toCompareWith();
  }

  @ParameterizedTest
  @MethodSource("images")
  void blocks_keep_place_and_content_and_all_memory_comes_back(String image) {
    play(image, 1, 1, Strictness.NORMAL);
  }

  @ParameterizedTest
  @MethodSource("images")
  @Tag("campaign")
  void they_do_with_other_seeds_and_strict_checks_too(String image) {
    play(image, 2, 12, Strictness.STRICT);
  }

  @ParameterizedTest
  @MethodSource("joining")
  void all_memory_is_one_piece_again_in_whatever_order_blocks_are_freed(String name) {
    Scenario scenario = new Bench().pool(512, 5).scenario();
    try (AllocatorImage image =
        AllocatorImage.load(scenario, Bench.shipped(name), Strictness.STRICT)) {
      image.reset();
      assertThat(image.calls().init()).isNull();
      long whole = image.<Long>untimed(Probe::freeBytes);
      List<Integer> handles = new ArrayList<>();
      for (int bytes : new int[] {1, 40, 16, 100, 33}) {
        handles.add(image.calls().alloc(bytes).value());
      }
      assertThat(handles).allMatch(handle -> handle > 0);
      assertThat(image.calls().alloc(1).error()).isEqualTo(ContractError.OUT_OF_HANDLES);
      freeInEveryOrder(image, handles, whole);
    }
  }

  private static void freeInEveryOrder(AllocatorImage image, List<Integer> handles, long whole) {
    if (handles.isEmpty()) {
      assertThat(image.<Long>untimed(Probe::freeBytes)).isEqualTo(whole);
      assertThat(image.calls().alloc(whole).isError()).isFalse();
      return;
    }
    Snapshot before = image.snapshot();
    for (int handle : handles) {
      image.restore(before);
      assertThat(image.calls().free(handle).value()).isZero();
      List<Integer> others = new ArrayList<>(handles);
      others.remove((Integer) handle);
      freeInEveryOrder(image, others, whole);
    }
  }

  static List<String> joining() {
    return images().stream().filter(image -> !image.equals("newlib-nano")).toList();
  }

  @ParameterizedTest
  @MethodSource("joining")
  void a_pool_is_refused_or_serves_what_is_said_to_be_free(String name) {
    boolean accepted = false;
    for (int bytes = 8; bytes <= 96; bytes += 8) {
      boolean now = servesWhatIsFree(name, bytes);
      assertThat(now || !accepted).as("a pool of %d, after a smaller one", bytes).isTrue();
      accepted = now;
    }
    assertThat(accepted).isTrue();
    assertThat(servesWhatIsFree(name, 64 * 1024)).isTrue();
    servesWhatIsFree(name, 64 * 1024 + 8);
  }

  /** Whether the image accepts the pool. */
  private static boolean servesWhatIsFree(String name, int bytes) {
    Bench bench = new Bench().part(Bench.PART.withMemory(32 * 1024, 96 * 1024)).pool(bytes, 1);
    try (AllocatorImage image =
        AllocatorImage.load(bench.scenario(), Bench.shipped(name), Strictness.NORMAL)) {
      image.reset();
      ContractError refused = image.calls().init();
      if (refused != null) {
        assertThat(refused).isEqualTo(ContractError.BAD_ARGUMENT);
        return false;
      }
      long free = image.<Long>untimed(Probe::freeBytes);
      assertThat(free).isBetween(1L, (long) bytes);
      for (long more : new long[] {free + 1, 1L << 31, (1L << 32) - 1}) {
        assertThat(image.calls().alloc(more).isError()).as("alloc(%d)", more).isTrue();
      }
      int handle = image.calls().alloc(free).value();
      assertThat(handle).as("alloc(%d) of %d", free, bytes).isPositive();
      assertThat(image.calls().free(handle).value()).isZero();
      assertThat(image.<Long>untimed(Probe::freeBytes)).isEqualTo(free);
      return true;
    }
  }

  private static void play(String image, long first, long last, Strictness strictness) {
    for (long seed = first; seed <= last; seed++) {
      Run run = new Run(image, seed, strictness);
      try (run.image) {
        run.play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(image + ", seed " + seed + ", " + run, e);
      }
    }
  }

  private static final class Block {
    final int handle;
    final byte[] content;
    long address;
    boolean locked;

    Block(int handle, byte[] content, long address) {
      this.handle = handle;
      this.content = content;
      this.address = address;
    }
  }

  /** One heap. */
  private static final class Run {
    final AllocatorImage image;
    private final Random random;

    /** Whether all that is free is one piece when nothing is alive: not what sbrk gave in parts. */
    private final boolean joins;

    private final int poolBytes;
    private final int handles;
    private final List<Block> blocks = new ArrayList<>();
    private int operation;
    private String last = "init";

    Run(String name, long seed, Strictness strictness) {
      random = new Random(seed);
      handles = 6 + random.nextInt(40);
      poolBytes = 8 * (40 + random.nextInt(300));
      Scenario scenario = new Bench().pool(poolBytes, handles).scenario();
      image = AllocatorImage.load(scenario, Bench.shipped(name), strictness);
      joins = !name.equals("newlib-nano");
      image.reset();
      assertThat(image.calls().init()).isNull();
    }

    @Override
    public String toString() {
      return "operation " + operation + ": " + last + " (pool " + poolBytes + ")";
    }

    void play() {
      long whole = freeBytes();
      assertThat(whole).isPositive();
      check();
      for (operation = 0; operation < OPERATIONS; operation++) {
        int draw = random.nextInt(10);
        if (draw < 5) {
          alloc(size());
        } else if (draw < 8 && !blocks.isEmpty()) {
          free(any());
        } else if (draw < 9 && !blocks.isEmpty()) {
          lockOrUnlock(any());
        } else {
          useNothing();
        }
        check();
      }
      while (!blocks.isEmpty()) {
        free(any());
        check();
      }
      assertThat(freeBytes()).as("free when all is freed").isEqualTo(whole);
      long largest = image.<Long>untimed(probe -> requireNonNull(probe.largestRequest(whole)));
      if (joins) {
        assertThat(largest).as("the largest request of an empty heap").isEqualTo(whole);
      }
    }

    private long freeBytes() {
      return image.<Long>untimed(probe -> probe.freeBytes());
    }

    private int size() {
      return switch (random.nextInt(12)) {
        case 0 -> 1 + random.nextInt(poolBytes);
        case 1 -> 1 + random.nextInt(8);
        default -> 1 + random.nextInt(Math.min(120, poolBytes / 6));
      };
    }

    private Block any() {
      return blocks.get(random.nextInt(blocks.size()));
    }

    private void alloc(int bytes) {
      last = "alloc " + bytes;
      long free = freeBytes();
      Answer answer = image.calls().alloc(bytes);
      if (answer.isError()) {
        assertThat(answer.error())
            .isIn(blocks.size() == handles ? List.of(ContractError.OUT_OF_HANDLES) : REFUSALS);
        assertThat(bytes > free || !blocks.isEmpty() || !joins).as("something in the way").isTrue();
        return;
      }
      assertThat(blocks).hasSizeLessThan(handles).noneMatch(b -> b.handle == answer.value());
      assertThat((long) bytes).as("what was free").isLessThanOrEqualTo(free);
      byte[] content = new byte[bytes];
      random.nextBytes(content);
      Block block = new Block(answer.value(), content, address(answer.value()));
      image.write(block.address, content);
      blocks.add(block);
    }

    private static final List<ContractError> REFUSALS =
        List.of(
            ContractError.OUT_OF_MEMORY,
            ContractError.BLOCKED_BY_LOCKS,
            ContractError.INVALID_SIZE);

    private void free(Block block) {
      last = "free " + block.handle;
      if (block.locked) {
        assertThat(image.calls().unlock(block.handle).value()).isZero();
      }
      blocks.remove(block);
      assertThat(image.calls().free(block.handle).value()).isZero();
      refuses(block.handle);
    }

    private void lockOrUnlock(Block block) {
      last = "lock or unlock " + block.handle;
      if (block.locked) {
        assertThat(image.calls().unlock(block.handle).value()).isZero();
      } else {
        assertThat(image.calls().lock(block.handle).value()).isEqualTo((int) block.address);
      }
      block.locked = !block.locked;
    }

    private void useNothing() {
      last = "what is no block";
      assertThat(image.calls().alloc(0).error()).isEqualTo(ContractError.INVALID_SIZE);
      assertThat(image.calls().alloc(0xffff_ffffL - random.nextInt(16)).isError()).isTrue();
      refuses(0);
      refuses(-1 - random.nextInt(1000));
      refuses(0x40_0000 + random.nextInt(1000));
    }

    private void refuses(int handle) {
      assertThat(image.calls().lock(handle).error()).isEqualTo(ContractError.INVALID_HANDLE);
      assertThat(image.calls().unlock(handle).error()).isEqualTo(ContractError.INVALID_HANDLE);
      assertThat(image.calls().free(handle).error()).isEqualTo(ContractError.INVALID_HANDLE);
      assertThat(address(handle)).isZero();
    }

    private long address(int handle) {
      return image.<Long>untimed(probe -> probe.address(handle));
    }

    private void check() {
      for (Block block : blocks) {
        long address = address(block.handle);
        if (block.locked || !image.contract().features().movesInCalls()) {
          assertThat(address).as("the place of %d", block.handle).isEqualTo(block.address);
        }
        block.address = address;
        assertThat(image.read(address, block.content.length)).isEqualTo(block.content);
      }
      image.untimed(
          probe -> {
            probe.check();
            // where each block lies in a piece of its own
            return probe.walk(blocks.stream().map(this::placed).toList());
          });
      image.checkUnused();
    }

    private PlacedBlock placed(Block block) {
      int offset = (int) (block.address - image.layout().poolAddress());
      assertThat(offset % 8).as("alignment").isZero();
      return new PlacedBlock(
          "", block.handle, offset, block.content.length, block.locked ? 1 : 0, false, false);
    }
  }
}
