package io.defragsim.report.drawing;

import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Distribution.ValueCount;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.markup.Markup;
import io.defragsim.report.model.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Charts without words, each an {@code svg} that fills what it stands in. Across are the operations
 * of a run, or values; up is 0 to the value that the caller names.
 */
public final class Plots {
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 100;

  /** A line that is no thinner than this, of {@link #HEIGHT}: little is not nothing. */
  private static final int LEAST = 2;

  /** The most bars of a histogram. */
  public static final int BARS = 48;

  /**
   * A bar of a histogram.
   *
   * @param first the least value in it
   * @param last the greatest
   * @param count how many values
   */
  public record Bar(long first, long last, long count) {}

  /**
   * How high a chart of pauses is.
   *
   * @param longest in cycles, null without pauses
   * @param limit in cycles that none may be above, null for none
   */
  public record PauseScale(@Nullable Long longest, @Nullable Long limit) {

    /** Of the pauses of a run. */
    public static PauseScale of(RunResult result) {
      Long limit =
          result.limits().stream()
              .filter(each -> each.figure().name().equals("pauses.max"))
              .map(each -> each.fail().max())
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      return new PauseScale(result.pauses().cycles().max(), limit);
    }

    /** Cycles at the top. */
    public long top() {
      return Math.max(1, Math.max(longest == null ? 0 : longest, limit == null ? 0 : limit));
    }
  }

  private Plots() {}

  /**
   * The bars of {@code distribution}, of equal widths, none left out between the first and last.
   */
  public static List<Bar> bars(Distribution distribution) {
    Long least = distribution.min();
    Long most = distribution.max();
    if (least == null || most == null) {
      return List.of();
    }
    long width = (most - least) / BARS + 1;
    List<Bar> bars = new ArrayList<>();
    for (long first = least; first <= most; first += width) {
      long from = first;
      long to = Math.min(most, first + width - 1);
      long count =
          distribution.values().stream()
              .filter(value -> value.value() >= from && value.value() <= to)
              .mapToLong(ValueCount::count)
              .sum();
      bars.add(new Bar(from, to, count));
    }
    return bars;
  }

  /**
   * Bars as high as their counts.
   *
   * @param title of each, for who points at it
   */
  public static void histogram(Markup out, List<Bar> bars, Function<Bar, String> title) {
    open(out, bars.size() * 10);
    long most = bars.stream().mapToLong(Bar::count).max().orElse(1);
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      if (bar.count() == 0) {
        continue;
      }
      long height = Math.max(LEAST, bar.count() * HEIGHT / most);
      out.open(
          "rect",
          "class",
          "bar",
          "fill",
          Use.USED.color(),
          "x",
          i * 10,
          "y",
          HEIGHT - height,
          "width",
          9,
          "height",
          height);
      out.element("title", title.apply(bar));
      out.close();
    }
    out.close();
  }

  /**
   * The longest pause of each stretch, and where requests were refused.
   *
   * @param span how many operations it is wide
   * @param size attributes of the element
   */
  public static void pauses(
      Markup out, Recording recording, long span, PauseScale scale, Object... size) {
    Long limit = scale.limit();
    long most = scale.top();
    open(out, WIDTH, size);
    StringBuilder bars = new StringBuilder();
    StringBuilder over = new StringBuilder();
    StringBuilder refused = new StringBuilder();
    for (Recording.Stretch stretch : recording.stretches()) {
      long from = stretch.first() * WIDTH / span;
      long width = Math.max(1, (stretch.end() * WIDTH / span - from) * 4 / 5);
      if (stretch.longestPause() > 0) {
        boolean above = limit != null && stretch.longestPause() > limit;
        bar(above ? over : bars, from, width, height(stretch.longestPause(), most));
      }
      if (stretch.failures() > 0) {
        bar(refused, from, Math.max(3, width), 5);
      }
    }
    path(out, "bar", Use.USED.color(), bars);
    path(out, "over", Use.LOCKED.color(), over);
    path(out, "refused", Use.LOCKED.color(), refused);
    if (limit != null) {
      line(out, "limit", "M0 " + (HEIGHT - height(limit, most)) + "H" + WIDTH);
    }
    out.close();
  }

  private static long height(long value, long most) {
    return Math.max(LEAST, value * HEIGHT / most);
  }

  private static void bar(StringBuilder path, long from, long width, long height) {
    path.append('M')
        .append(from)
        .append(' ')
        .append(HEIGHT)
        .append("v-")
        .append(height)
        .append('h')
        .append(width)
        .append('v')
        .append(height)
        .append('z');
  }

  /**
   * A curve from its first point to its last, up to its highest.
   *
   * @param points from the least {@code x} to the greatest; at least two
   */
  public static void curve(Markup out, List<Chart.Point> points) {
    long first = points.get(0).x();
    long span = points.get(points.size() - 1).x() - first;
    long top = points.stream().mapToLong(Chart.Point::y).max().orElse(1);
    open(out, WIDTH);
    StringBuilder line = new StringBuilder();
    for (Chart.Point point : points) {
      line.append(line.isEmpty() ? 'M' : 'L')
          .append((point.x() - first) * WIDTH / Math.max(1, span))
          .append(' ')
          .append(HEIGHT - point.y() * HEIGHT / Math.max(1, top));
    }
    line(out, "line", line.toString());
    long wide = WIDTH / points.size();
    for (Chart.Point point : points) {
      long x = (point.x() - first) * WIDTH / Math.max(1, span);
      out.open(
          "rect",
          "class",
          "hit",
          "x",
          x - wide / 2,
          "y",
          0,
          "width",
          wide,
          "height",
          HEIGHT,
          "fill",
          "none",
          "pointer-events",
          "all");
      out.element("title", point.words()).close();
    }
    out.close();
  }

  /** The share of the free bytes that one request cannot have, up to all of them. */
  public static void fragmentation(Markup out, List<Sample> samples, long span, Object... size) {
    open(out, WIDTH, size);
    String line = steps(samples, span, 1_000_000, Sample::ppm);
    if (!line.isEmpty()) {
      out.empty("path", "class", "area", "fill", Use.USED.color(), "d", area(line));
      line(out, "line", line);
    }
    out.close();
  }

  /** The live bytes, and the largest request that would be served, up to {@code pool} bytes. */
  public static void bytes(Markup out, List<Sample> samples, long span, long pool, Object... size) {
    open(out, WIDTH, size);
    String live = steps(samples, span, pool, Sample::liveBytes);
    String largest = steps(samples, span, pool, Sample::largestRequest);
    if (!live.isEmpty()) {
      out.empty("path", "class", "area", "fill", Use.USED.color(), "d", area(live));
      line(out, "line", live);
    }
    if (!largest.isEmpty()) {
      line(out, "line largest", largest);
    }
    out.close();
  }

  /** What holds after an operation holds up to the next sample; without a value, a gap. */
  private static String steps(
      List<Sample> samples, long span, long full, Function<Sample, @Nullable Long> value) {
    StringBuilder line = new StringBuilder();
    boolean drawing = false;
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      Long now = value.apply(sample);
      if (now == null) {
        drawing = false;
        continue;
      }
      long from = at(sample.operation(), span);
      long to = i + 1 < samples.size() ? at(samples.get(i + 1).operation(), span) : WIDTH;
      long y = HEIGHT - Math.min(HEIGHT, now * HEIGHT / full);
      line.append(drawing ? "V" + y : "M" + from + " " + y).append('H').append(Math.max(from, to));
      drawing = true;
    }
    return line.toString();
  }

  private static long at(long operation, long span) {
    return Math.min(WIDTH, Math.max(0, operation) * WIDTH / span);
  }

  /** Each stretch of a stepped line down to the bottom. */
  private static String area(String line) {
    StringBuilder area = new StringBuilder();
    for (String stretch : line.substring(1).split("M", -1)) {
      String start = stretch.substring(0, stretch.indexOf(' '));
      String rest = stretch.substring(stretch.indexOf(' ') + 1);
      int up = rest.indexOf('H');
      area.append('M')
          .append(start)
          .append(' ')
          .append(HEIGHT)
          .append('V')
          .append(rest, 0, up)
          .append(rest.substring(up))
          .append('V')
          .append(HEIGHT)
          .append('z');
    }
    return area.toString();
  }

  private static void open(Markup out, int width, Object... size) {
    List<Object> attributes = new ArrayList<>(List.of(size));
    if (size.length == 0) {
      attributes.addAll(List.of("class", "plot", "aria-hidden", "true"));
    }
    attributes.addAll(
        List.of(
            "viewBox", "0 0 " + Math.max(1, width) + " " + HEIGHT, "preserveAspectRatio", "none"));
    out.open("svg", attributes.toArray());
  }

  private static void path(Markup out, String key, String color, StringBuilder path) {
    if (!path.isEmpty()) {
      out.empty("path", "class", key, "fill", color, "d", path.toString());
    }
  }

  private static void line(Markup out, String key, String path) {
    out.empty(
        "path",
        "class",
        key,
        "fill",
        "none",
        "stroke",
        "#111111",
        "vector-effect",
        "non-scaling-stroke",
        "d",
        path);
  }
}
