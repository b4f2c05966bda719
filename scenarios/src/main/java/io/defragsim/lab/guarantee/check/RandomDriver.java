package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import io.defragsim.workload.SplitMix64;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes heaps at random, asks, and follows a strategy until it is answered.
 *
 * @param strategy null: the program only steps
 * @param calls of the image that it may play
 */
record RandomDriver(Certificate certificate, @Nullable Strategy strategy, long seed, long calls)
    implements Driver {

  /** Requests of one heap. */
  private static final int REQUESTS = 6;

  /** Walks of a larger heap are rarer. */
  private static final int PIECES = 128;

  @Override
  public FoundWait.Kind kind() {
    return strategy == null ? FoundWait.Kind.ALONE : FoundWait.Kind.WITH_CALLS;
  }

  @Override
  public String name() {
    return strategy == null ? "random heaps" : strategy.title();
  }

  @Override
  public String what() {
    return strategy == null
        ? "Blocks come and go at random, and then the program only steps."
        : strategy.what();
  }

  @Override
  public void play(PromisedHeap heap, Longest found) {
    if (strategy != null && certificate.question().calls() == 0) {
      return;
    }
    PlayedMoment start = heap.moment();
    SplitMix64 random = new SplitMix64(seed ^ name().hashCode());
    long end = heap.calls() + calls;
    while (heap.calls() < end) {
      heap.goTo(start);
      try {
        new Game(heap, random, found).play();
      } catch (PromiseException e) {
        // The contract leaves no more room in this heap.
      }
    }
  }

  /** One heap. */
  private final class Game {
    private final PromisedHeap heap;
    private final SplitMix64 random;
    private final Longest found;
    private final List<Held> blocks = new ArrayList<>();
    private SeenHeap view = SeenHeap.NONE;

    Game(PromisedHeap heap, SplitMix64 random, Longest found) {
      this.heap = heap;
      this.random = random;
      this.found = found;
    }

    void play() {
      int first = below(2) == 0 ? layOut() : 0;
      if (first == 0) {
        fill();
      }
      for (int i = 0; i < REQUESTS; i++) {
        int size = i == 0 && first > 0 ? first : size(heap.largest());
        if (strategy == null && heap.pending() > 0) {
          return;
        }
        size = Math.max(size, heap.pending());
        if (heap.hasRoom(size) && heap.ask(size, strategy == null)) {
          wait(strategy);
        }
        blocks.clear();
        blocks.addAll(heap.held());
        anyCall();
      }
    }

    private void wait(@Nullable Strategy with) {
      int answer;
      int every = 1 + heap.held().size() / PIECES;
      do {
        if (with != null) {
          if (heap.waiting().steps() % every == 0) {
            view = SeenHeap.of(heap, view);
          }
          callsOf(with);
        }
        answer = heap.step();
      } while (answer == 1);
      heap.endOf(answer, found);
    }

    private void callsOf(Strategy with) {
      blocks.clear();
      blocks.addAll(heap.held());
      for (int i = below(heap.callsLeft() + 1); i > 0 && heap.callsLeft() > 0; i--) {
        try {
          call(with == Strategy.ALL ? Strategy.EACH.get(below(Strategy.EACH.size())) : with);
        } catch (PromiseException e) {
          return;
        }
      }
    }

    private void call(Strategy with) {
      Held at = view.next() < view.blocks().size() ? view.blocks().get(view.next()) : null;
      Held moving = view.moving();
      if (below(4) == 0) {
        anyCall();
        return;
      }
      switch (with) {
        case ANYTHING -> anyCall();
        case OTHER_SIZES -> {
          Held block = alloc(size(heap.waiting().granules() - 1));
          if (block != null && below(2) == 0) {
            free(block);
          }
        }
        case STEAL -> {
          int hole = view.gathered() / certificate.constants().granule();
          alloc(Math.min(hole, heap.waiting().granules() - 1));
          if (view.next() > 0) {
            free(view.blocks().get(below(view.next())));
          }
        }
        case BREAK -> {
          int from = below(view.blocks().size() + 1);
          for (int i = from; i < Math.min(from + 2, view.blocks().size()); i++) {
            free(view.blocks().get(i));
          }
          alloc(size(heap.waiting().granules() - 1));
        }
        case PULL_BACK -> {
          free(at);
          alloc(at == null ? 0 : at.granules());
        }
        case FREE_MOVING -> free(moving);
        case LOCK_MOVING -> touch(moving);
        case LOCK_AHEAD -> {
          Held locked =
              blocks.stream()
                  .filter(b -> heap.isHeld(b) && heap.now(b).locks() > 0)
                  .findFirst()
                  .orElse(null);
          if (locked != null && below(2) == 0) {
            heap.unlock(locked);
          } else if (at != null && heap.isHeld(at)) {
            heap.lock(at);
          }
        }
        case SHRINK -> shrink(at);
        case UNLOCK -> touch(blocks.isEmpty() ? null : blocks.get(below(blocks.size())));
        case ALL -> throw new IllegalArgumentException();
      }
    }

    private void anyCall() {
      Held block = blocks.isEmpty() ? null : blocks.get(below(blocks.size()));
      switch (below(5)) {
        case 0, 1 -> alloc(size(heap.waits() ? heap.waiting().granules() - 1 : heap.largest()));
        case 2 -> free(block);
        case 3 -> touch(block);
        default -> shrink(block);
      }
    }

    private @Nullable Held alloc(int size) {
      return heap.hasRoom(size) && (!heap.waits() || size < heap.waiting().granules())
          ? heap.alloc(size)
          : null;
    }

    private void free(@Nullable Held block) {
      if (block != null && heap.isHeld(block) && heap.now(block).locks() == 0) {
        heap.free(block);
      }
    }

    private void touch(@Nullable Held block) {
      if (block != null && heap.isHeld(block) && (!heap.waits() || heap.callsLeft() > 1)) {
        heap.touch(block);
      }
    }

    private void shrink(@Nullable Held block) {
      if (block != null && heap.isHeld(block) && heap.resizes()) {
        Held now = heap.now(block);
        if (now.locks() == 0 && now.granules() > heap.smallest()) {
          heap.shrink(now, now.granules() - 1 - below(now.granules() - heap.smallest()));
        }
      }
    }

    /** A heap in which all slides for a request, which it gives; 0 if there is none. */
    private int layOut() {
      int request = below(2) == 0 ? certificate.pool().deciding() : 2 + below(heap.largest() - 1);
      SlideHeap slide = SlideHeap.of(certificate, heap.granules(), request, 1 + below(8));
      return slide != null && slide.build(heap) != null ? request : 0;
    }

    /** Blocks that come, of which some go, until there is no more room. */
    private void fill() {
      int most = size(heap.largest());
      for (int i = 0; i < 3 * certificate.question().contract().blocks(); i++) {
        Held block = alloc(size(most));
        if (block == null && strategy == null && heap.pending() > 0) {
          return;
        }
        if (below(3) == 0) {
          blocks.clear();
          blocks.addAll(heap.held());
          free(blocks.isEmpty() ? null : blocks.get(below(blocks.size())));
        }
      }
      blocks.clear();
      blocks.addAll(heap.held());
      for (int i = below(heap.locksLeft() + 1); i > 0 && !blocks.isEmpty(); i--) {
        heap.lock(blocks.remove(below(blocks.size())));
      }
      for (int i = below(blocks.size() + 1); i > 0; i--) {
        free(blocks.remove(below(blocks.size())));
      }
    }

    /** Up to the most, often a small one. */
    private int size(int most) {
      int span = most - heap.smallest() + 1;
      return span <= 0 ? 0 : heap.smallest() + below(below(2) == 0 ? span : 1 + span / 4);
    }

    private int below(int bound) {
      return (int) random.below(Math.max(1, bound));
    }
  }
}
