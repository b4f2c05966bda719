package io.defragsim.lab.guarantee.check;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.CertifiedPool;
import io.defragsim.lab.guarantee.Occupancy;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Sizing;
import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The program of Theorem 1 that needs all of the certified pool. No hole is ever larger than a
 * granule less than the deciding request. So a block that is born as large as that stands at the
 * frontier, and stays there when it is made smaller. That way locked blocks come to stand with such
 * a hole between two of them, and the other blocks above.
 */
final class Staircase {

  /**
   * What a pool came to.
   *
   * @param error how the request was refused in the end; null if it was served
   */
  private record End(@Nullable ContractError error, long steps, Scenario scenario) {}

  private final Certificate certificate;
  private final ImageReference reference;
  private final FirmwareImage image;
  private final Work work;
  private final CertifiedPool certified;
  private final ProgramContract contract;
  private final List<Scenario> scenarios = new ArrayList<>();

  Staircase(Certificate certificate, ImageReference reference, FirmwareImage image, Work work) {
    this.certificate = certificate;
    this.reference = reference;
    this.image = image;
    this.work = work;
    certified = certificate.pool();
    contract = certificate.question().contract();
  }

  StaircaseResult play() {
    Sizing sizing = Sizing.of(certificate.constants());
    int request = certified.deciding();
    if (!certificate.resizes()) {
      return new StaircaseResult.NotPlayed(certificate.image() + " has no image_resize");
    }
    if (contract.grows()) {
      return new StaircaseResult.NotPlayed(
          "no program is known that needs all of the pool where blocks grow");
    }
    if (certified.obstacles() > 0
        && request > 1
        && request == sizing.granules(contract.smallest())) {
      return new StaircaseResult.NotPlayed(
          "all blocks are of the same size, so no hole is a granule smaller than a request");
    }
    long smaller = sizing.poolBytes(certified.granules() - 1);
    List<String> violations = new ArrayList<>();
    long steps = 0;
    ContractError refused = null;
    try {
      End served = play(certified.bytes());
      steps = served.steps();
      scenarios.add(served.scenario());
      End blocked = play(smaller);
      refused = blocked.error();
      scenarios.add(blocked.scenario());
      if (refused == null && certified.least()) {
        violations.add(
            "the request of "
                + Numbers.count(sizing.fewestBytes(request, contract.smallest()), "byte")
                + " is served in a pool of "
                + Numbers.count(smaller, "byte")
                + ", which is certified not to be enough");
      }
    } catch (PromiseException e) {
      return new StaircaseResult.NotPlayed("the contract has no room for it: " + e.getMessage());
    } catch (DoesNotFitException e) {
      return new StaircaseResult.NotPlayed(String.valueOf(e.getMessage()));
    } catch (ViolationException | RunStopped e) {
      violations.add("the staircase: " + e.getMessage());
    }
    return new StaircaseResult.Played(
        sizing.fewestBytes(request, contract.smallest()),
        certified.obstacles(),
        certified.bytes(),
        steps,
        smaller,
        refused,
        violations);
  }

  /** What was played, as scenarios: in the certified pool, and in the smaller one. */
  List<Scenario> scenarios() {
    return scenarios;
  }

  private End play(long pool) {
    try (PromisedHeap heap = new PromisedHeap(certificate, reference, image, pool, work)) {
      build(heap);
      long steps = 0;
      if (heap.ask(certified.deciding(), true)) {
        steps = heap.stepToTheEnd(new Longest());
      }
      ContractError error = heap.refusal();
      return new End(error, steps, scenario(heap.played(), error, steps));
    }
  }

  private void build(PromisedHeap heap) {
    Occupancy occupancy =
        new Occupancy(Sizing.of(certificate.constants()), contract.smallest(), contract.largest());
    int request = certified.deciding();
    int[] mix = occupancy.mix(contract.alive() - heap.bytes(request), contract.blocks() - 1);
    for (int i = 0; i < mix.length; i++) {
      boolean obstacle = i < certified.obstacles();
      int below = obstacle ? request - 1 : i == mix.length - 1 ? holeBelowTheLast(heap, mix[i]) : 0;
      Held filler = below > 0 ? born(heap, below) : null;
      Held block = heap.alloc(Math.max(request, mix[i]));
      if (block == null) {
        throw new PromiseException("a block was not placed");
      }
      if (filler != null) {
        heap.free(filler);
      }
      block = heap.shrink(block, mix[i]);
      if (obstacle) {
        heap.lock(block);
      }
    }
  }

  /** So that the request has to wait where it is served: the smallest block's, if there is room. */
  private int holeBelowTheLast(PromisedHeap heap, int last) {
    int request = certified.deciding();
    int hole = heap.smallest();
    long frontier = heap.free() - (long) certified.obstacles() * (request - 1);
    return hole < request && hole + Math.max(request, last) <= frontier ? hole : 0;
  }

  /** A block at the frontier that is smaller than the request. */
  private Held born(PromisedHeap heap, int size) {
    Held block = heap.alloc(certified.deciding());
    if (block == null) {
      throw new PromiseException("a block was not placed");
    }
    return heap.shrink(block, size);
  }

  private Scenario scenario(PlayedCalls played, @Nullable ContractError error, long steps) {
    String end =
        error == null
            ? "served after " + Numbers.count(steps, "step")
            : "refused (" + error.words() + ")";
    return new FoundPlay(certificate, reference)
        .scenario(
            error == null ? "staircase-served" : "staircase-refused",
            "The program that needs all of the certified pool: its last request is " + end + ".",
            played);
  }
}
