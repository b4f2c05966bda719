package io.defragsim.lab.heap;

import io.defragsim.emulator.calls.CallListener;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.heap.Heap.Block;
import io.defragsim.lab.heap.HeapFunction.Action;
import io.defragsim.lab.heap.HeapFunction.Answer;
import io.defragsim.lab.heap.HeapOperation.Kind;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.ProgramHeap.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes of the calls of a program's heap what each of them came to. What a function of a heap calls
 * of the same heap is how it does its work, so only the outermost call counts.
 */
public final class HeapRecorder implements CallListener {

  /** A call that takes longer at the end of a run is no call that merely was under way. */
  private static final long STUCK_CYCLES = 100_000;

  private static final int WORD_BYTES = 4;

  private final HeapFunctions functions;
  private final Stacks stacks;
  private final Map<WatchedCall, Open> open = new LinkedHashMap<>();
  private final Map<Family, Heap> heaps = new LinkedHashMap<>();
  private final MemoryPools pools;
  private final List<Finding> findings = new ArrayList<>();
  private long findingCount;
  private int blocks;

  /** A call under way. */
  private static final class Open {
    final WatchedCall call;
    final HeapFunction function;

    /** The outermost call that this one is part of; itself for one that counts. */
    final Open outermost;

    final long bytes;
    final long align;
    final long place;
    final long heap;

    /** Of an outermost one: the block that it has taken out of those that are alive. */
    @Nullable Block taken;

    /** Of an outermost one: where it was called from. */
    int stack;

    /** Of an outermost one: whether something within it was refused. */
    boolean refusedWithin;

    /** Of an outermost one: a heap that calls within it named. */
    long heapWithin;

    /** Of an outermost one: calls within it of other heaps that are over. */
    final List<Over> within = new ArrayList<>();

    Open(WatchedCall call, HeapFunction function, @Nullable Open around, Memory memory) {
      this.call = call;
      this.function = function;
      outermost = around == null ? this : around.outermost;
      bytes = function.bytes(call, memory);
      align = function.align(call, memory);
      heap = function.heap(call, memory);
      place = function.place(function.block(call, memory), heap);
    }

    boolean isOutermost() {
      return outermost == this;
    }
  }

  /** A call that is over. */
  private record Over(
      Open open, long answer, int error, long end, long cycles, boolean estimate) {

    boolean isRefused() {
      return answer == 0;
    }
  }

  /**
   * Of a program.
   *
   * @param functions of its heaps
   */
  public HeapRecorder(FirmwareImage image, HeapFunctions functions) {
    this.functions = functions;
    stacks = new Stacks(image, functions);
    pools = new MemoryPools(image);
  }

  @Override
  public void entered(WatchedCall call, Memory memory) {
    HeapFunction function = functions.at(call.function());
    if (function == null) {
      return;
    }
    Open around = call.within() == null ? null : open.get(call.within());
    Open one =
        new Open(
            call, function, function.action() == Action.GROW ? null : around, memory);
    open.put(call, one);
    if (one.isOutermost() && function.action() != Action.GROW) {
      begin(one);
    }
  }

  private void begin(Open one) {
    Heap heap = heap(one.function.family());
    heap.threads().add(one.call.thread());
    one.stack = stacks.number(one.call.stack());
    Action action = one.function.action();
    if (action == Action.FREE || (action == Action.RESIZE && !one.function.hasHandles())) {
      one.taken = heapWith(one).take(one.place);
    }
  }

  /** The heap that a block is of: that of the function, else another that has it. */
  private Heap heapWith(Open one) {
    Heap own = heap(one.function.family());
    if (own.at(one.place) != null) {
      return own;
    }
    for (Heap other : all()) {
      if (other.at(one.place) != null && !one.function.hasHandles()) {
        return other;
      }
    }
    return own;
  }

  @Override
  public void returned(
      WatchedCall call, int result, long end, long cycles, boolean estimate, Memory memory) {
    Open one = open.remove(call);
    if (one == null) {
      return;
    }
    int error = one.function.hasHandles() ? Math.max(0, -result) : 0;
    Over over = new Over(one, answer(one, result, memory), error, end, cycles, estimate);
    if (one.function.action() == Action.GROW) {
      grown(over);
    } else if (one.isOutermost()) {
      settleWithin(over);
      count(over, memory);
    } else {
      within(over);
    }
  }

  /** The address or handle that a call gave, 0 for a refusal; of a free something else than 0. */
  private static long answer(Open one, int result, Memory memory) {
    return switch (one.function.answer()) {
      case ADDRESS -> Integer.toUnsignedLong(result);
      case STORED_ADDRESS -> {
        Integer stored = result == 0 ? memory.word(one.place) : null;
        yield stored == null ? 0 : Integer.toUnsignedLong(stored);
      }
      case HANDLE -> result < 0 ? 0 : Integer.toUnsignedLong(result) + 1; // a handle may be 0
      case STATUS -> result < 0 ? 0 : 1;
      case NOTHING -> 1; // a free is never refused
    };
  }

  private void within(Over over) {
    Open around = over.open().outermost;
    HeapFunction function = over.open().function;
    boolean allocates = allocates(function.action());
    around.refusedWithin |= over.isRefused() && allocates && over.open().bytes > 0;
    if (around.heapWithin == 0) {
      around.heapWithin = over.open().heap;
    }
    if (heap(function.family()) != heap(around.function.family())) {
      around.within.add(over);
    }
  }

  private static boolean allocates(Action action) {
    return action == Action.ALLOCATE || action == Action.TAKE;
  }

  /**
   * Decides what calls of another heap within a call are: where they are about the same block, that
   * heap is how this one does its work, and both are one. Elements of a pool are not.
   */
  private void settleWithin(Over outer) {
    HeapFunction function = outer.open().function;
    List<Over> within = outer.open().within;
    if (within.isEmpty()) {
      return;
    }
    if (!function.family().isPool() && within.stream().anyMatch(one -> isSameBlock(one, outer))) {
      within.forEach(one -> join(function.family(), one.open().function.family()));
      return;
    }
    within.forEach(this::countApart);
  }

  private static boolean isSameBlock(Over inner, Over outer) {
    if (allocates(inner.open().function.action())) {
      return inner.answer() == outer.answer();
    }
    return inner.open().place == outer.open().place;
  }

  private void countApart(Over over) {
    Open one = over.open();
    one.stack = stacks.number(one.call.stack());
    Heap heap = heap(one.function.family());
    heap.threads().add(one.call.thread());
    if (!allocates(one.function.action())) {
      one.taken = heap.take(one.place);
    }
    count(over, null);
  }

  /**
   * A call that counts is over.
   *
   * @param memory null where its answer is not held against it
   */
  private void count(Over over, @Nullable Memory memory) {
    switch (over.open().function.action()) {
      case ALLOCATE -> allocated(over, over.open().bytes, memory);
      case TAKE -> {
        long bytes = memory == null ? 0 : pools.bytes(over.open().bytes, memory);
        if (bytes > 0) {
          allocated(over, bytes, memory);
        }
      }
      case RESIZE -> resized(over, memory);
      case FREE -> freed(over);
      case LOCK -> locked(over, Kind.LOCKED);
      case UNLOCK -> locked(over, Kind.UNLOCKED);
      case GROW -> throw new IllegalStateException("counted elsewhere");
    }
  }

  private void allocated(Over over, long bytes, @Nullable Memory memory) {
    if (over.isRefused()) {
      if (bytes > 0) {
        log(over, Kind.REFUSED, HeapOperation.NO_BLOCK, bytes, over.error(), heapOf(over.open()));
      }
      return;
    }
    born(over, bytes, memory, Kind.ALLOCATED);
  }

  private void born(Over over, long bytes, @Nullable Memory memory, Kind kind) {
    Open one = over.open();
    Heap heap = heap(one.function.family());
    if (memory != null && !one.function.hasHandles()) {
      check(over, bytes, heap, memory);
    }
    // a request of 0 bytes that is served has at least one
    long size = Math.max(1, bytes);
    Block before = kind == Kind.RESIZED ? one.taken : null;
    Block block =
        new Block(
            before == null ? blocks++ : before.number(),
            one.function.hasHandles()
                ? one.function.place(over.answer() - 1, one.heap)
                : over.answer(),
            size,
            one.stack,
            before == null ? heapOf(one) : before.heap());
    heap.add(block);
    log(
        over,
        kind,
        block.number(),
        size,
        one.function.hasHandles() ? 0 : block.place(),
        block.heap());
  }

  private void check(Over over, long bytes, Heap heap, Memory memory) {
    long address = over.answer();
    Open one = over.open();
    if (memory.octet(address) == null) {
      find(Finding.Kind.NO_MEMORY, one, address, bytes, null);
      return;
    }
    long least = bytes < WORD_BYTES ? 1 : WORD_BYTES;
    if (address % Math.max(least, one.align) != 0) {
      find(Finding.Kind.UNALIGNED, one, address, bytes, null);
    }
    Block other = heap.overlapping(address, bytes);
    if (other != null) {
      find(Finding.Kind.OVERLAP, one, address, bytes, other.stack());
    }
  }

  private void resized(Over over, @Nullable Memory memory) {
    Open one = over.open();
    if (one.function.hasHandles()) {
      resizedHandle(over);
      return;
    }
    if (one.place == 0) {
      allocated(over, one.bytes, memory);
      return;
    }
    Block block = one.taken;
    if (block == null) {
      dead(one, Finding.Kind.RESIZE_OF_DEAD);
      if (!over.isRefused()) {
        born(over, one.bytes, memory, Kind.ALLOCATED);
      }
    } else if (!over.isRefused()) {
      born(over, one.bytes, memory, Kind.RESIZED);
    } else if (one.bytes == 0) {
      freed(over);
    } else {
      heap(one.function.family()).add(block);
      log(over, Kind.RESIZE_REFUSED, block.number(), one.bytes, 0, block.heap());
    }
  }

  private void resizedHandle(Over over) {
    Open one = over.open();
    Heap heap = heap(one.function.family());
    Block block = heap.at(one.place);
    if (block == null) {
      dead(one, Finding.Kind.RESIZE_OF_DEAD);
    } else if (over.isRefused()) {
      log(over, Kind.RESIZE_REFUSED, block.number(), one.bytes, over.error(), block.heap());
    } else {
      heap.add(new Block(block.number(), one.place, one.bytes, block.stack(), block.heap()));
      log(over, Kind.RESIZED, block.number(), one.bytes, 0, block.heap());
    }
  }

  private void freed(Over over) {
    Open one = over.open();
    Block block = one.taken;
    Heap heap = heap(one.function.family());
    if (block != null && over.isRefused() && one.function.hasHandles()) {
      heap.add(block); // it is locked, say
    } else if (block != null) {
      heap.freed(block, one.stack);
      log(over, Kind.FREED, block.number(), block.bytes(), 0, block.heap());
    } else if (one.place != 0 || one.function.hasHandles()) {
      dead(one, Finding.Kind.NEVER_ALLOCATED);
    }
  }

  private void dead(Open one, Finding.Kind kind) {
    Heap.Freed freed = heap(one.function.family()).freedAt(one.place);
    if (freed == null) {
      find(kind, one, one.place, 0, null);
    } else {
      boolean free = kind == Finding.Kind.NEVER_ALLOCATED;
      find(
          free ? Finding.Kind.DOUBLE_FREE : kind, one, one.place, freed.bytes(), freed.stack());
    }
  }

  private void locked(Over over, Kind kind) {
    Open one = over.open();
    Block block = heap(one.function.family()).at(one.place);
    if (block != null && !over.isRefused()) {
      log(over, kind, block.number(), 0, 0, block.heap());
    }
  }

  private void grown(Over over) {
    Open one = over.open();
    int by = (int) one.bytes;
    boolean outermost =
        one.call.within() == null
            || !open.containsKey(one.call.within())
            || Objects.requireNonNull(open.get(one.call.within())).function.action()
                != Action.GROW;
    if (over.answer() == 0xFFFF_FFFFL || !outermost) {
      return;
    }
    Heap heap = heap(Family.LIBC);
    heap.grown(over.answer(), over.answer() + by);
    log(over, Kind.GREW, HeapOperation.NO_BLOCK, 0, over.answer() + by, 0);
  }

  private void log(Over over, Kind kind, int block, long bytes, long address, long heap) {
    Open one = over.open();
    Family family = kind == Kind.GREW ? Family.LIBC : one.function.family();
    heap(family)
        .log(heap)
        .add(
            new HeapOperation(
                kind,
                block,
                bytes,
                address,
                one.align,
                one.stack,
                one.call.thread(),
                one.call.begin(),
                over.end(),
                over.cycles(),
                over.estimate()));
  }

  private static long heapOf(Open one) {
    return one.heap == 0 ? one.heapWithin : one.heap;
  }

  @Override
  public void left(WatchedCall call, long cycle) {
    Open one = open.remove(call);
    if (one != null && one.isOutermost() && one.function.action() != Action.GROW) {
      abandoned(one, cycle, Finding.Kind.NEVER_RETURNED);
    }
  }

  /** A C++ program leaves a request that is refused by an exception, or stops in it. */
  private void abandoned(Open one, long cycle, Finding.Kind kind) {
    boolean refused = one.refusedWithin && allocates(one.function.action());
    if (refused) {
      long cycles = cycle - one.call.begin();
      log(
          new Over(one, 0, 0, cycle, cycles, true),
          Kind.REFUSED,
          HeapOperation.NO_BLOCK,
          one.bytes,
          0,
          heapOf(one));
    }
    if (!refused || kind != Finding.Kind.NEVER_RETURNED) {
      find(kind, one, Math.max(0, one.place), one.bytes, null);
    }
  }

  /**
   * The program has ended.
   *
   * @param cycle at which
   * @param stopped whether it stopped by itself, by a fault or for ever, where it was then
   */
  public void ended(long cycle, boolean stopped) {
    open.values().stream()
        .filter(one -> one.isOutermost() && one.function.action() != Action.GROW)
        .max(Comparator.comparingLong(one -> one.call.begin()))
        .filter(one -> stopped || cycle - one.call.begin() > STUCK_CYCLES)
        .ifPresent(
            one ->
                abandoned(one, cycle, stopped ? Finding.Kind.STOPPED : Finding.Kind.STUCK));
    open.clear();
  }

  private void find(
      Finding.Kind kind, Open one, long address, long bytes, @Nullable Integer otherStack) {
    findingCount++;
    if (findings.size() < Events.CAPACITY) {
      findings.add(
          new Finding(
              kind,
              one.function.name(),
              address & 0xFFFF_FFFFL,
              bytes,
              one.call.begin(),
              stacks.site(one.stack),
              otherStack == null ? null : stacks.site(otherStack)));
    }
  }

  private Heap heap(Family family) {
    Family of = family.equals(Family.BREAK) ? Family.LIBC : family;
    return heaps.computeIfAbsent(of, Heap::new);
  }

  private void join(Family family, Family other) {
    Heap into = heap(family);
    Heap from = heap(other);
    if (into != from) {
      into.join(from);
      from.families().forEach(each -> heaps.put(each, into));
    }
  }

  /** All heaps, each once. */
  Set<Heap> all() {
    return new LinkedHashSet<>(heaps.values());
  }

  Stacks stacks() {
    return stacks;
  }

  HeapFunctions functions() {
    return functions;
  }

  /** What cannot be right, in order. */
  Events<Finding> findings() {
    return new Events<>(findings, findingCount);
  }

  /** Whether elements of pools were left out because their sizes are not known. */
  boolean leftPoolsOut() {
    return pools.someUnknown();
  }
}
