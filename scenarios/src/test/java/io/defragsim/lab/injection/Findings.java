package io.defragsim.lab.injection;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Location;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a campaign has done and found. Belongs to one thread; {@link #add} puts several together.
 */
final class Findings {
  /** Failures of one kind in one function. */
  private record Group(Operation.Kind operation, String function, String handler, String what)
      implements Comparable<Group> {
    private static final Comparator<Group> ORDER =
        Comparator.comparing(Group::operation)
            .thenComparing(Group::function)
            .thenComparing(Group::what)
            .thenComparing(Group::handler);

    @Override
    public int compareTo(Group other) {
      return ORDER.compare(this, other);
    }
  }

  /** How many for each instruction before which the interrupt came, and the first. */
  private static final class Tally {
    private final TreeMap<Long, Long> places = new TreeMap<>();
    private final String example;

    Tally(String example) {
      this.example = example;
    }
  }

  private static final String NO_INTERRUPT = "without an interrupt";

  private final FirmwareImage image;
  private final TreeMap<Group, Tally> failures = new TreeMap<>();

  /** Heaps on which calls were interrupted. */
  long heaps;

  /** Calls that were interrupted. */
  long operations;

  /** Places times handlers; where these are interrupted, times that once more. */
  long injections;

  /** Those in which a second handler interrupted the first. */
  long nested;

  /** Handlers that were executed, or answered from what is known of their calls. */
  long handlerRuns;

  /** Injections after which the memory was as before, so that the rest of the run is the same. */
  long unchanged;

  /** Injections that were or came where another one was. */
  long joined;

  /** Injections whose call was executed to its end. */
  long runsToTheEnd;

  /** Different ends, which were checked. */
  long ends;

  /** Different heaps, which were unlocked, compacted and emptied. */
  long drained;

  /** Locks by a handler that were refused as moving, in {@link #handlerRuns}. */
  long refused;

  /** Instructions executed. */
  long instructions;

  /** The most cycles with interrupts masked, from CPSID to CPSIE, both included. */
  long longestMasked;

  /** The instruction with which that began. */
  private int longestMaskedFrom;

  Findings(FirmwareImage image) {
    this.image = image;
  }

  /** Notes that a call fails without an interrupt. */
  void failure(Interrupted call, int pc, String what) {
    failure(call, NO_INTERRUPT, "", image.locate(Integer.toUnsignedLong(pc)), what, 1);
  }

  /**
   * Notes a failure.
   *
   * @param pc where the handler interrupted the call
   * @param second what interrupted the handler, null if nothing did
   */
  void failure(
      Interrupted call,
      int pc,
      Handler.Kind handler,
      Handler.@Nullable Kind second,
      String what,
      long times) {
    Location at = image.locate(Integer.toUnsignedLong(pc));
    String words =
        second == null ? handler.words : handler.words + "\" and it by \"" + second.words;
    failure(call, String.valueOf(at.function()), words, at, what, times);
  }

  private void failure(
      Interrupted call, String function, String handler, Location at, String what, long times) {
    Group group = new Group(call.operation().kind(), function, handler, what);
    String example = String.format("[%s] then %s", call.heap().history(), call.operation());
    failures
        .computeIfAbsent(group, g -> new Tally(example))
        .places
        .merge(at.offset(), times, Long::sum);
  }

  /** The time with interrupts masked, and the work, of a guest that has done its part. */
  void count(Guest guest) {
    instructions += guest.instructions();
    masked(guest.longestMasked(), guest.longestMaskedFrom());
  }

  private void masked(long cycles, int from) {
    if (cycles > longestMasked) {
      longestMasked = cycles;
      longestMaskedFrom = from;
    }
  }

  /** Adds those of another thread, on the same image. */
  void add(Findings other) {
    other.failures.forEach(
        (group, tally) -> {
          Tally mine = failures.computeIfAbsent(group, g -> new Tally(tally.example));
          tally.places.forEach((place, count) -> mine.places.merge(place, count, Long::sum));
        });
    heaps += other.heaps;
    operations += other.operations;
    injections += other.injections;
    nested += other.nested;
    handlerRuns += other.handlerRuns;
    unchanged += other.unchanged;
    joined += other.joined;
    runsToTheEnd += other.runsToTheEnd;
    ends += other.ends;
    drained += other.drained;
    refused += other.refused;
    instructions += other.instructions;
    masked(other.longestMasked, other.longestMaskedFrom);
  }

  /** Injections that failed. */
  long failed() {
    return failures.values().stream().mapToLong(Findings::sum).sum();
  }

  private static long sum(Tally tally) {
    return tally.places.values().stream().mapToLong(count -> count).sum();
  }

  /** The failures: what, where, how often, and the first. */
  List<String> failures() {
    List<String> lines = new ArrayList<>();
    failures.forEach(
        (group, tally) ->
            lines.add(
                String.format(
                    "%s interrupted in %s by \"%s\": %s; %,d times, at %s; first %s",
                    group.operation.symbol,
                    group.function,
                    group.handler,
                    group.what,
                    sum(tally),
                    places(tally.places),
                    tally.example)));
    return lines;
  }

  private static String places(SortedMap<Long, Long> places) {
    return places.size() == 1
        ? String.format("+0x%x", places.firstKey())
        : String.format(
            "%d instructions from +0x%x to +0x%x",
            places.size(), places.firstKey(), places.lastKey());
  }

  /** What failed and how often at each place, to compare. */
  Map<String, Long> failuresByPlace() {
    Map<String, Long> byPlace = new TreeMap<>();
    failures.forEach(
        (group, tally) ->
            tally.places.forEach((place, count) -> byPlace.put(group + " +" + place, count)));
    return byPlace;
  }

  /** For people. */
  @Override
  public String toString() {
    return String.format(
        "%,d heaps, %,d calls, %,d injections (%,d nested): %,d leave the memory as it was, %,d join"
            + " another, %,d run to the end; %,d different ends checked, %,d drained; %,d instructions%n"
            + "locks refused as moving: %,d in %,d runs of handlers%n"
            + "interrupts masked: at most %d cycles%s%n"
            + "failures: %,d%s",
        heaps,
        operations,
        injections,
        nested,
        unchanged,
        joined,
        runsToTheEnd,
        ends,
        drained,
        instructions,
        refused,
        handlerRuns,
        longestMasked,
        longestMasked == 0
            ? ""
            : ", from " + image.locate(Integer.toUnsignedLong(longestMaskedFrom)),
        failed(),
        failures.isEmpty() ? "" : "\n  " + String.join("\n  ", failures()));
  }
}
