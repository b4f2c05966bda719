package io.defragsim.lab;

import io.defragsim.lab.image.ContractRule;
import io.defragsim.lab.image.PoolMemory;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.image.SramLayout;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.Granule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the heap must look like: the live blocks, where they are and what they hold. Every change is
 * checked: inside the pool, 8-aligned, no overlap, locked and pinned blocks stay, content byte for
 * byte. A breach is a {@link RunStopped}.
 */
final class ShadowHeap {
  private final long poolStart;
  private final long poolEnd;
  private final PoolMemory memory;
  private final Map<Integer, Block> byHandle = new LinkedHashMap<>();
  // blocks with a byte or more and a known address; blocks of 0 bytes cannot overlap
  private final TreeMap<Long, Block> byAddress = new TreeMap<>();
  private final Map<Integer, Block> byNumber = new HashMap<>();
  private long added;
  private int staleHandle;
  private int inTwoParts;
  private long liveBytes;
  private long peakBytes;
  private long peakBlocks;

  ShadowHeap(SramLayout layout, PoolMemory memory) {
    this.poolStart = layout.poolAddress();
    this.poolEnd = layout.poolEnd();
    this.memory = memory;
  }

  /** The live block of that number in the workload, null if it was not served or is freed. */
  @Nullable Block numbered(int number) {
    return byNumber.get(number);
  }

  /** The live block of that handle, null if there is none. */
  @Nullable Block withHandle(int handle) {
    return byHandle.get(handle);
  }

  /** All live blocks, in the order of allocation. */
  Collection<Block> blocks() {
    return byHandle.values();
  }

  /** The same, as they are just now. */
  List<PlacedBlock> placed() {
    List<PlacedBlock> placed = new ArrayList<>();
    for (Block block : byHandle.values()) {
      placed.add(
          new PlacedBlock(
              block.name(),
              block.handle(),
              (int) (block.lastAddress() - poolStart),
              block.size(),
              block.locks(),
              block.pinned(),
              block.address() == 0));
    }
    return placed;
  }

  /** Whether some block is in two parts just now. */
  boolean someInTwoParts() {
    return inTwoParts > 0;
  }

  long liveBytes() {
    return liveBytes;
  }

  long peakBytes() {
    return peakBytes;
  }

  long peakBlocks() {
    return peakBlocks;
  }

  /**
   * A new block. Its content is not set yet.
   *
   * @param address what {@code image_address} says of it
   * @param pinned whether it must never move
   */
  Block add(String name, int handle, long bytes, long address, boolean pinned) {
    Block other = byHandle.get(handle);
    if (other != null) {
      throw ContractRule.ALLOC.broken(
          "%s(%d) for %s answered handle 0x%x, which is that of live block %s",
          ContractFunction.ALLOC, bytes, name, handle, other);
    }
    if (address == 0) {
      throw ContractRule.PLACE.broken(
          "new block %s has no address: %s(0x%x) is 0", name, ContractFunction.ADDRESS, handle);
    }
    if (bytes > poolEnd - poolStart) {
      throw ContractRule.PLACE.broken(
          "%s(%d) for %s answered a block larger than the pool of %s",
          ContractFunction.ALLOC, bytes, name, Numbers.count(poolEnd - poolStart, "byte"));
    }
    Block block = new Block(added++, name, handle, (int) bytes, address, pinned);
    place(block);
    byHandle.put(handle, block);
    staleHandle = staleHandle == handle ? 0 : staleHandle;
    liveBytes += bytes;
    peakBytes = Math.max(peakBytes, liveBytes);
    peakBlocks = Math.max(peakBlocks, byHandle.size());
    return block;
  }

  /**
   * The block has a new size, and perhaps another place. Its content up to the smaller size must
   * still be there; what is new of it is not set yet.
   *
   * @param address what {@code image_address} says of it
   * @return its own move, if it is one
   */
  List<Call.Move> resized(Block block, long bytes, long address) {
    if (address == 0) {
      throw ContractRule.PLACE.broken(
          "resized block %s has no address: %s is 0", block, ContractFunction.ADDRESS);
    }
    if (bytes > poolEnd - poolStart) {
      throw ContractRule.PLACE.broken(
          "block %s was resized to %s in a pool of %s",
          block, Numbers.count(bytes, "byte"), Numbers.plain(poolEnd - poolStart));
    }
    leave(block);
    liveBytes += bytes - block.size();
    peakBytes = Math.max(peakBytes, liveBytes);
    block.content(Arrays.copyOf(block.content(), (int) Math.min(bytes, block.size())));
    block.size((int) bytes);
    long before = block.lastAddress();
    block.address(address);
    place(block);
    verify(block, memory.read(address, block.content().length));
    return address == before
        ? List.of()
        : List.of(new Call.Move(block.name(), before, address, block.size()));
  }

  /** From now on {@code number} means {@code block}. */
  void number(int number, Block block) {
    byNumber.put(number, block);
  }

  /** The block is gone; whatever has its number stays. */
  void remove(Block block) {
    byHandle.remove(block.handle());
    staleHandle = block.handle();
    leave(block);
    liveBytes -= block.size();
  }

  /** No block has that number any more. */
  void forget(int number) {
    byNumber.remove(number);
  }

  /** The host writes {@code content} into the block. */
  void fill(Block block, byte[] content) {
    block.content(content);
    if (content.length > 0) {
      memory.write(block.address(), content);
    }
  }

  /** Checks the block's content byte for byte; while it is in two parts that has to wait. */
  void verify(Block block) {
    if (block.address() == 0 || block.size() == 0) {
      return;
    }
    verify(block, memory.read(block.address(), block.size()));
  }

  private static void verify(Block block, byte[] found) {
    int at = Arrays.mismatch(block.content(), found);
    if (at >= 0) {
      throw ContractRule.CONTENT.broken(
          "block %s is corrupted: its byte %d is 0x%02x and should be 0x%02x",
          block, at, found[at] & 0xff, block.content()[at] & 0xff);
    }
  }

  /** {@link #verify} for all blocks. */
  void verifyAll() {
    for (Block block : byHandle.values()) {
      verify(block);
    }
  }

  /** The address that a lock answered must be where the block is. */
  void locked(Block block, long address) {
    if (block.address() != address && block.address() != 0) {
      throw ContractRule.LOCK.broken(
          "%s of %s answered 0x%08x", ContractFunction.LOCK, block, address);
    }
    if (block.address() == 0) {
      inTwoParts--;
      block.address(address);
      place(block);
      verify(block);
    }
    block.locks(block.locks() + 1);
  }

  /** Between the calls that may move blocks every one must be where it was. */
  void verifyPlaces(ToLongFunction<Block> whereIs) {
    for (Block block : byHandle.values()) {
      long now = whereIs.applyAsLong(block);
      if (now != block.address()) {
        throw ContractRule.STAYS.broken(
            ContractFunction.ADDRESS, " of block %s answers 0x%08x now", block, now);
      }
    }
  }

  /**
   * Gives what {@code image_free_bytes} answered back.
   *
   * @throws RunStopped if it is more than there can be
   */
  long checkFree(long free) {
    long most = poolEnd - poolStart - liveBytes;
    if (free > most) {
      throw ContractRule.FREE_BYTES.broken(
          ContractFunction.FREE_BYTES,
          " answers %s: of the pool's %s %s are alive",
          Numbers.plain(free),
          Numbers.count(poolEnd - poolStart, "byte"),
          Numbers.plain(liveBytes));
    }
    return free;
  }

  /** The handle of a block that was freed and that no block has again; 0 if there is none. */
  int staleHandle() {
    return staleHandle;
  }

  /** Asks anew where all blocks are, after a call that may have moved them: which have moved. */
  List<Call.Move> refresh(ToLongFunction<Block> whereIs) {
    return refresh(byHandle.values(), whereIs);
  }

  /** The same where only blocks of those handles may have moved; other handles do not matter. */
  List<Call.Move> refresh(List<Integer> handles, ToLongFunction<Block> whereIs) {
    return refresh(
        handles.stream()
            .map(byHandle::get)
            .filter(Objects::nonNull)
            .sorted(Comparator.comparingLong(Block::number))
            .toList(),
        whereIs);
  }

  private List<Call.Move> refresh(Collection<Block> all, ToLongFunction<Block> whereIs) {
    List<Block> changed = null;
    List<Long> addresses = null;
    for (Block block : all) {
      long now = whereIs.applyAsLong(block);
      if (now != block.address()) {
        if (changed == null || addresses == null) {
          changed = new ArrayList<>();
          addresses = new ArrayList<>();
        }
        changed.add(block);
        addresses.add(now);
      }
    }
    if (changed == null || addresses == null) {
      return List.of();
    }
    // all leave before the first arrives: one may take the place of another
    for (Block block : changed) {
      if (block.locks() > 0 || block.pinned()) {
        throw ContractRule.STAYS.broken(
            "block %s moved although it is %s", block, block.pinned() ? "pinned" : "locked");
      }
      leave(block);
    }
    List<Call.Move> moves = new ArrayList<>();
    for (int i = 0; i < changed.size(); i++) {
      Block block = changed.get(i);
      long now = addresses.get(i);
      long before = block.lastAddress();
      block.address(now);
      if (now == 0) {
        inTwoParts++;
        continue;
      }
      place(block);
      if (now != before) {
        moves.add(new Call.Move(block.name(), before, now, block.size()));
      }
    }
    for (Block block : changed) {
      verify(block);
    }
    return moves;
  }

  /** The block is no more where it was. */
  private void leave(Block block) {
    if (block.address() == 0) {
      inTwoParts--;
    } else if (block.size() > 0) {
      byAddress.remove(block.address());
    }
  }

  private void place(Block block) {
    long start = block.address();
    long end = start + block.size();
    if (start < poolStart || end > poolEnd) {
      throw ContractRule.PLACE.broken(
          "block %s is not inside the pool, 0x%08x to 0x%08x", block, poolStart, poolEnd);
    }
    if (start % Granule.BYTES != 0) {
      throw ContractRule.PLACE.broken("block %s is not aligned to 8 bytes", block);
    }
    if (block.size() == 0) {
      return;
    }
    Map.Entry<Long, Block> below = byAddress.lowerEntry(end);
    if (below != null && below.getKey() + below.getValue().size() > start) {
      throw ContractRule.PLACE.broken("block %s overlaps block %s", block, below.getValue());
    }
    byAddress.put(start, block);
  }
}
