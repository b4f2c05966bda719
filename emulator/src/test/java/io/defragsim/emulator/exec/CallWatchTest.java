package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.calls.CallListener;
import io.defragsim.emulator.calls.CallWatch;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.RawImage;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class CallWatchTest {

  @Test
  void nested_calls_are_told_with_arguments_results_and_cycles() {
    Source source =
        new Source()
            .function("inner", "movs r0, #7; bx lr") // 1 3
            .function("outer", "push {lr}; movs r0, #1; bl inner; adds r0, #1; pop {pc}") // 12 5
            .function("main", "movs r0, #5; movs r1, #6; bl outer; bkpt #0") // 2 4
            .reset("main");

    assertThat(Calls.of(source, "outer", "inner"))
        .containsExactly(
            "enter outer [5, 6, 0, 0] at 6 < main+8",
            "enter inner [1, 6, 0, 0] at 13 within outer < outer+8 < main+8",
            "return inner = 7 at 17 after 4",
            "return outer = 8 at 23 after 17");
  }

  @Test
  void only_watched_functions_are_told_of_however_they_are_reached() {
    Source source =
        new Source()
            .function("falls_through", "nop; nop; nop; nop; nop; nop; nop; nop")
            .function("work", "movs r0, #7; bx lr")
            .function("other", "push {lr}; bl work; pop {pc}")
            .function("main", "bl falls_through; bl other; ldr r3, [pc, #4]; blx r3; bkpt #0")
            .word(0x140, 0x111)
            .reset("main");

    assertThat(Calls.of(source, "work"))
        .filteredOn(line -> line.startsWith("enter"))
        .containsExactly(
            "enter work [0, 0, 0, 0] at 12 < main+4",
            "enter work [7, 0, 0, 0] at 26 < other+6 < main+8",
            "enter work [7, 0, 0, 273] at 40 < main+12");
  }

  @Test
  void a_tail_call_is_within_the_call_that_it_replaces_and_both_end_at_one_return() {
    Source source =
        new Source()
            .function("free_r", "movs r0, #9; bx lr") // 4
            .function("free", "movs r1, r0; b free_r") // 4
            .function("main", "movs r0, #5; bl free; bkpt #0") // 5
            .reset("main");

    assertThat(Calls.of(source, "free", "free_r"))
        .containsExactly(
            "enter free [5, 0, 0, 0] at 5 < main+6",
            "enter free_r [5, 5, 0, 0] at 9 within free < main+6",
            "return free_r = 9 at 13 after 4",
            "return free = 9 at 13 after 8");
  }

  @Test
  void a_function_may_return_by_what_is_not_in_lr_at_its_entry() {
    Source source =
        new Source()
            .function("work", "nop; bx r4") // 4
            .function("glue", "mov r4, lr; mov lr, r5; b work") // 5
            .function("main", "bl glue; bkpt #0") // 4
            .reset("main");

    assertThat(Calls.of(source, "work"))
        .containsExactly("enter work [0, 0, 0, 0] at 9 < main+4", "return work = 0 at 13 after 4");
  }

  @Test
  void a_call_may_be_made_by_hand() {
    Source source =
        new Source()
            .function("work", "nop; bx lr") // 4
            .function(
                "main",
                "movs r0, #17; lsls r0, r0, #4; adds r0, #1; mov r1, pc; adds r1, #7; mov lr, r1;"
                    + " subs r0, #16; bx r0; nop; bkpt #0")
            .reset("main");

    assertThat(Calls.of(source, "work"))
        .containsExactly(
            "enter work [257, 289, 0, 0] at 10 < main+16", "return work = 257 at 14 after 4");
  }

  @Test
  void a_return_to_elsewhere_in_the_caller_is_one() {
    Source source =
        new Source()
            .function("skips", "mov r1, lr; adds r1, #2; bx r1") // 1 1 3
            .function("main", "bl skips; nop; bkpt #0") // 4
            .reset("main");

    assertThat(Calls.of(source, "skips"))
        .containsExactly("enter skips [0, 0, 0, 0] at 4 < main+4", "return skips = 0 at 9 after 5");
  }

  @Test
  void a_longjmp_leaves_the_calls_that_it_goes_past() {
    Source source =
        new Source()
            .function("jump", "mov sp, r7; bx r6")
            .function("inner", "push {r4, lr}; bl jump")
            .function("outer", "push {lr}; bl inner; pop {pc}")
            .function("main", "mov r7, sp; mov r6, pc; adds r6, #7; bl outer; nop; bkpt #0")
            .reset("main");
    // R6 is the address of the BKPT, with the Thumb bit.

    assertThat(Calls.of(source, "outer", "inner"))
        .containsExactly(
            "enter outer [0, 0, 0, 0] at 7 < main+10",
            "enter inner [0, 0, 0, 0] at 13 within outer < outer+6 < main+10",
            "left inner at 24",
            "left outer at 24");
  }

  @Test
  void a_recursive_function_is_entered_each_time_and_a_loop_to_its_start_is_none() {
    Source source =
        new Source()
            .function("down", "push {r4, lr}; subs r0, #1; beq .+6; bl .-6; pop {r4, pc}")
            .function("loop", "subs r0, #1; bpl .-2; bx lr")
            .function("main", "movs r0, #2; bl down; movs r0, #2; bl loop; bkpt #0")
            .reset("main");

    assertThat(Calls.of(source, "down", "loop"))
        .containsExactly(
            "enter down [2, 0, 0, 0] at 5 < main+6",
            "enter down [1, 0, 0, 0] at 14 within down < down+10 < main+6",
            "return down = 0 at 27 after 13",
            "return down = 0 at 33 after 28",
            "enter loop [2, 0, 0, 0] at 38 < main+12",
            "return loop = -1 at 51 after 13");
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

  @Test
  void what_interrupts_a_call_is_not_in_its_cycles() {
    Source source =
        new Source()
            .function("tick", "nop; bx lr")
            .function("work", "movs r2, #100; subs r2, #1; bne .-2; bx lr") // 1 + 100 + 298 + 3
            .function(
                "main",
                "ldr r0, [pc, #28]; movs r1, #149; str r1, [r0, #4]; str r1, [r0, #8];"
                    + " movs r1, #7; str r1, [r0, #0]; bl work; bl work; bkpt #0")
            .word(0x140, 0xE000_E010)
            .reset("main")
            .handler(ExceptionNumber.SYSTICK, "tick");

    // The ticks of the second come at times that rest on returns from exceptions.
    assertThat(Calls.of(source, "work"))
        .filteredOn(line -> line.startsWith("return"))
        .satisfiesExactly(
            line -> assertThat(line).endsWith("about 402"),
            line -> assertThat(line).endsWith("about 402"));
  }

  @Test
  void sleep_is_not_in_the_cycles_of_a_call() {
    Source source =
        new Source()
            .function("tick", "bx lr")
            .function("work", "wfi; bx lr") // 2 + 3
            .function(
                "main",
                "ldr r0, [pc, #28]; movs r1, #149; str r1, [r0, #4]; str r1, [r0, #8];"
                    + " movs r1, #7; str r1, [r0, #0]; bl work; bkpt #0")
            .word(0x140, 0xE000_E010)
            .reset("main")
            .handler(ExceptionNumber.SYSTICK, "tick");

    assertThat(Calls.of(source, "work")).last().asString().endsWith("after 5");
  }

  @Test
  void threads_that_are_in_one_function_at_once_are_told_apart() {
    // As the test of the profiler: the handler toggles between two stacks.
    Source source =
        new Source()
            .function("swap", "mov r0, lr; movs r1, #4; eors r0, r1; bx r0")
            .function("work", "nop; svc #0; nop; bx lr") // 5
            .function("thread", "movs r2, #3; bl work; b .+0")
            .function(
                "main",
                "ldr r0, [pc, #20]; msr psp, r0; ldr r1, [pc, #20]; str r1, [r0, #24];"
                    + " ldr r1, [pc, #20]; str r1, [r0, #28]; bl work; bl work; bkpt #0")
            .word(0x148, Source.SRAM + 0x800)
            .word(0x14C, 0x121)
            .word(0x150, 1 << 24)
            .reset("main")
            .handler(ExceptionNumber.SVCALL, "swap");

    assertThat(Calls.of(source, "work"))
        .map(line -> line.replaceAll(" \\[.*\\]| at [0-9]+", ""))
        .containsExactly(
            "enter work < main+18",
            "enter work on 1 < thread+6",
            "return work = 536872960 about 5",
            "enter work < main+22",
            "return work on 1 = -1515870811 about 5",
            "open work");
  }

  @Test
  void a_reset_leaves_what_is_open() {
    Source source =
        new Source()
            .function("resets", "ldr r0, [pc, #4]; ldr r1, [pc, #8]; str r1, [r0, #0]; b .+0")
            .word(0x108, 0xE000_ED0C)
            .word(0x10C, 0x05FA_0004)
            .function(
                "main",
                "movs r0, #32; lsls r0, r0, #24; ldr r1, [r0, #0]; movs r2, #0; str r2, [r0, #0];"
                    + " cmp r1, #0; beq .+6; bl resets; bkpt #0")
            .reset("main");

    List<String> lines = Calls.of(source.word(0x104, 0xE7FE_6001), "main", "resets");

    assertThat(lines).hasSize(6);
    assertThat(lines.get(0)).startsWith("enter main");
    assertThat(lines.get(1)).startsWith("enter resets").contains("within main");
    assertThat(lines.subList(2, 4))
        .satisfiesExactly(
            line -> assertThat(line).startsWith("left resets"),
            line -> assertThat(line).startsWith("left main"));
    assertThat(lines.get(4)).startsWith("enter main");
    assertThat(lines.get(5)).isEqualTo("open main");
  }

  @Test
  void endless_recursion_takes_no_endless_room() {
    Program program = new Source().function("main", "nop; bl .-2").reset("main").program();
    List<WatchedCall> entered = new ArrayList<>();
    CallWatch watch =
        new CallWatch(program.image(), program.map(), Set.of(0x100L), new Entries(entered));

    new Execution(program, Console.NONE, 0).watch(watch).run(100_000);

    assertThat(watch.cut()).isTrue();
    assertThat(watch.open()).isEqualTo(entered).hasSize(CallWatch.MOST_OPEN);
    assertThat(entered.get(99).stack()).hasSize(CallWatch.MOST_STACK);
  }

  @Test
  void calls_are_followed_where_no_symbol_says_where_functions_begin() {
    Source source =
        new Source()
            .function("work", "nop; bx lr")
            .function("inner", "push {lr}; bl work; pop {pc}")
            .function("outer", "push {lr}; bl inner; pop {pc}")
            .function("main", "bl outer; bkpt #0")
            .reset("main");
    Program known = source.program();
    FirmwareImage stripped = RawImage.of("stripped", 0, source.flash(0x800), Map.of(), List.of());
    Program program = Program.load(known.part(), stripped);
    List<WatchedCall> entered = new ArrayList<>();
    CallWatch watch =
        new CallWatch(stripped, program.map(), Set.of(0x0800_0101L), new Entries(entered));

    new Execution(program, Console.NONE, 0).watch(watch).run(Calls.BUDGET);

    assertThat(entered)
        .singleElement()
        .satisfies(
            call -> {
              assertThat(call.function()).isEqualTo(0x0800_0100L);
              assertThat(call.stack()).containsExactly(0x116L, 0x126L, 0x134L);
            });
    assertThat(watch.open()).isEmpty();
  }

  /** Only entries. */
  private record Entries(List<WatchedCall> entered) implements CallListener {
    @Override
    public void entered(WatchedCall call, Memory memory) {
      entered.add(call);
    }

    @Override
    public void returned(
        WatchedCall call, int result, long end, long cycles, boolean estimate, Memory memory) {}

    @Override
    public void left(WatchedCall call, long cycle, boolean estimate) {}
  }

  @Test
  void memory_can_be_looked_at_while_a_call_is_told_of() {
    Program program =
        new Source()
            .function("work", "movs r0, #0; str r0, [sp, #0]; bx lr")
            .function("main", "sub sp, #8; ldr r0, [pc, #8]; str r0, [sp, #0]; bl work; bkpt #0")
            .word(0x11C, 0x1234_5678)
            .reset("main")
            .program();
    List<Object> seen = new ArrayList<>();
    CallListener listener =
        new CallListener() {
          @Override
          public void entered(WatchedCall call, Memory memory) {
            long sp = Integer.toUnsignedLong(call.sp());
            seen.add(List.of(memory.word(sp), memory.octet(sp + 1), memory.word(0x0800_011CL)));
            seen.add(memory.word(sp + 1) == null && memory.word(0xE000_E010L) == null);
          }

          @Override
          public void returned(
              WatchedCall call,
              int result,
              long end,
              long cycles,
              boolean estimate,
              Memory memory) {
            seen.add(memory.word(Integer.toUnsignedLong(call.sp())));
          }

          @Override
          public void left(WatchedCall call, long cycle, boolean estimate) {}
        };
    long work = program.image().function("work").orElseThrow();

    new Execution(program, Console.NONE, 0)
        .watch(new CallWatch(program.image(), program.map(), Set.of(work), listener))
        .run(Calls.BUDGET);

    assertThat(seen).containsExactly(List.of(0x1234_5678, 0x56, 0x1234_5678), true, 0);
  }

  @Test
  void an_mcu_tells_of_a_call_what_a_program_tells_of_it() {
    Source source =
        new Source()
            .function("inner", "push {r4, lr}; movs r4, #9; subs r4, #1; bne .-2; pop {r4, pc}")
            .function("outer", "push {lr}; movs r0, #1; bl inner; bl inner; pop {pc}")
            .function("main", "movs r0, #5; bl outer; bkpt #0")
            .function("parks", "bkpt #0");
    List<String> inProgram = Calls.of(source.reset("main"), "inner", "outer");
    FirmwareImage image = source.reset("parks").image();
    McuConfig part = source.program().part();
    MemoryMap map = new MemoryMap(part.flashBytes(), part.sramBase(), part.sramBytes());
    Calls calls = new Calls(image, map, Calls.addresses(image, "inner", "outer"));

    Outcome.Returned outcome;
    try (Mcu mcu = Mcu.create(part, image, Strictness.STRICT, List.of())) {
      mcu.listen(calls.watch.calls());
      mcu.reset(1000);
      mcu.idle(5); // as long as main takes
      outcome = (Outcome.Returned) mcu.call(image.function("outer").orElseThrow(), 1000, 5);
    }

    assertThat(calls.lines())
        .isEqualTo(inProgram.stream().map(line -> line.replace(" < main+6", "")).toList())
        .last()
        .asString()
        .endsWith("after " + outcome.cycles());
  }
}
