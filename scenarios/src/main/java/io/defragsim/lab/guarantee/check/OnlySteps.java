package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.Sizing;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Asks in heaps in which everything has to slide, and only steps. */
record OnlySteps(Certificate certificate) implements Driver {

  /** Sizes of requests that are tried. */
  private static final int REQUESTS = 4;

  @Override
  public FoundWait.Kind kind() {
    return FoundWait.Kind.ALONE;
  }

  @Override
  public String name() {
    return "all blocks slide";
  }

  @Override
  public String what() {
    return "The free memory is below all blocks and above them, and then the program steps.";
  }

  @Override
  public void play(PromisedHeap heap, Longest found) {
    PlayedMoment start = heap.moment();
    for (SlideHeap slide : heaps(certificate, stepGranules(certificate) + 1)) {
      heap.goTo(start);
      if (slide.build(heap) != null && heap.ask(slide.request(), true)) {
        heap.stepToTheEnd(found);
      }
    }
  }

  /** Granules that a step moves. */
  static int stepGranules(Certificate certificate) {
    return certificate.question().budget() / certificate.constants().granule();
  }

  /** Steps after which the patience of a request has run out at the latest. */
  static long stepsOfPatience(Certificate certificate) {
    int full = certificate.constants().fullStep();
    int spent = Math.min(full, stepGranules(certificate));
    return (full * certificate.waits().patience() + spent - 1) / spent;
  }

  /**
   * Those whose blocks take the most steps, of all sizes of the request; the longest first.
   *
   * @param hole at the bottom, at least, if there is room
   */
  static List<SlideHeap> heaps(Certificate certificate, int hole) {
    Sizing sizing = Sizing.of(certificate.constants());
    int step = stepGranules(certificate);
    long pool = sizing.poolGranules(certificate.poolInUse());
    int largest = sizing.granules(certificate.question().contract().largest());
    return IntStream.rangeClosed(2, largest)
        .mapToObj(request -> SlideHeap.of(certificate, pool, request, hole))
        .filter(Objects::nonNull)
        .sorted(Comparator.comparingLong(slide -> -slide.slides(step)))
        .limit(REQUESTS)
        .toList();
  }
}
