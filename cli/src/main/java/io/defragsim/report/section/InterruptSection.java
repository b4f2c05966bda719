package io.defragsim.report.section;

import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.Location;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Cell;
import io.defragsim.report.model.Cells;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The interrupts that a scenario asks for, and how late each was. */
final class InterruptSection {

  /** Of a name in the table: all that are ASCII have room. */
  private static final int NAME_CELLS = 24;

  private InterruptSection() {}

  /** None for a scenario without interrupts. */
  static List<Section> of(RunResult result) {
    if (result.interrupts().isEmpty()) {
      return List.of();
    }
    long clock = result.subject().mcu().clockHz();
    Table table = new Table("`|every|takes|count|min|mean|p99|max|max µs");
    List<Part> parts = new ArrayList<>(List.of(table));
    for (InterruptStats stats : result.interrupts()) {
      var latency = stats.latency();
      String name = name(stats);
      table.row(
          Cells.cut(name, NAME_CELLS),
          stats.source().every(),
          stats.source().cycles(),
          latency.count(),
          latency.min(),
          latency.mean(),
          latency.p99(),
          Cell.of(Numbers.plain(latency.max()), Tone.STRONG),
          Numbers.micros(latency.max(), clock));
      InterruptStats.Worst worst = stats.worst();
      if (worst != null) {
        String when = Numbers.atOperation(worst.operation());
        String during = during(worst.during(), result);
        parts.add(
            new Sentence("the latest " + name + ": " + when + ", requested " + during)
                .at(worst.operation()));
      }
      if (stats.missed() > 0) {
        parts.add(
            new Sentence(
                Numbers.count(stats.missed(), "request")
                    + " of "
                    + name
                    + " missed: the one before was still pending",
                Tone.BAD));
      }
    }
    return List.of(
        new Section(
            "interrupts",
            "Interrupts",
            "cycles from the request to the handler's first instruction",
            result.clockIsEstimate(),
            parts));
  }

  private static String name(InterruptStats stats) {
    return Printable.of(stats.source().name());
  }

  private static String during(Activity activity, RunResult result) {
    if (activity instanceof Activity.Program program) {
      return "in " + place(program.at());
    }
    return activity instanceof Activity.Handler handler
        ? "in " + name(result.interrupts().get(handler.irq()))
        : "in sleep";
  }

  private static String place(Location at) {
    String function = at.function();
    return function == null
        ? Numbers.hex(at.address())
        : String.format(Locale.ROOT, "%s+0x%x", Printable.of(function), at.offset());
  }
}
