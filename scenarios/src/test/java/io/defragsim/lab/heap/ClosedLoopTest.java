package io.defragsim.lab.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.calls.CallListener;
import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Lab;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A program with newlib-nano's malloc is recorded, and replayed on the image of that malloc: it is
 * the same code, so the same hooks see the same.
 */
class ClosedLoopTest {
  private static final List<String> FUNCTIONS = List.of("_malloc_r", "_free_r", "_sbrk");

  @TempDir Path folder;

  /**
   * A call.
   *
   * @param bytes of an allocation, else 0
   * @param block that it gave or got, from the first that was given
   * @param cycles entry to return, without what {@code _sbrk} took
   */
  private record Seen(String function, int bytes, long block, long cycles) {}

  private static final class Hooks implements CallListener {
    private final FirmwareImage image;
    private final List<Seen> seen = new ArrayList<>();
    private long first;
    private long breakCycles;
    private long end;

    Hooks(FirmwareImage image) {
      this.image = image;
    }

    Set<Long> addresses() {
      Set<Long> addresses = new LinkedHashSet<>();
      FUNCTIONS.forEach(name -> addresses.add(image.function(name).orElseThrow()));
      return addresses;
    }

    @Override
    public void entered(WatchedCall call, Memory memory) {
      if (call.within() == null) {
        breakCycles = 0;
      }
    }

    @Override
    public void returned(
        WatchedCall call, int result, long at, long cycles, boolean estimate, Memory memory) {
      String function = String.valueOf(image.locate(call.function()).function());
      int argument = call.registers().get(1);
      if (function.equals("_sbrk")) {
        breakCycles += cycles;
        end = Math.max(end, Integer.toUnsignedLong(result) + call.registers().get(0));
      } else if (function.equals("_malloc_r")) {
        first = first == 0 ? result : first;
        seen.add(new Seen(function, argument, result - first, cycles - breakCycles));
      } else if (argument != 0) {
        seen.add(new Seen(function, 0, argument - first, cycles));
      }
    }

    @Override
    public void left(WatchedCall call, long cycle, boolean estimate) {
      throw new AssertionError("left: " + call);
    }

    /** Bytes from the first block to the highest break. */
    long claimed() {
      return end - first;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hello-printf", "containers"})
  void sizes_places_and_cycles_of_a_replay_are_those_of_the_program(String name)
      throws IOException {
    Program program = Recorded.program(name);
    Hooks there = new Hooks(program.image());
    Execution execution = new Execution(program, Console.NONE, 1 << 16);
    execution.watch(
        new CallWatch(program.image(), program.layout().map(), there.addresses(), there));
    execution.run(20_000_000);

    Scenario scenario = scenario(Recorded.of(name).only(), name);
    FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
    Hooks here = new Hooks(image);
    CallWatch watch =
        new CallWatch(
            image, Program.load(scenario.mcu(), image).layout().map(), here.addresses(), here);
    RunResult replayed =
        Lab.run(
            scenario,
            image,
            Lab.Options.standard().withoutSampling(),
            watch.calls(),
            RunListener.NONE);

    assertThat(replayed.completed()).isTrue();
    assertThat(replayed.failures().count()).isZero();
    assertThat(there.seen).hasSizeGreaterThan(3);
    assertThat(here.seen).containsExactlyElementsOf(there.seen);
    assertThat(here.claimed()).isEqualTo(there.claimed());
  }

  private Scenario scenario(HeapRecording heap, String name) throws IOException {
    Path trace = folder.resolve(name + ".trace");
    try (Writer out = Files.newBufferedWriter(trace)) {
      heap.trace().write(out);
    }
    Path file = folder.resolve(name + ".json");
    Files.writeString(file, heap.trace().scenario(name, name + ".trace", ""));
    ReadResult<Scenario> read = new ScenarioReader(Figures.units()).read(file);
    assertThat(read).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<Scenario>) read).value();
  }
}
