package io.defragsim.report.text;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.Location;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.text.Table.Cell;
import java.util.Locale;

/** The interrupts that a scenario asks for, and how late each was. */
final class InterruptSection {

  /** Of a name in the table: all that are ASCII have room. */
  private static final int NAME_CELLS = 24;

  private InterruptSection() {}

  /** Prints nothing for a scenario without interrupts. */
  static void print(RunResult result, Page page) {
    if (result.interrupts().isEmpty()) {
      return;
    }
    page.heading(
        "Interrupts",
        result.clockIsEstimate(),
        "cycles from the request to the handler's first instruction");
    long clock = result.subject().mcu().clockHz();
    Table table = new Table("<", "every", "takes", "count", "min", "mean", "p99", "max", "max µs");
    for (InterruptStats stats : result.interrupts()) {
      var latency = stats.latency();
      table.row(
          Cell.of(Cells.cut(Page.clean(stats.source().name()), NAME_CELLS)),
          Cell.of(Numbers.plain(stats.source().every())),
          Cell.of(Numbers.plain(stats.source().cycles())),
          Cell.of(Numbers.plain(latency.count())),
          Cell.of(Numbers.plain(latency.min())),
          Cell.of(Numbers.plain(latency.mean())),
          Cell.of(Numbers.plain(latency.p99())),
          new Cell(Numbers.plain(latency.max()), page.palette()::strong),
          Cell.of(Numbers.micros(latency.max(), clock)));
    }
    table.print(page);
    for (InterruptStats stats : result.interrupts()) {
      InterruptStats.Worst worst = stats.worst();
      if (worst != null) {
        page.paragraph(
            String.format(
                Locale.ROOT,
                "the latest %s: %s, requested %s",
                Page.clean(stats.source().name()),
                worst.operation() < 0
                    ? "before operation 0"
                    : "at operation " + Numbers.plain(worst.operation()),
                during(worst.during(), result)));
      }
      if (stats.missed() > 0) {
        page.paragraph(
            String.format(
                Locale.ROOT,
                "%s of %s missed: the one before was still pending",
                Numbers.count(stats.missed(), "request"),
                Page.clean(stats.source().name())),
            page.palette()::bad);
      }
    }
  }

  private static String during(Activity activity, RunResult result) {
    if (activity instanceof Activity.Program program) {
      return "in " + place(program.at());
    }
    return activity instanceof Activity.Handler handler
        ? "in " + Page.clean(result.interrupts().get(handler.irq()).source().name())
        : "in sleep";
  }

  private static String place(Location at) {
    String function = at.function();
    return function == null
        ? Numbers.hex(at.address())
        : String.format(Locale.ROOT, "%s+0x%x", Page.clean(function), at.offset());
  }
}
