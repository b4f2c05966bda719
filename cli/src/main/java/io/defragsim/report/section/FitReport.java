package io.defragsim.report.section;

import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.fit.Scan;
import io.defragsim.lab.fit.Scan.End;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.Fitted;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.scenario.Granule;
import io.defragsim.words.Printable;
import io.defragsim.workload.trace.TraceFile;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The smallest pools of one scenario on several images. */
public final class FitReport {
  private static final int FACTOR_DECIMALS = 3;

  private final Fitted fitted;
  private final FitResult own;

  private FitReport(Fitted fitted) {
    this.fitted = fitted;
    this.own = fitted.results().get(0);
  }

  /** What became of it in a line an image. */
  public static List<OutcomeLine> lines(Fitted fitted) {
    return new FitReport(fitted).outcomes(fitted.results());
  }

  /** All that is known; the outcomes are one an image, of many only that of the own one. */
  public static Report of(Fitted fitted) {
    FitReport report = new FitReport(fitted);
    var scenario = report.own.scenario();
    List<Section> details = new ArrayList<>(List.of(report.least()));
    report.refusals(details);
    report.asGiven(details);
    details.addAll(FitParts.of(fitted.results()));
    return new Report(
        new Head(scenario.name(), "", fitted.producer(), scenario.description()),
        List.of(SubjectSection.of(report.subject())),
        details,
        List.of(),
        report.outcomes(
            CompareReport.inRows(fitted.results().size()) ? List.of(report.own) : fitted.results()),
        "");
  }

  private Facts subject() {
    Facts facts = new Facts();
    List<String> images =
        fitted.results().stream().map(r -> RunWords.image(r.image(), r.sha256())).toList();
    if (CompareReport.inRows(images.size())) {
      facts.add("images", String.join(", ", images));
    } else {
      images.forEach(image -> facts.add("image", image));
    }
    facts.add("defrag", RunWords.policy(own.scenario().defrag()));
    Demand demand = own.demand();
    facts.add(
        "payload",
        String.format(
            Locale.ROOT,
            "at most %s alive at once, and at most %s%s",
            Numbers.count(demand.peakPayload(), "byte"),
            Numbers.count(demand.peakBlocks(), "block"),
            refused()));
    long aligned = own.scenario().workload().traces().stream().mapToLong(TraceFile::aligned).sum();
    if (aligned > 0) {
      facts.add(
          "note",
          Numbers.count(aligned, "request")
              + " for an alignment N above 8: the replay asks for N - 8 bytes more, so pools may be"
              + " larger than the program's own heap needs");
    }
    facts.add(
        "floor",
        String.format(
            Locale.ROOT,
            "%s: blocks with a header of %s, rounded up to %s%s",
            Numbers.count(own.floor(own.least()), "byte"),
            Numbers.count(Demand.HEADER, "byte"),
            Numbers.plain((long) Granule.BYTES),
            own.handsOutPointers()
                ? ""
                : ", and a table with "
                    + Numbers.count(Demand.TABLE_ENTRY, "byte")
                    + " for each of "
                    + Numbers.count(own.least().handles(), "handle")));
    facts.add("scan", way(own.least()));
    SubjectSection.leftOut(facts, fitted.leftOut());
    return facts;
  }

  /** What programs asked for in vain when they were recorded; empty for nothing. */
  private String refused() {
    List<TraceFile> traces = own.scenario().workload().traces();
    long asked = traces.stream().mapToLong(TraceFile::refused).sum();
    long leftOut = traces.stream().mapToLong(TraceFile::leftOut).sum();
    return (asked == 0
            ? ""
            : ", with " + Numbers.count(asked, "request") + " that the program was refused")
        + (leftOut == 0
            ? ""
            : ", without "
                + Numbers.count(leftOut, "refused request")
                + " that no pool could serve");
  }

  /** How pools were tried. */
  private String way(Scan scan) {
    String every = "every " + Numbers.count(scan.step(), "byte");
    String from = Numbers.count(scan.from(), "byte");
    String row =
        fitted.beyond() == 0
            ? ""
            : " and all up to " + Numbers.count(fitted.beyond(), "byte") + " more as well";
    return scan.stride() > scan.step()
        ? String.format(
            Locale.ROOT,
            "every %s from %s on, until one served; then %s from the last that did not, until one"
                + " served%s",
            Numbers.count(scan.stride(), "byte"),
            from,
            every,
            row)
        : every + " from " + from + " on, until one served" + row;
  }

  private Section least() {
    Table table = new Table("<|pool|/ payload|/ floor|all serve from|moved|pools tried");
    List<Part> parts = new ArrayList<>(List.of(table));
    for (FitResult result : fitted.results()) {
      Scan scan = result.least();
      Attempt.Served served = scan.served();
      table.row(
          result.image(),
          pool(scan),
          factor(result.payloadFactor(scan)),
          factor(result.floorFactor(scan)),
          scan.alwaysFrom(),
          served == null ? null : (Long) served.bytesMoved(),
          scan.tried());
      for (String remark : remarks(result)) {
        parts.add(new Sentence(result.image() + ": " + remark));
      }
    }
    tables(parts);
    leftOut(parts);
    return new Section(
        "least",
        "Smallest pool that serves every request",
        "bytes, with a table for " + Numbers.count(own.least().handles(), "handle"),
        false,
        parts);
  }

  /** What of handles is in a pool and its floor, where it is not as of the scenario's own image. */
  private void tables(List<Part> parts) {
    List<FitResult> pointers =
        fitted.results().stream().filter(FitResult::handsOutPointers).toList();
    if (!pointers.isEmpty()) {
      boolean one = pointers.size() == 1;
      parts.add(
          new Sentence(
              names(pointers)
                  + (one
                      ? ": the allocator hands out pointers: no table of handles is in its pool, nor"
                          + " in its floor of "
                      : ": the allocators hand out pointers: no table of handles is in their pools,"
                          + " nor in their floor of ")
                  + floor(pointers.get(0))));
    }
    List<FitResult> handles =
        fitted.results().stream().filter(result -> !result.handsOutPointers()).toList();
    if (own.handsOutPointers() && !handles.isEmpty()) {
      parts.add(
          new Sentence(
              names(handles)
                  + ": a table with "
                  + Numbers.count(Demand.TABLE_ENTRY, "byte")
                  + " a handle is in "
                  + (handles.size() == 1 ? "its pool, and in its" : "their pools, and in their")
                  + " floor of "
                  + floor(handles.get(0))));
    }
  }

  private static String names(List<FitResult> results) {
    return results.stream().map(FitResult::image).collect(Collectors.joining(", "));
  }

  private static String floor(FitResult result) {
    return Numbers.count(result.floor(result.least()), "byte");
  }

  /** Which pools were not tried. */
  private void leftOut(List<Part> parts) {
    Map<Long, List<String>> below = new LinkedHashMap<>();
    for (FitResult result : fitted.results()) {
      if (result.least().leavesOut()) {
        below
            .computeIfAbsent(result.least().everyFrom(), from -> new ArrayList<>())
            .add(result.image());
      }
    }
    if (!below.isEmpty()) {
      String pools =
          below.entrySet().stream()
              .map(
                  entry ->
                      Numbers.count(entry.getKey(), "byte")
                          + " ("
                          + String.join(", ", entry.getValue())
                          + ")")
              .collect(Collectors.joining(", "));
      parts.add(
          new Sentence(
              "the pools tried below "
                  + pools
                  + " were "
                  + Numbers.count(own.least().stride(), "byte")
                  + " apart: one between may serve by luck, and --every finds it"));
    }
  }

  /** What the table cannot say of a scan. */
  private List<String> remarks(FitResult result) {
    Scan scan = result.least();
    List<String> remarks = new ArrayList<>();
    boolean many = CompareReport.inRows(fitted.results().size()); // they have a table of refusals
    if (!many && scan.refusedAbove() > 0) {
      remarks.add(
          Numbers.plain((long) scan.refusedAbove())
              + " of the larger pools up to "
              + Numbers.count(scan.to(), "byte")
              + (scan.refusedAbove() == 1 ? " does" : " do")
              + " not serve");
    }
    Scan.Refusal refusal = scan.largestRefused();
    if (!many && refusal != null) {
      remarks.add("in " + Numbers.count(refusal.pool(), "byte") + ", " + why(refusal.why()));
    }
    if (scan.end() != End.SERVED && scan.tried() > 0) {
      remarks.add("the scan ended at " + Numbers.count(scan.to(), "byte") + ": " + ended(scan));
    }
    Attempt.Served served = scan.served();
    if (served != null && served.refusals() > 0) {
      remarks.add(
          Numbers.count(served.refusals(), "operation")
              + " that ask for no memory were refused, such as locks of a block on its way");
    }
    return remarks;
  }

  /** Of many images, the largest pool of each that did not serve. */
  private void refusals(List<Section> details) {
    if (!CompareReport.inRows(fitted.results().size())) {
      return;
    }
    Table table = new Table("<|pool|above the\nsmallest|operation|bytes|<refused as").folding();
    for (FitResult result : fitted.results()) {
      Scan.Refusal refusal = result.least().largestRefused();
      if (refusal != null && refusal.why() instanceof Attempt.Refused refused) {
        Failure failure = refused.failure();
        table.row(
            result.image(),
            refusal.pool(),
            result.least().refusedAbove(),
            failure.operation(),
            failure.requestedBytes(),
            failure.error().words());
      } else if (refusal != null && refusal.why() instanceof Attempt.PoolRefused refused) {
        table.row(
            result.image(),
            refusal.pool(),
            result.least().refusedAbove(),
            "",
            "",
            "the pool: " + refused.error());
      }
    }
    if (!table.rows().isEmpty()) {
      details.add(new Section("refusals", "The largest pool that does not serve", "bytes", table));
    }
  }

  /** What is tried while a search goes on, and what is known. */
  public static String trying(Scan.@Nullable SoFar known) {
    return known == null
        ? "the image is being loaded"
        : Numbers.count(known.trying(), "byte") + "; the smallest " + so(known);
  }

  /** What is known of an image's smallest pool, for a search that was interrupted. */
  public static String known(String image, Scan.@Nullable SoFar known) {
    return "on "
        + image
        + " the smallest pool "
        + (known == null
            ? "is not known"
            : "with " + Numbers.count(known.handles(), "handle") + " " + so(known));
  }

  /** The same of a search that is over. */
  public static String known(FitResult result) {
    return "on " + result.image() + " " + brief(result);
  }

  private static String so(Scan.SoFar known) {
    Integer served = known.served();
    Integer refused = known.refused();
    if (served == null) {
      return refused == null ? "is not known" : "has more than " + Numbers.count(refused, "byte");
    }
    if (known.found()) {
      return "has " + Numbers.count(served, "byte") + ", larger ones are being tried";
    }
    return refused == null
        ? "has at most " + Numbers.count(served, "byte")
        : "is between " + Numbers.plain((long) refused) + " and " + Numbers.count(served, "byte");
  }

  private static String why(Attempt attempt) {
    if (attempt instanceof Attempt.PoolRefused refused) {
      return "the image refuses the pool: " + refused.error();
    }
    Failure failure = ((Attempt.Refused) attempt).failure();
    return String.format(
        Locale.ROOT,
        "operation %s is refused, %s of %s for %s: %s",
        Numbers.plain(failure.operation()),
        failure.kind().key(),
        Numbers.count(failure.requestedBytes(), "byte"),
        failure.block(),
        failure.error().words());
  }

  private static String ended(Scan scan) {
    Attempt.Broken broken = scan.broken();
    if (broken != null) {
      return EndingWords.brief(broken.ending());
    }
    return scan.end() == End.LARGEST_POOL
        ? "the image accepts no larger pool"
        : "that is the largest to try, and --up-to says which";
  }

  private void asGiven(List<Section> details) {
    Table table = new Table("<|pool|/ payload|/ floor|pools tried");
    boolean any = false;
    for (FitResult result : fitted.results()) {
      Scan scan = result.asGiven();
      if (scan != null) {
        any = true;
        table.row(
            result.image(),
            pool(scan),
            factor(result.payloadFactor(scan)),
            factor(result.floorFactor(scan)),
            scan.tried());
      }
    }
    if (any) {
      int handles = own.scenario().pool().handles();
      String title = "With the scenario's " + Numbers.count(handles, "handle");
      details.add(new Section("as-given", title, "bytes", table));
    }
  }

  private List<OutcomeLine> outcomes(List<FitResult> results) {
    List<OutcomeLine> outcomes = new ArrayList<>();
    for (FitResult result : results) {
      boolean over = fitted.over() && result.equals(own);
      outcomes.add(
          new OutcomeLine(
              Printable.of(result.scenario().name())
                  + " on "
                  + result.image()
                  + ": "
                  + brief(result),
              Tone.of(
                  result.least().broken() == null && result.least().smallest() != null && !over)));
    }
    Long atMost = fitted.atMostPpm();
    if (atMost != null && fitted.over()) {
      OutcomeLine last = outcomes.remove(outcomes.size() - 1);
      String factor = BigDecimal.valueOf(atMost, 6).stripTrailingZeros().toPlainString();
      outcomes.add(
          new OutcomeLine(
              last.line(),
              List.of(
                  new Sentence(
                      "the smallest pool on "
                          + own.image()
                          + " may be at most "
                          + factor
                          + " of the floor"))));
    }
    return outcomes;
  }

  private static String brief(FitResult result) {
    Scan scan = result.least();
    if (scan.broken() != null) {
      return "in a pool of " + Numbers.count(scan.to(), "byte") + ": " + ended(scan);
    }
    if (scan.smallest() == null) {
      return scan.tried() == 0
          ? "no pool was tried: at least " + Numbers.count(scan.from(), "byte") + " are needed"
          : "no pool up to "
              + Numbers.count(scan.to(), "byte")
              + " serves"
              + (scan.end() == End.UP_TO ? "; --up-to tries larger ones" : "");
    }
    return Numbers.count(scan.smallest(), "byte")
        + ", "
        + factor(result.payloadFactor(scan))
        + " of the peak payload, "
        + factor(result.floorFactor(scan))
        + " of the floor";
  }

  private static String pool(Scan scan) {
    return scan.smallest() == null ? "none" : Numbers.plain((long) scan.smallest());
  }

  private static String factor(@Nullable Long ppm) {
    return ppm == null
        ? Numbers.NONE
        : BigDecimal.valueOf(ppm, 6).setScale(FACTOR_DECIMALS, RoundingMode.HALF_UP).toString();
  }
}
