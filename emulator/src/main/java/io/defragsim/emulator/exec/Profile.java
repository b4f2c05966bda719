package io.defragsim.emulator.exec;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/**
 * Where the cycles of an execution went.
 *
 * @param cycles all of them; the sum of what the functions took exclusively
 * @param functions by exclusive cycles, the most first
 * @param stacks every calling context that took cycles, in the order of the text they fold to
 * @param cut whether calls were too deep, or their contexts too many, to be told apart; then
 *     inclusive cycles may be too few
 */
public record Profile(
    long cycles, List<FunctionProfile> functions, List<Stack> stacks, boolean cut) {

  /** That of nothing. */
  public static final Profile NONE = new Profile(0, List.of(), List.of(), false);

  public Profile {
    functions =
        functions.stream()
            .sorted(
                Comparator.comparingLong((FunctionProfile f) -> -f.exclusive)
                    .thenComparing(f -> -f.inclusive)
                    .thenComparing(FunctionProfile::function)
                    .thenComparing(FunctionProfile::address))
            .toList();
    stacks = sorted(stacks);
  }

  private static List<Stack> sorted(List<Stack> stacks) {
    record Keyed(String text, Stack stack) {}

    return stacks.stream()
        .map(stack -> new Keyed(stack.folded(), stack))
        .sorted(Comparator.comparing(Keyed::text))
        .map(Keyed::stack)
        .toList();
  }

  /**
   * Writes all stacks as flame graph tools read them, one a line.
   *
   * @param root a frame below all, the one place for a remark in this format; empty for none
   */
  public void writeFolded(String root, Appendable out) throws IOException {
    for (Stack stack : stacks) {
      out.append(root.isEmpty() ? "" : root + ";").append(stack.folded()).append('\n');
    }
  }

  /**
   * A function.
   *
   * @param function its name; {@code (unknown)} for code that no symbol covers, {@code (asleep)}
   *     for WFI and WFE that wait
   * @param address where it begins, 0 for what is no function
   * @param calls how often it was entered: by a call, a branch from another function, an exception,
   *     a reset
   * @param exclusive cycles of its own instructions; of a handler, entry and return too
   * @param inclusive those and the cycles of what it called, directly or not; a recursive call
   *     counts once. Interrupts are not in those of what they interrupt
   */
  public record FunctionProfile(
      String function, long address, long calls, long exclusive, long inclusive) {}

  /**
   * A calling context.
   *
   * @param frames the outermost first
   * @param cycles of the innermost alone
   */
  public record Stack(List<String> frames, long cycles) {
    public Stack {
      frames = List.copyOf(frames);
    }

    /** As flame graph tools read it, without the line's end: {@code main;sort;swap 1234}. */
    public String folded() {
      return String.join(";", frames) + " " + cycles;
    }
  }
}
