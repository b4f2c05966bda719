package io.defragsim.report.section;

import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.LeftOut;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What ran. */
public final class SubjectSection {
  static final String ID = "subject";

  private SubjectSection() {}

  static Head head(Subject subject) {
    return new Head(subject.scenario(), "", subject.version(), subject.description());
  }

  static Section of(Facts facts) {
    return new Section(ID, "", "", facts);
  }

  /** All that is to be known of one run. */
  static Section of(RunResult result) {
    Subject.Image image = result.subject().image();
    Facts facts =
        new Facts()
            .add("image", RunWords.image(image))
            .add("SHA-256", image.sha256(), Facts.Where.WIDE);
    surroundings(facts, result, result.subject().notes());
    return of(facts.add("ran", totals(result), Facts.Where.NARROW));
  }

  /** How much ran; a page has it with the verdict. */
  public static String totals(RunResult result) {
    return RunWords.executed(result)
        + " (numbered from 0), "
        + RunWords.fromReset(result.cycles(), result.subject().mcu().clockHz())
        + Estimates.last(result.clockIsEstimate());
  }

  /**
   * What runs of one scenario share, then the image of each and what holds for it alone.
   *
   * @param leftOut what could not run
   */
  static List<Section> of(List<RunResult> results, List<LeftOut> leftOut) {
    List<String> shared = new ArrayList<>(results.get(0).subject().notes());
    results.forEach(result -> shared.retainAll(result.subject().notes()));
    Facts images = new Facts();
    if (CompareReport.inRows(results.size())) {
      together(images, results, shared);
    } else {
      apart(images, results, shared);
    }
    leftOut(images, leftOut);
    Facts surroundings = new Facts();
    surroundings(surroundings, results.get(0), shared);
    return List.of(of(surroundings), of(images));
  }

  /** None if all could run. */
  public static List<Section> ofLeftOut(List<LeftOut> leftOut) {
    Facts facts = new Facts();
    leftOut(facts, leftOut);
    return leftOut.isEmpty() ? List.of() : List.of(new Section("left-out", "Left out", "", facts));
  }

  /** What could not run, and why. */
  static void leftOut(Facts facts, List<LeftOut> leftOut) {
    leftOut.forEach(out -> facts.add("left out", out.image() + ": " + out.why()));
  }

  private static void apart(Facts images, List<RunResult> results, List<String> shared) {
    for (RunResult result : results) {
      images.add("image", RunWords.image(result.subject().image()));
      for (String note : result.subject().notes()) {
        if (!shared.contains(note)) {
          images.add("", note);
        }
      }
    }
  }

  /** Many images, those together that do the same, and those of which there is the same to know. */
  private static void together(Facts images, List<RunResult> results, List<String> shared) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    Map<String, List<String>> noted = new LinkedHashMap<>();
    for (RunResult result : results) {
      Subject.Image image = result.subject().image();
      Subject.Features features = image.features();
      alike
          .computeIfAbsent(
              features == null ? "" : RunWords.features(features), words -> new ArrayList<>())
          .add(RunWords.image(image.name(), image.sha256()));
      for (String note : result.subject().notes()) {
        if (!shared.contains(note)) {
          noted.computeIfAbsent(note, text -> new ArrayList<>()).add(image.name());
        }
      }
    }
    alike.forEach(
        (does, names) ->
            images.add(
                names.size() > 1 ? "images" : "image",
                (does.isEmpty() ? "" : does + ": ") + String.join(", ", names)));
    noted.forEach((note, names) -> images.add("note", String.join(", ", names) + ": " + note));
  }

  private static void surroundings(Facts facts, RunResult result, List<String> notes) {
    Subject subject = result.subject();
    facts.add("part", RunWords.part(subject.mcu()));
    ProgramHeap program = result.program();
    if (program == null) {
      facts.add("pool", RunWords.pool(subject.pool()));
      facts.add("defrag", Objects.requireNonNull(subject.policy()));
    } else {
      facts.add(
          "heap",
          program.title()
              + (subject.pool().bytes() == 0 ? "" : ", " + RunWords.pool(subject.pool())));
      facts.add(
          "seen at",
          Printable.of(String.join(", ", program.functions()))
              + (program.threads() > 1
                  ? ", called on " + Numbers.count(program.threads(), "stack")
                  : ""));
    }
    facts.add("cycles", subject.cycleModel());
    notes.forEach(note -> facts.add("note", note));
  }
}
