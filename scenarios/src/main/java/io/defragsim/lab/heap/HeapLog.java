package io.defragsim.lab.heap;

import io.defragsim.lab.heap.HeapOperation.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * All operations on a heap, in the order in which they were over. Of each some twenty bytes are
 * kept, because a program may make millions: its numbers, of which most are small, seven bits a
 * byte.
 */
final class HeapLog {
  private static final int FIRST_BYTES = 1 << 12;
  private static final int MOST_BYTES_OF_ONE = 120;
  private static final int BITS = 7;
  private static final int MORE = 1 << BITS;

  private static final List<Kind> KINDS = List.of(Kind.values());

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;
  private long count;
  private long lastEnd;
  private boolean served;
  private boolean places;
  private long largest;

  /** How many operations of the program there are. */
  long count() {
    return count;
  }

  /** Whether some request was served. */
  boolean hasServed() {
    return served;
  }

  /** Whether the address of some block is known. */
  boolean hasPlaces() {
    return places;
  }

  /** The bytes of the largest request that was served. */
  long largest() {
    return largest;
  }

  void add(HeapOperation operation) {
    if (bytes.length - length < MOST_BYTES_OF_ONE) {
      bytes = Arrays.copyOf(bytes, Math.multiplyExact(bytes.length, 2));
    }
    put(2L * KINDS.indexOf(operation.kind()) + (operation.estimate() ? 1 : 0));
    put(operation.block() + 1L);
    put(operation.bytes());
    put(operation.address());
    put(operation.align());
    put(operation.stack());
    put(zigzag(operation.thread()));
    put(zigzag(operation.end() - lastEnd));
    put(zigzag(operation.end() - operation.begin()));
    put(operation.cycles());
    lastEnd = operation.end();
    count += operation.kind() == Kind.GREW ? 0 : 1;
    if (operation.kind() == Kind.ALLOCATED) {
      served = true;
      places |= operation.address() != 0;
      largest = Math.max(largest, operation.bytes());
    }
  }

  private static long zigzag(long value) {
    return value << 1 ^ value >> 63;
  }

  private static long unzigzag(long value) {
    return value >>> 1 ^ -(value & 1);
  }

  private void put(long value) {
    long left = value;
    while ((left & -MORE) != 0) {
      bytes[length++] = (byte) (left | MORE);
      left >>>= BITS;
    }
    bytes[length++] = (byte) left;
  }

  /** Tells of all, in order. */
  void replay(Consumer<HeapOperation> listener) {
    Reader in = new Reader();
    long end = 0;
    while (in.at < length) {
      long kind = in.next();
      int block = (int) (in.next() - 1);
      long requested = in.next();
      long address = in.next();
      long align = in.next();
      int stack = (int) in.next();
      int thread = (int) unzigzag(in.next());
      end += unzigzag(in.next());
      long begin = end - unzigzag(in.next());
      listener.accept(
          new HeapOperation(
              KINDS.get((int) (kind >> 1)),
              block,
              requested,
              address,
              align,
              stack,
              thread,
              begin,
              end,
              in.next(),
              (kind & 1) != 0));
    }
  }

  private final class Reader {
    private int at;

    long next() {
      long value = 0;
      int shift = 0;
      byte one;
      do {
        one = bytes[at++];
        value |= (long) (one & (MORE - 1)) << shift;
        shift += BITS;
      } while (one < 0);
      return value;
    }
  }
}
