package io.defragsim.lab.heap;

import io.defragsim.emulator.calls.CallListener;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Location;
import io.defragsim.lab.heap.Heap.Block;
import io.defragsim.lab.heap.HeapFunction.Action;
import io.defragsim.lab.heap.HeapOperation.Kind;
import io.defragsim.lab.heap.OpenCall.Over;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.ProgramHeap.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes of the calls of a program's heap what each of them came to. What a function of a heap calls
 * for the block that it is asked for is how it does its work, so only the outermost call counts.
 * What a hook or an exception does within a call to blocks of its own counts by itself.
 */
public final class HeapRecorder implements CallListener {

  /** A call that takes longer at the end of a run is no call that merely was under way. */
  private static final long STUCK_CYCLES = 100_000;

  /** What {@code _sbrk} answers that has no more. */
  private static final long NO_MORE = 0xFFFF_FFFFL;

  private static final int WORD_BYTES = 4;

  private final HeapFunctions functions;
  private final Stacks stacks;
  private final Map<WatchedCall, OpenCall> open = new LinkedHashMap<>();
  private final Map<Family, Heap> heaps = new LinkedHashMap<>();
  private final MemoryPools pools;
  private final List<Finding> findings = new ArrayList<>();
  private long findingCount;
  private int blocks;

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
    OpenCall around = call.within() == null ? null : open.get(call.within());
    OpenCall one =
        new OpenCall(call, function, function.action() == Action.GROW ? null : around, memory);
    open.put(call, one);
    if (one.takesBlock() && heap(familyWith(one)).at(one.place) != null) {
      one.stepOut(); // the block around is taken, so this is another one of the program's
    }
    if (one.isOutermost() && function.action() != Action.GROW) {
      begin(one);
    }
  }

  private void begin(OpenCall one) {
    Heap heap = heap(one.function.family());
    heap.threads().add(one.call.thread());
    one.stack = stacks.number(one.call.stack());
    Action action = one.function.action();
    if (action == Action.FREE || (action == Action.RESIZE && !one.function.hasHandles())) {
      one.family = familyWith(one);
      one.taken = heap(one.family).take(one.place);
    }
  }

  /** What a call's block is of: what its function is of, else another heap that has it. */
  private Family familyWith(OpenCall one) {
    Family own = one.function.family();
    if (heap(own).at(one.place) == null && !one.function.hasHandles()) {
      for (Heap other : all()) {
        if (other.at(one.place) != null) {
          return other.families().iterator().next();
        }
      }
    }
    return own;
  }

  @Override
  public void returned(
      WatchedCall call, int result, long end, long cycles, boolean estimate, Memory memory) {
    OpenCall one = open.remove(call);
    if (one == null) {
      return;
    }
    Over over = one.over(result, end, cycles, estimate, memory);
    if (one.grows()) {
      grown(over);
    } else if (one.isOutermost()) {
      countWithin(over);
      count(over, memory);
    } else {
      within(over);
    }
  }

  private void within(Over over) {
    OpenCall one = over.open();
    OpenCall around = one.outermost();
    around.refusedWithin |= over.isRefused() && one.allocates() && one.bytes > 0;
    if (around.heapWithin == 0) {
      around.heapWithin = one.heap;
    }
    settleWithin(over);
    around.within().add(over);
  }

  /** Counts what was done within a call and is no part of it. */
  private void countWithin(Over outer) {
    settleWithin(outer);
    outer.open().within().forEach(this::countApart);
  }

  /**
   * Takes away calls within a call that are how it does its work. Of another heap those are that
   * are about the same block, and then both are one heap; elements of a pool are not. Of the same
   * heap those are that gave out no block, or the one that was asked for, or one that was freed.
   */
  private void settleWithin(Over outer) {
    Family family = outer.open().function.family();
    List<Over> apart = new ArrayList<>();
    for (Over inner : outer.open().within()) {
      Family other = inner.open().function.family();
      if (!family.isPool() && heap(family) != heap(other) && inner.isAboutThatOf(outer)) {
        join(family, other);
      } else if (heap(family) != heap(other)) {
        apart.add(inner);
      } else if (inner.isBirth() && !inner.holdsThatOf(outer)) {
        apart.add(inner);
      } else if (inner.open().takesBlock()) {
        apart.removeIf(
            one ->
                one.isBirth()
                    && one.answer() == inner.open().place
                    && heap(one.open().function.family()) == heap(other));
      }
    }
    outer.open().within().clear();
    outer.open().within().addAll(apart);
  }

  private void countApart(Over over) {
    OpenCall one = over.open();
    one.stack = stacks.number(one.call.stack());
    Heap heap = heap(one.function.family());
    heap.threads().add(one.call.thread());
    if (!one.allocates()) {
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
        log(
            over,
            Kind.REFUSED,
            HeapOperation.NO_BLOCK,
            bytes,
            over.error(),
            over.open().heapNumber());
      }
      return;
    }
    born(over, bytes, memory, Kind.ALLOCATED);
  }

  private void born(Over over, long bytes, @Nullable Memory memory, Kind kind) {
    OpenCall one = over.open();
    Heap heap = heap(one.family);
    boolean placed = !one.function.hasHandles();
    if (memory != null && placed) {
      placed = check(over, bytes, heap, memory);
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
            before == null ? one.heapNumber() : before.heap());
    heap.add(block);
    log(over, kind, block.number(), size, placed ? block.place() : 0, block.heap());
  }

  /** Whether memory is where the block is. */
  private boolean check(Over over, long bytes, Heap heap, Memory memory) {
    long address = over.answer();
    OpenCall one = over.open();
    if (memory.octet(address) == null) {
      find(Finding.Kind.NO_MEMORY, one, address, bytes, null);
      return false;
    }
    long least = bytes < WORD_BYTES ? 1 : WORD_BYTES;
    if (address % Math.max(least, one.align) != 0) {
      find(Finding.Kind.UNALIGNED, one, address, bytes, null);
    }
    Block other = heap.overlapping(address, bytes);
    if (other != null) {
      find(Finding.Kind.OVERLAP, one, address, bytes, other.stack());
    }
    return true;
  }

  private void resized(Over over, @Nullable Memory memory) {
    OpenCall one = over.open();
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
      heap(one.family).add(block);
      log(over, Kind.RESIZE_REFUSED, block.number(), one.bytes, 0, block.heap());
    }
  }

  private void resizedHandle(Over over) {
    OpenCall one = over.open();
    Heap heap = heap(one.family);
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
    OpenCall one = over.open();
    Block block = one.taken;
    Heap heap = heap(one.family);
    if (block != null && over.isRefused() && one.function.hasHandles()) {
      heap.add(block); // it is locked, say
    } else if (block != null) {
      heap.freed(block, one.stack);
      log(over, Kind.FREED, block.number(), block.bytes(), 0, block.heap());
    } else if (one.place != 0 || one.function.hasHandles()) {
      dead(one, Finding.Kind.NEVER_ALLOCATED);
    }
  }

  private void dead(OpenCall one, Finding.Kind kind) {
    Heap.Freed freed = heap(one.family).freedAt(one.place);
    if (freed == null) {
      find(kind, one, one.place, 0, null);
    } else {
      boolean free = kind == Finding.Kind.NEVER_ALLOCATED;
      find(free ? Finding.Kind.DOUBLE_FREE : kind, one, one.place, freed.bytes(), freed.stack());
    }
  }

  private void locked(Over over, Kind kind) {
    OpenCall one = over.open();
    Block block = heap(one.family).at(one.place);
    if (block != null && !over.isRefused()) {
      log(over, kind, block.number(), 0, 0, block.heap());
    }
  }

  private void grown(Over over) {
    OpenCall one = over.open();
    int by = (int) one.bytes;
    OpenCall around = one.call.within() == null ? null : open.get(one.call.within());
    if (over.answer() == NO_MORE || (around != null && around.grows())) {
      return;
    }
    Heap heap = heap(Family.LIBC);
    heap.grown(over.answer(), over.answer() + by);
    log(over, Kind.GREW, HeapOperation.NO_BLOCK, 0, over.answer() + by, 0);
  }

  private void log(Over over, Kind kind, int block, long bytes, long address, long heap) {
    OpenCall one = over.open();
    Family family = kind == Kind.GREW ? Family.LIBC : one.family;
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

  @Override
  public void left(WatchedCall call, long cycle, boolean estimate) {
    OpenCall one = open.remove(call);
    if (one != null && one.isOutermost() && !one.grows()) {
      abandoned(one, cycle, estimate, Finding.Kind.NEVER_RETURNED);
    }
  }

  /** A C++ program leaves a request that is refused by an exception, or stops in it. */
  private void abandoned(OpenCall one, long cycle, boolean estimate, Finding.Kind kind) {
    Over over = one.refused(cycle, estimate);
    countWithin(over);
    boolean refused = one.refusedWithin && one.allocates();
    if (refused) {
      log(over, Kind.REFUSED, HeapOperation.NO_BLOCK, one.bytes, 0, one.heapNumber());
    }
    if (!refused || kind != Finding.Kind.NEVER_RETURNED) {
      find(kind, one, Math.max(0, one.place), one.bytes, null);
    }
  }

  /**
   * The program has ended.
   *
   * @param cycle at which
   * @param estimate whether that rests on an estimate
   * @param stopped whether it stopped by itself, by a fault or for ever, where it was then
   * @param at where the core stood; null where that is not known
   */
  public void ended(long cycle, boolean estimate, boolean stopped, @Nullable Location at) {
    String function = at == null ? null : at.function();
    boolean inside = function != null && functions.isInside(function);
    boolean oneThread =
        all().stream().flatMap(heap -> heap.threads().stream()).distinct().count() <= 1;
    if (!inside && !oneThread) {
      open.clear(); // a call of a thread that waits for its turn is none that hangs
      return;
    }
    open.values().stream()
        .filter(one -> one.isOutermost() && !one.grows())
        .max(Comparator.comparingLong(one -> one.call.begin()))
        .filter(one -> stopped || cycle - one.call.begin() > STUCK_CYCLES)
        .ifPresent(
            one ->
                abandoned(
                    one, cycle, estimate, stopped ? Finding.Kind.STOPPED : Finding.Kind.STUCK));
    open.clear();
  }

  private void find(
      Finding.Kind kind, OpenCall one, long address, long bytes, @Nullable Integer otherStack) {
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

  /** Those of one heap: in calls of its functions. */
  Events<Finding> findings(Heap heap) {
    List<Finding> own =
        findings.stream()
            .filter(
                finding ->
                    heap.families().stream()
                        .anyMatch(family -> functions.of(family).contains(finding.function())))
            .toList();
    return own.size() == findings.size() ? findings() : new Events<>(own, own.size());
  }

  /** Whether elements of pools were left out because their sizes are not known. */
  boolean leftPoolsOut() {
    return pools.someUnknown();
  }
}
