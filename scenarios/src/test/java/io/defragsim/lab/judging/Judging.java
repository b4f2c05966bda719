package io.defragsim.lab.judging;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** Prints how fast images are, and how long requests wait on them, side by side. */
final class Judging {

  /** The longest stalls when each step was followed by a retry, in cycles. */
  private static final Map<String, Long> WORST_WITH_RETRIES =
      Map.of(
          "sensor-node", 11_089L,
          "swiss-cheese", 9_603L,
          "sawtooth", 17_091L,
          "long-lived-pins", 12_796L,
          "worst-case-step", 32_011L);

  /** Of a column, in characters. */
  private static final int WIDTH = 26;

  private static final ScenarioReader READER = new ScenarioReader(Figures.units());
  private static final McuConfig PART = Objects.requireNonNull(McuProfiles.all().get("cortex-m0"));

  private final List<String> names;
  private final List<FirmwareImage> images;
  private final PrintStream out;

  /**
   * @param names shipped images by name, others by the path of their ELF
   */
  Judging(List<String> names, PrintStream out) {
    this.names = names;
    this.images = names.stream().map(Judging::image).toList();
    this.out = out;
  }

  private static FirmwareImage image(String name) {
    try {
      return ShippedImages.load(
          ShippedImages.names().contains(name)
              ? new ImageReference.Shipped(name)
              : new ImageReference.Elf(Path.of(name)),
          PART);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The shipped scenarios. What they have today is what they had when each step was followed by a
   * retry, but for one that a search has found anew since.
   */
  static List<Scenario> library() {
    return ScenarioLibrary.all(READER).stream()
        .map(s -> s.name().equals("found-resize") ? resource("found-resize") : s)
        .toList();
  }

  static Scenario resource(String name) {
    try (InputStream in = Judging.class.getResourceAsStream(name + ".json")) {
      return ((ReadResult.Valid<Scenario>)
              READER.read(Objects.requireNonNull(in).readAllBytes(), name, Path.of("")))
          .value();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Each scenario on each image, in that order. */
  List<List<Played>> play(List<Scenario> scenarios) {
    return scenarios.parallelStream()
        .map(scenario -> images.stream().map(image -> Played.of(scenario, image)).toList())
        .toList();
  }

  /** Means over served calls, and the stalls that the project's own goals are about. */
  void printSpeed() {
    List<Scenario> scenarios = library();
    List<List<Played>> played = play(scenarios);
    head("Served calls of " + scenarios.size() + " scenarios");
    calls("alloc", played, Played::alloc);
    calls("free", played, Played::free);
    head("Longest stall; of the one with retries");
    for (int i = 0; i < scenarios.size(); i++) {
      Long before = WORST_WITH_RETRIES.get(scenarios.get(i).name());
      if (before != null) {
        List<Played> runs = played.get(i);
        values(
            "  " + scenarios.get(i).name(),
            runs,
            run -> number(run.worst()) + percent(run.worst(), before));
      }
    }
    List<Played> slide = play(List.of(resource("long-slide"))).get(0);
    values(
        "long-slide, cycles a block",
        slide,
        run -> tenths(run.blocksMoved() == 0 ? 0 : 10 * run.total() / run.blocksMoved()));
    values("long-slide, blocks moved", slide, run -> number(run.blocksMoved()));
  }

  /** Stalls of each scenario by itself. */
  void printStalls(String title, List<Scenario> scenarios, List<List<Played>> played) {
    head(title);
    for (int i = 0; i < scenarios.size(); i++) {
      if (played.get(i).stream().anyMatch(run -> run.stalls() + run.refused() > 0)) {
        values(
            "  " + scenarios.get(i).name(),
            played.get(i),
            run -> number(run.stalls()) + ": " + number(run.worst()) + " " + number(run.total()));
      }
    }
    out.println();
  }

  /** Stalls of many scenarios together. */
  void printSums(String title, List<List<Played>> played) {
    head(title);
    sum("  stalls", played, Played::stalls);
    List<Played> worst = new ArrayList<>();
    for (int image = 0; image < images.size(); image++) {
      int index = image;
      worst.add(
          played.stream()
              .map(runs -> runs.get(index))
              .reduce((a, b) -> b.worst() > a.worst() ? b : a)
              .orElseThrow());
    }
    values("  longest stall, cycles", worst, run -> number(run.worst()));
    sum("  longest stalls, summed up", played, Played::worst);
    sum("  cycles of all stalls", played, Played::total);
    sum("  bytes moved in stalls", played, Played::bytesMoved);
    sum("  requests refused", played, Played::refused);
    ratio("  longest stall, of the first's", played, Played::worst);
    ratio("  cycles of all stalls, of the first's", played, Played::total);
    best("  heaps with the least longest stall", played, Played::worst);
    best("  heaps with the fewest stall cycles", played, Played::total);
    out.println();
  }

  private void calls(String name, List<List<Played>> played, Function<Played, Played.Calls> of) {
    List<Played.Calls> sums = new ArrayList<>();
    for (int image = 0; image < images.size(); image++) {
      int index = image;
      sums.add(
          played.stream()
              .map(runs -> of.apply(runs.get(index)))
              .reduce(Played.Calls.NONE, Played.Calls::plus));
    }
    values("  " + name + ", mean", sums, sum -> tenths(sum.meanTenths()));
    values("  " + name + ", longest", sums, sum -> number(sum.max()));
    values("  " + name + ", calls", sums, sum -> number(sum.count()));
  }

  private void sum(String name, List<List<Played>> played, ToLongFunction<Played> of) {
    long first = sum(0, played, of);
    List<String> cells = new ArrayList<>();
    for (int image = 0; image < images.size(); image++) {
      long sum = sum(image, played, of);
      cells.add(number(sum) + (image == 0 || first == 0 ? "" : percent(sum, first)));
    }
    values(name, cells, cell -> cell);
  }

  private static long sum(int image, List<List<Played>> played, ToLongFunction<Played> of) {
    return played.stream().mapToLong(runs -> of.applyAsLong(runs.get(image))).sum();
  }

  /** The geometric mean over the heaps in which all had to wait: so a large heap weighs no more. */
  private void ratio(String name, List<List<Played>> played, ToLongFunction<Played> of) {
    List<List<Played>> waited =
        played.stream().filter(runs -> runs.stream().allMatch(run -> run.stalls() > 0)).toList();
    List<Long> ratios = new ArrayList<>();
    for (int image = 0; image < images.size(); image++) {
      double sum = 0;
      for (List<Played> runs : waited) {
        sum +=
            StrictMath.log((double) of.applyAsLong(runs.get(image)) / of.applyAsLong(runs.get(0)));
      }
      ratios.add(Math.round(1000 * StrictMath.exp(sum / Math.max(1, waited.size()))));
    }
    values(name, ratios, ratio -> tenths(ratio) + " %");
  }

  /** On how many heaps an image has no more than any other; those that all share are left out. */
  private void best(String name, List<List<Played>> played, ToLongFunction<Played> of) {
    List<Long> counts = new ArrayList<>();
    for (int image = 0; image < images.size(); image++) {
      int index = image;
      counts.add(
          played.stream()
              .filter(runs -> runs.stream().mapToLong(of).distinct().count() > 1)
              .filter(
                  runs ->
                      of.applyAsLong(runs.get(index))
                          == runs.stream().mapToLong(of).min().orElseThrow())
              .count());
    }
    values(name, counts, Judging::number);
  }

  /** A title, and above each column its image; of a path the end. */
  private void head(String title) {
    values(title, names, name -> name.substring(Math.max(0, name.length() - WIDTH + 2)));
  }

  private <T> void values(String title, List<T> columns, Function<T, String> cell) {
    out.printf(
        Locale.ROOT,
        "%-38s%s%n",
        title,
        columns.stream()
            .map(column -> String.format(Locale.ROOT, "%" + WIDTH + "s", cell.apply(column)))
            .collect(Collectors.joining()));
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String tenths(long value) {
    return String.format(Locale.ROOT, "%,d.%d", value / 10, value % 10);
  }

  private static String percent(long value, long of) {
    return String.format(Locale.ROOT, " %5s %%", tenths((2000 * value + of) / (2 * of)));
  }
}
