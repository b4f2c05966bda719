package io.defragsim.lab.words;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.lab.result.ContractError;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a reader must know of a run to judge its figures.
 *
 * @param steps whether the image compacts in steps
 * @param keepsReady whether it keeps a hole ready
 * @param glue bytes of a table before the pool that only the glue needs
 * @param chained handlers that began right behind another
 * @param late handlers that took the place of a less urgent one that was about to begin
 * @param reclassified requests that were refused for want of memory, and count as fragmented
 * @param exactPauses whether pauses have their own cycles, and no upper bound
 * @param unsampled null if fragmentation was sampled to the end, or not at all
 */
public record RunNotes(
    Scenario scenario,
    Strictness strictness,
    boolean steps,
    boolean keepsReady,
    int glue,
    long chained,
    long late,
    long reclassified,
    boolean exactPauses,
    @Nullable Unsampled unsampled) {

  private static final String ESTIMATED_CLOCK =
      ": an estimate, since Arm publishes no number; so the clock, pauses, stalls and latencies are"
          + " estimated, and the cycles of calls are exact";

  /**
   * Sampling came to an early end.
   *
   * @param from the first operation without a sample
   * @param why in a line
   */
  public record Unsampled(long from, String why) {}

  /** One each, in a fixed order. */
  public List<String> sentences() {
    List<String> notes = new ArrayList<>();
    notes.add(
        !scenario.interrupts().isEmpty()
            ? "strict, as every run with interrupts: every access of every instruction was checked"
            : strictness == Strictness.STRICT
                ? "strict: every access of every instruction was checked"
                : "unaligned data accesses were not checked");
    McuConfig mcu = scenario.mcu();
    if (mcu.isEstimate()) {
      notes.add(
          "all cycles and times are an estimate with flash wait states; without, they are exact"
              + " for flash that keeps up");
      if (mcu.waitStates() < mcu.neededWaitStates()) {
        notes.add(
            String.format(
                Locale.ROOT,
                "at this clock the part needs %d wait states, more than were counted",
                mcu.neededWaitStates()));
      }
    } else if (!mcu.zeroWaitStates()) {
      notes.add(waitsNotCounted(mcu));
    }
    if (chained > 0 && !mcu.isEstimate()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s of the handlers began right behind another, after %s%s",
              Numbers.plain(chained),
              Numbers.count(mcu.timing().tailChain(), "cycle"),
              ESTIMATED_CLOCK));
    }
    if (late > 0 && !mcu.isEstimate()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%s of the handlers arrived late, in the place of a less urgent one that was about to"
                  + " begin%s",
              Numbers.plain(late),
              ESTIMATED_CLOCK));
    }
    if (!steps) {
      notes.add("the image does not compact in steps: the defrag policy has no effect");
    }
    if (glue > 0) {
      notes.add(
          String.format(
              Locale.ROOT,
              "the allocator hands out pointers: the table of %s that turns them into handles"
                  + " stands before the pool, counts nowhere, and is not there on a real part",
              Numbers.count(glue, "byte")));
    }
    if (scenario.defrag().readyBytes() > 0 && steps && !keepsReady) {
      notes.add("the image keeps no hole ready: the policy's \"ready\" has no effect");
    }
    if (reclassified > 0 && steps) {
      notes.add(
          String.format(
              Locale.ROOT,
              "the image compacts in steps, and answered %s to %s that all free memory"
                  + " would have served: such an answer is reported as fragmented, and no steps are"
                  + " made for it",
              ContractError.OUT_OF_MEMORY,
              Numbers.count(reclassified, "request")));
    }
    if (!exactPauses) {
      notes.add("the image moves blocks inside other calls: such pauses are an upper bound");
    }
    if (unsampled != null) {
      notes.add(
          String.format(
              Locale.ROOT,
              "fragmentation was not sampled from operation %s on: %s",
              Numbers.plain(unsampled.from()),
              unsampled.why()));
    }
    return notes;
  }

  /** What to say of a part that needs wait states at its clock, where none are counted. */
  public static String waitsNotCounted(McuConfig mcu) {
    return String.format(
        Locale.ROOT,
        "flash wait states are not counted: above %s this part needs them; counts are at zero wait"
            + " states",
        Numbers.clock(mcu.zeroWaitHz()));
  }
}
