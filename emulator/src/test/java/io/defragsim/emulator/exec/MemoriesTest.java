package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.emulator.system.MemoryMap.Flash;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs with flash where few parts have it, a second RAM, and words beside flash. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class MemoriesTest {
  private static final int RAM2 = 0x2004_0000;
  private static final int BESIDE = 0x1000_1000;
  private static final long[] BASES = {0, 0x0800_0000L, 0x1000_0000L, 0x6000_0000L};

  private record Run(ExecutionResult result, List<Integer> registers) {}

  private static Program program(Source source, long base) {
    return program(source, base, 0);
  }

  private static Program program(Source source, long base, int waitStates) {
    MemoryMap map =
        new MemoryMap(
            new Flash(base, 4096, false),
            Source.SRAM,
            4096,
            List.of(
                new Area("RAM 2", RAM2, 4096, true),
                new Area("what is programmed beside flash", BESIDE, 1024, false)));
    McuConfig part =
        new McuConfig("test", 1000, 1000, 1, 4096, Source.SRAM, 4096).withWaitStates(waitStates);
    return Program.load(part, source.image(), new Layout(map, base, false));
  }

  private static Run run(Program program, int translateAfter) {
    List<Integer> registers = new ArrayList<>();
    Execution execution = new Execution(program, Console.NONE, Long.MAX_VALUE, translateAfter);
    execution.listen(
        (pc, cycle, result, core) -> {
          registers.clear();
          for (int register = 0; register < 15; register++) {
            registers.add(core.register(register));
          }
        });
    return new Run(execution.run(1_000_000), registers);
  }

  private static List<Integer> registersAfter(String source, int... constants) {
    long base = 0x1000_0000L;
    Run run = run(program(Source.at(base, source + "; bkpt #1", constants), base), 0);
    assertThat(run.result().ending()).isInstanceOf(Ending.Parked.class);
    return run.registers();
  }

  private static Fault faultOf(String source, int... constants) {
    long base = 0x1000_0000L;
    Run run = run(program(Source.at(base, source + "; bkpt #1", constants), base), 0);
    return ((Ending.Faulted) run.result().ending()).fault();
  }

  @Test
  void a_second_ram_holds_what_is_stored_in_any_width_and_is_as_fresh_as_the_first() {
    String source =
        "ldr r2, [r0, #8]; str r1, [r0, #0]; strh r1, [r0, #6]; strb r1, [r0, #5];"
            + " ldr r3, [r0, #0]; ldr r4, [r0, #4]; ldrh r5, [r0, #2]; ldrb r6, [r0, #1]";

    assertThat(registersAfter(source, RAM2, 0x1234_5678))
        .containsSequence(0xA5A5_A5A5, 0x1234_5678, 0x5678_78A5, 0x1234, 0x56);
  }

  @Test
  void words_beside_flash_are_erased_and_are_not_stored_to() {
    assertThat(registersAfter("ldr r1, [r0, #4]", BESIDE).get(1)).isEqualTo(-1);

    Fault fault = faultOf("str r0, [r0, #4]", BESIDE);
    assertThat(fault.kind()).isEqualTo(Fault.Kind.WRITE_PROTECTED);
    assertThat(fault.detail()).isEqualTo("store to what is programmed beside flash at 0x10001004");
  }

  @Test
  void between_memories_there_is_nothing() {
    assertThat(faultOf("ldr r1, [r0, #0]", RAM2 + 4096).kind())
        .isEqualTo(Fault.Kind.UNMAPPED_ACCESS);
    assertThat(faultOf("str r1, [r0, #0]", RAM2 - 4).kind()).isEqualTo(Fault.Kind.UNMAPPED_ACCESS);
    assertThat(faultOf("ldr r1, [r0, #0]", 0).kind()).isEqualTo(Fault.Kind.UNMAPPED_ACCESS);
    assertThat(faultOf("bx r0", RAM2 + 4097).kind()).isEqualTo(Fault.Kind.UNMAPPED_FETCH);
  }

  /**
   * Copies code from flash to the second RAM and calls it there and in flash; data from flash comes
   * by words, halfwords, bytes and several words at once.
   */
  private static Source mixed(long base, boolean stackInSecond) {
    int code = (int) base + Source.FREE;
    Source source =
        Source.at(
                base,
                "ldm r1!, {r5, r6}; stm r0!, {r5, r6}; ldm r1!, {r5, r6}; stm r0!, {r5, r6};"
                    + " push {r2, r4}; blx r3; ldr r5, [r4, #4]; adds r7, r7, r5; ldrh r6, [r4, #2];"
                    + " eors r7, r6; mov r0, r4; ldm r0!, {r5, r6}; adds r7, r7, r6; mov r5, r3;"
                    + " subs r1, #16; mov r8, r1; adds r1, #1; blx r1; mov r1, r8; adds r1, #16;"
                    + " pop {r2, r4}; subs r2, #1; bne .-36; bkpt #1",
                RAM2,
                code,
                300,
                RAM2 | 1,
                (int) base + 0x480)
            .code(Source.FREE, "adds r7, #1; ldrb r5, [r4, #1]; adds r7, r7, r5; bx lr; nop");
    return stackInSecond ? source.word(0, RAM2 + 0x400) : source;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hot_code_does_the_same_at_speed_wherever_flash_is_and_with_a_second_ram(
      boolean stackInSecond) {
    for (long base : BASES) {
      for (int waitStates : List.of(0, 1)) {
        Program program = program(mixed(base, stackInSecond), base, waitStates);
        Run slow = run(program, Execution.STEP_BY_STEP);
        assertThat(slow.result().ending()).isInstanceOf(Ending.Parked.class);
        assertThat(slow.result().instructions()).isGreaterThan(300 * 20);

        for (int translateAfter : List.of(0, 20)) {
          assertThat(run(program, translateAfter))
              .as("flash at 0x%x, translated after %d", base, translateAfter)
              .isEqualTo(slow);
        }
      }
    }
  }

  @Test
  void most_of_such_a_program_runs_at_speed() {
    long base = 0x1000_0000L;
    Execution execution =
        new Execution(program(mixed(base, false), base), Console.NONE, Long.MAX_VALUE, 0);

    ExecutionResult result = execution.run(1_000_000);

    assertThat(execution.fast()).isGreaterThan(result.instructions() / 2);
  }
}
