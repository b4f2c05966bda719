package io.defragsim.report.section;

import io.defragsim.lab.guarantee.check.Checked;
import io.defragsim.lab.guarantee.check.FoundWait;
import io.defragsim.lab.guarantee.check.StaircaseResult;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was played on an image against its certificate. */
final class CheckSection {
  private CheckSection() {}

  static Section of(Checked checked) {
    Table table = new Table("<|steps|certified|cycles|certified|<|+<what it does");
    for (FoundWait wait : checked.waits()) {
      table.row(
          wait.driver(),
          wait.steps(),
          wait.certifiedSteps(),
          wait.cycles(),
          wait.certifiedCycles(),
          wait.holds() ? Cell.of("holds", Tone.GOOD) : Cell.of("VIOLATED", Tone.BAD),
          wait.what());
    }
    List<Part> parts =
        new ArrayList<>(List.of(new Sentence(staircase(checked.staircase())), table));
    for (String violation : checked.violations()) {
      parts.add(new Sentence(violation, Tone.BAD));
    }
    return new Section(
        "check",
        "What programs within the contract found on the image",
        Numbers.count(checked.calls(), "call") + ", seed " + checked.seed(),
        false,
        parts);
  }

  private static String staircase(StaircaseResult result) {
    if (result instanceof StaircaseResult.Played played) {
      ContractError refused = played.refused();
      return String.format(
          Locale.ROOT,
          "the staircase, which needs all of the certified pool, asks for %s: in %s it is served after"
              + " %s, in %s it is %s",
          Numbers.count(played.request(), "byte"),
          Numbers.count(played.pool(), "byte"),
          Numbers.count(played.steps(), "step"),
          Numbers.count(played.smallerPool(), "byte"),
          refused == null ? "served, too" : "refused: " + refused);
    }
    return "the staircase, which needs all of the certified pool, was not played: "
        + ((StaircaseResult.NotPlayed) result).why();
  }
}
