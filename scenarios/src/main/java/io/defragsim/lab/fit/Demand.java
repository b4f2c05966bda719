package io.defragsim.lab.fit;

import io.defragsim.scenario.Granule;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload;
import java.util.HashMap;
import java.util.Map;

/**
 * What a workload asks for at its peaks, from the trace alone: no allocator is in it. All in bytes
 * but for the blocks. While a block grows, the old one and the new one are both alive. A resize can
 * be in place, so only its own size counts; but it takes a handle more, for it is a grow where the
 * allocator knows no other.
 *
 * @param peakPayload the most requested bytes alive at once
 * @param peakBlocks the most blocks alive at once
 * @param handles as many as suffice: {@code peakBlocks}, or one more where a block is resized then
 * @param peakAligned the most bytes alive at once, each block rounded up to granules: less room no
 *     allocator can do with, because payloads are aligned to 8 and do not overlap
 * @param peakLaidOut the most bytes alive at once of blocks in the layout, their headers included
 */
public record Demand(
    long peakPayload, long peakBlocks, long handles, long peakAligned, long peakLaidOut) {
  /** What a live block costs in the layout beside its payload. */
  public static final int HEADER = 4;

  /** What a handle costs in the layout. */
  public static final int TABLE_ENTRY = 4;

  /** Plays the workload once. */
  public static Demand of(Workload workload) {
    Alive alive = new Alive();
    workload.trace().forEach(element -> element.accept(alive::after));
    return new Demand(
        alive.peakPayload, alive.peakBlocks, alive.handles, alive.peakAligned, alive.peakLaidOut);
  }

  /**
   * The layout's floor: what a perfect heap with a header of 4 bytes a block, sizes in granules of
   * 8 and a table of {@code handles} entries of 4 bytes needs. Blocks and table peak at different
   * moments; the table has its size all the time. What an allocator keeps in the pool for itself,
   * however many blocks there are, is not in it.
   */
  public long floor(long handles) {
    return peakLaidOut + Granule.up(TABLE_ENTRY * handles);
  }

  /** The blocks alive, and what they have come to at most. */
  private static final class Alive {
    private final Map<Integer, Long> sizes = new HashMap<>();
    private long payload;
    private long blocks;
    private long aligned;
    private long laidOut;
    private long peakPayload;
    private long peakBlocks;
    private long handles;
    private long peakAligned;
    private long peakLaidOut;

    private void after(Operation operation) {
      int block = operation.block();
      long bytes = operation.amount();
      switch (operation.kind()) {
        case ALLOC -> {
          add(bytes);
          sizes.put(block, bytes);
        }
        case GROW -> {
          add(bytes);
          remove(sizes.put(block, bytes));
        }
        case RESIZE -> {
          handles = Math.max(handles, blocks + 1);
          remove(sizes.getOrDefault(block, 0L));
          add(bytes);
          sizes.put(block, bytes);
        }
        case FREE -> remove(sizes.remove(block));
        case LOCK, UNLOCK, WRITE, STEP, WAIT -> {}
      }
    }

    private void add(long bytes) {
      payload += bytes;
      blocks++;
      aligned += Granule.up(bytes);
      laidOut += Granule.up(bytes + HEADER);
      peakPayload = Math.max(peakPayload, payload);
      peakBlocks = Math.max(peakBlocks, blocks);
      handles = Math.max(handles, blocks);
      peakAligned = Math.max(peakAligned, aligned);
      peakLaidOut = Math.max(peakLaidOut, laidOut);
    }

    private void remove(long bytes) {
      payload -= bytes;
      blocks--;
      aligned -= Granule.up(bytes);
      laidOut -= Granule.up(bytes + HEADER);
    }
  }
}
