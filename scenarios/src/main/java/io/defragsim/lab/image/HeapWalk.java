package io.defragsim.lab.image;

import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.words.Numbers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code image_walk} says of the heap at one moment, held against the pool and the blocks that
 * are alive: only what was checked is ever drawn.
 *
 * @param heap all blocks and holes by address
 * @param listed the holes of each free list from its head
 */
public record HeapWalk(List<Piece> heap, List<Piece> listed) {
  /** Lists are numbered below this: two levels of 64, as the finest of segregated fits have. */
  static final int LISTS = 4096;

  public HeapWalk {
    heap = List.copyOf(heap);
    listed = List.copyOf(listed);
  }

  /** What a stretch of the heap is, as {@code image_walk} numbers it from 0. */
  public enum Kind {
    FREE,
    USED,
    LOCKED,
    /** A block in two parts and the hole that it is moving into. */
    SPLIT,
    /** A hole into which a block is being copied. */
    HELD,
    /** A hole, once more, as it stands in a free list. */
    LISTED;

    /** The kind of that number, from 0 on; null if there is none. */
    static @Nullable Kind of(int number) {
      return number < values().length ? values()[number] : null;
    }
  }

  /**
   * A stretch of the heap.
   *
   * @param bytes the allocator's header included
   * @param handle of the block in it, 0 if none; for a listed hole the number of its list
   */
  public record Piece(long address, int bytes, Kind kind, int handle) {
    public long end() {
      return address + bytes;
    }

    private boolean isBlock() {
      return kind == Kind.USED || kind == Kind.LOCKED || kind == Kind.SPLIT;
    }

    @Override
    public String toString() {
      return place(bytes, address) + ", " + kind.name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A walk of {@code pieces}, in the order in which the image gave them.
   *
   * @param alive the live blocks at that moment
   * @param enforcesLocks whether the image knows which blocks are locked
   * @throws RunStopped if it cannot be true
   */
  public static HeapWalk of(
      List<Piece> pieces, SramLayout layout, Collection<PlacedBlock> alive, boolean enforcesLocks) {
    List<Piece> heap = new ArrayList<>();
    List<Piece> listed = new ArrayList<>();
    for (Piece piece : pieces) {
      if (piece.kind() == Kind.LISTED) {
        listed.add(piece);
      } else if (listed.isEmpty()) {
        heap.add(piece);
      } else {
        throw broken(ContractRule.WALK, piece, "comes after the lists have begun");
      }
    }
    checkOrder(heap, layout);
    checkBlocks(heap, layout.poolAddress(), alive, enforcesLocks);
    checkLists(heap, listed);
    return new HeapWalk(heap, listed);
  }

  private static void checkOrder(List<Piece> heap, SramLayout layout) {
    long at = layout.poolAddress();
    for (Piece piece : heap) {
      if (piece.bytes() == 0) {
        throw broken(ContractRule.WALK_ORDER, piece, "is empty");
      }
      if (piece.address() < at || piece.end() > layout.poolEnd()) {
        throw broken(ContractRule.WALK_ORDER, piece, "is out of order or outside the pool");
      }
      at = piece.end();
    }
  }

  private static void checkBlocks(
      List<Piece> heap, long pool, Collection<PlacedBlock> alive, boolean enforcesLocks) {
    Map<Integer, PlacedBlock> missing = new HashMap<>();
    for (PlacedBlock block : alive) {
      missing.put(block.handle(), block);
    }
    for (Piece piece : heap) {
      if (!piece.isBlock()) {
        if (piece.handle() != 0) {
          throw broken(ContractRule.WALK_BLOCKS, piece, "is no block and has a handle");
        }
        continue;
      }
      PlacedBlock block = missing.remove(piece.handle());
      if (block == null) {
        throw broken(
            ContractRule.WALK_BLOCKS,
            piece,
            String.format(
                Locale.ROOT,
                "has handle 0x%x, which no live block has that did not come before",
                piece.handle()));
      }
      checkBlock(piece, pool, block, enforcesLocks);
    }
    // in the order of allocation, so that the message is the same each time
    for (PlacedBlock block : alive) {
      if (missing.containsKey(block.handle())) {
        throw ContractRule.WALK_BLOCKS.broken(
            ContractFunction.WALK,
            " leaves out the live block of handle 0x%x, %s",
            block.handle(),
            place(block.bytes(), pool + block.offset()));
      }
    }
  }

  private static String place(long bytes, long address) {
    return Numbers.count(bytes, "byte") + " at " + Numbers.hex(address);
  }

  private static void checkBlock(Piece piece, long pool, PlacedBlock block, boolean enforcesLocks) {
    long address = pool + block.offset();
    boolean split = piece.kind() == Kind.SPLIT;
    if (split != block.inTwoParts()) {
      throw broken(
          ContractRule.WALK_BLOCKS,
          piece,
          split
              ? "is of a block that " + ContractFunction.ADDRESS + " has whole"
              : "is of a block in two parts");
    }
    if (!split && (address < piece.address() || address + block.bytes() > piece.end())) {
      throw broken(
          ContractRule.WALK_BLOCKS,
          piece,
          "does not hold the payload of its block, " + place(block.bytes(), address));
    }
    boolean locked = piece.kind() == Kind.LOCKED;
    if (enforcesLocks && !split && locked != block.locked() && !block.pinned()) {
      throw broken(
          ContractRule.WALK_LOCKS,
          piece,
          block.locked() ? "is of a block that is locked" : "is of a block that nobody locks");
    }
  }

  private static void checkLists(List<Piece> heap, List<Piece> listed) {
    Map<Long, Piece> holes = new HashMap<>();
    for (Piece piece : heap) {
      if (piece.kind() == Kind.FREE) {
        holes.put(piece.address(), piece);
      }
    }
    for (Piece piece : listed) {
      if (Integer.compareUnsigned(piece.handle(), LISTS) >= 0) {
        throw broken(
            ContractRule.WALK_LISTS, piece, "is in list " + Integer.toUnsignedLong(piece.handle()));
      }
      Piece hole = holes.remove(piece.address());
      if (hole == null || hole.bytes() != piece.bytes()) {
        throw broken(
            ContractRule.WALK_LISTS,
            piece,
            "is no hole of the heap, or one that stood in a list before");
      }
    }
  }

  private static RunStopped broken(ContractRule rule, Piece piece, String how) {
    return rule.broken(ContractFunction.WALK, " gives %s: it %s", piece, how);
  }
}
