package io.defragsim.report.text;

import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.fit.PartFit;
import io.defragsim.lab.fit.Scan;
import io.defragsim.lab.fit.Scan.End;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.Failure;
import io.defragsim.report.Fitted;
import io.defragsim.report.text.Table.Cell;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The smallest pools of one scenario on several images, for people. */
public final class FitReport {
  private static final int FACTOR_DECIMALS = 3;

  private final Fitted fitted;
  private final FitResult own;
  private final Page page;

  private FitReport(Fitted fitted, Page page) {
    this.fitted = fitted;
    this.own = fitted.results().get(0);
    this.page = page;
  }

  /** Prints all that is known; the last lines are those of {@link #printSummary}. */
  public static void print(Fitted fitted, Page page) {
    FitReport report = new FitReport(fitted, page);
    report.subject();
    report.least();
    report.asGiven();
    report.parts();
    page.blank();
    report.summary();
  }

  /** Prints one line an image. */
  public static void printSummary(Fitted fitted, Page page) {
    new FitReport(fitted, page).summary();
  }

  private void subject() {
    var scenario = own.scenario();
    SubjectSection.title(scenario.name(), fitted.producer(), page);
    if (!scenario.description().isBlank()) {
      page.paragraph(scenario.description());
    }
    page.blank();
    for (FitResult result : fitted.results()) {
      page.entry("image", SubjectSection.named(result.image(), result.sha256()));
    }
    page.entry("defrag", scenario.defrag().description());
    Demand demand = own.demand();
    page.entry(
        "payload",
        String.format(
            Locale.ROOT,
            "at most %s alive at once, and at most %s",
            Numbers.count(demand.peakPayload(), "byte"),
            Numbers.count(demand.peakBlocks(), "block")));
    page.entry(
        "floor",
        String.format(
            Locale.ROOT,
            "%s: blocks with a header of %s, rounded up to %s, and a table with %s for each of %s",
            Numbers.count(demand.floor(own.least().handles()), "byte"),
            Numbers.count(Demand.HEADER, "byte"),
            Numbers.plain((long) Demand.GRANULE),
            Numbers.count(Demand.TABLE_ENTRY, "byte"),
            Numbers.count(own.least().handles(), "handle")));
    page.entry(
        "scan",
        String.format(
            Locale.ROOT,
            "every %s from %s on, until one served%s",
            Numbers.count(own.least().step(), "byte"),
            Numbers.count(own.least().from(), "byte"),
            fitted.beyond() == 0
                ? ""
                : " and all up to " + Numbers.count(fitted.beyond(), "byte") + " more as well"));
  }

  private void least() {
    page.heading(
        "Smallest pool that serves every request",
        "bytes, with a table for " + Numbers.count(own.least().handles(), "handle"));
    Table table =
        new Table("<", "pool", "/ payload", "/ floor", "all serve from", "moved", "pools tried");
    for (FitResult result : fitted.results()) {
      Scan scan = result.least();
      Attempt.Served served = scan.served();
      table.row(
          result.image(),
          pool(scan),
          factor(result.payloadFactor(scan)),
          factor(result.floorFactor(scan)),
          scan.alwaysFrom() == null ? Numbers.NONE : Numbers.plain((long) scan.alwaysFrom()),
          served == null ? Numbers.NONE : Numbers.plain(served.bytesMoved()),
          Numbers.plain(scan.tried()));
    }
    table.print(page);
    for (FitResult result : fitted.results()) {
      for (String remark : remarks(result.least())) {
        page.paragraph(result.image() + ": " + remark);
      }
      FitResult.WithoutPointers without = result.withoutPointers(result.least());
      if (without != null) {
        page.paragraph(result.image() + ": " + pointers(result, without));
      }
    }
  }

  private static String pointers(FitResult result, FitResult.WithoutPointers without) {
    return String.format(
        Locale.ROOT,
        "the allocator hands out pointers, and %s for each handle are a table that only the glue"
            + " needs: without it the pool has %s, %s of the payload and %s of a floor without a"
            + " table, %s",
        Numbers.count((long) result.pointerBytes(), "byte"),
        Numbers.count((long) without.bytes(), "byte"),
        factor(without.payloadFactor()),
        factor(without.floorFactor()),
        Numbers.count(without.floor(), "byte"));
  }

  /** What the table cannot say of a scan. */
  private static List<String> remarks(Scan scan) {
    List<String> remarks = new ArrayList<>();
    if (scan.refusedAbove() > 0) {
      remarks.add(
          Numbers.plain((long) scan.refusedAbove())
              + " of the larger pools up to "
              + Numbers.count(scan.to(), "byte")
              + (scan.refusedAbove() == 1 ? " does" : " do")
              + " not serve");
    }
    Scan.Refusal refusal = scan.largestRefused();
    if (refusal != null) {
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

  private static String why(Attempt attempt) {
    if (attempt instanceof Attempt.PoolRefused refused) {
      return "the image refuses the pool: " + refused.error();
    }
    Failure failure = ((Attempt.Refused) attempt).failure();
    return String.format(
        Locale.ROOT,
        "operation %s is refused, %s of %s for %s: %s",
        Numbers.plain(failure.operation()),
        failure.kind().name().toLowerCase(Locale.ROOT),
        Numbers.count(failure.requestedBytes(), "byte"),
        failure.block(),
        failure.error().words());
  }

  private static String ended(Scan scan) {
    Attempt.Broken broken = scan.broken();
    if (broken != null) {
      return EndingSection.brief(broken.ending());
    }
    return scan.end() == End.LARGEST_POOL
        ? "the image accepts no larger pool"
        : "that is the largest to try";
  }

  private void asGiven() {
    List<FitResult> results =
        fitted.results().stream().filter(result -> result.asGiven() != null).toList();
    if (results.isEmpty()) {
      return;
    }
    int handles = own.scenario().pool().handles();
    page.heading("With the scenario's " + Numbers.count(handles, "handle"), "bytes");
    Table table = new Table("<", "pool", "/ payload", "/ floor", "pools tried");
    for (FitResult result : results) {
      Scan scan = result.asGiven();
      if (scan != null) {
        table.row(
            result.image(),
            pool(scan),
            factor(result.payloadFactor(scan)),
            factor(result.floorFactor(scan)),
            Numbers.plain(scan.tried()));
      }
    }
    table.print(page);
  }

  private void parts() {
    List<FitResult> results =
        fitted.results().stream().filter(result -> !result.parts().isEmpty()).toList();
    if (results.isEmpty()) {
      return;
    }
    page.heading(
        "MCUs",
        "bytes to spare, with the smallest pool and "
            + Numbers.count(own.scenario().stackBytes(), "byte")
            + " of stack");
    List<String> heads = new ArrayList<>(List.of("<"));
    for (FitResult result : results) {
      heads.addAll(List.of(result.image() + " SRAM", "flash"));
    }
    Table table = new Table(heads.toArray(String[]::new));
    for (int i = 0; i < results.get(0).parts().size(); i++) {
      List<Cell> row = new ArrayList<>();
      row.add(Cell.of(results.get(0).parts().get(i).part().name()));
      for (FitResult result : results) {
        PartFit part = result.parts().get(i);
        row.add(spare(part.sramSpare()));
        row.add(spare(part.flashSpare()));
      }
      table.row(row.toArray(Cell[]::new));
    }
    table.print(page);
    if (results.stream().flatMap(r -> r.parts().stream()).anyMatch(p -> p.sramSpare() == null)) {
      page.paragraph(Numbers.NONE + " the image is not linked for that part's memory map");
    }
  }

  private Cell spare(@Nullable Long bytes) {
    if (bytes == null) {
      return new Cell(Numbers.NONE, page.palette()::faint);
    }
    return bytes >= 0
        ? new Cell("✓ " + Numbers.plain(bytes), page.palette()::good)
        : new Cell("✗ " + Numbers.plain(bytes), page.palette()::bad);
  }

  private void summary() {
    for (FitResult result : fitted.results()) {
      Scan scan = result.least();
      String what = Page.clean(result.scenario().name()) + " on " + result.image() + ": ";
      if (scan.broken() != null) {
        page.line(
            page.palette()
                .bad(
                    what
                        + "in a pool of "
                        + Numbers.count(scan.to(), "byte")
                        + ": "
                        + ended(scan)));
      } else if (scan.smallest() == null) {
        page.line(page.palette().bad(what + none(scan)));
      } else {
        boolean over = fitted.over() && result.equals(own);
        String line =
            what
                + Numbers.count(scan.smallest(), "byte")
                + ", "
                + factor(result.payloadFactor(scan))
                + " of the peak payload, "
                + factor(result.floorFactor(scan))
                + " of the floor";
        page.line(over ? page.palette().bad(line) : page.palette().good(line));
      }
    }
    Long atMost = fitted.atMostPpm();
    if (atMost != null && fitted.over()) {
      page.line(
          String.format(
              Locale.ROOT,
              "  the smallest pool on %s may be at most %s of the floor",
              own.image(),
              BigDecimal.valueOf(atMost, 6).stripTrailingZeros().toPlainString()));
    }
  }

  private static String none(Scan scan) {
    return scan.tried() == 0
        ? "no pool was tried: at least " + Numbers.count(scan.from(), "byte") + " are needed"
        : "no pool up to " + Numbers.count(scan.to(), "byte") + " serves";
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
