package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import io.defragsim.lab.image.HeapWalk.Kind;
import java.util.List;

/**
 * Has each copy of the lowest block given up, just before it ends, until the patience of the
 * request has run out. So nothing has moved when the pass begins that slides everything.
 */
record CopiesGivenUp(Certificate certificate) implements Driver {

  /** A block of so many parts is given up after the first, whenever it is locked. */
  private static final int PARTS = 2;

  /** A lock and its unlock. */
  private static final int CALLS = 2;

  @Override
  public FoundWait.Kind kind() {
    return FoundWait.Kind.WITH_CALLS;
  }

  @Override
  public String name() {
    return "copies given up";
  }

  @Override
  public String what() {
    return "A handler locks the lowest block whenever its copy is about to end; at last all slide.";
  }

  @Override
  public void play(PromisedHeap heap, Longest found) {
    if (certificate.question().calls() < CALLS) {
      return;
    }
    int step = OnlySteps.stepGranules(certificate);
    int lowest = Math.max(step, heap.smallest()) + 1;
    PlayedMoment start = heap.moment();
    for (SlideHeap slide : OnlySteps.heaps(certificate, lowest)) {
      heap.goTo(start);
      SlideHeap other = slide.withLowest(lowest, heap.smallest() + 1, heap.largest());
      List<Held> blocks = other.build(heap);
      if (blocks != null && heap.ask(slide.request(), false)) {
        wait(heap, blocks.get(0), found);
      }
    }
  }

  private void wait(PromisedHeap heap, Held lowest, Longest found) {
    int step = OnlySteps.stepGranules(certificate);
    int parts = (lowest.granules() + step - 1) / step;
    boolean looks = parts > PARTS && heap.walks();
    int copied = 0;
    int answer;
    do {
      answer = heap.step();
      boolean copying = !looks || copied > 0 || isCopied(heap);
      copied = copying ? copied + 1 : 0;
      if (copied >= parts - 1 || !looks) {
        heap.touch(lowest);
        copied = 0;
      }
    } while (answer == 1 && heap.waiting().steps() < OnlySteps.stepsOfPatience(certificate));
    while (answer == 1) {
      answer = heap.step();
    }
    heap.endOf(answer, found);
  }

  private static boolean isCopied(PromisedHeap heap) {
    return heap.walk().stream().anyMatch(piece -> piece.kind() == Kind.HELD);
  }
}
