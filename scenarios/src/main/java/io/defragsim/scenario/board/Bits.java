package io.defragsim.scenario.board;

import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.util.List;

/**
 * Some bits of a word that stand together.
 *
 * @param low the number of the lowest
 * @param width how many
 */
record Bits(int low, int width) {
  static final Bits ALL = new Bits(0, 32);
  private static final int HIGHEST = 31;
  private static final Type.Amount<Integer> ONE = Types.count(0, HIGHEST);
  private static final Type.Text RANGE =
      Types.text("^[0-9]{1,2}:[0-9]{1,2}$", "no bits: expected some like 16 or \"3:2\"");

  /** How they are written: a number, or the highest and the lowest. */
  static final Type<Bits> TYPE =
      new Type.Own<>(
          List.of(ONE, RANGE),
          (json, in) ->
              json instanceof Json.Text text && text.value().contains(":")
                  ? of(RANGE.of(json, in))
                  : new Bits(ONE.of(json, in), 1));

  /**
   * Those that {@code 3:2} or {@code 17} names.
   *
   * @throws Unreadable if a word does not have them
   */
  static Bits of(String written) {
    String[] ends = written.split(":", -1);
    int high = Integer.parseInt(ends[0]);
    int low = Integer.parseInt(ends[ends.length - 1]);
    if (high > HIGHEST || low > HIGHEST) {
      throw new Unreadable("bits %s: a register has those from 0 to %d", written, HIGHEST);
    }
    if (high < low) {
      throw new Unreadable("bits %s: the highest is first, \"%d:%d\"", written, low, high);
    }
    return new Bits(low, high - low + 1);
  }
}
