package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.calls.CallListener;
import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class WatchedCallsTest {
  private static final Lab.Options OPTIONS =
      Lab.Options.standard().withStrictness(Strictness.STRICT).withoutSampling();

  private record Returned(WatchedCall call, int result, long cycles) {}

  /** Keeps what has returned. */
  private record Kept(List<Returned> calls) implements CallListener {
    @Override
    public void entered(WatchedCall call, Memory memory) {
      // It comes back.
    }

    @Override
    public void returned(
        WatchedCall call, int result, long end, long cycles, boolean estimate, Memory memory) {
      calls.add(new Returned(call, result, cycles));
    }

    @Override
    public void left(WatchedCall call, long cycle, boolean estimate) {
      throw new AssertionError(call + " was left at " + cycle);
    }
  }

  @Test
  void the_calls_of_a_heap_are_watched_in_a_run_that_is_the_same() {
    FirmwareImage image = Bench.newlibNano();
    Scenario still =
        new Bench().alloc('a', 200).alloc('b', 40).free('a').alloc('c', 100).free('b').scenario();
    Scenario scenario =
        InterruptsInRunsTest.with(still, List.of(new InterruptSource("tick", 0, 701, 90, 0)));
    Set<Long> functions =
        Stream.of("image_free", "malloc", "_malloc_r", "free", "_free_r")
            .map(name -> image.function(name).orElseThrow())
            .collect(Collectors.toSet());
    Kept kept = new Kept(new ArrayList<>());
    Program program = Program.load(scenario.mcu(), image);
    CallWatch watch = new CallWatch(image, program.layout().map(), functions, kept);

    RunResult result = Lab.run(scenario, image, OPTIONS, watch.calls(), RunListener.NONE);

    assertThat(result).isEqualTo(Lab.run(scenario, image, OPTIONS));
    assertThat(watch.open()).isEmpty();
    Distribution frees = Objects.requireNonNull(result.operation(OperationKind.FREE)).cycles();
    assertThat(calls(kept, image, "image_free").stream().mapToLong(Returned::cycles).sum())
        .isEqualTo(frees.total())
        .isPositive();
    assertThat(calls(kept, image, "_malloc_r"))
        .isNotEmpty()
        .hasSameSizeAs(calls(kept, image, "malloc"))
        .allSatisfy(
            inner -> {
              WatchedCall malloc = Objects.requireNonNull(inner.call.within());
              assertThat(malloc.function()).isEqualTo(image.function("malloc").orElseThrow());
              assertThat(inner.call.registers().get(1)).isEqualTo(malloc.registers().get(0));
              assertThat(program.isMemory(inner.result)).isTrue();
            });
  }

  private static List<Returned> calls(Kept kept, FirmwareImage image, String function) {
    long address = image.function(function).orElseThrow();
    return kept.calls.stream().filter(each -> each.call.function() == address).toList();
  }
}
