package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes of the uppermost hole just before it would serve, and frees blocks at the bottom: so
 * everything has to be slid again. It finds the moment by going back from the answer.
 */
record LowestFreed(Certificate certificate) implements Driver {

  /** Passes that are spoilt, at most. */
  private static final int ROUNDS = 12;

  /** Two frees and an allocation. */
  private static final int CALLS = 3;

  /** Steps before and after the end of patience that are tried. */
  private static final int AROUND = 4;

  @Override
  public FoundWait.Kind kind() {
    return FoundWait.Kind.WITH_CALLS;
  }

  @Override
  public String name() {
    return "freed below, taken above";
  }

  @Override
  public String what() {
    return "Before a step would answer, the program takes of the upper hole and frees the lowest"
        + " blocks.";
  }

  @Override
  public void play(PromisedHeap heap, Longest found) {
    if (certificate.question().calls() < CALLS) {
      return;
    }
    // With the deciding request no granule is free that is not needed.
    SlideHeap slide = SlideHeap.of(certificate, heap.granules(), certificate.pool().deciding(), 1);
    if (slide != null) {
      List<Held> blocks = slide.ascending().build(heap);
      if (blocks != null && heap.ask(slide.request(), false)) {
        play(heap, new ArrayList<>(blocks), found);
      }
    }
  }

  private void play(PromisedHeap heap, List<Held> blocks, Longest found) {
    long patience = OnlySteps.stepsOfPatience(certificate);
    int pass =
        Math.max(1, certificate.constants().fullStep() / OnlySteps.stepGranules(certificate));
    long ofPasses = pass;
    for (int round = 0; round < ROUNDS; round++) {
      PlayedMoment before = heap.moment();
      long begun = heap.waiting().steps();
      heap.stepToTheEnd(found);
      long end = found.last();
      long out = patience - ofPasses;
      for (long at = Math.max(begun, out - AROUND); at <= out + AROUND && at < end; at++) {
        tryAt(heap, before, at, new ArrayList<>(blocks), found);
      }
      heap.goTo(before);
      if (end <= begun + 1 || !spoilAt(heap, end - 1, blocks)) {
        return;
      }
      ofPasses += pass;
    }
  }

  private static void tryAt(
      PromisedHeap heap, PlayedMoment before, long at, List<Held> blocks, Longest found) {
    heap.goTo(before);
    if (spoilAt(heap, at, blocks)) {
      heap.stepToTheEnd(found);
    }
  }

  /** Whether it could. */
  private static boolean spoilAt(PromisedHeap heap, long steps, List<Held> blocks) {
    while (heap.waiting().steps() < steps) {
      if (heap.step() != 1) {
        return false;
      }
    }
    if (blocks.size() < CALLS) {
      return false;
    }
    try {
      heap.free(blocks.remove(2));
      heap.free(blocks.remove(0));
      Held block = heap.alloc(heap.mostRoom());
      if (block == null) {
        return false;
      }
      blocks.add(block);
      return true;
    } catch (PromiseException e) {
      return false;
    }
  }
}
