package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import io.defragsim.command.Chromium.Opened;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.lab.Lab;
import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.recording.RunRecorder;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Recorded;
import io.defragsim.report.html.PageReport;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page in a browser: what it shows, how one moves through it, and that nothing else happens.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class PageTest {

  @TempDir static Path folder;
  private static @Nullable Chromium chromium;
  private static Path cheese = Path.of("");
  private static Path compared = Path.of("");

  /** Before the first test, and not before all: where there is no browser each test is skipped. */
  @BeforeEach
  void make_the_pages() {
    if (chromium == null) {
      chromium = Chromium.start();
      cheese = page("run", "swiss-cheese");
      compared = page("compare", "swiss-cheese");
    }
  }

  @AfterAll
  static void close() {
    if (chromium != null) {
      chromium.close();
    }
  }

  private static Chromium chromium() {
    if (chromium == null) {
      throw new IllegalStateException("no browser");
    }
    return chromium;
  }

  /** The page that a command writes, whatever its status. */
  private static Path page(String... command) {
    Path file = folder.resolve(String.join("-", command).replaceAll("[^a-z-]", "") + ".html");
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--html", file.toString()));
    Cli.run(arguments.toArray(String[]::new));
    assertThat(file).exists();
    return file;
  }

  @Test
  void keys_buttons_the_scrubber_a_click_and_a_link_all_move_to_another_moment() {
    try (Opened page = chromium().open(cheese)) {
      assertThat(page.text("output")).as("the longest stall").isEqualTo("operation 130 of 134");

      page.press("Home");
      assertThat(page.text("output")).isEqualTo("before operation 0 of 134");
      assertThat(page.page().locator(".map .fill-used")).satisfies(none -> has(none, 0));
      page.press("ArrowRight");
      assertThat(page.told())
          .isEqualTo("alloc cheese[0]: 16 bytes at offset 328; took 175 cycles.");
      assertThat(page.page().locator(".map .fill-used")).satisfies(one -> has(one, 1));
      page.press("ArrowRight", "ArrowRight", "ArrowLeft");
      assertThat(page.told()).startsWith("alloc cheese[1]: 72 bytes");
      page.press("End");
      assertThat(page.told()).startsWith("write slice[2]");
      page.page().locator("[data-go=previous]").click();
      assertThat(page.text("output")).isEqualTo("operation 132 of 134");
      page.page().locator("[data-go=first]").click();
      page.press("p");
      assertThat(page.told()).contains("waited for 5 pauses: 2,131 cycles");

      Locator scrubber = page.page().locator("input[type=range]");
      scrubber.fill("1");
      assertThat(page.told()).startsWith("alloc cheese[0]");
      scrubber.focus();
      page.press("ArrowRight");
      assertThat(page.told()).as("one step, not two").startsWith("alloc cheese[1]");
      assertThat(scrubber.getAttribute("aria-valuetext")).isEqualTo("operation 1");

      page.page().locator(".track.heap").click();
      assertThat(page.text("output")).as("the middle").matches("operation 6[67] of 134");
      page.page().locator("#worst tr:has-text('free') a").click();
      assertThat(page.told()).startsWith("free cheese[4]: 40 bytes given back; took 212 cycles");
      page.press(" ");
      page.page().waitForCondition(() -> page.text("output").contains("operation 112"));
      page.press(" ");
      assertThat(page.text(".play")).isEqualTo("Play");
    }
    try (Opened page = chromium().open(cheese.toUri() + "#op3", 1280, ColorScheme.LIGHT)) {
      assertThat(page.told()).startsWith("alloc cheese[3]: 160 bytes");
    }
  }

  private static void has(Locator locator, int count) {
    assertThat(locator.count()).isEqualTo(count);
  }

  @Test
  void each_moment_of_the_page_is_that_of_the_run() throws IOException {
    Recorded run =
        record(scenario(Files.readString(Path.of("scenarios/library/swiss-cheese.json"))));
    List<String> expected = new ArrayList<>();
    run.recording()
        .replay(
            (moment, state) ->
                expected.add(
                    state.blocks().entrySet().stream()
                        .sorted(Comparator.comparing(entry -> entry.getValue().offset()))
                        .map(
                            entry ->
                                run.recording().names().get(entry.getKey())
                                    + String.format(
                                        Locale.ROOT,
                                        " %,d %,d",
                                        entry.getValue().offset(),
                                        entry.getValue().bytes()))
                        .collect(Collectors.joining("\n"))));

    try (Opened page = chromium().open(cheese)) {
      page.page().locator("summary:has-text('Blocks')").click();
      Object shown =
          page.page()
              .evaluate(
                  """
                  () => {
                    const press = key => document.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
                    const rows = () => [...document.querySelectorAll('[data-show=blocks] tr')]
                        .map(row => [...row.cells].slice(0, 3).map(cell => cell.textContent).join(' ')).join('\\n');
                    press('Home');
                    const all = [rows()];
                    for (let i = 0; i < 134; i++) {
                      press('ArrowRight');
                      all.push(rows());
                    }
                    // and backwards, over a frame that everything is decoded from
                    for (let i = 133; i >= 90; i--) {
                      press('ArrowLeft');
                      if (rows() !== all[i]) all[i] = 'backwards: ' + rows();
                    }
                    return all;
                  }
                  """);
      assertThat(shown).isEqualTo(expected);
    }
  }

  @Test
  void of_two_allocators_a_failure_of_one_is_shown_beside_what_the_other_does() {
    try (Opened page = chromium().open(compared)) {
      page.press("Home", "f");
      assertThat(page.page().locator("[data-show=words]").allInnerTexts())
          .extracting(text -> text.replace('\u00a0', ' '))
          .satisfiesExactly(
              own -> assertThat(own).startsWith("alloc slice[1]: 256 bytes at offset 2,416; took"),
              other ->
                  assertThat(other)
                      .startsWith(
                          "alloc slice[1], 256 bytes: refused, fragmented: 1,392 bytes free,"
                              + " largest hole 168; took 401 cycles"));
      page.press("f");
      assertThat(page.text("output")).isEqualTo("operation 130 of 134");
      page.press("Shift+F");
      assertThat(page.text("output")).isEqualTo("operation 129 of 134");
      assertThat(page.page().locator("[data-go=previous-failure]").getAttribute("aria-disabled"))
          .isEqualTo("true");
      assertThat(page.page().locator("#verdict .bad").first().innerText()).contains("2 of 3");
    }
  }

  @Test
  void of_many_allocators_the_heaps_come_first_small_and_only_those_that_are_seen_are_drawn() {
    Path file = page("compare", "swiss-cheese", "--allocators", "all");
    try (Opened page = chromium().open(file, 360, ColorScheme.DARK)) {
      assertThat(page.page().evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
      assertThat(page.text(".conclusion")).matches("Of [0-9]+ allocators .*\\.");
      List<String> names = ShippedImages.names();
      assertThat(page.page().locator("#play .run h3").allInnerTexts())
          .hasSameSizeAs(names)
          .first(STRING)
          .isEqualTo("defrag\nserves every request");
      assertThat(page.page().locator("main > section").all())
          .extracting(section -> section.getAttribute("id"))
          .startsWith("verdict", "play", "figures")
          .contains("costs", "limits", "each", "subject");
      Locator last = page.page().locator("#play .run").last();
      assertThat(page.page().locator("#play .run").first().locator(".seg").count()).isPositive();
      assertThat(last.locator(".seg").count()).isZero();
      page.press("Home", "ArrowRight");
      last.scrollIntoViewIfNeeded();
      last.locator(".seg").first().waitFor();
      assertThat(last.locator(".told").innerText()).startsWith("alloc cheese[0]");
      page.press("ArrowRight");
      assertThat(last.locator(".told").innerText()).startsWith("alloc cheese[1]");
    }
  }

  @Test
  void a_run_that_has_not_kept_the_moment_looked_at_says_which_one_it_shows() throws IOException {
    Recorded run =
        record(scenario(Files.readString(Path.of("scenarios/library/swiss-cheese.json"))));
    StringWriter out = new StringWriter();
    PageReport.write(List.of(run, run.thinned()), List.of(), out);
    Path file = Files.writeString(folder.resolve("thinned.html"), out.toString());
    try (Opened page = chromium().open(file)) {
      page.press("Home");
      List<List<String>> told = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        page.press("ArrowRight");
        told.add(page.page().locator("[data-show=words]").allInnerTexts());
      }
      assertThat(told).allMatch(both -> both.get(0).startsWith("alloc cheese["));
      assertThat(told).anyMatch(both -> both.get(0).equals(both.get(1)));
      assertThat(told)
          .anySatisfy(
              both -> assertThat(both.get(1)).matches("Operation [0-2]: alloc cheese\\[.*"));
    }
  }

  @Test
  void its_figures_are_those_of_the_report() throws IOException {
    JsonNode run =
        new ObjectMapper()
            .readTree(Cli.run("run", "swiss-cheese", "--json", "-").out())
            .at("/runs/0");
    Map<String, String> figures =
        Map.of(
            "#operations tr:has-text('alloc') td:nth-child(2)", "alloc.count",
            "#operations tr:has-text('alloc') td:nth-child(8)", "alloc.max",
            "#operations tr:has-text('free') td:nth-child(7)", "free.p99",
            "#pauses tbody td:nth-child(1)", "pauses.count",
            "#pauses tbody td:nth-child(2)", "pauses.total",
            "#stalls tbody td:nth-child(7)", "stalls.max",
            "#worst tr:has-text('pause') td:nth-child(2)", "pauses.max");
    try (Opened page = chromium().open(cheese)) {
      figures.forEach(
          (cell, figure) ->
              assertThat(page.text(cell).replace(",", ""))
                  .as(figure)
                  .isEqualTo(run.at("/figures").get(figure).asText()));
      long cycles = run.at("/figures/cycles").longValue();
      assertThat(page.text(".flame button")).isEqualTo("all");
      assertThat(page.page().locator(".flame button").first().getAttribute("title"))
          .startsWith("all: " + String.format(Locale.ROOT, "%,d", cycles));
      page.page().locator(".flame button:has-text('image_step')").click();
      assertThat(page.page().locator(".flame button:has-text('image_free')").count()).isZero();
    }
  }

  @Test
  void how_much_ran_and_what_was_measured_stand_where_they_are_looked_for() {
    for (Path file : List.of(cheese, compared)) {
      try (Opened page = chromium().open(file)) {
        assertThat(page.text("#verdict")).contains("134\u00a0operations (numbered from 0), ");
        assertThat(page.text("#subject")).doesNotContain("numbered from 0");
        page.press("Home");
        Locator link = page.page().locator(".limits tr:has-text('pauses.max') a").first();
        assertThat(link.innerText())
            .matches(file.equals(compared) ? "✓ [0-9]+" : "[0-9]+\u00a0cycles");
        link.click();
        assertThat(page.text("output")).startsWith(link.getAttribute("title") + " of ");
        List<String> heads = page.page().locator("#operations thead").allInnerTexts();
        if (file.equals(compared)) {
          assertThat(heads).as("side by side").hasSize(2).containsOnly(heads.get(0));
          assertThat(heads.get(0)).contains("skipped");
        }
      }
    }
  }

  @Test
  void on_a_phone_limits_fit_and_of_a_block_the_picture_has_the_whole_name_or_none() {
    try (Opened page = chromium().open(cheese, 360, ColorScheme.LIGHT)) {
      Locator box = page.page().locator(".limits .scroll");
      assertThat(box.evaluate("box => box.scrollWidth - box.clientWidth")).isEqualTo(0);
      Object shown =
          page.page()
              .evaluate(
                  """
                  () => [...document.querySelectorAll('.map .seg')].filter(seg => seg.textContent).map(seg => {
                    const range = document.createRange();
                    range.selectNodeContents(seg);
                    const [name, box] = [range.getBoundingClientRect(), seg.getBoundingClientRect()];
                    return name.top >= box.bottom ? 'none' : name.right <= box.right ? 'whole' : seg.textContent;
                  }).filter((found, i, all) => all.indexOf(found) === i)
                  """);
      assertThat(shown).asInstanceOf(LIST).containsExactlyInAnyOrder("whole", "none");
    }
  }

  @Test
  void it_fits_a_phone_and_paper_and_is_light_or_dark() {
    for (Path file : List.of(cheese, compared)) {
      try (Opened page = chromium().open(file, 360, ColorScheme.DARK)) {
        assertThat(page.page().evaluate("document.documentElement.scrollWidth")).isEqualTo(360);
        assertThat(background(page)).isEqualTo("rgb(22, 24, 27)");
      }
    }
    try (Opened page = chromium().open(cheese)) {
      assertThat(background(page)).isEqualTo("rgb(255, 255, 255)");
      assertThat(contrasts(page)).allSatisfy(contrast -> assertThat(contrast).isGreaterThan(4.5));
      assertThat(new String(page.page().pdf(), 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
    }
    try (Opened page = chromium().open(cheese, 1280, ColorScheme.DARK)) {
      assertThat(contrasts(page)).allSatisfy(contrast -> assertThat(contrast).isGreaterThan(4.5));
    }
  }

  private static Object background(Opened page) {
    return page.page().evaluate("getComputedStyle(document.documentElement).backgroundColor");
  }

  /** Of every text against what it stands on, where that is one colour. */
  private static List<Double> contrasts(Opened page) {
    Object contrasts =
        page.page()
            .evaluate(
                """
                () => {
                  const luminance = color => {
                    const [r, g, b] = color.match(/[0-9.]+/g).map(v => v / 255)
                        .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
                    return .2126 * r + .7152 * g + .0722 * b;
                  };
                  const paper = element => {
                    for (let at = element; at; at = at.parentElement) {
                      const color = getComputedStyle(at).backgroundColor;
                      if (color !== 'rgba(0, 0, 0, 0)') return color;
                    }
                    return 'rgb(255, 255, 255)';
                  };
                  return [...document.querySelectorAll('p, td, th, a, button, .seg, .axis span, dd, dt, h1, h2, small')]
                      .filter(e => e.textContent && !e.matches('.fill-own, .fill-locked, [aria-disabled=true]'))
                      .map(e => {
                        const [a, b] = [luminance(getComputedStyle(e).color), luminance(paper(e))].sort((x, y) => y - x);
                        return (a + .05) / (b + .05);
                      });
                }
                """);
    return ((List<?>) contrasts).stream().map(c -> ((Number) c).doubleValue()).toList();
  }

  @Test
  void nothing_in_a_scenario_becomes_markup_or_script() throws IOException {
    String attack = "</script><img src=x onerror=alert(1)><!--\\u2028{{script}}\\\"'&lt;";
    String json =
        """
        {"name": "%1$s", "description": "%1$s", "mcu": "cortex-m0", "image": "defrag",
         "pool": {"size": "1 KiB", "handles": 8},
         "interrupts": [{"name": "<img src=x>&\\"", "every": 5000, "cycles": 100}],
         "workload": [{"phase": "%1$s", "operations": [{"alloc": "a", "bytes": 64}]}]}
        """
            .formatted(attack);
    Path scenario = Files.writeString(folder.resolve("attack.json"), json);
    Path svg = folder.resolve("attack.svg");
    Path html = folder.resolve("attack.html");
    var run =
        Cli.run(
            "run", scenario.toString(), "--html", html.toString(), "--svg", svg.toString(), "-q");
    assertThat(run.status()).as(run.err()).isZero();

    for (Path file : List.of(html, svg)) {
      try (Opened page = chromium().open(file)) {
        assertThat(page.page().locator("img").count()).isZero();
        assertThat(page.page().content()).contains("&lt;img src=x onerror=alert(1)&gt;");
      }
    }
    try (Opened page = chromium().open(html)) {
      assertThat(page.text("h1"))
          .isEqualTo("</script><img src=x onerror=alert(1)><!-- {{script}}\"'&lt;");
      assertThat(page.told()).startsWith("alloc a: 64 bytes at offset");
    }
  }

  @Test
  void a_run_that_ended_early_shows_its_last_heap_and_one_that_never_started_says_so() {
    TestScenarios scenarios = new TestScenarios(folder);
    try (Opened page = chromium().open(page("run", scenarios.onFaulty("writes-flash")))) {
      assertThat(page.text("#verdict")).contains("FAULT, write protected at");
      assertThat(page.text(".alarm")).contains("write protected: ").contains("xpsr");
      assertThat(page.told()).contains(": here the run ended. FAULT, write protected");
      assertThat(page.page().locator(".map .row").count()).isPositive();
    }
    try (Opened page = chromium().open(page("run", scenarios.onFaulty("corrupts-neighbour")))) {
      assertThat(page.text("#verdict")).contains("CONTRACT BROKEN");
      page.press("End");
      assertThat(page.told()).contains(": here the run ended. CONTRACT BROKEN");
    }
    try (Opened page = chromium().open(page("run", scenarios.onFaulty("never-parks")))) {
      assertThat(page.text("#verdict")).contains("BUDGET EXHAUSTED");
      assertThat(page.page().locator(".controls").count()).isZero();
      assertThat(page.text("#subject")).contains("never-parks");
    }
  }

  @Test
  @Tag("campaign") // it measures, too
  void a_page_of_200_000_operations_has_at_most_2_MB_and_says_what_it_shows() throws IOException {
    Recorded run =
        record(
            scenario(
                """
                {"name": "long", "mcu": "stm32f030f4", "image": "defrag",
                 "pool": {"size": "1.5 KiB", "handles": 32},
                 "defrag": {"when": "on-failure", "budget": 64},
                 "workload": [{"phase": "steady", "generate": {
                   "operations": 200000, "seed": 7, "sizes": {"uniform": [12, 120]},
                   "lifetimes": {"geometric": 30}, "fill": "900 B", "blocks": 24}}]}
                """));
    StringWriter out = new StringWriter();
    PageReport.write(List.of(run), List.of(), out);
    byte[] page = out.toString().getBytes(StandardCharsets.UTF_8);
    Path file = Files.write(folder.resolve("long.html"), page);
    StringWriter again = new StringWriter();
    PageReport.write(List.of(run), List.of(), again);

    assertThat(again.toString()).isEqualTo(out.toString());
    assertThat(page).hasSizeBetween(1_000_000, PageReport.MOST_BYTES);
    try (Opened opened = chromium().open(file)) {
      System.out.printf(
          "a page of %,d operations has %,d bytes and is ready %s ms after its request%n",
          run.result().executed(),
          page.length,
          opened
              .page()
              .evaluate(
                  "Math.round(performance.timing.domContentLoadedEventEnd - performance.timing.requestStart)"));
      assertThat(opened.text(".kept"))
          .startsWith("Of 200,")
          .contains("one in ")
          .contains(
              String.format(Locale.ROOT, "all %,d with pauses", run.recording().kept().paused()));
      opened.press("End");
      assertThat(opened.text("output"))
          .isEqualTo(
              String.format(
                  Locale.ROOT,
                  "operation %1$,d of %2$,d",
                  run.result().executed() - 1,
                  run.result().executed()));
      for (String worst : List.of("pause", "stall", "alloc", "free")) {
        Locator link = opened.page().locator("#worst tr:has-text('" + worst + "') a").first();
        link.click();
        assertThat(opened.text("output")).startsWith(link.innerText().replace('\u00a0', ' '));
      }
    }
  }

  @Test
  void where_cycles_are_an_estimate_each_section_with_such_figures_says_so() throws IOException {
    String exact = Files.readString(cheese);
    String estimated = Files.readString(page("run", "swiss-cheese", "--wait-states", "1"));
    List<String> sections = List.of(exact.split("<section", -1));
    List<String> others = List.of(estimated.split("<section", -1));

    assertThat(others).hasSameSizeAs(sections);
    assertThat(exact).doesNotContain("estimated</small>").doesNotContain("(estimated)</td>");
    for (int i = 1; i < sections.size(); i++) {
      if (!sections.get(i).equals(others.get(i))) {
        assertThat(others.get(i).replaceAll("(?s)<script.*", ""))
            .containsPattern("estimated|cycles and times are an estimate");
      }
    }
    Path file = folder.resolve("estimated.html");
    Files.writeString(file, estimated);
    try (Opened page = chromium().open(file)) {
      assertThat(page.told()).contains("cycles (estimated)");
    }
  }

  @Test
  void two_runs_write_the_same_page() throws IOException {
    Path first = folder.resolve("first.html");
    Files.copy(page("compare", "swiss-cheese"), first);

    assertThat(page("compare", "swiss-cheese")).hasSameBinaryContentAs(first);
  }

  private static Scenario scenario(String json) {
    ReadResult<Scenario> read =
        new ScenarioReader(Figures.units())
            .read(json.getBytes(StandardCharsets.UTF_8), "scenario", Path.of(""));
    assertThat(read).as(read.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<Scenario>) read).value();
  }

  private static Recorded record(Scenario scenario) throws IOException {
    RunRecorder recorder = new RunRecorder(scenario.workload());
    RunResult result =
        Lab.run(
            scenario,
            ShippedImages.load(scenario.image(), scenario.mcu()),
            Lab.Options.standard().withoutSampling(),
            recorder);
    Recording recording = recorder.recording(result);
    return new Recorded(result, recording, Profile.NONE);
  }
}
