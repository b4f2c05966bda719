package io.defragsim.command.bench;

import io.defragsim.command.bench.CommandBenchmark.Compared;
import io.defragsim.command.bench.CommandBenchmark.Way;
import io.defragsim.emulator.bench.ImageBenchmark;
import io.defragsim.emulator.bench.LoopBenchmark;
import io.defragsim.emulator.bench.Rate;
import io.defragsim.lab.bench.ScenarioBenchmark;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The sections of the report of {@code bench}. */
public final class BenchSections {
  private BenchSections() {}

  /** A program by {@code exec}, in several ways. */
  public static Section program(Compared compared) {
    return compared(compared, "exec", "instruction", "M instructions/s", 1e6);
  }

  /** A scenario by {@code run}, in several ways. */
  public static Section run(Compared compared) {
    return compared(compared, "run", "operation", "operations/s", 1);
  }

  /**
   * A whole command in several ways.
   *
   * @param unit one of what it does
   * @param rate head of the column for how many of these it does in a second
   * @param per so many of these are one there
   */
  private static Section compared(
      Compared compared, String command, String unit, String rate, double per) {
    Table table = new Table("<|user s|wall s|" + rate + "|times");
    for (Way way : compared.ways()) {
      double units = compared.perSecond(way) / per;
      table.row(
          (command + " " + way.options()).strip(),
          decimals(2, way.userSeconds()),
          decimals(2, way.wallSeconds()),
          decimals(per == 1 ? 0 : 1, units),
          decimals(1, compared.times(way)));
    }
    return new Section(
        compared.name(),
        compared.name(),
        Numbers.count(compared.units(), unit)
            + ", "
            + Numbers.count(compared.cycles(), "cycle")
            + ", in each way",
        table);
  }

  /** The best of some starts of a command that does next to nothing. */
  public static Section start(String command, Timed best, int starts) {
    return new Section(
        "start",
        "Start",
        "from the start of the process to its end",
        new Sentence(
            String.format(
                Locale.ROOT,
                "%s takes %.2f s of user time, %.2f s elapsed: the best of %d.",
                command,
                best.userSeconds(),
                best.wallSeconds(),
                starts)));
  }

  /** Scenarios, by the words for each. */
  public static Section scenarios(Map<String, ScenarioBenchmark.Speed> speeds) {
    Table table = new Table("<|operations/s|M cycles/s");
    speeds.forEach(
        (what, speed) ->
            table.row(
                what,
                Math.round(speed.operations().perSecond()),
                millions(speed.operations(), speed.cyclesPerOperation())));
    return new Section(
        "scenarios", "Scenarios", "measured and checked as in a run, in a warm JVM", table);
  }

  /** The calls of images, by the words for each. */
  public static Section calls(Map<String, List<ImageBenchmark.Calls>> images) {
    Table table = new Table("<|<counted in|ns a call|cycles a call|M cycles/s");
    images.forEach(
        (image, ways) ->
            ways.forEach(
                calls ->
                    table.row(
                        image,
                        calls.way(),
                        decimals(0, 1e9 / calls.calls().perSecond()),
                        decimals(1, calls.cyclesPerCall()),
                        millions(calls.calls(), calls.cyclesPerCall()))));
    return new Section("calls", "Calls of images", "alloc and free in turns", table);
  }

  /** The loop of one block, empty calls, and two threads. */
  public static Section loop(
      List<LoopBenchmark.Counted> ways, Rate emptyCalls, LoopBenchmark.Threads threads) {
    Table table = new Table("<|M cycles/s|M instructions/s|ns a turn");
    for (LoopBenchmark.Counted way : ways) {
      table.row(
          way.way(),
          millions(way.rate(), 1),
          millions(way.rate(), (double) LoopBenchmark.INSTRUCTIONS / LoopBenchmark.CYCLES),
          decimals(1, LoopBenchmark.CYCLES * 1e9 / way.rate().perSecond()));
    }
    return new Section(
        "loop",
        "The engine",
        String.format(
            Locale.ROOT,
            "a loop of one block: %d instructions, %d cycles",
            LoopBenchmark.INSTRUCTIONS,
            LoopBenchmark.CYCLES),
        table,
        new Sentence(
            String.format(
                Locale.ROOT,
                "A call of an empty function takes %,.0f ns. Two threads do %,.0f M cycles/s together,"
                    + " one alone does %,.0f M: %.2f times.",
                1e9 / emptyCalls.perSecond(),
                threads.two() / 1e6,
                threads.one() / 1e6,
                threads.times())));
  }

  private static String millions(Rate rate, double perUnit) {
    return decimals(1, rate.perSecond() * perUnit / 1e6);
  }

  private static String decimals(int places, double value) {
    return String.format(Locale.ROOT, "%,." + places + "f", value);
  }
}
