package io.defragsim.report.section;

import io.defragsim.lab.baseline.Comparison;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.FunctionChange;
import io.defragsim.lab.baseline.Comparison.Judgement;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.words.ChangeWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.Verdicts;
import io.defragsim.report.GateReport.Entry;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import java.util.ArrayList;
import java.util.List;

/** A run beside its baseline: every figure that differs, and the functions that are the cause. */
public final class BaselineSection {

  /** The most functions that are worth reading. */
  public static final int FUNCTIONS = 10;

  private BaselineSection() {}

  /**
   * The figures that differ, and the functions; none for a run without a baseline.
   *
   * @param title what the first section is called
   * @param all whether figures that are equal are listed as well
   */
  public static List<Section> of(Entry entry, String title, boolean all) {
    if (entry.baseline() == null) {
      return List.of();
    }
    Comparison comparison = entry.baseline().comparison();
    boolean estimated = entry.result().clockIsEstimate();
    List<Part> parts = new ArrayList<>();
    comparison.remarks().forEach(remark -> parts.add(new Sentence(remark)));
    if (!comparison.otherWorkload()) {
      figures(comparison, all, parts);
    }
    List<Section> sections = new ArrayList<>();
    String file = entry.baseline().file().toString();
    sections.add(new Section("baseline", title, file, estimated, parts));
    if (!comparison.functions().isEmpty()) {
      sections.add(functions(comparison.functions(), estimated));
    }
    return sections;
  }

  private static void figures(Comparison comparison, boolean all, List<Part> parts) {
    List<FigureChange> shown = all ? comparison.figures() : comparison.differing();
    Table table = new Table("<|`figure|baseline|now|difference||<");
    for (FigureChange change : shown) {
      boolean fails = comparison.failing().contains(change);
      boolean better = change.judgement() == Judgement.BETTER;
      Tone tone = fails ? Tone.BAD : better ? Tone.GOOD : Tone.FAINT;
      table.row(
          Cell.of(fails || better ? Verdicts.mark(fails ? Level.FAIL : Level.OK) : "", tone),
          change.figure().name(),
          ChangeWords.value(change.then(), change),
          ChangeWords.value(change.now(), change),
          ChangeWords.difference(change),
          ChangeWords.share(change),
          Cell.of(ChangeWords.judgement(change), tone));
    }
    if (!shown.isEmpty()) {
      parts.add(table);
    }
    if (!all) {
      String equal = Numbers.count(comparison.of(Judgement.EQUAL).size(), "figure");
      parts.add(
          new Sentence(
              (shown.isEmpty() ? "all " + equal : equal + " more") + " are what they were",
              Tone.FAINT));
    }
  }

  private static Section functions(List<FunctionChange> changes, boolean estimated) {
    Table table = new Table("`function|calls|now|cycles|now|difference|");
    for (FunctionChange change : changes.subList(0, Math.min(FUNCTIONS, changes.size()))) {
      table.row(
          change.function(),
          change.then().calls(),
          change.now().calls(),
          change.then().cycles(),
          change.now().cycles(),
          ChangeWords.difference(change),
          ChangeWords.share(change));
    }
    Section section =
        new Section(
            "changed-functions",
            "Functions whose cycles differ most",
            "of their own instructions, in the whole run",
            estimated,
            List.of(table));
    int more = changes.size() - FUNCTIONS;
    return more <= 0
        ? section
        : section.with(
            List.of(new Sentence("and " + Numbers.count(more, "more function"), Tone.FAINT)));
  }
}
