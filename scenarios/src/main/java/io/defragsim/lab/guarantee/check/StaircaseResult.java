package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.result.ContractError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of the staircase, the program of Theorem 1 that needs all of the certified pool. It
 * makes blocks smaller, so it needs an image that can resize.
 */
public sealed interface StaircaseResult {

  /** What the image did that the certificate excludes; empty if it holds. */
  List<String> violations();

  /**
   * It was not played.
   *
   * @param why in words, for example "defrag-os has no image_resize"
   */
  record NotPlayed(String why) implements StaircaseResult {
    @Override
    public List<String> violations() {
      return List.of();
    }
  }

  /**
   * It was played.
   *
   * @param request bytes of the one that decides
   * @param obstacles blocks that are locked meanwhile
   * @param pool bytes of the certified pool, in which the request must be served
   * @param steps after which it was, 0 if at once
   * @param smallerPool a granule less
   * @param refused how the request was refused there in the end; null if it was served
   */
  record Played(
      long request,
      int obstacles,
      long pool,
      long steps,
      long smallerPool,
      @Nullable ContractError refused,
      List<String> violations)
      implements StaircaseResult {

    public Played {
      violations = List.copyOf(violations);
    }
  }
}
