package io.defragsim.lab.guarantee;

import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The contract that a workload keeps to, from its trace alone, as if every request were served.
 *
 * @param contract null if it asks for nothing
 * @param resizes whether it resizes a block
 * @param pinnedWhileLocked requests for a pinned block that are made while another block is locked
 */
public record ObservedContract(
    @Nullable ProgramContract contract, boolean resizes, long pinnedWhileLocked) {

  /**
   * Plays a workload once.
   *
   * @param resizes whether the image can resize a block: the old and the new one are two where it
   *     cannot
   */
  public static ObservedContract of(Workload workload, boolean resizes) {
    Alive alive = new Alive(resizes);
    workload.trace().forEach(element -> element.accept(alive::after));
    return new ObservedContract(
        alive.most == 0
            ? null
            : new ProgramContract(
                alive.peakBytes,
                alive.peakBlocks,
                (int) alive.least,
                (int) alive.most,
                alive.peakLocked,
                alive.grown),
        alive.resized,
        alive.pinnedWhileLocked);
  }

  /** A block that is alive. */
  private record Live(long bytes, int locks, boolean pinned) {
    Live locked(int more) {
      return new Live(bytes, locks + more, pinned);
    }

    boolean stays() {
      return pinned || locks > 0;
    }
  }

  private static final class Alive {
    private final boolean resizes;
    private final Map<Integer, Live> blocks = new HashMap<>();
    private long bytes;
    private int locked;
    private int ordinaryLocked;
    private long peakBytes;
    private int peakBlocks;
    private int peakLocked;
    private long least = Long.MAX_VALUE;
    private long most;
    private boolean resized;
    private boolean grown;
    private long pinnedWhileLocked;

    Alive(boolean resizes) {
      this.resizes = resizes;
    }

    private void after(Operation operation) {
      int block = operation.block();
      Live before = blocks.get(block);
      switch (operation.kind()) {
        case ALLOC -> {
          request(operation.amount(), 1);
          pinnedWhileLocked += operation.pinned() && ordinaryLocked > 0 ? 1 : 0;
          put(block, new Live(operation.amount(), 0, operation.pinned()));
        }
        case GROW -> {
          request(operation.amount(), 1);
          put(block, new Live(operation.amount(), 0, false));
        }
        case RESIZE -> resize(block, before, operation.amount());
        case FREE -> put(block, null);
        case LOCK -> put(block, before == null ? null : before.locked(1));
        case UNLOCK -> put(block, before == null ? null : before.locked(-1));
        case WRITE, STEP, WAIT -> {}
      }
    }

    private void resize(int block, @Nullable Live before, long amount) {
      resized = true;
      long old = before == null ? 0 : before.bytes();
      if (resizes) {
        grown |= amount > old;
        bytes -= old;
        request(amount, 0);
        bytes += old;
      } else {
        request(amount, 1);
      }
      put(block, new Live(amount, 0, false));
    }

    /** A request for so many bytes, and so many blocks more. */
    private void request(long amount, int more) {
      least = Math.min(least, amount);
      most = Math.max(most, amount);
      peakBytes = Math.max(peakBytes, bytes + amount);
      peakBlocks = Math.max(peakBlocks, blocks.size() + more);
    }

    private void put(int block, @Nullable Live now) {
      count(blocks.remove(block), -1);
      if (now != null) {
        blocks.put(block, now);
        count(now, 1);
      }
      peakLocked = Math.max(peakLocked, locked);
    }

    private void count(@Nullable Live live, int sign) {
      if (live != null) {
        bytes += sign * live.bytes();
        locked += live.stays() ? sign : 0;
        ordinaryLocked += live.stays() && !live.pinned() ? sign : 0;
      }
    }
  }
}
