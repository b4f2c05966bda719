package io.defragsim.lab.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.heap.HeapOperation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeapLogTest {
  private static final List<Kind> KINDS = List.of(Kind.values());

  @Test
  void what_goes_in_comes_out() {
    long seed = Long.getLong("defragsim.seed", 7);
    Random random = new Random(seed);
    List<HeapOperation> all = new ArrayList<>();
    HeapLog log = new HeapLog();
    long end = 0;
    for (int i = 0; i < 2000; i++) {
      end += random.nextInt(100_000) - 100; // a call may be over before one that began earlier
      all.add(
          new HeapOperation(
              KINDS.get(random.nextInt(KINDS.size())),
              random.nextInt(50) - 1,
              random.nextLong() >>> (32 + random.nextInt(31)),
              random.nextLong() >>> 32,
              1L << random.nextInt(12),
              random.nextInt(1000),
              random.nextInt(40) - 20,
              end - random.nextInt(5000),
              end,
              random.nextInt(5000),
              random.nextBoolean()));
    }
    all.forEach(log::add);
    List<HeapOperation> read = new ArrayList<>();
    log.replay(read::add);
    assertThat(read).as("seed %d", seed).isEqualTo(all);
    assertThat(log.count()).isEqualTo(all.stream().filter(one -> one.kind() != Kind.GREW).count());
  }
}
