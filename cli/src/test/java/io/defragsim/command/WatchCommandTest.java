package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.console.TerminalScreen;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.Figures;
import io.defragsim.report.film.Film;
import io.defragsim.report.film.Moment;
import io.defragsim.report.film.Player;
import io.defragsim.report.film.Screen;
import io.defragsim.report.text.FrameView;
import io.defragsim.report.text.Palette;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Watching a run: by keys from a script, through a terminal in memory, and in a real one. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class WatchCommandTest {

  private static final String ESCAPE = "\u001b";

  @TempDir Path folder;

  private static Scenario scenario(String name) {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units())).stream()
        .filter(candidate -> candidate.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Film film(Scenario scenario) {
    try {
      FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
      Lab.Options options = Lab.Options.standard().withoutSampling();
      return new Film(listener -> Lab.run(scenario, image, options, listener));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A screen whose user is a list of keys; an empty one is time that passes without a key. */
  private static final class Script implements Screen {
    private final Deque<Optional<Key>> keys;
    private final List<Moment> moments = new ArrayList<>();
    private final List<Player.State> states = new ArrayList<>();
    private final List<List<String>> shown = new ArrayList<>();
    private int width = 80;
    private int height = 24;

    Script(List<Optional<Key>> keys) {
      this.keys = new ArrayDeque<>(keys);
    }

    static Script of(Key... keys) {
      return new Script(Arrays.stream(keys).map(Optional::of).toList());
    }

    List<Moment> play(Film film, long from) {
      Moment first = film.atOperation(from);
      assertThat(first).isNotNull();
      play(film, first, (moment, state, w, h) -> List.of());
      return moments;
    }

    void play(Film film, @Nullable Moment first, Player.Frames frames) {
      if (first == null) {
        throw new AssertionError("nothing to begin with");
      }
      new Player(
              film,
              this,
              (moment, state, w, h) -> {
                moments.add(moment);
                states.add(state);
                return frames.frame(moment, state, w, h);
              },
              10)
          .play(first);
    }

    @Override
    public int width() {
      return width;
    }

    @Override
    public int height() {
      return height;
    }

    @Override
    public void show(List<String> lines) {
      shown.add(lines);
    }

    @Override
    public @Nullable Key read(long millis) {
      Optional<Key> key = keys.isEmpty() ? Optional.of(Key.QUIT) : keys.remove();
      if (key.isPresent() && key.get() == Key.RESIZED) {
        width = 120;
        height = 50;
      }
      return key.orElse(null);
    }
  }

  private static List<Moment> all(Film film) {
    List<Moment> all = new ArrayList<>();
    for (Moment m = film.at(0); m != null; m = film.at(m.index() + 1)) {
      all.add(m);
    }
    return all;
  }

  @Test
  void keys_lead_forward_back_and_to_what_happens() {
    try (Film film = film(scenario("swiss-cheese"))) {
      List<Moment> all = all(film);
      List<Moment> stops = all.stream().filter(m -> m.kind().isStop()).toList();
      Script script =
          Script.of(
              Screen.Key.FORWARD,
              Screen.Key.BACK,
              Screen.Key.NEXT_STOP,
              Screen.Key.NEXT_STOP,
              Screen.Key.PREVIOUS_STOP,
              Screen.Key.END,
              Screen.Key.PREVIOUS_STOP,
              Screen.Key.START,
              Screen.Key.BACK,
              Screen.Key.QUIT);
      Moment tenth = all.stream().filter(m -> m.operation() == 10).findFirst().orElseThrow();
      Moment last = all.get(all.size() - 1);

      assertThat(script.play(film, 10))
          .containsExactly(
              tenth,
              all.get((int) tenth.index() + 1),
              tenth,
              stops.get(0),
              stops.get(1),
              stops.get(0),
              last,
              stops.get(stops.size() - 2),
              all.get(0),
              all.get(0));
      assertThat(script.states.get(9).note()).contains("nothing more");
      assertThat(stops.get(0).operation()).isEqualTo(128);
      assertThat(last.counts()).isEqualTo(new Moment.Counts(0, 3, 27, 156));
    }
  }

  @Test
  void time_passes_while_it_plays_and_stands_still_while_it_does_not() {
    try (Film film = film(scenario("swiss-cheese"))) {
      Optional<Screen.Key> tick = Optional.empty();
      Script script =
          new Script(
              List.of(
                  tick,
                  tick,
                  Optional.of(Screen.Key.FASTER),
                  Optional.of(Screen.Key.PLAY_OR_PAUSE),
                  Optional.of(Screen.Key.SLOWER),
                  Optional.of(Screen.Key.SLOWER),
                  Optional.of(Screen.Key.PLAY_OR_PAUSE),
                  tick));
      assertThat(script.play(film, 0))
          .extracting(Moment::index)
          .containsExactly(1L, 2L, 3L, 3L, 3L, 3L, 3L, 3L, 4L);
      assertThat(script.states)
          .extracting(Player.State::speed)
          .containsExactly(10, 10, 10, 20, 20, 10, 5, 5, 5);
      assertThat(script.states)
          .extracting(Player.State::playing)
          .containsExactly(true, true, true, true, false, false, false, true, true);
    }
  }

  /** More moments than the window holds, so that going back needs runs anew. */
  @Test
  @Tag("campaign") // a long run
  void every_moment_of_a_long_run_is_the_same_backwards() {
    try (Film film = film(scenario("sensor-node"))) {
      List<Integer> forwards = all(film).stream().map(Moment::hashCode).toList();
      List<Integer> backwards = new ArrayList<>();
      Moment last = film.end();
      for (Moment m = last; m != null; m = film.at(m.index() - 1)) {
        backwards.add(0, m.hashCode());
      }
      assertThat(forwards).hasSizeGreaterThan(4032);
      assertThat(backwards).isEqualTo(forwards);
    }
  }

  static List<String> shipped() {
    return ScenarioLibrary.names();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  @Tag("campaign")
  void a_frame_of_any_shipped_scenario_is_too(String name) {
    a_frame_is_24_lines_of_80_characters_with_the_keys_in_its_last(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"swiss-cheese", "resize-buffers", "pinned-buffers", "too-small"})
  void a_frame_is_24_lines_of_80_characters_with_the_keys_in_its_last(String name) {
    Scenario scenario = scenario(name);
    try (Film film = film(scenario)) {
      FrameView view = new FrameView(scenario, "defrag", 0x20000068L, film.at(0), Palette.PLAIN);
      Script script = new Script(Collections.nCopies(5, Optional.of(Screen.Key.NEXT_STOP)));
      script.play(film, film.at(0), view);
      assertThat(script.shown).hasSize(6);
      for (List<String> frame : script.shown) {
        assertThat(frame).hasSize(24).allMatch(line -> line.length() <= 80);
        assertThat(frame.get(23))
            .contains("space", "step", "f p", "Home End", "+ -", "? keys", "q quit");
        assertThat(String.join("\n", frame)).doesNotContain(ESCAPE);
      }
    }
  }

  @Test
  void a_larger_terminal_is_filled_and_one_that_is_too_small_is_told() {
    Scenario scenario = scenario("swiss-cheese");
    try (Film film = film(scenario)) {
      FrameView view = new FrameView(scenario, "defrag", 0x20000068L, film.at(0), Palette.COLOUR);
      Script script = Script.of(Screen.Key.RESIZED, Screen.Key.QUIT);
      script.width = 60;
      script.height = 10;
      script.play(film, film.at(0), view);
      assertThat(String.join(" ", script.shown.get(0)))
          .contains("80 by 24 characters, and here are 60 by 10");
      assertThat(script.shown.get(0)).hasSizeLessThanOrEqualTo(10);
      assertThat(script.shown.get(1)).hasSize(50);
      assertThat(String.join("\n", script.shown.get(1))).contains(ESCAPE);
    }
  }

  @Test
  void a_terminal_gives_its_keys_and_is_put_back() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LineDisciplineTerminal terminal =
        new LineDisciplineTerminal("test", "xterm", out, StandardCharsets.UTF_8);
    terminal.setSize(new Size(90, 30));
    var before = terminal.getAttributes().toString();
    try (TerminalScreen screen = new TerminalScreen(terminal)) {
      assertThat(terminal.getAttributes().toString()).isNotEqualTo(before);
      assertThat(List.of(screen.width(), screen.height())).isEqualTo(List.of(90, 30));
      terminal.processInputBytes(
          " x\u001b[C\u001bOC\u001b[D.,nNfFpPgG\u001b[H\u001bOF\u001b[1~\u001b[4~+-?\u001b[Zq"
              .getBytes(StandardCharsets.US_ASCII));
      List<Screen.Key> keys = new ArrayList<>();
      while (!keys.contains(Screen.Key.QUIT)) {
        Screen.Key key = screen.read(2000);
        if (key != null) {
          keys.add(key);
        }
      }
      assertThat(keys)
          .containsExactly(
              Screen.Key.PLAY_OR_PAUSE,
              Screen.Key.FORWARD,
              Screen.Key.FORWARD,
              Screen.Key.BACK,
              Screen.Key.FORWARD,
              Screen.Key.BACK,
              Screen.Key.NEXT_STOP,
              Screen.Key.PREVIOUS_STOP,
              Screen.Key.NEXT_FAILURE,
              Screen.Key.PREVIOUS_FAILURE,
              Screen.Key.NEXT_PAUSE,
              Screen.Key.PREVIOUS_PAUSE,
              Screen.Key.START,
              Screen.Key.END,
              Screen.Key.START,
              Screen.Key.END,
              Screen.Key.START,
              Screen.Key.END,
              Screen.Key.FASTER,
              Screen.Key.SLOWER,
              Screen.Key.HELP,
              Screen.Key.QUIT);
      assertThat(screen.read(1)).isNull();
      terminal.raise(Signal.WINCH);
      assertThat(screen.read(-1)).isEqualTo(Screen.Key.RESIZED);
      terminal.raise(Signal.INT);
      assertThat(screen.read(-1)).isEqualTo(Screen.Key.QUIT);
      screen.show(List.of("one", "two"));
      assertThat(terminal.getAttributes().toString()).isNotEqualTo(before);
    }
    String written = out.toString(StandardCharsets.UTF_8);
    assertThat(written).contains("one", "two").contains(ESCAPE + "[?1049h");
    assertThat(written.substring(written.indexOf("two"))).contains(ESCAPE + "[?1049l");
  }

  @Test
  void frames_for_a_pipe_are_text_and_the_same_each_time() {
    Finished run = Cli.run("watch", "swiss-cheese", "--from", "128", "--frames", "12");
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .doesNotContain(ESCAPE)
        .contains("refused: fragmented", "served after 5 steps")
        .contains("step 4, 396 cycles: cheese[11] (40 bytes) moved down by 168 bytes");
    assertThat(run.out().split("\n\n(?=swiss-cheese on)")).hasSize(12);
    assertThat(Cli.run("watch", "swiss-cheese", "--from", "128", "--frames", "12")).isEqualTo(run);
    Finished newlib =
        Cli.run("watch", "swiss-cheese", "--from=128", "--frames=99", "--allocator", "newlib-nano");
    assertThat(newlib.out()).contains("refused in the end", "The run is over");
  }

  /** In a small heap one sees which block is which. */
  @Test
  void a_small_heap_is_shown_with_letters() throws IOException {
    Path lesson =
        Path.of(System.getProperty("defragsim.root"), "scenarios/course/04-compaction.json");
    Path inParts = folder.resolve("in-parts.json");
    Files.writeString(inParts, Files.readString(lesson).replace("\"budget\": 64", "\"budget\": 8"));
    assertThat(Cli.run("watch", inParts.toString(), "--from", "20", "--frames", "6").out())
        .containsSubsequence(
            "|- - -|1 1 1|- - -|3 3 3|- - -|5 5 5|- - -|7 7 7|",
            "|~ ~ ~|1 1 1|",
            "|1 1 1|- - - - - -|3 3 3|- - -|5 5 5|- - -|7 7 7|",
            "|1 1 1|l l l l l l|3 3 3|- - -|5 5 5|- - -|7 7 7|");
  }

  @Test
  void a_run_that_ends_early_ends_with_what_was_wrong() {
    Finished run =
        Cli.run("watch", new TestScenarios(folder).onFaulty("reads-unmapped"), "--frames", "99");
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .containsPattern(
            "The firmware faulted at image_\\S+ \\(0x[0-9a-f]{8}\\): unmapped access: load ");
  }

  @Test
  void wrong_usage_is_one_clear_error() {
    assertUsage("stdout is no terminal: watch needs one; --frames N prints", "sensor-node");
    assertUsage("'defrag-sim explain'", "sensor-node");
    assertUsage("there is no operation 4032", "sensor-node", "--from", "4032", "--frames", "1");
    assertUsage("--frames: 0 is not above 0", "sensor-node", "--frames", "0");
    assertUsage("--speed: 0 is not from 1 to 1000", "sensor-node", "--speed", "0");
    assertUsage("nowhere.json: no such file", "nowhere.json", "--frames", "1");
    assertUsage("'defrag-sim watch' has no option --loud", "sensor-node", "--loud");
  }

  private static void assertUsage(String message, String... arguments) {
    Finished run =
        Cli.run(Stream.concat(Stream.of("watch"), Stream.of(arguments)).toArray(String[]::new));
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE.code());
    assertThat(run.err()).contains(message);
    assertThat(run.out()).isEmpty();
  }

  /** The whole way: a process in a terminal of its own, keys typed, and the terminal as before. */
  @Test
  void it_runs_in_a_real_terminal() throws Exception {
    Process process = RealTerminal.run("watch swiss-cheese --from 128; echo status $?; stty -a");
    try (InputStream in = process.getInputStream();
        OutputStream keys = process.getOutputStream()) {
      StringBuilder seen = new StringBuilder();
      int at = RealTerminal.await(in, seen, 0, "refused: fragmented");
      RealTerminal.type(keys, " ");
      at = RealTerminal.await(in, seen, at, "paused");
      RealTerminal.type(keys, "G");
      at = RealTerminal.await(in, seen, at, "The run is over");
      RealTerminal.type(keys, "g");
      at = RealTerminal.await(in, seen, at, "The pool is empty");
      RealTerminal.type(keys, "q");
      at = RealTerminal.await(in, seen, at, "status 0");
      RealTerminal.await(in, seen, at, "icanon");
      assertThat(seen).doesNotContain("-icanon").doesNotContain(ESCAPE + "[3");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void a_terminal_that_cannot_be_driven_is_one_clear_error() throws Exception {
    Process process = RealTerminal.run("watch swiss-cheese < /dev/null; echo status $?");
    try (InputStream in = process.getInputStream()) {
      String seen = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(seen)
          .contains("watch: this terminal cannot be driven", "--frames N", "status 2")
          .doesNotContain(ESCAPE);
    } finally {
      process.destroyForcibly();
    }
  }
}
