package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.calls.CallListener;
import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What a watch tells of calls, as lines. */
final class Calls implements CallListener {
  static final long BUDGET = 1_000_000;

  private final FirmwareImage image;
  private final List<String> lines = new ArrayList<>();
  final CallWatch watch;

  Calls(FirmwareImage image, MemoryMap map, Set<Long> functions) {
    this.image = image;
    watch = new CallWatch(image, map, functions, this);
  }

  /** The addresses of functions. */
  static Set<Long> addresses(FirmwareImage image, String... functions) {
    return Arrays.stream(functions)
        .map(name -> image.function(name).orElseThrow())
        .collect(Collectors.toSet());
  }

  /** {@link #of(Program, Set)} by names. */
  static List<String> of(Source source, String... functions) {
    Program program = source.program();
    return of(program, addresses(program.image(), functions));
  }

  /**
   * The lines of a run, the same at each speed, of which nothing else differs from a run that is
   * not watched.
   */
  static List<String> of(Program program, Set<Long> functions) {
    List<String> steps = run(program, Execution.STEP_BY_STEP, functions);
    for (int translateAfter : new int[] {0, 3, FastCode.NEVER}) {
      assertThat(run(program, translateAfter, functions))
          .as("translated after %d", translateAfter)
          .isEqualTo(steps);
    }
    return steps;
  }

  private static List<String> run(Program program, int translateAfter, Set<Long> functions) {
    Calls calls = new Calls(program.image(), program.map(), functions);
    Execution watched = new Execution(program, Console.NONE, Long.MAX_VALUE, translateAfter);
    Execution bare = new Execution(program, Console.NONE, Long.MAX_VALUE, translateAfter);
    assertThat(watched.watch(calls.watch).run(BUDGET)).isEqualTo(bare.run(BUDGET));
    return calls.lines();
  }

  /** Those so far, and the calls that are open. */
  List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    watch.open().forEach(call -> all.add("open " + name(call)));
    return all;
  }

  private String name(WatchedCall call) {
    String on = call.thread() == 0 ? "" : " on " + call.thread();
    return image.locate(call.function()).function() + on;
  }

  private String place(long address) {
    Location location = image.locate(address);
    return location.function() + "+" + location.offset();
  }

  @Override
  public void entered(WatchedCall call, Memory memory) {
    WatchedCall within = call.within();
    lines.add(
        "enter "
            + name(call)
            + " "
            + call.registers()
            + " at "
            + call.begin()
            + (within == null ? "" : " within " + name(within))
            + call.stack().stream()
                .map(frame -> " < " + place(frame))
                .collect(Collectors.joining()));
  }

  @Override
  public void returned(
      WatchedCall call, int result, long end, long cycles, boolean estimate, Memory memory) {
    lines.add(
        "return "
            + name(call)
            + " = "
            + result
            + " at "
            + end
            + (estimate ? " about " : " after ")
            + cycles);
  }

  @Override
  public void left(WatchedCall call, long cycle, boolean estimate) {
    lines.add("left " + name(call) + " at " + cycle);
  }
}
