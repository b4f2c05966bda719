package io.defragsim.lab.heap;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.model.SourceLine;
import io.defragsim.lab.result.ProgramHeap.Site;
import io.defragsim.words.Printable;
import io.defragsim.workload.trace.TraceLine;
import io.defragsim.workload.trace.TraceLine.Frame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who asked for blocks: call stacks by number, each made of frames that many share. */
final class Stacks {
  /** Beyond so many frames a new stack is its innermost one alone. */
  private static final int MOST_FRAMES = 500_000;

  /** Of a stack so many frames are kept, the innermost ones. */
  private static final int DEEPEST = 32;

  /** Where many parts show flash a second time. */
  private static final long OTHER_VIEW = 0x0800_0000L;

  /** In characters; C++ makes long ones. */
  private static final int LONGEST_NAME = 1000;

  private final FirmwareImage image;
  private final HeapFunctions heap;
  private final Map<List<Long>, Integer> known = new HashMap<>();
  private final Map<Frame, Integer> numbers = new HashMap<>(); // by frames without a number
  private final List<Frame> frames = new ArrayList<>();
  private final Map<Long, Frame> places = new HashMap<>();

  Stacks(FirmwareImage image, HeapFunctions heap) {
    this.image = image;
    this.heap = heap;
  }

  /**
   * The number of a stack, {@link TraceLine#NO_STACK} for an empty one.
   *
   * @param calls the addresses behind the calls, innermost first
   */
  int number(List<Long> calls) {
    Integer number = known.get(calls);
    if (number == null) {
      number = numbered(calls);
      known.put(List.copyOf(calls), number);
    }
    return number;
  }

  private int numbered(List<Long> calls) {
    int first = 0;
    while (first < calls.size() && heap.isInside(place(calls.get(first)).function())) {
      first++;
    }
    if (first == calls.size()) {
      first = 0; // the heap's own, then
    }
    int end = Math.min(calls.size(), first + (frames.size() > MOST_FRAMES ? 1 : DEEPEST));
    int number = TraceLine.NO_STACK;
    for (int i = end - 1; i >= first; i--) {
      Frame place = place(calls.get(i));
      int parent = number;
      Frame frame = new Frame(0, parent, place.function(), place.place());
      number =
          numbers.computeIfAbsent(
              frame,
              one -> {
                frames.add(new Frame(frames.size() + 1, parent, one.function(), one.place()));
                return frames.size();
              });
    }
    return number;
  }

  /** The function that made a call and its line, from the address behind the call. */
  private Frame place(long behind) {
    return places.computeIfAbsent(
        behind,
        address -> {
          long call = address - 2;
          Location at = image.locate(call);
          String function = at.function();
          return new Frame(0, 0, name(call, function), line(call));
        });
  }

  /** By its address where it has no name to show. */
  private String name(long call, @Nullable String function) {
    String name = function == null ? "" : Printable.of(function).strip();
    return name.isEmpty()
        ? String.format(Locale.ROOT, "0x%08x", linked(call))
        : name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  /** The same place where the program was linked to, if flash is seen twice. */
  private long linked(long call) {
    boolean there =
        image.segments().stream()
            .anyMatch(
                segment ->
                    call >= segment.runAddress()
                        && call < segment.runAddress() + segment.stored().length);
    return there ? call : call + OTHER_VIEW;
  }

  private String line(long call) {
    SourceLine line = image.line(call);
    return line == null ? "" : Printable.of(line.toString());
  }

  /** A frame by its number, which is above 0. */
  Frame frame(int number) {
    return frames.get(number - 1);
  }

  /** The function at the top of a stack; empty for none. */
  String function(int stack) {
    return stack == TraceLine.NO_STACK ? "" : frame(stack).function();
  }

  /** A stack for people. */
  Site site(int stack) {
    List<Site.Frame> all = new ArrayList<>();
    for (int at = stack; at != TraceLine.NO_STACK; at = frame(at).parent()) {
      all.add(new Site.Frame(frame(at).function(), frame(at).place()));
    }
    return new Site(all);
  }
}
