package io.defragsim.lab.summary;

import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.Workload;
import java.util.HashMap;
import java.util.Map;

/**
 * What a program asked of its heap, in figures by which two are compared.
 *
 * @param operations allocations, frees, new sizes, locks and unlocks; waits are none
 * @param allocations how many blocks there were
 * @param peakBytes the most requested payload alive, in bytes
 * @param peakBlocks the most blocks alive
 * @param meanBytes the mean payload alive behind an operation, in bytes
 * @param sizeMean of a block when it was allocated, in bytes
 * @param sizeP50 at least half of the blocks are not larger
 * @param sizeP90 at least nine in ten are not larger
 * @param sizeMax the largest
 */
public record Measured(
    long operations,
    long allocations,
    long peakBytes,
    long peakBlocks,
    long meanBytes,
    long sizeMean,
    long sizeP50,
    long sizeP90,
    long sizeMax) {

  /** Plays a workload once. */
  static Measured of(Workload workload) {
    Meter meter = new Meter();
    Map<Integer, Long> sizes = new HashMap<>();
    workload
        .trace()
        .forEach(
            element ->
                element.accept(
                    operation -> {
                      if (operation.kind() != OperationKind.WAIT) {
                        play(operation, sizes, meter);
                      }
                    }));
    return meter.measured();
  }

  /** How far it is from another one: the shares by which figures differ, added up. */
  double distance(Measured other) {
    return apart(peakBytes, other.peakBytes)
        + apart(peakBlocks, other.peakBlocks)
        + apart(meanBytes, other.meanBytes)
        + apart(sizeMean, other.sizeMean);
  }

  private static double apart(long one, long other) {
    return Math.abs(one - other) / (double) Math.max(1, Math.max(one, other));
  }

  private static void play(Operation operation, Map<Integer, Long> sizes, Meter meter) {
    int block = operation.block();
    long bytes = operation.amount();
    switch (operation.kind()) {
      case ALLOC -> {
        sizes.put(block, bytes);
        meter.allocated(bytes);
      }
      case GROW, RESIZE -> {
        Long before = sizes.put(block, bytes);
        meter.resized(before == null ? 0 : before, bytes);
      }
      case FREE -> {
        Long before = sizes.remove(block);
        meter.freed(before == null ? 0 : before);
      }
      case LOCK, UNLOCK, WRITE, STEP, WAIT -> {}
    }
    meter.operation();
  }

  /** Measures while a heap is used. */
  static final class Meter {
    /** So many sizes are told apart for percentiles, however many there are. */
    private static final int MOST_SIZES = 10_000;

    private final CountTable sizes = new CountTable(MOST_SIZES);
    private long operations;
    private long bytes;
    private long blocks;
    private long peakBytes;
    private long peakBlocks;
    private double bytesOverTime;
    private long allocated;
    private long largest;

    void allocated(long size) {
      blocks++;
      peakBlocks = Math.max(peakBlocks, blocks);
      sizes.add(size);
      allocated += size;
      largest = Math.max(largest, size);
      add(size);
    }

    void resized(long before, long after) {
      add(after - before);
    }

    void freed(long size) {
      blocks--;
      add(-size);
    }

    private void add(long more) {
      bytes += more;
      peakBytes = Math.max(peakBytes, bytes);
    }

    /** An operation is over. */
    void operation() {
      operations++;
      bytesOverTime += bytes;
    }

    /** Operations so far. */
    long operations() {
      return operations;
    }

    /** Payload alive. */
    long bytes() {
      return bytes;
    }

    long blocks() {
      return blocks;
    }

    Measured measured() {
      return new Measured(
          operations,
          sizes.count(),
          peakBytes,
          peakBlocks,
          operations == 0 ? 0 : Math.round(bytesOverTime / operations),
          sizes.count() == 0 ? 0 : Math.floorDiv(2 * allocated + sizes.count(), 2 * sizes.count()),
          sizes.percentile(50),
          sizes.percentile(90),
          largest);
    }
  }
}
