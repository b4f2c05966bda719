package io.defragsim.lab.injection;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.injection.Injector.Interrupts;
import io.defragsim.lab.injection.Operation.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Heaps, and interrupts in whatever a program can call on them. */
final class Campaign {
  /** Payloads of 1, 2, 3, 4 and 8 granules. */
  private static final List<Integer> SIZES = List.of(4, 12, 20, 28, 60);

  private static final List<Integer> BUDGETS = List.of(8, 16, 64);

  /** What every image that moves blocks has. */
  static final Set<Kind> BASIC = Set.of(Kind.ALLOC, Kind.FREE, Kind.LOCK, Kind.UNLOCK, Kind.STEP);

  /** All that programs call, where the image has it. */
  static final Set<Kind> ALL = Set.of(Kind.values());

  private final Guest guest;
  private final Injector injector;
  private final Findings findings;
  private final int handles;
  private final Set<Kind> functions;

  /**
   * On a new pool.
   *
   * @param poolBytes the handle table included, where the image has it in the pool
   * @param functions what is called
   * @param sharing whether what must be the same is executed once
   */
  Campaign(
      FirmwareImage image,
      int poolBytes,
      int handles,
      Set<Kind> functions,
      Interrupts interrupts,
      boolean sharing) {
    this.handles = handles;
    this.functions = functions;
    guest = new Guest(image, poolBytes, handles, sharing);
    findings = new Findings(image);
    injector = new Injector(guest, findings, interrupts, sharing);
  }

  /**
   * Interrupts all that can be called on all heaps that so many operations make of an empty pool.
   *
   * @param operations the most
   */
  static Findings exhaustive(
      FirmwareImage image,
      int poolBytes,
      int handles,
      Set<Kind> functions,
      Interrupts interrupts,
      int operations,
      int threads) {
    List<Heap> heaps =
        new Campaign(image, poolBytes, handles, functions, interrupts, true).reachable(operations);
    Findings all = new Findings(image);
    IntStream.range(0, threads)
        .parallel()
        .mapToObj(
            thread -> {
              Campaign campaign =
                  new Campaign(image, poolBytes, handles, functions, interrupts, true);
              for (int i = thread; i < heaps.size(); i += threads) {
                campaign.inject(heaps.get(i));
              }
              return campaign.findings();
            })
        .toList()
        .forEach(all::add);
    return all;
  }

  Findings findings() {
    findings.count(guest);
    return findings;
  }

  Heap empty() {
    return Heap.empty(guest.initialMemory(), handles + 1);
  }

  /** What the operation makes of the heap, without an interrupt. */
  Reference carryOut(Heap heap, Operation operation) {
    return injector.carryOut(heap, operation);
  }

  /** What a program can call on a heap; one block more than there are handles can be asked for. */
  List<Operation> operations(Heap heap) {
    List<Operation> operations = new ArrayList<>();
    int free = heap.freeVariable();
    for (int bytes : SIZES) {
      operations.add(new Operation(Kind.ALLOC, free, bytes));
      operations.add(new Operation(Kind.ALLOC_PINNED, free, bytes));
    }
    for (int variable = 0; variable < heap.blocks().length; variable++) {
      if (heap.blocks()[variable] != null) {
        operations.add(new Operation(Kind.FREE, variable, 0));
        operations.add(new Operation(Kind.LOCK, variable, 0));
        operations.add(new Operation(Kind.UNLOCK, variable, 0));
        for (int bytes : SIZES) {
          operations.add(new Operation(Kind.RESIZE, variable, bytes));
        }
      }
    }
    for (int budget : BUDGETS) {
      operations.add(new Operation(Kind.STEP, 0, budget));
    }
    operations.removeIf(
        operation -> !functions.contains(operation.kind()) || !guest.has(operation.kind().symbol));
    return operations;
  }

  /** The heaps that at most so many operations make of an empty pool, each once. */
  List<Heap> reachable(int most) {
    List<Heap> heaps = new ArrayList<>(List.of(empty()));
    Set<Heap> seen = new HashSet<>(heaps);
    int level = 0;
    for (int i = 0; i < most; i++) {
      int next = heaps.size();
      for (; level < next; level++) {
        Heap heap = heaps.get(level);
        for (Operation operation : operations(heap)) {
          Heap after = carryOut(heap, operation).after();
          if (seen.add(after)) {
            heaps.add(after);
          }
        }
      }
    }
    return heaps;
  }

  /** Interrupts all that can be called on a heap. */
  void inject(Heap heap) {
    findings.heaps++;
    for (Operation operation : operations(heap)) {
      inject(heap, operation);
    }
  }

  /** Interrupts one operation. */
  void inject(Heap heap, Operation operation) {
    injector.inject(heap, operation);
  }
}
