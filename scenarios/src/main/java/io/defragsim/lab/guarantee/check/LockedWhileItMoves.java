package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import java.util.List;

/** Asks after each step for a lock of the largest block, which slides. */
record LockedWhileItMoves(Certificate certificate) implements Driver {

  @Override
  public FoundWait.Kind kind() {
    return FoundWait.Kind.MOVING;
  }

  @Override
  public String name() {
    return "a lock of what slides";
  }

  @Override
  public String what() {
    return "After each step a handler asks for a lock of the largest block.";
  }

  @Override
  public void play(PromisedHeap heap, Longest found) {
    PlayedMoment start = heap.moment();
    for (SlideHeap slide : OnlySteps.heaps(certificate, 1)) {
      heap.goTo(start);
      List<Held> blocks =
          slide.withLowest(heap.largest(), heap.smallest() + 1, heap.largest()).build(heap);
      if (blocks != null && heap.ask(slide.request(), false)) {
        wait(heap, blocks.get(0), found);
      }
    }
  }

  private void wait(PromisedHeap heap, Held largest, Longest found) {
    long moving = 0;
    long since = 0;
    while (heap.step() == 1 && heap.callsLeft() >= 2) {
      long cycles = heap.waiting().cycles();
      if (heap.touch(largest)) {
        moving = 0;
        continue;
      }
      moving++;
      since = moving == 1 ? cycles : since;
      if (moving > certificate.waits().moving()) {
        throw new ViolationException(
            "a lock is answered with \"moving\" after more than the "
                + certificate.waits().moving()
                + " steps in a row that are certified");
      }
      found.note(new Waiting(largest.granules(), moving, 0, cycles - since), heap);
    }
  }
}
