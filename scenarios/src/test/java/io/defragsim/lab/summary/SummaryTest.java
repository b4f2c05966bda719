package io.defragsim.lab.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.lab.Lab;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.format.ScenarioWriter;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Variate;
import io.defragsim.workload.Workload;
import io.defragsim.workload.trace.TraceProblemException;
import io.defragsim.workload.trace.TraceReader;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class SummaryTest {
  private static final String SITES =
      "s 1 0\tmain\tmain.c:1\ns 2 1\tparse\tparse.c:5\ns 3 1\tui draw\tui.c:9\n";

  @Test
  void its_figures_are_near_those_of_the_recording() throws Exception {
    Summary summary = of(program(new Random(1)), true, null);

    assertThat(summary.others()).hasSize(7);
    List<Measured> all = new ArrayList<>(summary.others());
    all.add(summary.generated());
    Measured recording = summary.recording();
    for (Measured each : all) {
      assertThat(each.operations())
          .isBetween(recording.operations() * 98 / 100, recording.operations() * 102 / 100);
      assertThat(each.peakBytes()).isBetween(recording.peakBytes() * 9 / 10, recording.peakBytes());
      assertThat(each.peakBlocks()).isLessThanOrEqualTo(recording.peakBlocks());
      assertThat(each.meanBytes())
          .isBetween(recording.meanBytes() * 8 / 10, recording.meanBytes() * 13 / 10);
      assertThat(each.sizeMean())
          .isBetween(recording.sizeMean() * 9 / 10, recording.sizeMean() * 11 / 10);
      assertThat(each.sizeP90()).isBetween(200L, 260L);
    }
  }

  @Test
  void what_the_figures_of_the_recording_are_is_counted() throws Exception {
    Measured recording =
        of("a 0 10\na 1 30\nr 0 50\nl 1\nu 1\nw 9\nf 1\nx 7\na 1 20\n", true, null).recording();
    // 10, 40, 80, 80, 80, 50 and 70 bytes are alive behind the operations.
    assertThat(recording).isEqualTo(new Measured(7, 3, 80, 2, 59, 20, 20, 30, 30));
  }

  @Test
  void it_runs_at_once_and_serves_all() throws Exception {
    Scenario scenario = of(program(new Random(2)), true, null).scenario();
    RunResult result =
        Lab.run(
            scenario,
            ShippedImages.load(scenario.image(), scenario.mcu()),
            Lab.Options.standard().withoutSampling());
    assertThat(result.ending()).isInstanceOf(RunEnding.Completed.class);
    assertThat(result.failures().count()).isZero();
  }

  @Test
  void kinds_are_sites_and_classes_of_sizes_where_there_is_no_site() throws Exception {
    String trace = SITES + "p boot\na 1 100 @2\na 2 3000 @3\na 3 20\nf 1\n";
    assertThat(kinds(of(trace, true, 1L))).containsExactly("parse", "ui draw", "up to 64 B");
    assertThat(kinds(of(trace, false, 1L)))
        .containsExactly("up to 256 B", "up to 4096 B", "up to 64 B");
  }

  @Test
  void sites_with_few_blocks_are_one_kind() throws Exception {
    StringBuilder trace = new StringBuilder();
    int id = 0;
    for (int site = 1; site <= 20; site++) {
      trace.append(String.format(java.util.Locale.ROOT, "s %d 0\tf%02d\t\n", site, site));
      for (int i = 0; i <= (site == 3 ? 9 : site); i++) {
        trace.append("a ").append(id++).append(" 8 @").append(site).append('\n');
      }
    }
    Summary summary = of(trace.toString(), true, 1L);
    assertThat(kinds(summary)).hasSize(16).contains("others", "f03", "f20").doesNotContain("f05");
    assertThat(summary.notes()).anyMatch(note -> note.startsWith("Of 20 kinds"));
  }

  @Test
  void what_is_never_freed_lives_for_ever_and_what_is_freed_as_long_as_it_did() throws Exception {
    Summary summary = of("a 0 64\na 1 8\nf 1\na 1 8\nf 1\na 1 8\nf 1\n", true, 1L);
    Generator.Kind small = generators(summary).get(1).kinds().get(0);
    assertThat(small.lifetimes()).isEqualTo(new Variate.Constant(1));
    assertThat(small.sizes()).isEqualTo(new Variate.Constant(8));
    Generator.Kind large = generators(summary).get(0).kinds().get(0);
    assertThat(large.lifetimes()).isEqualTo(new Variate.Constant(Variate.FOREVER));
  }

  @Test
  void locks_growths_and_waits_have_their_rates_and_lengths() throws Exception {
    StringBuilder trace = new StringBuilder("a 0 100\n");
    for (int i = 0; i < 50; i++) {
      trace.append("w 30\nl 0\na 1 4\nu 0\nf 1\n");
    }
    trace.append("r 0 116\n");
    Summary summary = of(trace.toString(), true, 1L);
    Generator steady = generators(summary).get(generators(summary).size() - 1);
    Generator.Kind locked =
        steady.kinds().stream().filter(kind -> kind.locks() != null).findFirst().orElseThrow();
    assertThat(Objects.requireNonNull(locked.locks()).hold()).isEqualTo(new Variate.Constant(2));
    assertThat(locked.locks().ratePpm()).isBetween(480_000, 510_000);
    assertThat(Objects.requireNonNull(locked.grow()).by()).isEqualTo(new Variate.Constant(16));
    assertThat(steady.waits()).isEqualTo(new Generator.Waits(4, 30));
  }

  @Test
  void phases_are_those_of_the_trace_and_end_empty_where_they_did() throws Exception {
    Summary summary = of("p a\na 0 8\nf 0\np idle\nw 9\np b\na 0 8\na 1 8\np off\nf 0\n", true, 1L);
    List<Workload.Phase> phases =
        summary.scenario().workload().parts().stream().map(Workload.Phase.class::cast).toList();
    assertThat(phases)
        .extracting(phase -> phase.name() + (phase.drain() ? " drains" : ""))
        .containsExactly("a drains", "b");
  }

  @Test
  void what_a_generator_cannot_do_is_said() throws Exception {
    assertThat(of("a 0 80\nr 0 40\nx 900\nx 900\n", true, 1L).notes())
        .extracting(note -> note.replace('\u00a0', ' '))
        .containsExactly(
            "1 new size below the old one is left out: generated blocks only grow.",
            "2 requests that the program was refused are left out.");
  }

  @Test
  void a_recording_without_allocations_is_refused() {
    for (String trace : List.of("", "# nothing\n", "p a\nw 7\nx 8\n")) {
      assertThatThrownBy(() -> of(trace, true, null))
          .isInstanceOf(Summary.UnfitException.class)
          .hasMessage("allocates nothing: there is nothing to sum up");
    }
  }

  @Test
  void a_recording_that_no_part_has_room_for_is_refused() {
    assertThatThrownBy(() -> of("a 0 4294967295\n", true, null))
        .isInstanceOf(Summary.UnfitException.class)
        .hasMessage(
            "has 1 block and 4,294,967,295 bytes alive at its peak: a scenario has room for up to"
                + " 65,535 blocks, in 16 MiB");
  }

  @Test
  void a_mistake_in_the_trace_has_its_place() {
    assertThatThrownBy(() -> of("a 0 8\nf 1\n", true, null))
        .isInstanceOf(TraceProblemException.class)
        .extracting(e -> ((TraceProblemException) e).format())
        .isEqualTo("test:2:3: id 1 is not alive");
  }

  /** Whatever was recorded, what is written is read back as it was. */
  @Test
  void every_summary_is_a_scenario() throws Exception {
    long seed = Long.getLong("defragsim.seed", 20261128);
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      String trace = anything(random);
      String context = "seed " + seed + ", round " + round + ":\n" + trace;
      Summary summary;
      try {
        summary = of(trace, random.nextBoolean(), (long) random.nextInt(9));
      } catch (Summary.UnfitException e) {
        continue; // no allocation, or too large
      }
      String text = ScenarioWriter.text(summary.scenario(), summary.seed());
      ReadResult<Scenario> read =
          new ScenarioReader(Figures.units())
              .read(text.getBytes(StandardCharsets.UTF_8), "summary", Path.of(""));
      assertThat(read).as(context + text).isInstanceOf(ReadResult.Valid.class);
      assertThat(((ReadResult.Valid<Scenario>) read).value())
          .as(context)
          .isEqualTo(summary.scenario());
      assertThat(summary.generated().peakBytes())
          .as(context)
          .isLessThanOrEqualTo(
              generators(summary).stream().mapToLong(Generator::fillBytes).max().orElseThrow());
    }
  }

  private static Summary of(String trace, boolean bySite, @Nullable Long seed) throws Exception {
    byte[] bytes = trace.getBytes(StandardCharsets.UTF_8);
    return Summary.of(
        () -> TraceReader.of(new ByteArrayInputStream(bytes), "test"),
        "test",
        bySite,
        Objects.requireNonNull(McuProfiles.all().get("cortex-m0")),
        seed);
  }

  private static List<Generator> generators(Summary summary) {
    return summary.scenario().workload().parts().stream()
        .map(part -> (Generator) ((Workload.Phase) part).content())
        .toList();
  }

  private static List<String> kinds(Summary summary) {
    return generators(summary).stream()
        .flatMap(generator -> generator.kinds().stream())
        .map(Generator.Kind::name)
        .distinct()
        .sorted()
        .toList();
  }

  /** A program that starts up, keeps what it has, and then parses and draws. */
  private static String program(Random random) {
    StringBuilder trace = new StringBuilder(SITES).append("p boot\n");
    for (int id = 0; id < 40; id++) {
      trace.append("a ").append(id).append(' ').append(16 + random.nextInt(120)).append(" @1\n");
    }
    trace.append("p work\n");
    List<Integer> alive = new ArrayList<>();
    int next = 40;
    for (int i = 0; i < 3000; i++) {
      if (alive.size() < 10 || (alive.size() < 60 && random.nextInt(100) < 51)) {
        int site = 2 + random.nextInt(2);
        int bytes = site == 2 ? 8 + random.nextInt(40) : 100 + random.nextInt(150);
        trace.append("a ").append(next).append(' ').append(bytes).append(" @" + site + "\n");
        alive.add(next++);
      } else {
        trace.append("f ").append(alive.remove(random.nextInt(alive.size()))).append('\n');
      }
    }
    return trace.toString();
  }

  /** A trace that keeps the rules, and nothing else. */
  private static String anything(Random random) {
    StringBuilder trace = new StringBuilder(SITES);
    List<int[]> alive = new ArrayList<>(); // id and locks
    int next = 0;
    int bytes = 1 << random.nextInt(12);
    for (int i = random.nextInt(300); i > 0; i--) {
      int kind = random.nextInt(12);
      int[] block = alive.isEmpty() ? new int[] {-1, 1} : alive.get(random.nextInt(alive.size()));
      if (kind < 4) {
        trace.append("a ").append(next).append(' ').append(random.nextInt(bytes));
        int stack = random.nextInt(4);
        trace.append(stack == 0 ? "\n" : " @" + stack + "\n");
        alive.add(new int[] {next++, 0});
      } else if (kind == 4) {
        trace.append("x ").append(random.nextInt(bytes)).append('\n');
      } else if (kind == 5) {
        trace.append("w ").append(1 + random.nextInt(9999)).append('\n');
      } else if (kind == 6 && random.nextInt(4) == 0) {
        trace.append("p phase ").append(random.nextInt(3)).append('\n');
      } else if (kind == 7 && block[0] >= 0) {
        trace.append("l ").append(block[0]).append('\n');
        block[1]++;
      } else if (kind == 8 && block[0] >= 0 && block[1] > 0) {
        trace.append("u ").append(block[0]).append('\n');
        block[1]--;
      } else if (kind == 9 && block[1] == 0) {
        trace.append("r ").append(block[0] + " " + random.nextInt(bytes) + "\n");
      } else if (block[1] == 0) {
        trace.append("f ").append(block[0]).append('\n');
        alive.remove(block);
      }
    }
    return trace.toString();
  }
}
