package io.defragsim.report.html;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.LeftOut;
import io.defragsim.report.Recorded;
import io.defragsim.report.drawing.Use;
import io.defragsim.report.markup.Markup;
import io.defragsim.report.section.CompareReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A run, or several of one scenario, as a page to look at and to move through: one file that needs
 * no other and no network. The same runs give the same page.
 */
public final class PageReport {
  /** No page has more bytes than that, however long its runs. */
  public static final int MOST_BYTES = 2_000_000;

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

  private PageReport() {}

  /**
   * Writes the page and closes nothing.
   *
   * @param runs of the same scenario; the first is that on its own image
   * @param leftOut what could not run
   */
  public static void write(List<Recorded> runs, List<LeftOut> leftOut, Writer out)
      throws IOException {
    out.write(page(runs, leftOut));
  }

  private static String page(List<Recorded> runs, List<LeftOut> leftOut) {
    List<Recorded> fitting = runs;
    int columns = PlayerSection.columns(runs.size());
    String page = page(fitting, leftOut, columns);
    while (bytes(page) > MOST_BYTES) {
      List<Recorded> fewer = fitting.stream().map(Recorded::thinned).toList();
      boolean same = moments(fewer) == moments(fitting);
      if (same && columns <= 1) {
        throw new IllegalStateException("a page without moments has " + bytes(page) + " bytes");
      }
      fitting = fewer;
      columns = same ? columns / 2 : columns;
      page = page(fitting, leftOut, columns);
    }
    return page;
  }

  private static int bytes(String page) {
    return page.getBytes(StandardCharsets.UTF_8).length;
  }

  private static long moments(List<Recorded> runs) {
    return runs.stream().mapToLong(run -> run.recording().count()).sum();
  }

  private static String page(List<Recorded> runs, List<LeftOut> leftOut, int columns) {
    String style = Use.styles() + resource("page.css");
    String script = resource("page.js");
    long span =
        Math.max(1, runs.stream().mapToLong(run -> run.result().executed()).max().orElse(1));
    Markup title = new Markup();
    title.text(runs.get(0).result().subject().scenario() + " \u00b7 defrag-sim");
    Map<String, String> parts =
        Map.of(
            "title",
            title.toString(),
            "class",
            runs.size() == 1
                ? "single"
                : CompareReport.inRows(runs.size()) ? "several many" : "several",
            "style",
            style,
            "style-hash",
            hash(style),
            "script",
            script,
            "script-hash",
            hash(script),
            "data",
            PageData.of(runs, span, start(runs)),
            "body",
            new Body(runs, leftOut).markup(span, columns));
    Matcher places = PLACE.matcher(resource("page.html"));
    // what is filled in is not looked at again: a user's text may well hold two braces
    return places.replaceAll(
        place -> Matcher.quoteReplacement(Objects.requireNonNull(parts.get(place.group(1)))));
  }

  /**
   * The moment worth seeing first: where the run ended, failed, or waited longest; else the end.
   */
  private static long start(List<Recorded> runs) {
    for (Recorded run : runs) {
      RunResult result = run.result();
      List<Failure> failures = result.failures().kept();
      if (!result.completed()) {
        return result.executed() - 1;
      }
      if (!failures.isEmpty()) {
        return failures.get(0).operation();
      }
    }
    RunResult first = runs.get(0).result();
    var longest = first.stalls().longest();
    return longest != null
        ? longest.operation()
        : Math.max(Account.BEFORE_FIRST, first.executed() - 1);
  }

  /**
   * What of inline code the page's own policy lets run: this and nothing that came in with data.
   */
  static String hash(String code) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What lies beside this class. */
  static String resource(String name) {
    try (var in = Objects.requireNonNull(PageReport.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
