package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.system.ExceptionNumber;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class CallWatchTest {

  @Test
  void nested_calls_are_told_with_arguments_results_and_cycles() {
    Source source =
        new Source()
            .function("inner", "movs r0, #7; bx lr") // 1 + 3
            .function(
                "outer", "push {lr}; movs r0, #1; bl inner; adds r0, #1; pop {pc}") // 2 1 4 1 5
            .function("main", "movs r0, #5; movs r1, #6; bl outer; bkpt #0") // 2 + 4
            .reset("main");

    assertThat(Calls.of(source, "outer", "inner"))
        .containsExactly(
            "enter outer [5, 6, 0, 0] at 6 < main+8",
            "enter inner [1, 6, 0, 0] at 13 within outer < outer+8 < main+8",
            "return inner = 7 at 17 after 4",
            "return outer = 8 at 23 after 17");
  }

  @Test
  void a_handler_has_a_stack_of_its_own() {
    Source source =
        new Source()
            .function("inner", "movs r0, #7; bx lr")
            .function("on_svc", "push {r4, lr}; bl inner; pop {r4, pc}")
            .function("outer", "svc #0; nop; bx lr")
            .function("main", "movs r0, #5; bl outer; bkpt #0")
            .reset("main")
            .handler(ExceptionNumber.SVCALL, "on_svc");

    assertThat(Calls.of(source, "outer", "inner", "on_svc", "main"))
        .containsExactly(
            "enter main [0, 0, 0, 0] at 0",
            "enter outer [5, 0, 0, 0] at 5 within main < main+6",
            "enter on_svc on -11 [5, 0, 0, 0] at 21",
            "enter inner on -11 [5, 0, 0, 0] at 28 within on_svc on -11 < on_svc+6",
            "return inner on -11 = 7 at 32 after 4",
            "return on_svc on -11 = 7 at 38 after 17",
            "return outer = 5 at 58 after 4",
            "open main");
  }
}
