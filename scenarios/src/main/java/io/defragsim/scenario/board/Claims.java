package io.defragsim.scenario.board;

import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which bits rules change already, and how: two rules must not contradict each other. */
final class Claims {
  private static final String FOLLOWS = "follows";
  private static final String CLEARS = "clears itself";
  private static final String CHANGES = "is changed";
  private static final String INPUT = "is an input";

  /** A way in which bits of a register change. */
  private record Way(String words, long address) {}

  /** The lines of the rules that claim each bit of a register, 0 for none. */
  private final Map<Way, int[]> lines = new HashMap<>();

  /**
   * Takes a rule, unless another contradicts it or says the same.
   *
   * @param line of the rule in its file
   * @return what a message says of the other, null if there is none
   */
  @Nullable String take(Rule rule, int line) {
    if (rule instanceof Rule.Level level) {
      return claim(
          level.status(), "holds interrupt " + level.interrupt() + of(level.enable()), line);
    }
    Field target = rule.target();
    if (target == null) {
      return null;
    }
    for (String other : rivals(rule)) {
      String said = said(target, other);
      if (said != null) {
        return said;
      }
    }
    String said = null;
    if (rule instanceof Rule.Changes changes) {
      said = claim(target, "is changed by " + changes.access() + " " + changes.cause(), line);
    }
    claim(target, words(rule), line);
    return said;
  }

  private static String words(Rule rule) {
    if (rule instanceof Rule.Follows) {
      return FOLLOWS;
    }
    if (rule instanceof Rule.ClearsItself) {
      return CLEARS;
    }
    return rule instanceof Rule.Input ? INPUT : CHANGES;
  }

  private static List<String> rivals(Rule rule) {
    if (rule instanceof Rule.Changes) {
      return List.of(INPUT);
    }
    return rule instanceof Rule.Input
        ? List.of(FOLLOWS, CLEARS, CHANGES)
        : List.of(FOLLOWS, CLEARS, INPUT);
  }

  private static String of(@Nullable Field enable) {
    return enable == null ? "" : " with " + enable;
  }

  private @Nullable String claim(Field field, String words, int line) {
    String said = said(field, words);
    int[] taken =
        lines.computeIfAbsent(new Way(words, field.register().address()), way -> new int[32]);
    for (int bit = field.low(); bit < field.low() + field.width(); bit++) {
      taken[bit] = taken[bit] == 0 ? line : taken[bit];
    }
    return said;
  }

  private @Nullable String said(Field field, String words) {
    int[] taken = lines.get(new Way(words, field.register().address()));
    for (int bit = field.low(); taken != null && bit < field.low() + field.width(); bit++) {
      if (taken[bit] != 0) {
        return "\"" + field + "\" " + words + " by the rule on line " + taken[bit];
      }
    }
    return null;
  }
}
