package io.defragsim.lab.image;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.Snapshot;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.Granule;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the heap of an image through the image's own functions. Only {@link
 * AllocatorImage#untimed} hands one out, and puts everything back when it returns: nothing of it
 * counts, and nothing is interrupted. Not to be kept.
 */
public final class Probe {
  /** Bytes of a record of {@code image_walk}: address, kind and size, handle. */
  public static final int WALK_RECORD = 12;

  private final Mcu mcu;
  private final ImageContract contract;
  private final SramLayout layout;
  private final TimedCalls calls;

  Probe(Mcu mcu, ImageContract contract, SramLayout layout, TimedCalls calls) {
    this.mcu = mcu;
    this.contract = contract;
    this.layout = layout;
    this.calls = calls;
  }

  /** Calls that a program could make, to see what would come of them. */
  public TimedCalls calls() {
    return calls;
  }

  /** Goes to another state of the image. */
  public void restore(Snapshot snapshot) {
    mcu.restore(snapshot);
  }

  /** Where the payload is now, 0 while it is in two parts. */
  public long address(int handle) {
    return Integer.toUnsignedLong(calls.call(ContractFunction.ADDRESS, handle).value());
  }

  /** Free payload bytes in all. */
  public long freeBytes() {
    return Integer.toUnsignedLong(calls.call(ContractFunction.FREE_BYTES).value());
  }

  /** The handle in the way of the last request, 0 if there is none or the image does not say. */
  public int blocker() {
    return contract.has(ContractFunction.BLOCKER)
        ? calls.call(ContractFunction.BLOCKER).value()
        : 0;
  }

  /** Runs the image's own check of its heap, where it has one. */
  public void check() {
    if (contract.has(ContractFunction.CHECK)) {
      int value = calls.call(ContractFunction.CHECK).value();
      if (value != 0) {
        ContractError error = ContractError.of(value);
        throw ContractRule.CHECK
            .broken("the image's own check of its heap says %s", error == null ? value : error)
            .in(ContractFunction.CHECK);
      }
    }
  }

  /**
   * The most bytes that one allocation would get now, up to {@code free}; null if there is no free
   * handle. Found by bisection; it leaves the image anywhere.
   *
   * @throws RunStopped if more than {@code free} would be served; and what the image does at a
   *     request that it was never made for
   */
  public @Nullable Long largestRequest(long free) {
    Snapshot start = mcu.snapshot();
    Answer above = alloc(start, free + 1);
    if (above.value() == ContractError.OUT_OF_HANDLES.code()) {
      return null;
    }
    if (above.value() > 0) {
      throw ContractRule.FREE_BYTES
          .broken(
              "%s answers %s, and %s serves %s",
              ContractFunction.FREE_BYTES,
              Numbers.plain(free),
              ContractFunction.ALLOC,
              Numbers.plain(free + 1))
          .within(probe(free + 1));
    }
    long served = 0;
    long refused = free + 1;
    long request = Math.max(1, free);
    while (refused - served > 1) {
      Answer answer = alloc(start, request);
      if (answer.value() == ContractError.OUT_OF_HANDLES.code()) {
        return null;
      }
      if (answer.value() > 0) {
        served = request;
      } else {
        refused = request;
      }
      request = (served + refused) >>> 1;
    }
    return served;
  }

  private Answer alloc(Snapshot start, long bytes) {
    mcu.restore(start);
    try {
      return calls.alloc(bytes);
    } catch (RunStopped stopped) {
      throw stopped.within(probe(bytes)).ofProbe();
    }
  }

  private static String probe(long bytes) {
    return "a probe, " + ContractFunction.ALLOC + "(" + bytes + ") on a snapshot";
  }

  /**
   * What {@code image_walk} says of the heap, checked. Only for an image that {@link
   * ImageContract#walks}.
   *
   * @param alive the live blocks now
   * @throws RunStopped if it cannot be true
   */
  public HeapWalk walk(Collection<PlacedBlock> alive) {
    return HeapWalk.of(pieces(), layout, alive, contract.features().enforcesLocks());
  }

  /**
   * All blocks and holes, then the holes of each free list, as the image gives them. Only for an
   * image that {@link ImageContract#walks}.
   */
  public List<HeapWalk.Piece> pieces() {
    // out of the image's way: above the pool, or low in the stack reserve, above its lowest word
    boolean above = layout.unused() >= WALK_RECORD;
    long buffer = layout.poolEnd() + (above ? 0 : layout.unused() + 4);
    // as large as there is room: what does not fit is walked to again from the first block
    int room = (above ? layout.unused() : layout.stack() / 4) / WALK_RECORD;
    int most = layout.pool() / Granule.BYTES;
    List<HeapWalk.Piece> pieces = new ArrayList<>();
    int lists = 0;
    int written = room;
    while (written == room && room > 0) {
      mcu.write(buffer, word(pieces.size()));
      written = calls.call(ContractFunction.WALK, (int) buffer, room * WALK_RECORD).value();
      if (written < 0 || written > room) {
        throw ContractRule.WALK.broken(
            ContractFunction.WALK, " answered %d in a buffer for %d", written, room);
      }
      IntBuffer words =
          ByteBuffer.wrap(mcu.read(buffer, written * WALK_RECORD))
              .order(LITTLE_ENDIAN)
              .asIntBuffer();
      while (words.hasRemaining()) {
        HeapWalk.Piece piece = piece(words.get(), words.get(), words.get());
        pieces.add(piece);
        lists += piece.kind() == HeapWalk.Kind.LISTED ? 1 : 0;
        if (lists > most || pieces.size() - lists > most) {
          throw ContractRule.WALK_LENGTH.broken(
              ContractFunction.WALK,
              " has more than %d records of a pool of %d",
              most,
              layout.pool());
        }
      }
    }
    return pieces;
  }

  private static byte[] word(int value) {
    return ByteBuffer.allocate(4).order(LITTLE_ENDIAN).putInt(value).array();
  }

  private static HeapWalk.Piece piece(int address, int kindAndBytes, int handle) {
    int number = kindAndBytes >>> 28;
    HeapWalk.Kind kind = HeapWalk.Kind.of(number);
    if (kind == null) {
      throw ContractRule.WALK.broken(ContractFunction.WALK, " gives a piece of kind %d", number);
    }
    return new HeapWalk.Piece(
        Integer.toUnsignedLong(address), kindAndBytes & 0x0fffffff, kind, handle);
  }
}
