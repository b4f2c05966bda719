package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.defragsim.emulator.exec.Profile.FunctionProfile;
import io.defragsim.emulator.exec.Profile.Stack;
import io.defragsim.emulator.system.ExceptionNumber;
import java.io.IOException;
import org.assertj.core.api.AbstractListAssert;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class ProfilerTest {

  private static Profile profile(Source source) {
    Program program = source.program();
    Profiler profiler = new Profiler(program);
    ExecutionResult result =
        new Execution(program, Console.NONE, Long.MAX_VALUE).profile(profiler).run(1_000_000);
    Profile profile = profiler.profile();
    assertThat(profile.cycles()).isEqualTo(result.cycles());
    assertThat(profile.functions().stream().mapToLong(FunctionProfile::exclusive).sum())
        .isEqualTo(result.cycles());
    assertThat(profile.stacks().stream().mapToLong(Stack::cycles).sum()).isEqualTo(result.cycles());
    return profile;
  }

  private static AbstractListAssert<?, ?, Tuple, ?> functions(Profile profile) {
    return assertThat(profile.functions())
        .extracting(
            FunctionProfile::function,
            FunctionProfile::calls,
            FunctionProfile::exclusive,
            FunctionProfile::inclusive);
  }

  private static String folded(Profile profile) {
    StringBuilder text = new StringBuilder();
    try {
      profile.writeFolded("", text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return text.toString();
  }

  @Test
  void nested_calls_by_hand() {
    Profile profile =
        profile(
            new Source()
                .function("leaf", "muls r0, r0, r0; bx lr") // 32 + 3
                .function("middle", "push {lr}; bl leaf; bl leaf; pop {pc}") // 2 + 4 + 4 + 5
                .function("main", "movs r0, #2; bl middle; bl leaf; bkpt #0") // 1 + 4 + 4
                .reset("main"));

    functions(profile)
        .containsExactly(
            tuple("leaf", 3L, 105L, 105L),
            tuple("middle", 1L, 15L, 85L),
            tuple("main", 1L, 9L, 129L));
    assertThat(folded(profile))
        .isEqualTo("main 9\nmain;leaf 35\nmain;middle 15\nmain;middle;leaf 70\n");
    assertThat(profile.cut()).isFalse();
  }

  @Test
  void a_recursive_function_counts_once_in_inclusive_cycles() {
    Profile profile =
        profile(
            new Source()
                .function("down", "push {r4, lr}; subs r0, #1; beq .+6; bl .-6; pop {r4, pc}")
                .function("main", "movs r0, #3; bl down; bkpt #0")
                .reset("main"));

    // twice push 3, subs 1, beq 1, bl 4; once push 3, subs 1, beq 3; three times pop 6
    functions(profile).containsExactly(tuple("down", 3L, 43L, 43L), tuple("main", 1L, 5L, 48L));
    assertThat(folded(profile))
        .isEqualTo("main 5\nmain;down 15\nmain;down;down 15\nmain;down;down;down 13\n");
  }

  @Test
  void a_tail_call_takes_the_place_of_its_caller() {
    Profile profile =
        profile(
            new Source()
                .function("target", "nop; bx lr") // 4
                .function("jumps", "b target") // 3
                .function("main", "bl jumps; nop; bkpt #0") // 5
                .reset("main"));

    assertThat(folded(profile)).isEqualTo("main 5\nmain;jumps 3\nmain;target 4\n");
  }

  @Test
  void a_far_jump_inside_a_function_is_no_call() {
    Profile profile =
        profile(
            new Source()
                .function("far", "push {lr}; bl .+6; nop; pop {pc}") // 2 + 4 + 5
                .function("main", "bl far; bkpt #0") // 4
                .reset("main"));

    functions(profile).containsExactly(tuple("far", 1L, 11L, 11L), tuple("main", 1L, 4L, 15L));
  }

  @Test
  void a_handler_has_a_stack_of_its_own_with_entry_and_return() {
    Profile profile =
        profile(
            new Source()
                .function("service", "nop; bx lr") // 4
                .function("on_svc", "push {r4, lr}; bl service; pop {r4, pc}") // 3 + 4 + 6
                .function("main", "svc #1; nop; bkpt #0") // 0 + 1
                .reset("main")
                .handler(ExceptionNumber.SVCALL, "on_svc"));

    assertThat(folded(profile))
        .isEqualTo("main 1\non_svc " + (16 + 13 + 16) + "\non_svc;service 4\n");
  }

  @Test
  void sleep_is_not_the_work_of_the_function_that_sleeps() {
    Profile profile =
        profile(
            new Source()
                .function("tick", "bkpt #9")
                .function(
                    "main",
                    "ldr r0, [pc, #12]; movs r1, #99; str r1, [r0, #4]; str r1, [r0, #8];"
                        + " movs r1, #3; str r1, [r0, #0]; wfi")
                .word(0x120, 0xE000_E010)
                .reset("main")
                .handler(ExceptionNumber.SYSTICK, "tick"));

    // 8 + str 2 + wfi 2 awake; the timer's 100 from the beginning of that str on
    assertThat(folded(profile)).isEqualTo("main 12\nmain;(asleep) 96\ntick 16\n");
  }

  @Test
  void endless_recursion_is_cut_and_every_cycle_still_counted() {
    // No stack: bl to itself until the budget is used up.
    Source source = new Source().function("main", "nop; bl .-2").reset("main");

    Profile profile = profile(source);

    assertThat(profile.cut()).isTrue();
    assertThat(profile.functions())
        .singleElement()
        .extracting(FunctionProfile::function)
        .isEqualTo("main");
  }

  @Test
  void threads_keep_their_frames_while_a_handler_switches_between_them() {
    // The handler toggles between main, on the main stack, and a thread on the process stack, whose
    // first frame main writes by hand.
    Profile profile =
        profile(
            new Source()
                .function("swap", "mov r0, lr; movs r1, #4; eors r0, r1; bx r0") // 6
                .function("work", "nop; svc #0; nop; bx lr") // 5
                .function("thread", "nop; svc #0; b .+0") // 1
                .function( // 18
                    "main",
                    "ldr r0, [pc, #16]; msr psp, r0; ldr r1, [pc, #16]; str r1, [r0, #24];"
                        + " ldr r1, [pc, #16]; str r1, [r0, #28]; bl work; bkpt #0")
                .word(0x144, Source.SRAM + 0x800)
                .word(0x148, 0x121)
                .word(0x14C, 1 << 24)
                .reset("main")
                .handler(ExceptionNumber.SVCALL, "swap"));

    assertThat(folded(profile))
        .isEqualTo("main 18\nmain;work 5\nswap " + 2 * (16 + 6 + 16) + "\nthread 1\n");
  }
}
