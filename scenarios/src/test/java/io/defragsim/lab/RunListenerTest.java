package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.HeapView.PlacedBlock;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.HeapMap;
import io.defragsim.lab.result.HeapMap.Span;
import io.defragsim.lab.result.HeapMap.Use;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a listener hears of a run, and that it changes nothing. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class RunListenerTest {

  /** Asks for everything at every call, and holds what it hears against what it sees. */
  private static final class Curious implements RunListener {
    private final Map<String, PlacedBlock> before = new HashMap<>();
    private final Map<Call.Function, Long> calls = new TreeMap<>();
    private final Map<OperationKind, Long> failed = new TreeMap<>();
    private final boolean asksImage;
    private long began;
    private long done;
    private long moved;
    private boolean moving;
    private int tableBytes = -1;

    Curious(boolean asksImage) {
      this.asksImage = asksImage;
    }

    @Override
    public void started(Subject subject, int table, HeapView heap) {
      tableBytes = table;
      assertThat(heap.blocks()).isEmpty();
    }

    @Override
    public void began(long number, Operation operation, String words) {
      assertThat(number).isEqualTo(began++).isEqualTo(done);
      assertThat(words).isNotEmpty();
    }

    @Override
    public void called(long number, Call call, HeapView heap) {
      calls.merge(call.function(), 1L, Long::sum);
      Map<String, PlacedBlock> now = new HashMap<>();
      heap.blocks().forEach(b -> now.put(b.name(), b));
      for (Call.Move move : call.moves()) {
        moved += move.bytes();
        assertThat(offset(before, move.block())).isEqualTo(move.from());
        assertThat(offset(now, move.block())).isEqualTo(move.to());
      }
      if (call.function() == Call.Function.STEP) {
        List<String> moves = call.moves().stream().map(Call.Move::block).toList();
        now.forEach(
            (name, block) -> {
              if (!moves.contains(name)) {
                assertThat(block.offset()).isEqualTo(offset(before, name));
              }
            });
      }
      before.clear();
      before.putAll(now);
      if (asksImage) {
        ask(heap, now);
      }
    }

    private static int offset(Map<String, PlacedBlock> blocks, String name) {
      return Objects.requireNonNull(blocks.get(name)).offset();
    }

    private void ask(HeapView heap, Map<String, PlacedBlock> now) {
      HeapMap map = heap.map();
      long payload =
          map.spans().stream()
              .filter(s -> s.use() == Use.USED || s.use() == Use.LOCKED)
              .mapToLong(Span::bytes)
              .sum();
      boolean inTwo = now.values().stream().anyMatch(PlacedBlock::inTwo);
      assertThat(payload)
          .isEqualTo(
              now.values().stream().filter(b -> !b.inTwo()).mapToLong(PlacedBlock::bytes).sum());
      moving |= map.spans().stream().anyMatch(s -> s.use() == Use.MOVING);
      if (inTwo) {
        assertThat(map.spans()).extracting(Span::use).contains(Use.MOVING);
      }
      long listed =
          heap.freeLists().stream()
              .flatMap(l -> l.holes().stream())
              .mapToLong(h -> h.bytes())
              .sum();
      long holes =
          map.spans().stream().filter(s -> s.use() == Use.FREE).mapToLong(Span::bytes).sum();
      assertThat(listed).isLessThanOrEqualTo(holes);
      assertThat(heap.largestRequest()).isLessThanOrEqualTo(heap.freeBytes());
    }

    @Override
    public void done(
        long number,
        OperationKind kind,
        @Nullable Failure failure,
        boolean skipped,
        HeapView heap) {
      assertThat(number).isEqualTo(done++);
      if (failure != null) {
        failed.merge(kind, 1L, Long::sum);
      }
    }
  }

  static Stream<Scenario> shipped() {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units())).stream();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void hears_every_operation_call_move_and_failure_of_a_run_and_changes_nothing(Scenario scenario)
      throws IOException {
    FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
    Lab.Options options = Lab.Options.standard().withoutSampling();
    Curious listener = new Curious(false);
    RunResult heard = Lab.run(scenario, image, options, listener);

    assertThat(heard).isEqualTo(Lab.run(scenario, image, options));
    assertThat(listener.done).isEqualTo(heard.executed());
    assertThat(listener.tableBytes).isEqualTo(heard.memory().table());
    assertThat(listener.moved).isGreaterThanOrEqualTo(heard.pauses().bytesMoved());
    assertThat(listener.calls.getOrDefault(Call.Function.STEP, 0L))
        .isEqualTo(heard.pauses().cycles().count());
    assertThat(listener.failed.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(heard.failures().count());
  }

  @Test
  void may_look_at_the_heap_between_any_two_calls() {
    Bench bench = new Bench().pool(1024, 8).policy(new DefragPolicy.OnFailure(64));
    for (char block = 'a'; block <= 'f'; block++) {
      bench.alloc(block, 100);
    }
    Scenario scenario =
        bench.free('a').free('c').free('e').lock('b').alloc('x', 500).unlock('b').scenario();
    Curious listener = new Curious(true);
    RunResult heard = Lab.run(scenario, Bench.defrag(), Lab.Options.standard(), listener);

    assertThat(heard).isEqualTo(Lab.run(scenario, Bench.defrag(), Lab.Options.standard()));
    assertThat(listener.moved).isPositive();
    assertThat(listener.moving).isTrue();
  }
}
