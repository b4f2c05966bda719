package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands make of a scenario that plays a trace. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class TraceRunTest {
  private static final String TRACE =
      """
      s 1 0\tmain\tmain.c:12
      s 2 1\tcJSON_Parse\tcJSON.c:400
      s 3 2\tparse_value\tcJSON.c:123
      a 17 200 @3
      a 18 200 @2
      w 100
      a 19 100
      p second
      f 18
      r 17 300 @2
      x 5000 @3
      l 19
      a 20 24 align=32
      u 19
      f 17
      """;

  @TempDir Path folder;

  private Path trace;
  private String scenario;

  @BeforeEach
  void write_a_scenario_with_a_trace() throws IOException {
    trace = Files.writeString(folder.resolve("app.trace"), TRACE);
    scenario =
        Files.writeString(
                folder.resolve("app.json"),
                """
                {"mcu": "stm32f030f4", "pool": {"size": "1 KiB", "handles": 8},
                 "workload": [{"phase": "app", "trace": "app.trace"}]}
                """)
            .toString();
  }

  @Test
  void fit_says_where_a_replay_asks_for_more_to_align() throws IOException {
    Files.writeString(trace, "a 0 24 align=32\na 1 8 align=8\nf 0\n");
    assertThat(Cli.run("fit", scenario).out().replaceAll("\\s+", " "))
        .contains("1 request for an alignment N above 8: the replay asks for N - 8 bytes more");
    Files.writeString(trace, "a 0 24\nf 0\n");
    assertThat(Cli.run("fit", scenario).out()).doesNotContain("alignment");
  }

  @Test
  void blocks_are_called_by_their_sites_and_explain_says_the_stack() {
    Finished run = Cli.run("run", scenario);
    Finished explained = Cli.run("explain", scenario);

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("a refused request in parse_value")
        .containsPattern("phase +app +second")
        .contains("ran       12 operations");
    assertThat(explained.out())
        .contains("alloc parse_value#17 (200 bytes)", "alloc app#19 (100 bytes)")
        .contains("alloc second#20 (48 bytes)", "resize parse_value#17 (to 300 bytes)")
        .contains(
            "Asked for in parse_value (cJSON.c:123), called from cJSON_Parse (cJSON.c:400),\n"
                + "  main (main.c:12).");
  }

  @Test
  void watch_and_the_page_show_sites() throws IOException {
    Path page = folder.resolve("app.html");

    assertThat(Cli.run("watch", scenario, "--frames", "3").out()).contains("alloc parse_value#17");
    assertThat(Cli.run("run", "-q", scenario, "--html", page.toString()).status()).isZero();
    assertThat(Files.readString(page)).contains("parse_value#17");
  }

  @Test
  void a_trace_is_the_same_workload_as_gzip() throws IOException {
    Finished update = Cli.run("baseline", "update", scenario);
    try (OutputStream packed = new GZIPOutputStream(Files.newOutputStream(trace))) {
      packed.write(TRACE.getBytes(StandardCharsets.UTF_8));
    }
    Finished check = Cli.run("baseline", "check", scenario);
    Files.writeString(trace, TRACE + "f 20\n");
    Finished other = Cli.run("baseline", "check", scenario);

    assertThat(update.status()).as(update.err()).isZero();
    assertThat(check.status()).as(check.out() + check.err()).isZero();
    assertThat(other.status()).as(other.out() + other.err()).isNotZero();
  }

  @Test
  void a_trace_that_is_wrong_is_named_with_its_place() throws IOException {
    Files.writeString(trace, TRACE + "f 17\n");
    Finished run = Cli.run("run", scenario);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(scenario + ":2:41: /workload/0/trace: app.trace:16:3: id 17 is not alive\n");
  }

  @Test
  void a_trace_that_changes_while_it_is_played_ends_the_command_in_one_line()
      throws IOException, InterruptedException {
    Files.writeString(trace, "a 0 8\nf 0\n".repeat(1000));
    AtomicBoolean over = new AtomicBoolean();
    Thread changing =
        new Thread(
            () -> {
              for (long time = 0; !over.get(); time += 1000) {
                try {
                  Files.setLastModifiedTime(trace, FileTime.fromMillis(time));
                } catch (IOException e) {
                  return;
                }
              }
            });
    changing.start();
    Finished run = Cli.run("run", scenario);
    over.set(true);
    changing.join();

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .isEqualTo(
            "defrag-sim: app.trace: has changed since it was checked, in the beginning of this"
                + " run\n");
  }

  @Test
  void a_trace_that_was_tampered_with_is_refused_in_words_or_played() throws IOException {
    long seed = Long.getLong("defragsim.seed", 20261128);
    Random random = new Random(seed);
    int played = 0;
    int rounds = Integer.getInteger("defragsim.fuzz.rounds", 100);
    for (int round = 0; round < rounds; round++) {
      StringBuilder text = new StringBuilder(TRACE);
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, "0 9\n\tafr@=#\u0000\u202e".charAt(random.nextInt(13)));
          case 1 -> text.insert(at, random.nextInt(100));
          case 2 -> text.deleteCharAt(at);
          default -> text.setLength(at + 1);
        }
      }
      Files.writeString(trace, text);
      Finished run = Cli.run("run", "-q", scenario);

      String what = "seed " + seed + ", round " + round + ": " + run.err();
      assertThat(run.status()).as(what).isIn(0, 2);
      if (run.status() == 2) {
        assertThat(run.err().lines())
            .as(what)
            .allMatch(line -> line.startsWith(scenario + ":2:41: /workload/0/trace: app.trace:"));
      }
      played += run.status() == 0 ? 1 : 0;
    }
    assertThat(played).as("seed " + seed).isBetween(1, rounds - 1);
  }
}
