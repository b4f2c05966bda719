package io.defragsim.lab;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Small scenarios for tests, written as operations on blocks called a, b, c, ... */
public final class Bench {
  public static final McuConfig PART =
      new McuConfig("bench", 16_000_000, 16_000_000, 1, 32 * 1024, 0x20000000L, 8 * 1024);

  private final List<Workload.Statement> statements = new ArrayList<>();
  private final List<InterruptSource> interrupts = new ArrayList<>();
  private final List<Limit> limits = new ArrayList<>();
  private McuConfig part = PART;
  private DefragPolicy policy = new DefragPolicy.Never(64);
  private int pool = 1024;
  private int handles = 16;
  private int stack = 512;
  private long callBudget = 1_000_000;

  public static FirmwareImage defrag() {
    return shipped("defrag");
  }

  public static FirmwareImage newlibNano() {
    return shipped("newlib-nano");
  }

  public static FirmwareImage shipped(String name) {
    try {
      return ShippedImages.load(new ImageReference.Shipped(name), PART);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of the faulty images. */
  public static FirmwareImage faulty(String name) {
    return FirmwareImage.parse(name, elf(name));
  }

  /** The file of one of the faulty images. */
  static byte[] elf(String name) {
    try (InputStream in =
        Bench.class.getResourceAsStream("/io/defragsim/firmware/test/" + name + ".elf")) {
      if (in == null) {
        throw new IllegalArgumentException("no test image " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Bench part(McuConfig other) {
    part = other;
    return this;
  }

  Bench policy(DefragPolicy other) {
    policy = other;
    return this;
  }

  Bench pool(int bytes, int count) {
    pool = bytes;
    handles = count;
    return this;
  }

  Bench stack(int bytes) {
    stack = bytes;
    return this;
  }

  Bench limit(String figure, long max) {
    limits.add(new Limit(figure, null, max));
    return this;
  }

  Bench callBudget(long cycles) {
    callBudget = cycles;
    return this;
  }

  Bench interrupt(String name, long every, long cycles, int priority) {
    interrupts.add(new InterruptSource(name, every, every, cycles, priority));
    return this;
  }

  Bench alloc(char block, long bytes) {
    return add(new Operation.Alloc(block - 'a', bytes));
  }

  Bench free(char block) {
    return add(new Operation.Free(block - 'a'));
  }

  Bench lock(char block) {
    return add(new Operation.Lock(block - 'a'));
  }

  Bench unlock(char block) {
    return add(new Operation.Unlock(block - 'a'));
  }

  Bench write(char block) {
    return add(new Operation.Write(block - 'a'));
  }

  Bench grow(char block, long bytes) {
    return add(new Operation.Grow(block - 'a', bytes));
  }

  Bench allocPinned(char block, long bytes) {
    return add(new Operation.Alloc(block - 'a', bytes, true));
  }

  Bench resize(char block, long bytes) {
    return add(new Operation.Resize(block - 'a', bytes));
  }

  Bench step(int count) {
    return add(new Operation.Step(count));
  }

  Bench pause(long cycles) {
    return add(new Operation.Wait(cycles));
  }

  private Bench add(Operation operation) {
    statements.add(new Workload.Single(operation));
    return this;
  }

  Scenario scenario() {
    List<String> names = new ArrayList<>();
    for (char name = 'a'; name <= 'z'; name++) {
      names.add(String.valueOf(name));
    }
    return scenario(
        new Workload(
            List.of(new Workload.Phase("all", new Workload.Explicit(statements), false)), names));
  }

  Scenario scenario(Workload workload) {
    return new Scenario(
        "bench",
        "",
        part,
        new ImageReference.Shipped("defrag"),
        new Scenario.Pool(pool, handles),
        stack,
        policy,
        callBudget,
        interrupts,
        workload,
        limits);
  }
}
