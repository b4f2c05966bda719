package io.defragsim.scenario.board;

import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which bits rules change already, and how: two rules must not contradict each other. */
final class Claims {
  /** What a rule does with bits, each in words for people. */
  private static final String FOLLOWS = "follows a field";

  private static final String CLEARS = "clears itself";
  private static final String CHANGES = "is set or cleared by an access";
  private static final String INPUT = "is an input";
  private static final String SENDS = "is sent";

  /**
   * A way in which bits of a register are claimed.
   *
   * @param more what tells ways apart of which several go together
   */
  private record Way(String words, String more, long address) {}

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
      String more = level.interrupt() + (level.enable() == null ? "" : " with " + level.enable());
      return claim(level.status(), "holds an interrupt", more, line);
    }
    Field target = rule.target();
    if (target == null) {
      return null;
    }
    String said = null;
    for (String other : rivals(rule)) {
      said = said == null ? said(target, other, "") : said;
    }
    if (rule instanceof Rule.Receives receives && said == null) {
      said = claim(receives.ready(), INPUT, "", line);
    }
    if (rule instanceof Rule.Changes changes && said == null) {
      said = claim(target, CHANGES, changes.access() + " " + changes.cause(), line);
    }
    if (said == null) {
      claim(target, words(rule), "", line);
    }
    return said;
  }

  private static String words(Rule rule) {
    if (rule instanceof Rule.Follows) {
      return FOLLOWS;
    }
    if (rule instanceof Rule.ClearsItself) {
      return CLEARS;
    }
    if (rule instanceof Rule.Sends) {
      return SENDS;
    }
    return rule instanceof Rule.Changes ? CHANGES : INPUT;
  }

  /** What must not be said of the bits that a rule changes. */
  private static List<String> rivals(Rule rule) {
    return switch (words(rule)) {
      case CHANGES -> List.of(INPUT);
      case INPUT -> List.of(FOLLOWS, CLEARS, CHANGES, INPUT);
      case SENDS -> List.of(SENDS);
      default -> List.of(FOLLOWS, CLEARS, INPUT);
    };
  }

  private @Nullable String claim(Field field, String words, String more, int line) {
    String said = said(field, words, more);
    int[] taken =
        lines.computeIfAbsent(new Way(words, more, field.register().address()), way -> new int[32]);
    for (int bit = field.low(); bit < field.low() + field.width(); bit++) {
      taken[bit] = taken[bit] == 0 ? line : taken[bit];
    }
    return said;
  }

  private @Nullable String said(Field field, String words, String more) {
    int[] taken = lines.get(new Way(words, more, field.register().address()));
    for (int bit = field.low(); taken != null && bit < field.low() + field.width(); bit++) {
      if (taken[bit] != 0) {
        return "\"" + field + "\" " + words + " already, by the rule on line " + taken[bit];
      }
    }
    return null;
  }
}
