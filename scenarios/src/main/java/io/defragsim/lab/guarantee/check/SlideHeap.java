package io.defragsim.lab.guarantee.check;

import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.Occupancy;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Sizing;
import io.defragsim.lab.guarantee.check.PromisedHeap.Held;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A heap in which a request has to wait until all blocks but the locked ones have been slid: at the
 * bottom the locked ones, with holes below them that are a granule too small; above them a hole,
 * all other blocks, and at the top what the hole lacks. The blocks have the sizes that take the
 * most steps.
 *
 * @param request that will wait
 * @param gaps below each of the locked blocks
 * @param locked sizes of the locked blocks, from the bottom
 * @param blocks sizes of the others
 * @param hole below those
 */
record SlideHeap(
    int request, List<Integer> gaps, List<Integer> locked, List<Integer> blocks, int hole) {

  /**
   * For a request.
   *
   * @param pool granules
   * @param hole at least, if there can be such a one
   * @return null if no heap of that kind has room for it
   */
  static @Nullable SlideHeap of(Certificate certificate, long pool, int request, int hole) {
    Sizing sizing = Sizing.of(certificate.constants());
    ProgramContract contract = certificate.question().contract();
    int smallest = sizing.granules(contract.smallest());
    long bytes = contract.alive() - sizing.fewestBytes(request, contract.smallest());
    if (request < 2 || bytes < 0) {
      return null;
    }
    Occupancy occupancy = new Occupancy(sizing, contract.smallest(), contract.largest());
    int[] mix = occupancy.mix(bytes, contract.blocks() - 1);
    long spare = pool - Arrays.stream(mix).asLongStream().sum() - request;
    if (spare < 0) {
      return null;
    }
    int obstacles =
        (int)
            Math.min(
                Math.min(contract.locked(), mix.length - 1L),
                (spare + request - 2) / (request - 1));
    if (obstacles < 0 || request <= smallest) {
      return null;
    }
    if (obstacles > 0 && spare - (obstacles - 1L) * (request - 1) < smallest) {
      obstacles--; // the last gap would be smaller than a block can be
    }
    int[] gaps = new int[obstacles];
    for (int i = 0; i < obstacles; i++) {
      gaps[i] = (int) Math.min(request - 1, spare);
      spare -= gaps[i];
    }
    int least = (int) Math.max(Math.max(smallest, spare + 1), hole);
    int below = Math.min(request - 1, least);
    if (below <= spare) {
      return null;
    }
    int[] blocks = Arrays.copyOfRange(mix, obstacles, mix.length);
    spread(
        blocks,
        smallest + 1,
        sizing.granules(contract.largest()),
        certificate.question().budget() / certificate.constants().granule());
    return new SlideHeap(
        request, list(gaps), list(Arrays.copyOf(mix, obstacles)), list(blocks), below);
  }

  /**
   * Gives blocks sizes of which as many as possible are a granule more than a multiple of what a
   * step moves. The sum stays, and so do their bytes, if each has more than the smallest size.
   */
  private static void spread(int[] blocks, int least, int most, int step) {
    if (Arrays.stream(blocks).anyMatch(size -> size < least)) {
      return;
    }
    int rest = Arrays.stream(blocks).map(size -> size - least).sum();
    Arrays.fill(blocks, least);
    int first = Math.floorMod(1 - least, step);
    int more = first == 0 ? step : first;
    while (rest >= more && blocks[0] + more <= most) {
      for (int i = 0; i < blocks.length && rest >= more; i++) {
        blocks[i] += more;
        rest -= more;
      }
      more = step;
    }
    for (int i = blocks.length - 1; i >= 0 && rest > 0; i--) {
      int added = Math.min(rest, most - blocks[i]);
      blocks[i] += added;
      rest -= added;
    }
  }

  private static List<Integer> list(int[] sizes) {
    return Arrays.stream(sizes).boxed().toList();
  }

  /** The steps that it takes to slide them all, of so many granules. */
  long slides(int step) {
    return blocks.stream().mapToLong(size -> (size + step - 1) / step).sum();
  }

  /**
   * The same whose lowest block has another size, as far as the others can give or take the
   * difference.
   *
   * @param least of the others
   * @param most of the others
   */
  SlideHeap withLowest(int size, int least, int most) {
    int[] other = blocks.stream().mapToInt(Integer::intValue).toArray();
    for (int i = 1; i < other.length; i++) {
      int moved = size - other[0];
      moved = Math.min(moved, Math.max(0, other[i] - least));
      moved = Math.max(moved, Math.min(0, other[i] - most));
      other[0] += moved;
      other[i] -= moved;
    }
    return new SlideHeap(request, gaps, locked, list(other), hole);
  }

  /** The same with the smallest blocks at the bottom. */
  SlideHeap ascending() {
    return new SlideHeap(request, gaps, locked, blocks.stream().sorted().toList(), hole);
  }

  /**
   * Makes it, in an empty heap.
   *
   * @return the blocks that are not locked, from the bottom; null if one was not placed
   */
  @Nullable List<Held> build(PromisedHeap heap) {
    for (int i = 0; i < gaps.size(); i++) {
      Held filler = born(heap, gaps.get(i));
      Held block = born(heap, locked.get(i));
      if (filler == null || block == null) {
        return null;
      }
      heap.free(filler);
      heap.lock(block);
    }
    Held filler = born(heap, hole);
    if (filler == null) {
      return null;
    }
    List<Held> held = new ArrayList<>();
    for (int size : blocks) {
      Held block = born(heap, size);
      if (block == null) {
        return null;
      }
      held.add(block);
      if (held.size() == 1 && heap.resizes()) {
        heap.free(filler);
      }
    }
    if (!heap.resizes()) {
      heap.free(filler); // each block has the size that it was born with, so that stood in no hole
    }
    return held;
  }

  /** A block at the frontier, the only hole that is as large as the request. */
  private @Nullable Held born(PromisedHeap heap, int size) {
    Held block = heap.alloc(heap.resizes() ? Math.max(size, request) : size);
    return block == null ? null : heap.shrink(block, size);
  }
}
