package io.defragsim.report.section;

import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.ProgramHeap.CallerUse;
import io.defragsim.lab.result.ProgramHeap.Finding;
import io.defragsim.lab.result.ProgramHeap.Site;
import io.defragsim.lab.result.ProgramHeap.Site.Frame;
import io.defragsim.lab.result.ProgramHeap.SiteUse;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The heap of a program: what cannot be right, and who asked for what. */
final class ProgramHeapSections {
  private static final int SHOWN = 10;
  private static final int MOST = 100;
  private static final int MOST_CALLERS = 8;

  /** Of one site. */
  private static final int MOST_ROWS_OF_CALLERS = 3;

  /** Characters where there is little room; in C++ a name has many. */
  private static final int MOST_OF_NAME = 28;

  private ProgramHeapSections() {}

  /** None of a scenario. */
  static List<Section> of(RunResult result) {
    ProgramHeap heap = result.program();
    if (heap == null) {
      return List.of();
    }
    List<Section> sections = new ArrayList<>();
    if (heap.findings().count() > 0) {
      sections.add(findings(heap, result.clockIsEstimate()));
    }
    sites(sections, "refused-sites", "Refused, by site", "requests", "", heap.refused());
    sites(sections, "peak-sites", "At the peak", "blocks", all(heap.atPeak()), heap.atPeak());
    String served = "all that were served";
    sites(sections, "churn-sites", "Over the run", "requests", served, heap.churn());
    sites(sections, "leaks", "Alive at the end", "blocks", all(heap.leaks()), heap.leaks());
    return sections;
  }

  /** For example {@code 1,452 bytes in 2 blocks}. */
  private static String all(List<SiteUse> uses) {
    return Numbers.count(ProgramHeap.bytes(uses), "byte")
        + " in "
        + Numbers.count(ProgramHeap.blocks(uses), "block");
  }

  /** Adds a table, unless nothing is in it. */
  private static void sites(
      List<Section> sections,
      String id,
      String title,
      String counted,
      String remark,
      List<SiteUse> uses) {
    if (uses.isEmpty()) {
      return;
    }
    long all = ProgramHeap.bytes(uses);
    Table table = new Table("bytes||" + counted + "|`asked for in|<|<called from");
    for (SiteUse use : uses.stream().limit(MOST).toList()) {
      List<CallerUse> callers = use.callers();
      table.row(
          use.bytes(),
          share(use.bytes(), all),
          use.blocks(),
          name(use.site().function()),
          place(use.site().place()),
          callers.size() == 1
              ? calledFrom(use.site())
              : Numbers.count(callers.size(), "caller") + ":");
      if (callers.size() > 1) {
        callers(table, callers, all);
      }
    }
    sections.add(new Section(id, title, remark, table.firstOf(uses.size(), SHOWN)));
  }

  /** Adds those with the most bytes, and the others in one row. */
  private static void callers(Table table, List<CallerUse> callers, long all) {
    int shown = callers.size() > MOST_ROWS_OF_CALLERS + 1 ? MOST_ROWS_OF_CALLERS : callers.size();
    for (CallerUse one : callers.subList(0, shown)) {
      table.below(
          one.bytes(), share(one.bytes(), all), one.blocks(), "", "", calledFrom(one.site()));
    }
    List<CallerUse> others = callers.subList(shown, callers.size());
    if (!others.isEmpty()) {
      long bytes = others.stream().mapToLong(CallerUse::bytes).sum();
      table.below(
          bytes,
          share(bytes, all),
          others.stream().mapToLong(CallerUse::blocks).sum(),
          "",
          "",
          others.size() + " others");
    }
  }

  private static String share(long bytes, long all) {
    return all == 0 ? "" : Numbers.percent(Math.round(bytes * 1e6 / all));
  }

  private static Cell calledFrom(Site site) {
    return new Cell(mainCallers(site), callers(site), Tone.PLAIN, null);
  }

  private static Cell place(String place) {
    String file = place.substring(place.lastIndexOf('/') + 1);
    return new Cell(Printable.of(file), Printable.of(place), Tone.PLAIN, null);
  }

  private static Cell name(String function) {
    return new Cell(shortened(function, MOST_OF_NAME), function, Tone.PLAIN, null);
  }

  private static String shortened(String name, int most) {
    return name.length() <= most ? name : name.substring(0, most - 1) + "…";
  }

  /** All callers, with their lines. */
  private static String callers(Site site) {
    String callers =
        site.callers().stream()
            .limit(MOST_CALLERS)
            .map(frame -> Printable.of(frame.toString()))
            .collect(Collectors.joining(" < "));
    return site.callers().size() > MOST_CALLERS ? callers + " < …" : callers;
  }

  /** The first caller whose line is known, and what it called. */
  private static String mainCallers(Site site) {
    List<Frame> callers = site.nearest();
    int last = callers.size() - 1;
    int first = last > 0 && !callers.get(last).place().isEmpty() ? last - 1 : 0;
    List<String> shown = new ArrayList<>();
    if (first > 0) {
      shown.add("…");
    }
    for (Frame frame : callers.subList(first, callers.size())) {
      String file = frame.place().substring(frame.place().lastIndexOf('/') + 1);
      shown.add(
          shortened(frame.function(), MOST_OF_NAME) + (file.isEmpty() ? "" : " (" + file + ")"));
    }
    return Printable.of(String.join(" < ", shown));
  }

  private static Cell where(Site site) {
    String place = site.place().substring(site.place().lastIndexOf('/') + 1);
    String function = shortened(site.function(), MOST_OF_NAME);
    return new Cell(
        Printable.of(place.isEmpty() ? function : function + " (" + place + ")"),
        Printable.of(site.toString()),
        Tone.PLAIN,
        null);
  }

  private static String block(Finding finding) {
    if (finding.address() == 0) {
      return "";
    }
    String bytes = finding.bytes() == 0 ? "" : ", " + Numbers.count(finding.bytes(), "byte");
    return Numbers.hex(finding.address()) + bytes;
  }

  private static Section findings(ProgramHeap heap, boolean estimated) {
    List<Finding> shown = heap.findings().kept().stream().limit(MOST).toList();
    boolean blocks = shown.stream().anyMatch(finding -> finding.address() != 0);
    boolean others = shown.stream().anyMatch(finding -> finding.other() != null);
    Table table =
        new Table(
            "cycle|<what"
                + (blocks ? "|<block" : "")
                + "|`function|<called in"
                + (others ? "|<see also" : ""));
    for (Finding finding : shown) {
      Site other = finding.other();
      List<Object> row = new ArrayList<>();
      row.add(finding.cycle());
      row.add(Cell.of(finding.kind().words(), Tone.BAD));
      if (blocks) {
        row.add(block(finding));
      }
      row.add(finding.function());
      row.add(where(finding.site()));
      if (others) {
        row.add(other == null ? "" : where(other));
      }
      table.row(row.toArray());
    }
    return new Section(
        "findings",
        "Findings",
        "what cannot be right",
        estimated,
        List.of(table.firstOf(heap.findings().count(), SHOWN)));
  }
}
