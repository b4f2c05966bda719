package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Snapshot;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.image.ImageContract;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The allocators to compare with, against what any allocator must keep to: after each call every
 * block is where it may be and holds what it did, the image finds its heap sound, and a refusal has
 * its reason.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ZooTest {
  private static final McuConfig LARGE = Bench.PART.withMemory(32 * 1024, 96 * 1024);

  /** Of a pool that an image of the zoo may refuse as too large is only said that it may. */
  private static final int SERVED_BY_ALL = 64 * 1024;

  static List<String> zoo() {
    return List.of(
        "first-fit",
        "next-fit",
        "best-fit",
        "worst-fit",
        "buddy",
        "tlsf",
        "half-fit",
        "fixed-blocks",
        "sliding-handles",
        "picolibc");
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void whatever_a_program_does_every_block_keeps_its_bytes(String image) {
    keepsEveryByte(image, 1, 1);
  }

  @ParameterizedTest
  @MethodSource("zoo")
  @Tag("campaign")
  void it_does_with_other_seeds_too(String image) {
    keepsEveryByte(image, 2, 16);
  }

  private static void keepsEveryByte(String image, int first, int last) {
    for (int seed = first; seed <= last; seed++) {
      Random random = new Random(seed);
      int bytes = 8 * (20 + random.nextInt(random.nextBoolean() ? 60 : 400));
      try (Program program = new Program(Bench.shipped(image), Bench.PART)) {
        assertThat(program.init(bytes, 4 + random.nextInt(40))).isTrue();
        program.play(random, 500);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(image + ", seed " + seed + ", a pool of " + bytes, e);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void all_memory_is_one_hole_again_in_whatever_order_blocks_are_freed(String image) {
    try (Program program = new Program(Bench.shipped(image), Bench.PART)) {
      assertThat(program.init(512, 5)).isTrue();
      long all = program.freeBytes();
      List<Integer> handles = new ArrayList<>();
      for (int bytes : new int[] {1, 40, 16, 100, 33}) {
        handles.add(program.alloc(bytes));
      }
      assertThat(handles).allMatch(handle -> handle > 0);
      assertThat(program.alloc(1)).isEqualTo(ContractError.OUT_OF_HANDLES.code());
      freeInEveryOrder(program, program.mcu.snapshot(), handles, all);
    }
  }

  private static void freeInEveryOrder(
      Program program, Snapshot before, List<Integer> handles, long all) {
    if (handles.isEmpty()) {
      program.check();
      assertThat(program.freeBytes()).isEqualTo(all);
      assertThat(program.alloc(all)).isPositive();
      return;
    }
    Map<Integer, Live> live = new LinkedHashMap<>(program.live);
    for (int handle : handles) {
      program.mcu.restore(before);
      program.live.clear();
      program.live.putAll(live);
      assertThat(program.free(handle)).isZero();
      List<Integer> others = new ArrayList<>(handles);
      others.remove((Integer) handle);
      freeInEveryOrder(program, program.mcu.snapshot(), others, all);
    }
  }

  @ParameterizedTest
  @MethodSource("zoo")
  void a_pool_is_refused_or_it_serves_what_it_says_is_free(String image) {
    try (Program program = new Program(Bench.shipped(image), LARGE)) {
      boolean accepted = false;
      for (int bytes = 0; bytes < 400; bytes += 8) {
        boolean now = program.init(bytes, 2);
        assertThat(now || !accepted).as("pool of %d, after a smaller one", bytes).isTrue();
        accepted = now;
        if (now) {
          program.servesWhatIsFree();
        }
      }
      assertThat(accepted).isTrue();
      assertThat(program.init(SERVED_BY_ALL, 2)).isTrue();
      program.servesWhatIsFree();
      for (int bytes = SERVED_BY_ALL + 8; bytes < SERVED_BY_ALL + 4096; bytes += 1024) {
        if (program.init(bytes, 2)) {
          program.servesWhatIsFree();
        }
      }
    }
  }

  private record Live(long address, int locks, byte[] content) {}

  /** A program on an image, which knows what lives. */
  private static final class Program implements AutoCloseable {
    private final Mcu mcu;
    private final ImageContract contract;
    private final Map<Integer, Live> live = new LinkedHashMap<>();
    private final FirmwareImage image;
    private int handles;
    private long pool;
    private int poolBytes;
    private String last = "";

    Program(FirmwareImage image, McuConfig part) {
      this.image = image;
      contract = ImageContract.of(image);
      mcu = Mcu.create(part, image, Strictness.STRICT, List.of());
      mcu.reset(1_000_000);
      mcu.reserveStack(512);
    }

    @Override
    public void close() {
      mcu.close();
    }

    /** Whether the image accepts the pool. */
    boolean init(int bytes, int count) {
      live.clear();
      handles = count;
      poolBytes = bytes;
      int glue = (contract.pointers() * count + 7) / 8 * 8;
      long given = (image.sramUsedEnd(mcu.config().sramBase()) + 7) / 8 * 8;
      pool = given + glue;
      int answer = call(ContractFunction.INIT, (int) given, glue + bytes, count);
      assertThat(answer).isIn(0, ContractError.BAD_ARGUMENT.code());
      return answer == 0;
    }

    void servesWhatIsFree() {
      long free = freeBytes();
      assertThat(free).as("of a pool of %d", poolBytes).isBetween(1L, (long) poolBytes);
      assertThat(alloc(free + 1)).isNegative();
      int handle = alloc(free);
      assertThat(handle).as("alloc(%d) of a pool of %d", free, poolBytes).isPositive();
      check();
      assertThat(free(handle)).isZero();
      check();
      assertThat(freeBytes()).isEqualTo(free);
    }

    void play(Random random, int operations) {
      long all = freeBytes();
      try {
        for (int operation = 0; operation < operations; operation++) {
          int draw = random.nextInt(100);
          if (draw < 50) {
            fill(alloc(size(random)), random);
          } else if (draw < 85) {
            free(handle(random));
          } else if (draw < 92) {
            lock(handle(random));
          } else {
            unlock(handle(random));
          }
          check();
          if (operation % 8 == 0) {
            refusesMoreThanIsFree();
          }
        }
        last = "free all";
        for (int handle : List.copyOf(live.keySet())) {
          while (locks(handle) > 0) {
            unlock(handle);
          }
          assertThat(free(handle)).isZero();
        }
        check();
        assertThat(freeBytes()).isEqualTo(all);
        assertThat(alloc(all)).isPositive();
      } catch (AssertionError e) {
        throw new AssertionError("after " + last, e);
      }
    }

    private long size(Random random) {
      return switch (random.nextInt(20)) {
        case 0 -> List.of(0L, 1L, 1L << 31, (1L << 32) - 1, (1L << 32) - 8).get(random.nextInt(5));
        case 1 -> poolBytes - 40 + random.nextInt(80);
        case 2 -> 1L << random.nextInt(11);
        case 3 -> 1 + random.nextInt(poolBytes / 2);
        default -> 1 + random.nextInt(Math.min(120, poolBytes / 4));
      };
    }

    /** A live one as a rule; else one that is none. */
    private int handle(Random random) {
      List<Integer> known = List.copyOf(live.keySet());
      if (known.isEmpty() || random.nextInt(12) == 0) {
        int any = random.nextBoolean() ? random.nextInt(2 * handles) : random.nextInt();
        return live.containsKey(any) ? 0 : any;
      }
      return known.get(random.nextInt(known.size()));
    }

    int alloc(long bytes) {
      last = "alloc " + bytes;
      long free = freeBytes();
      int answer = call(ContractFunction.ALLOC, (int) bytes);
      ContractError error = ContractError.of(answer);
      if (error == null) {
        assertThat(bytes).isBetween(1L, free);
        assertThat(live).doesNotContainKey(answer);
        long address = address(answer);
        live.put(answer, new Live(address, 0, mcu.read(address, (int) bytes)));
        return answer;
      }
      switch (error) {
        case INVALID_SIZE -> assertThat(bytes).isZero();
        case OUT_OF_HANDLES -> assertThat(live).hasSize(handles);
        case BLOCKED_BY_LOCKS -> {
          assertThat(bytes).isLessThanOrEqualTo(free);
          assertThat(locks(call(ContractFunction.BLOCKER))).isPositive();
        }
        default -> {
          assertThat(error).isEqualTo(ContractError.OUT_OF_MEMORY);
          // if blocks move, nothing but locks is in the way of a request
          assertThat(bytes > free || !contract.features().movesInCalls()).isTrue();
        }
      }
      return answer;
    }

    private void fill(int handle, Random random) {
      Live block = live.get(handle);
      if (block != null) {
        random.nextBytes(block.content());
        mcu.write(block.address(), block.content());
      }
    }

    int free(int handle) {
      last = "free " + handle;
      int answer = call(ContractFunction.FREE, handle);
      if (refuses(handle, ContractError.STILL_LOCKED, locks(handle) > 0, answer)) {
        return answer;
      }
      assertThat(answer).isZero();
      live.remove(handle);
      return answer;
    }

    private void lock(int handle) {
      last = "lock " + handle;
      int answer = call(ContractFunction.LOCK, handle);
      Live block = live.get(handle);
      if (block == null) {
        assertThat(answer).isEqualTo(ContractError.INVALID_HANDLE.code());
      } else {
        assertThat(Integer.toUnsignedLong(answer)).isEqualTo(block.address());
        live.put(handle, new Live(block.address(), block.locks() + 1, block.content()));
      }
    }

    private void unlock(int handle) {
      last = "unlock " + handle;
      int answer = call(ContractFunction.UNLOCK, handle);
      Live block = live.get(handle);
      if (!refuses(handle, ContractError.NOT_LOCKED, locks(handle) == 0, answer) && block != null) {
        assertThat(answer).isZero();
        int locks = Math.max(0, block.locks() - 1);
        live.put(handle, new Live(block.address(), locks, block.content()));
      }
    }

    /** Whether the image must refuse the call, as it then does. */
    private boolean refuses(int handle, ContractError error, boolean wrong, int answer) {
      ContractError expected =
          !live.containsKey(handle)
              ? ContractError.INVALID_HANDLE
              : wrong && contract.features().enforcesLocks() ? error : null;
      if (expected != null) {
        assertThat(answer).isEqualTo(expected.code());
      }
      return expected != null;
    }

    private int locks(int handle) {
      @Nullable Live block = live.get(handle);
      return block == null ? 0 : block.locks();
    }

    private void refusesMoreThanIsFree() {
      Snapshot before = mcu.snapshot();
      long free = freeBytes();
      assertThat(call(ContractFunction.ALLOC, (int) free + 1)).as("%d + 1", free).isNegative();
      mcu.restore(before);
    }

    /** The heap is sound, and every block is where it may be and holds what it did. */
    void check() {
      if (image.function(ContractFunction.CHECK.symbol()).isPresent()) {
        assertThat(call(ContractFunction.CHECK)).as("image_check").isZero();
      }
      long bytes = 0;
      List<long[]> places = new ArrayList<>();
      for (Map.Entry<Integer, Live> entry : live.entrySet()) {
        Live block = entry.getValue();
        long address = address(entry.getKey());
        if (block.locks() > 0 || !contract.features().movesInCalls()) {
          assertThat(address).as("address of %d", entry.getKey()).isEqualTo(block.address());
        }
        assertThat(mcu.read(address, block.content().length))
            .as("content of %d", entry.getKey())
            .isEqualTo(block.content());
        entry.setValue(new Live(address, block.locks(), block.content()));
        places.add(new long[] {address, address + block.content().length});
        bytes += block.content().length;
      }
      places.sort((a, b) -> Long.compare(a[0], b[0]));
      long end = pool;
      for (long[] place : places) {
        assertThat(place[0] % 8).isZero();
        assertThat(place[0]).isGreaterThanOrEqualTo(end);
        end = place[1];
      }
      assertThat(end).isLessThanOrEqualTo(pool + poolBytes);
      assertThat(freeBytes()).isLessThanOrEqualTo(poolBytes - bytes);
    }

    long freeBytes() {
      return Integer.toUnsignedLong(call(ContractFunction.FREE_BYTES));
    }

    private long address(int handle) {
      return Integer.toUnsignedLong(call(ContractFunction.ADDRESS, handle));
    }

    private int call(ContractFunction function, int... arguments) {
      long at = image.function(function.symbol()).getAsLong();
      Outcome outcome = mcu.call(at, 1_000_000, arguments);
      assertThat(outcome)
          .as("%s%s", function, Arrays.toString(arguments))
          .isInstanceOf(Outcome.Returned.class);
      return ((Outcome.Returned) outcome).value();
    }
  }
}
