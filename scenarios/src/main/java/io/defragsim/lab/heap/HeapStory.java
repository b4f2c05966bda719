package io.defragsim.lab.heap;

import io.defragsim.lab.heap.HeapOperation.Kind;
import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.result.Subject;
import io.defragsim.workload.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happened to a heap as the events of a run, once all is over: each call is an operation
 * of one call. Between its blocks the heap has holes; what is smaller than {@link #LEAST_HOLE} is
 * taken for the heap's own records.
 */
final class HeapStory implements HeapView {
  /** Bytes. */
  static final int LEAST_HOLE = 16;

  private final HeapLog log;
  private final Stacks stacks;
  private final @Nullable Extent extent;
  private final List<RunListener> listeners;
  private final Map<Integer, Alive> live = new LinkedHashMap<>();
  private final SiteUses sites = new SiteUses();
  private final SiteUses churn = new SiteUses();
  private final SiteUses refused = new SiteUses();
  private SiteUses atPeak = new SiteUses();
  private boolean peakIsNow;
  private long claimed;
  private long liveBytes;
  private long peakBytes;
  private long peakBlocks;
  private Account account = Account.of(Account.BEFORE_FIRST, null, "");
  private boolean estimated;

  /** As it is now; null where nobody has asked since it changed. */
  private @Nullable HeapImage image;

  private record Alive(int number, String name, int stack, long address, long bytes, int locks) {}

  /**
   * @param extent where the heap is; null if that is not known, and nothing can be drawn
   */
  HeapStory(HeapLog log, Stacks stacks, @Nullable Extent extent, List<RunListener> listeners) {
    this.log = log;
    this.stacks = stacks;
    this.extent = extent;
    this.listeners = listeners;
    this.claimed = extent == null || extent.grows() ? 0 : extent.bytes();
  }

  /**
   * Tells all.
   *
   * @param after is told of each operation when it is over
   */
  void tell(Subject subject, Consumer<HeapOperation> after) {
    tell(new RunEvent.Started(subject, 0));
    log.replay(
        operation -> {
          if (operation.kind() == Kind.GREW) {
            grew(operation.address());
          } else {
            operation(operation);
            after.accept(operation);
          }
        });
    tell(new RunEvent.Ended(account));
  }

  private void tell(RunEvent event) {
    for (RunListener listener : listeners) {
      listener.happened(event, this);
    }
  }

  private void grew(long end) {
    if (extent != null && extent.grows() && end - extent.base() > claimed) {
      claimed = Math.min(extent.bytes(), end - extent.base());
      image = null;
    }
  }

  private void operation(HeapOperation operation) {
    Operation what = asked(operation);
    String name = name(operation);
    account = Account.of(account.number() + 1, what, name);
    tell(new RunEvent.Began(account));
    Failure failure = operation.kind().isRefusal() ? failure(operation, name) : null;
    follow(operation);
    estimated |= operation.estimate();
    Call call =
        new Call(
            function(operation.kind()),
            null,
            name,
            what.kind().asksForMemory() ? operation.bytes() : 0,
            failure == null ? 0 : failure.error().code(),
            operation.end(),
            operation.cycles(),
            operation.end() - operation.begin(),
            estimated,
            List.of());
    account = account.plus(call);
    tell(new RunEvent.Called(account, call));
    account = account.done(failure == null ? Outcome.SERVED : Outcome.REFUSED, failure);
    tell(new RunEvent.Done(account));
  }

  private static Operation asked(HeapOperation operation) {
    int block = Math.max(0, operation.block());
    return switch (operation.kind()) {
      case ALLOCATED, REFUSED -> new Operation.Alloc(block, operation.bytes());
      case RESIZED, RESIZE_REFUSED -> new Operation.Resize(block, operation.bytes());
      case FREED -> new Operation.Free(block);
      case LOCKED -> new Operation.Lock(block);
      case UNLOCKED -> new Operation.Unlock(block);
      case GREW -> throw new IllegalArgumentException("no operation of the program");
    };
  }

  private static ContractFunction function(Kind kind) {
    return switch (kind) {
      case ALLOCATED, REFUSED -> ContractFunction.ALLOC;
      case RESIZED, RESIZE_REFUSED -> ContractFunction.RESIZE;
      case FREED -> ContractFunction.FREE;
      case LOCKED -> ContractFunction.LOCK;
      case UNLOCKED -> ContractFunction.UNLOCK;
      case GREW -> throw new IllegalArgumentException("no operation of the program");
    };
  }

  /** What to call the block: where it was asked for, and its number. */
  private String name(HeapOperation operation) {
    Alive block = live.get(operation.block());
    if (block != null) {
      return block.name;
    }
    String site = stacks.function(operation.stack());
    return operation.block() < 0 ? site : site + "#" + operation.block();
  }

  /** It is fragmented where all holes together would have served, and no single one. */
  private Failure failure(HeapOperation operation, String name) {
    long free = freeBytes();
    ContractError said = ContractError.of((int) -operation.address());
    boolean fragmented =
        said == null
            ? largestRequest() < operation.bytes() && free >= operation.bytes()
            : said == ContractError.FRAGMENTED;
    return new Failure(
        account.number(),
        Objects.requireNonNull(account.kind()),
        name,
        operation.bytes(),
        said != null ? said : fragmented ? ContractError.FRAGMENTED : ContractError.OUT_OF_MEMORY,
        free,
        fragmented,
        null);
  }

  private void follow(HeapOperation operation) {
    if (!operation.kind().isRefusal()) {
      image = null;
    }
    Alive before = live.get(operation.block());
    if (peakIsNow && before != null) {
      atPeak = sites.copy(); // before a block goes or changes
      peakIsNow = false;
    }
    switch (operation.kind()) {
      case ALLOCATED -> {
        live.put(operation.block(), alive(operation, operation.stack(), 0));
        churn.add(operation.stack(), 1, operation.bytes());
        sites.add(operation.stack(), 1, operation.bytes());
        liveBytes += operation.bytes();
      }
      case RESIZED -> {
        if (before != null) {
          remove(before);
        }
        int stack = operation.stack();
        live.put(operation.block(), alive(operation, stack, before == null ? 0 : before.locks));
        churn.add(stack, 1, operation.bytes());
        sites.add(stack, 1, operation.bytes());
        liveBytes += operation.bytes();
      }
      case FREED -> {
        live.remove(operation.block());
        if (before != null) {
          remove(before);
        }
      }
      case LOCKED, UNLOCKED -> {
        if (before != null) {
          int by = operation.kind() == Kind.LOCKED ? 1 : -1;
          live.put(
              before.number,
              new Alive(
                  before.number,
                  before.name,
                  before.stack,
                  before.address,
                  before.bytes,
                  before.locks + by));
        }
      }
      case REFUSED, RESIZE_REFUSED -> refused.add(operation.stack(), 1, operation.bytes());
      case GREW -> throw new IllegalArgumentException("no operation of the program");
    }
    peakBlocks = Math.max(peakBlocks, live.size());
    if (liveBytes > peakBytes) {
      peakBytes = liveBytes;
      peakIsNow = true;
    }
    if (extent != null && operation.address() != 0 && !operation.kind().isRefusal()) {
      grew(operation.address() + operation.bytes());
    }
  }

  private Alive alive(HeapOperation operation, int stack, int locks) {
    return new Alive(
        operation.block(),
        stacks.function(stack) + "#" + operation.block(),
        stack,
        operation.address(),
        operation.bytes(),
        locks);
  }

  private void remove(Alive block) {
    sites.add(block.stack, -1, -block.bytes);
    liveBytes -= block.bytes;
  }

  long operationNumber() {
    return account.number();
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

  /** By where they were asked for: what was alive when the most bytes were. */
  SiteUses atPeak() {
    return peakIsNow ? sites : atPeak;
  }

  /** The same of what is alive now. */
  SiteUses alive() {
    return sites;
  }

  /** The same of all that was served. */
  SiteUses churn() {
    return churn;
  }

  /** The same of all that was refused. */
  SiteUses refused() {
    return refused;
  }

  @Override
  public List<PlacedBlock> blocks() {
    return image().blocks();
  }

  private List<PlacedBlock> placed() {
    List<PlacedBlock> blocks = new ArrayList<>();
    if (extent != null) {
      for (Alive block : live.values()) {
        if (block.address == 0) {
          continue; // where it is no memory is
        }
        blocks.add(
            new PlacedBlock(
                block.name,
                block.number,
                (int) (block.address - extent.base()),
                (int) block.bytes,
                block.locks,
                false,
                false));
      }
    }
    return blocks;
  }

  @Override
  public long freeBytes() {
    return image().holeBytes();
  }

  @Override
  public Long largestRequest() {
    return image().spans(Use.FREE).stream().mapToLong(Span::bytes).max().orElse(0);
  }

  /** The memory that it has had so far; what is beyond is not its own yet. */
  @Override
  public HeapImage image() {
    if (image == null) {
      image = draw();
    } else if (image.operation() != account.number()) {
      image = image.at(account.number()); // nothing has changed since
    }
    return image;
  }

  private HeapImage draw() {
    int all = extent == null ? 0 : (int) extent.bytes();
    List<PlacedBlock> blocks = placed();
    List<PlacedBlock> sorted = new ArrayList<>(blocks);
    sorted.sort(Comparator.comparingInt(PlacedBlock::offset));
    List<Span> spans = new ArrayList<>();
    int at = 0;
    for (PlacedBlock block : sorted) {
      at = gap(spans, at, block.offset());
      int end = Math.min(all, block.offset() + block.bytes());
      if (end > at) {
        spans.add(new Span(at, end - at, block.locked() ? Use.LOCKED : Use.USED));
        at = end;
      }
    }
    at = gap(spans, at, (int) Math.max(at, claimed));
    if (at < all) {
      spans.add(new Span(at, all - at, Use.META));
    }
    return new HeapImage(account.number(), all, spans, blocks, new TreeMap<>());
  }

  private static int gap(List<Span> spans, int from, int to) {
    if (to <= from) {
      return from;
    }
    spans.add(new Span(from, to - from, to - from < LEAST_HOLE ? Use.META : Use.FREE));
    return to;
  }
}
