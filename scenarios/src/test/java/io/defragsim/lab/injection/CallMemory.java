package io.defragsim.lab.injection;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls that were carried out before. A call is a function of its argument and of what it reads:
 * where it reads the same values again, in the same order, it does the same. So the calls of one
 * function with one argument are a tree of reads, with the answer and the stores at its leaves.
 *
 * <p>Only reads and stores of the heap's memory count. What a call stores itself and reads back, on
 * its stack or elsewhere, follows from the rest. Belongs to one thread.
 */
final class CallMemory {
  /** What a call answers, and the bytes of memory that it leaves stored. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int result, int[] offsets, byte[] bytes) {}

  /** What a call reads. The arrays are shared and never changed. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Reads(int[] offsets, byte[] lengths, int[] values) {}

  /** The end of one call: what it has yet to read, and what it does then. */
  private record Rest(Reads reads, int from, Answer answer) {}

  /** Either one call's rest, or a read with a node for each value that it gave. */
  private static final class Node {
    @Nullable Rest rest;
    int offset;
    int length;
    private int[] values = {};
    private @Nullable Node[] next = {};
    private int count;

    Node(@Nullable Rest rest) {
      this.rest = rest;
    }

    @Nullable Node after(int value) {
      for (int slot = slot(value); ; slot = (slot + 1) & (values.length - 1)) {
        Node node = next[slot];
        if (node == null || values[slot] == value) {
          return node;
        }
      }
    }

    void add(int value, Node node) {
      if (2 * ++count > values.length) {
        int[] oldValues = values;
        @Nullable Node[] oldNext = next;
        values = new int[Math.max(2, 2 * oldValues.length)];
        next = new @Nullable Node[values.length];
        for (int i = 0; i < oldNext.length; i++) {
          Node old = oldNext[i];
          if (old != null) {
            put(oldValues[i], old);
          }
        }
      }
      put(value, node);
    }

    private void put(int value, Node node) {
      int slot = slot(value);
      while (next[slot] != null) {
        slot = (slot + 1) & (values.length - 1);
      }
      values[slot] = value;
      next[slot] = node;
    }

    private int slot(int value) {
      return ((value * 0x9E37_79B1) >>> 12) & (values.length - 1);
    }
  }

  /** Beyond so many calls all are forgotten, which costs nothing but time. */
  private static final int MOST_CALLS = 1_000_000;

  private static final int MOST_READS = 4096;

  private final byte[] sram;
  private final int memoryBytes;
  private final Map<Long, Node> roots = new HashMap<>();
  private int calls;

  // the call that is being carried out
  private boolean recording;
  private boolean hopeless;
  private final int[] readOffsets = new int[MOST_READS];
  private final byte[] readLengths = new byte[MOST_READS];
  private final int[] readValues = new int[MOST_READS];
  private int reads;
  private final boolean[] stored;
  private final int[] storedOffsets;
  private int stores;

  CallMemory(byte[] sram, int memoryBytes) {
    this.sram = sram;
    this.memoryBytes = memoryBytes;
    stored = new boolean[memoryBytes];
    storedOffsets = new int[memoryBytes];
  }

  /** What the call would do now, null if that is not known. */
  @Nullable Answer find(long call) {
    Node node = roots.get(call);
    while (node != null) {
      Rest rest = node.rest;
      if (rest != null) {
        return holds(rest) ? rest.answer : null;
      }
      node = node.after(value(node.offset, node.length));
    }
    return null;
  }

  private boolean holds(Rest rest) {
    Reads of = rest.reads;
    for (int i = rest.from; i < of.offsets.length; i++) {
      if (value(of.offsets[i], of.lengths[i]) != of.values[i]) {
        return false;
      }
    }
    return true;
  }

  private int value(int offset, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (sram[offset + i] & 0xFF) << (8 * i);
    }
    return value;
  }

  /** Puts into SRAM what the call would. */
  void apply(Answer answer) {
    for (int i = 0; i < answer.offsets.length; i++) {
      sram[answer.offsets[i]] = answer.bytes[i];
    }
  }

  /** From here on reads and stores belong to a call that is carried out. */
  void begin() {
    for (int i = 0; i < stores; i++) {
      stored[storedOffsets[i]] = false;
    }
    recording = true;
    hopeless = false;
    reads = 0;
    stores = 0;
  }

  /**
   * A read.
   *
   * @param offset from the start of SRAM, negative outside
   */
  void read(int offset, int bytes, int value) {
    if (!recording || offset < 0 || offset >= memoryBytes) {
      return;
    }
    int own = 0;
    for (int i = 0; i < bytes; i++) {
      own += stored[offset + i] ? 1 : 0;
    }
    if (own == bytes) {
      return;
    }
    if (own > 0 || reads == MOST_READS) {
      hopeless = true;
      return;
    }
    readOffsets[reads] = offset;
    readLengths[reads] = (byte) bytes;
    readValues[reads] = value;
    reads++;
  }

  /** A store that was done. */
  void store(int offset, int bytes) {
    if (!recording || offset >= memoryBytes) {
      return;
    }
    for (int i = offset; i < offset + bytes; i++) {
      if (!stored[i]) {
        stored[i] = true;
        storedOffsets[stores++] = i;
      }
    }
  }

  /** The call was broken off, or has ended and was told of. */
  void forget() {
    recording = false;
  }

  /** The call, one that {@link #find} does not know, has ended. */
  void end(long call, int result) {
    recording = false;
    if (hopeless) {
      return;
    }
    if (++calls > MOST_CALLS) {
      roots.clear();
      calls = 0;
    }
    int[] offsets = Arrays.copyOf(storedOffsets, stores);
    byte[] bytes = new byte[stores];
    for (int i = 0; i < stores; i++) {
      bytes[i] = sram[offsets[i]];
    }
    Reads of =
        new Reads(
            Arrays.copyOf(readOffsets, reads),
            Arrays.copyOf(readLengths, reads),
            Arrays.copyOf(readValues, reads));
    Answer answer = new Answer(result, offsets, bytes);
    Node node = roots.get(call);
    if (node == null) {
      roots.put(call, new Node(new Rest(of, 0, answer)));
      return;
    }
    for (int i = 0; ; i++) {
      Rest other = node.rest;
      if (other != null) {
        // that one goes on below this read, which both do here; they part there or further down
        node.rest = null;
        node.offset = other.reads.offsets[other.from];
        node.length = other.reads.lengths[other.from];
        node.add(
            other.reads.values[other.from],
            new Node(new Rest(other.reads, other.from + 1, other.answer)));
      }
      Node after = node.after(of.values[i]);
      if (after == null) {
        node.add(of.values[i], new Node(new Rest(of, i + 1, answer)));
        return;
      }
      node = after;
    }
  }
}
