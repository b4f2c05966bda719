package io.defragsim.lab.guarantee;

import io.defragsim.lab.image.Guarantee;

/**
 * The longest waits of a contract's requests in a pool, in steps, from the refusal to the first
 * answer other than "more to do": {@code docs/design/waiting.md}. They hold for a pool of any size;
 * in one that is large enough the answer is that the request is served now.
 *
 * @param alone T_a: nothing was pending, and the program only steps
 * @param any T_b: from any state, whatever other calls come between the steps
 * @param moving steps for which a lock may be answered with "moving" in a row
 * @param patience full steps until what is gathered is kept for the request
 */
public record Waits(long alone, long any, long moving, long patience) {

  /** What a pass costs besides, in steps, that slides everything. */
  private static final int PASS_STEPS = 4;

  /**
   * The waits in a pool.
   *
   * @param granules N: of the pool, for blocks
   * @param entries of the table of handles
   * @param budget bytes of a step, at least a granule
   */
  static Waits of(
      ProgramContract contract, Guarantee constants, long granules, int entries, int budget) {
    Sizing sizing = Sizing.of(constants);
    long step = budget / constants.granule();
    long largest = sizing.granules(contract.largest());
    Occupancy occupancy = new Occupancy(sizing, contract.smallest(), contract.largest());
    long patience = constants.patience((int) granules, entries);
    long moving = ceiling(largest, step);
    long used = Math.min(granules, occupancy.most(contract.alive(), contract.blocks()));
    long pass = pass(used, Math.min(contract.blocks(), used), contract.locked(), step);
    long spent = Math.min(step, constants.fullStep());
    long any = ceiling(constants.fullStep() * patience, spent) + moving + pass;
    long alone =
        constants.passes() == 0 ? pass + 1 : aimed(contract, constants, occupancy, granules, step);
    // One more pass is begun than is needed: it costs a full step of patience.
    boolean patient = constants.fullStep() * patience > spent * alone + constants.fullStep();
    return new Waits(patient ? Math.min(alone, any) : any, any, moving, patience);
  }

  /** X: the longest pass that slides everything. */
  private static long pass(long used, long blocks, long locked, long step) {
    return (used + (step - 1) * blocks) / step + blocks + 2 * locked + PASS_STEPS;
  }

  /** T_a: a pass that looks for the cheapest window, and the moves in it. */
  private static long aimed(
      ProgramContract contract,
      Guarantee constants,
      Occupancy occupancy,
      long granules,
      long step) {
    Sizing sizing = Sizing.of(constants);
    int smallest = contract.smallest();
    long longest = 0;
    for (int request = Math.max(2, sizing.granules(smallest));
        request <= sizing.granules(contract.largest());
        request++) {
      long others = contract.alive() - sizing.fewestBytes(request, smallest);
      if (others < 0) {
        break;
      }
      // A block that grows is there besides, until its copy is.
      int besides = contract.grows() ? 1 : 0;
      long used =
          Math.min(
              granules,
              occupancy.most(others, contract.blocks() - 1) + (long) besides * (request - 1));
      long free = granules - used;
      long blocks = Math.min(contract.blocks() - 1 + besides, used);
      long headers = Math.min(2 * blocks + 1, granules);
      long divided = (contract.locked() + 1L) * (request - 1);
      long windows = free > divided ? ceiling(free - divided, 2L * request - 2) : 1;
      long cost = Math.min(used, Math.max(request, used / windows));
      long moves = Math.min(blocks, cost);
      long moving = (cost + (step - 1) * moves) / step + Math.min(moves, request - 1);
      longest = Math.max(longest, ceiling(2 * headers, constants.visits()) + Math.max(1, moving));
    }
    // What was gathered for an earlier request, and was not used, goes into its bin first.
    return longest + 1;
  }

  private static long ceiling(long a, long b) {
    return (a + b - 1) / b;
  }
}
