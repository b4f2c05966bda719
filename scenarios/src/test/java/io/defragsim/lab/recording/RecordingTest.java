package io.defragsim.lab.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Lab;
import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.recording.HeapState.Placed;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A recording says of each moment what the run was at that moment, whatever it leaves out. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class RecordingTest {
  private static final Lab.Options OPTIONS = Lab.Options.standard().withoutSampling();

  /** What is known of a moment, told without differences. */
  private record Seen(
      Outcome outcome, Map<String, Placed> blocks, Map<Integer, List<Span>> lists, long free) {}

  /** Records and, beside that, simply notes all there is to see. */
  private static final class Witness implements RunListener {
    private final RunRecorder recorder;
    private final int every;
    private final Map<Long, Seen> seen = new TreeMap<>();

    /**
     * @param every so many operations it looks, for a look takes the image long
     */
    Witness(RunRecorder recorder, int every) {
      this.recorder = recorder;
      this.every = every;
    }

    /** Holds what a recording says against what was there. */
    void confirms(Map<Long, Seen> told) {
      Map<Long, Seen> known = new TreeMap<>(told);
      known.keySet().retainAll(seen.keySet());
      assertThat(seen).containsAllEntriesOf(known);
      assertThat(known).isNotEmpty();
    }

    @Override
    public void happened(RunEvent event, HeapView heap) {
      recorder.happened(event, heap);
      RunListener.super.happened(event, heap);
    }

    @Override
    public void started(RunEvent.Started event, HeapView heap) {
      note(Account.BEFORE_FIRST, Outcome.SERVED, heap);
    }

    @Override
    public void called(RunEvent.Called event, HeapView heap) {
      if (event.account().isOver()) {
        note(event.account().number(), event.account().outcome(), heap);
      }
    }

    @Override
    public void done(RunEvent.Done event, HeapView heap) {
      note(event.account().number(), event.account().outcome(), heap);
    }

    private void note(long number, Outcome outcome, HeapView heap) {
      if (number % every != 0 && number != Account.BEFORE_FIRST) {
        return;
      }
      Map<String, Placed> blocks = new TreeMap<>();
      heap.blocks()
          .forEach(
              b ->
                  blocks.put(
                      b.name(),
                      new Placed(
                          b.offset(), b.bytes(), b.locks() > 0, b.pinned(), b.inTwoParts())));
      Map<Integer, List<Span>> lists = new TreeMap<>();
      lists.putAll(heap.image().freeLists());
      seen.put(number, new Seen(outcome, blocks, lists, heap.freeBytes()));
    }
  }

  /** What a recording says of its moments, in the witness's words. */
  private static Map<Long, Seen> told(Recording recording) {
    Map<Long, Seen> told = new TreeMap<>();
    recording.replay(
        (frame, state) -> {
          Map<String, Placed> blocks = new TreeMap<>();
          state.blocks().forEach((name, block) -> blocks.put(recording.names().get(name), block));
          Map<Integer, List<Span>> lists = new TreeMap<>();
          for (int i = HeapState.FIRST_LIST; i < state.lists().size(); i++) {
            if (!state.lists().get(i).isEmpty()) {
              lists.put(i - HeapState.FIRST_LIST, List.copyOf(state.lists().get(i)));
            }
          }
          told.put(frame.operation(), new Seen(frame.outcome(), blocks, lists, frame.freeBytes()));
        });
    return told;
  }

  /** Those in which blocks are resized, pinned, locked, moved in parts, and moved in between. */
  static Stream<Scenario> shipped() {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units())).stream();
  }

  static Stream<Scenario> some() {
    Set<String> names = Set.of("swiss-cheese", "resize-buffers", "worst-case-lock");
    return shipped().filter(scenario -> names.contains(scenario.name()));
  }

  @ParameterizedTest
  @MethodSource("shipped")
  @Tag("campaign")
  void every_operation_of_any_shipped_scenario_is_there_as_it_was(Scenario scenario)
      throws IOException {
    every_operation_of_a_shipped_scenario_is_there_as_it_was(scenario);
  }

  @ParameterizedTest
  @MethodSource("some")
  void every_operation_of_a_shipped_scenario_is_there_as_it_was(Scenario scenario)
      throws IOException {
    for (String name : List.of("defrag", "newlib-nano")) {
      FirmwareImage image = ShippedImages.load(new ImageReference.Shipped(name), scenario.mcu());
      Witness witness = new Witness(new RunRecorder(scenario.workload()), 1);
      RunResult result = Lab.run(scenario, image, OPTIONS, witness);
      Recording recording = witness.recorder.recording(result);

      assertThat(told(recording)).isEqualTo(witness.seen);
      assertThat(recording.count()).isEqualTo((int) result.executed() + 1);
      assertThat(recording.walked()).isEqualTo(name.equals("defrag"));
      assertSums(recording, result);
    }
  }

  /** What the moments took together is what the run counted. */
  private static void assertSums(Recording recording, RunResult result) {
    List<Frame> frames = frames(recording);
    assertThat(frames.stream().mapToLong(Frame::pauses).sum())
        .isEqualTo(result.pauses().cycles().count());
    assertThat(frames.stream().mapToLong(Frame::pauseCycles).sum())
        .isEqualTo(result.pauses().cycles().total());
    assertThat(frames.stream().mapToLong(Frame::bytesMoved).sum())
        .isEqualTo(result.pauses().bytesMoved());
    assertThat(recording.kept().failures()).isEqualTo(result.failures().count());
    assertThat(recording.stretches().stream().mapToLong(Recording.Stretch::failures).sum())
        .isEqualTo(result.failures().count());
    assertThat(
            recording.stretches().stream()
                .mapToLong(Recording.Stretch::longestPause)
                .max()
                .orElse(0))
        .isEqualTo(Objects.requireNonNullElse(result.pauses().cycles().max(), 0L));
  }

  private static List<Frame> frames(Recording recording) {
    List<Frame> frames = new ArrayList<>();
    recording.replay((frame, state) -> frames.add(frame));
    return frames;
  }

  @Test
  @Tag("campaign") // a long run
  void of_a_long_run_every_nth_operation_is_kept_and_all_that_failed_or_paused_or_was_the_worst()
      throws IOException {
    Scenario scenario = tight(21_000);
    FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
    Witness witness = new Witness(new RunRecorder(scenario.workload()), 7);
    RunResult result = Lab.run(scenario, image, OPTIONS, witness);
    Recording recording = witness.recorder.recording(result);

    Map<Long, Seen> told = told(recording);
    witness.confirms(told);
    Recording.Kept kept = recording.kept();
    assertThat(kept.stride()).isEqualTo(2);
    assertThat(kept.failures()).isEqualTo(result.failures().count()).isPositive();
    assertThat(kept.failuresKept()).isEqualTo(kept.failures());
    assertThat(kept.pausedKept()).isEqualTo(kept.paused()).isPositive();
    for (long operation = result.executed() - 1; operation >= 0; operation -= 2) {
      assertThat(told).containsKey(operation);
    }
    assertThat(told).containsKeys(landmarks(result)).hasSizeLessThan(15_000);
    assertThat(recording.text().length() / recording.count()).isLessThan(80);
    thinned_to_nothing_a_recording_keeps_its_ends_and_the_worst(recording, witness, result);
  }

  private void thinned_to_nothing_a_recording_keeps_its_ends_and_the_worst(
      Recording recording, Witness witness, RunResult result) {
    Recording before = recording;
    for (Recording thinned = before.thinned();
        thinned.count() < before.count();
        thinned = thinned.thinned()) {
      Map<Long, Seen> told = told(thinned);
      witness.confirms(told);
      assertThat(told).containsKeys(landmarks(result));
      assertThat(told).containsKeys(Account.BEFORE_FIRST, result.executed() - 1);
      assertThat(thinned.names()).doesNotHaveDuplicates();
      assertThat(thinned.kept().failuresKept())
          .isEqualTo(told.values().stream().filter(s -> s.outcome == Outcome.REFUSED).count());
      before = thinned;
    }
    assertThat(before.count()).isLessThan(30);
  }

  private static Long[] landmarks(RunResult result) {
    return Stream.concat(
            result.operations().stream().map(stats -> stats.maxAt()).filter(Objects::nonNull),
            Stream.of(
                Objects.requireNonNull(result.pauses().longest()).operation(),
                Objects.requireNonNull(result.stalls().longest()).operation()))
        .toArray(Long[]::new);
  }

  @Test
  void a_recording_that_grows_too_long_thins_itself_while_the_run_goes_on() throws IOException {
    Scenario scenario = tight(3_000);
    FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
    Witness witness = new Witness(new RunRecorder(scenario.workload(), 20_000), 7);
    RunResult result = Lab.run(scenario, image, OPTIONS, witness);
    Recording recording = witness.recorder.recording(result);

    assertThat(recording.text()).hasSizeLessThan(21_000);
    assertThat(recording.kept().stride()).isGreaterThan(1);
    witness.confirms(told(recording));
    assertThat(told(recording)).containsKeys(landmarks(result));
    assertThat(recording.kept().paused()).isEqualTo(result.stalls().events().count());
  }

  @Test
  void a_run_that_ends_early_ends_with_the_operation_in_which_it_did() throws IOException {
    FirmwareImage image = faulty("overlaps");
    Scenario scenario = tight(500);
    Witness witness = new Witness(new RunRecorder(scenario.workload()), 7);
    RunResult result = Lab.run(scenario, image, OPTIONS, witness);
    Recording recording = witness.recorder.recording(result);

    assertThat(result.ending()).isInstanceOf(RunEnding.ContractViolated.class);
    List<Frame> frames = frames(recording);
    Frame last = frames.get(frames.size() - 1);
    assertThat(last.operation()).isEqualTo(result.executed() - 1);
    assertThat(last.outcome()).isEqualTo(Outcome.ENDED);
    assertThat(recording.kept().failures()).isEqualTo(result.failures().count() + 1);
  }

  @Test
  void listening_changes_no_result_even_where_the_image_cannot_be_looked_at() throws IOException {
    for (String name : FAULTY) {
      Scenario scenario = tight(300);
      RunRecorder recorder = new RunRecorder(scenario.workload());
      FirmwareImage image = faulty(name);
      assertThat(Lab.run(scenario, image, OPTIONS, recorder))
          .as(name)
          .isEqualTo(Lab.run(scenario, image, OPTIONS));
    }
  }

  private static final List<String> FAULTY =
      List.of(
          "clobbers-r4",
          "corrupts-neighbour",
          "executes-undefined",
          "hangs-in-alloc",
          "never-parks",
          "overflows-stack",
          "overlaps",
          "reads-unmapped",
          "writes-flash");

  private static FirmwareImage faulty(String name) throws IOException {
    try (InputStream in =
        RecordingTest.class.getResourceAsStream("/io/defragsim/firmware/test/" + name + ".elf")) {
      return FirmwareImage.parse(name, Objects.requireNonNull(in, name).readAllBytes());
    }
  }

  /** A workload in a pool that is too small for it: requests wait, and some are refused. */
  private static Scenario tight(int operations) {
    String json =
        """
        {"mcu": "stm32f030f4", "image": "defrag", "callBudget": "20 ms",
         "pool": {"size": "1.5 KiB", "handles": 24},
         "defrag": {"when": "on-failure", "budget": 64},
         "workload": [{"phase": "steady", "generate": {
           "operations": %d, "seed": 7, "sizes": {"uniform": [12, 120]},
           "lifetimes": {"geometric": 30}, "fill": "1250 B", "blocks": 32,
           "locks": {"rate": "5 %%", "hold": {"uniform": [1, 6]}}}}]}
        """
            .formatted(operations);
    ReadResult<Scenario> read =
        new ScenarioReader(Figures.units())
            .read(json.getBytes(StandardCharsets.UTF_8), "tight", Path.of(""));
    assertThat(read).as(read.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<Scenario>) read).value();
  }

  @Test
  void integers_come_back_from_their_text() {
    long seed = 20261124;
    Random random = new Random(seed);
    List<Long> values =
        Stream.concat(
                Stream.of(0L, 1L, -1L, 15L, 16L, -16L, (1L << 53) - 1, 1 - (1L << 53)),
                random.longs(1000).mapToObj(value -> value >> (11 + random.nextInt(53))))
            .collect(Collectors.toList());
    StringBuilder text = new StringBuilder();
    values.forEach(value -> Vlq.append(text, value));
    Vlq.Reader reader = new Vlq.Reader(text);
    List<Long> read = new ArrayList<>();
    while (reader.hasNext()) {
      read.add(reader.next());
    }

    assertThat(read).as("seed %d", seed).isEqualTo(values);
    assertThat(text.toString()).matches("[A-Za-z0-9+/]+");
  }
}
