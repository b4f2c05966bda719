package io.defragsim.scenario.format;

import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names of explicit blocks and their numbers. A name is {@code config} or {@code row[7]}; the
 * notation {@code row[0..63]} stands for 64 names, {@code row[0..63:2]} for every second of them,
 * and {@code row[63..0]} for all in falling order.
 */
final class BlockNames {
  /** How many names one notation may stand for. */
  static final int LONGEST_RANGE = 100_000;

  private static final Pattern NOTATION =
      Pattern.compile(
          "([A-Za-z_][A-Za-z0-9_.-]*)"
              + "(?:\\[([0-9]{1,9})(?:\\.\\.([0-9]{1,9})(?::([0-9]{1,9}))?)?\\])?");

  /** How blocks are named in a scenario. */
  static final Type<String> TYPE = Types.text("^" + NOTATION + "$", "");

  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  /** The numbers of the blocks that {@code notation} names, new names included. */
  int[] expand(String notation) {
    Matcher matcher = NOTATION.matcher(notation);
    if (!matcher.matches()) {
      throw new Unreadable(
          "\"%s\" names no block: expected a name like \"config\", \"row[7]\", \"row[0..63]\" or"
              + " \"row[0..63:2]\"",
          notation);
    }
    String base = matcher.group(1);
    String from = matcher.group(2);
    if (from == null) {
      return new int[] {number(base)};
    }
    int first = Integer.parseInt(from);
    int last = matcher.group(3) == null ? first : Integer.parseInt(matcher.group(3));
    int stride = matcher.group(4) == null ? 1 : Integer.parseInt(matcher.group(4));
    if (stride == 0) {
      throw new Unreadable("\"%s\" never ends: its stride is 0", notation);
    }
    int count = Math.abs(last - first) / stride + 1;
    if (count > LONGEST_RANGE) {
      throw new Unreadable("\"%s\" names %d blocks: at most %d", notation, count, LONGEST_RANGE);
    }
    int[] blocks = new int[count];
    int step = last >= first ? stride : -stride;
    for (int i = 0; i < count; i++) {
      blocks[i] = number(base + "[" + (first + i * step) + "]");
    }
    return blocks;
  }

  /** The same, and none for what names no blocks. */
  int[] expandOrNone(String notation) {
    try {
      return expand(notation);
    } catch (Unreadable e) {
      return new int[0];
    }
  }

  private int number(String name) {
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    numbers.put(name, names.size());
    names.add(name);
    return names.size() - 1;
  }

  String name(int block) {
    return names.get(block);
  }

  List<String> names() {
    return names;
  }

  /** The array that an element's name belongs to, for example {@code row}; null for other names. */
  static @Nullable String arrayOf(String name) {
    int bracket = name.indexOf('[');
    return bracket < 0 ? null : name.substring(0, bracket);
  }
}
