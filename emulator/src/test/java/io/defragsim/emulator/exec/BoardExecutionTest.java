package io.defragsim.emulator.exec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.Alarm;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Board.Block;
import io.defragsim.emulator.board.Delay;
import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.board.Peripheral;
import io.defragsim.emulator.board.Register;
import io.defragsim.emulator.board.Rule;
import io.defragsim.emulator.board.Wires;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs with a board: R0 is the address of its only peripheral, and R1 to R3 as said. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BoardExecutionTest {
  private static final int BASE = 0x4000_0000;
  private static final Register CONTROL = new Register("X.CONTROL", BASE, 0);
  private static final Register STATUS = new Register("X.STATUS", BASE + 4, 0x40);
  private static final Field ON = new Field("X.CONTROL.ON", CONTROL, 0, 1);
  private static final Field READY = new Field("X.STATUS.READY", STATUS, 3, 1);
  private static final Rule.Basis BASIS = new Rule.Basis("it is so", "");

  /** {@code loop:} until bit 3 of STATUS is set; 6 cycles a round. */
  private static final String POLL = "ldr r2, [r0, #4]; tst r2, r1; beq .-4; ";

  private static Board board(@Nullable Peripheral model, Rule... rules) {
    Block block =
        new Block("X", BASE, 0x1000, 0, model == null ? null : () -> model, OptionalInt.of(5));
    return new Board(
        "test", List.of(block), List.of(CONTROL, STATUS), List.of(rules), List.of(), List.of());
  }

  private static Execution execution(Source source, Board board, int translateAfter) {
    Program bare = source.program();
    return new Execution(
        Program.load(bare.part(), bare.image(), bare.layout(), board),
        Console.NONE,
        1000,
        translateAfter);
  }

  private static ExecutionResult run(Source source, Board board) {
    ExecutionResult result = execution(source, board, FastCode.NEVER).run(100_000);
    ExecutionResult stepped = execution(source, board, Execution.STEP_BY_STEP).run(100_000);
    assertThat(result).isEqualTo(stepped);
    return result;
  }

  @Test
  void a_register_remembers_its_bytes_and_begins_with_what_it_holds_out_of_reset() {
    // r4 = 0x40, r5 = 0x00aa0040
    ExecutionResult result =
        run(
            Source.of(
                "ldr r4, [r0, #4]; movs r1, #170; strb r1, [r0, #6]; ldr r5, [r0, #4]; subs r5,"
                    + " r5, r2; subs r5, r5, r4; beq .+4; bkpt #1; bkpt #7",
                BASE,
                0,
                0x00AA_0000),
            board(null));

    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.Parked.class, parked -> assertThat(parked.immediate()).isEqualTo(7));
  }

  @Test
  void a_poll_that_nothing_explains_ends_the_run_and_names_register_value_and_place() {
    ExecutionResult result = run(Source.of(POLL + "bkpt #0", BASE, 8), board(null));

    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.Unexplained.class,
            unexplained -> {
              assertThat(unexplained.poll().register()).isEqualTo("X.STATUS (0x40000004)");
              assertThat(unexplained.poll().value()).isEqualTo(0x40);
              assertThat(unexplained.poll().reads()).isEqualTo(500);
              assertThat(unexplained.at().toString()).isEqualTo("main+0x4 (0x00000104)");
            });
    // two literals, 499 rounds of ldr 2, tst 1, beq 3, and a last ldr
    assertThat(result.cycles()).isEqualTo(2 * 2 + 499 * 6 + 2);
  }

  @Test
  void a_bit_follows_another_after_its_time_and_the_interval_rests_on_it() {
    Rule rule = new Rule.Follows(READY, ON, new Delay(100, 0), BASIS);
    Source source = Source.of("movs r3, #1; str r3, [r0, #0]; " + POLL + "bkpt #0", BASE, 8);
    Execution execution = execution(source, board(null, rule), Execution.STEP_BY_STEP);
    Intervals all = new Intervals(source.program(), 0x106, 0x10E);
    execution.measure(all);

    ExecutionResult result = execution.run(10_000);

    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
    // The store begins at cycle 5; the bit is there at 105; loads begin at 7 and every 6 cycles.
    assertThat(result.cycles()).isEqualTo(7 + 17 * 6 + 2 + 1 + 1);
    Intervals.Interval longest = requireNonNull(all.longest());
    assertThat(longest.cycles()).isEqualTo(result.cycles() - 5);
    assertThat(longest.waiting()).isEqualTo(16 * 6);
    assertThat(all.isExact()).isFalse();
    assertThat(all.rests()).containsExactly("X.STATUS.READY follows X.CONTROL.ON after 100 cycles");
    assertThat(requireNonNull(execution.ledger()).latencies())
        .containsExactly(
            new Ledger.Rested("X.STATUS.READY follows X.CONTROL.ON after 100 cycles", 1, 100, 100));
  }

  /** A timer: a store to CONTROL starts it, STATUS counts, and it interrupts at the end. */
  private static class Timer implements Peripheral {
    private @Nullable Wires wires;
    private @Nullable Alarm alarm;
    private boolean over;

    @Override
    public void connect(Wires to) {
      wires = to;
      alarm =
          to.alarm(
              () -> {
                over = true;
                to.interrupt(true);
              });
    }

    @Override
    public void reset() {
      over = false;
    }

    @Override
    public int read(int offset, int bytes) {
      return over ? 8 : 0;
    }

    @Override
    public void write(int offset, int bytes, int value) {
      if (value == 0) {
        over = false;
        requireNonNull(wires).interrupt(false);
      } else {
        requireNonNull(alarm).after(value);
        requireNonNull(wires).stall(11);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {Execution.STEP_BY_STEP, FastCode.NEVER, 0})
  void a_model_stalls_the_core_and_wakes_it_by_an_interrupt_of_its_own(int translateAfter) {
    Timer timer = new Timer();
    Source source =
        new Source()
            .function("handler", "ldr r0, [pc, #4]; movs r1, #0; str r1, [r0, #0]; bx lr")
            .function(
                "main",
                "ldr r0, [pc, #20]; ldr r1, [pc, #24]; movs r2, #32; str r2, [r1, #0]; movs r2,"
                    + " #200; str r2, [r0, #0]; wfi; bkpt #3")
            .word(0x108, BASE)
            .word(0x128, BASE)
            .word(0x12C, 0xE000_E100)
            .handler(ExceptionNumber.IRQ0 + 5, "handler")
            .reset("main");

    ExecutionResult result = execution(source, board(timer), translateAfter).run(10_000);

    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
    assertThat(result.returns()).isEqualTo(1);
    // begun at cycle 8: the event is at 208; the store takes 2 + 11, and the core sleeps from 23 on
    assertThat(result.asleep()).isEqualTo(208 - 23);
  }

  /** What a program that ends on a breakpoint leaves in R4. */
  private static int left(String source, Rule... rules) {
    Source program = Source.of(source + "; bkpt #0", BASE, 8);
    int[] r4 = new int[1];
    execution(program, board(null, rules), Execution.STEP_BY_STEP)
        .listen((pc, cycle, result, after) -> r4[0] = after.register(4))
        .run(10_000);
    assertThat(run(program, board(null, rules)).ending()).isInstanceOf(Ending.Parked.class);
    return r4[0];
  }

  @Test
  void a_bit_clears_itself_after_its_time_and_is_set_until_then() {
    Rule rule = new Rule.ClearsItself(ON, new Delay(9, 0), BASIS);
    String set = "movs r3, #1; str r3, [r0, #0]; ";
    String wait = "nop; nop; nop; nop; nop; nop; nop; ";

    assertThat(left(set + "ldr r4, [r0, #0]", rule)).isEqualTo(1);
    assertThat(left(set + wait + "ldr r4, [r0, #0]", rule)).isZero();
  }

  @Test
  void a_bit_is_set_and_cleared_by_what_the_program_does_to_another_register() {
    Field whole = new Field("X.CONTROL", CONTROL, 0, 32);
    Rule set = new Rule.Changes(READY, true, Rule.Access.STORE, whole, Delay.NONE, BASIS);
    Rule cleared = new Rule.Changes(READY, false, Rule.Access.LOAD, whole, Delay.NONE, BASIS);
    Rule ones = new Rule.Changes(READY, false, Rule.Access.STORE_ONE, READY, Delay.NONE, BASIS);
    Rule zeros = new Rule.Changes(READY, false, Rule.Access.STORE_ZERO, READY, Delay.NONE, BASIS);
    String store = "str r1, [r0, #0]; ";

    assertThat(left(store + "ldr r4, [r0, #4]", set)).isEqualTo(0x48);
    assertThat(left(store + "ldr r3, [r0, #0]; ldr r4, [r0, #4]", set, cleared)).isEqualTo(0x40);
    assertThat(left(store + "str r1, [r0, #4]; ldr r4, [r0, #4]", set, ones)).isZero();
    assertThat(left(store + "movs r3, #0; str r3, [r0, #4]; ldr r4, [r0, #4]", set, ones))
        .isEqualTo(8);
    assertThat(left(store + "movs r3, #0; str r3, [r0, #4]; ldr r4, [r0, #4]", set, zeros))
        .isZero();
  }

  @Test
  void an_input_stays_what_it_is_and_may_be_polled_for_ever() {
    Rule input = new Rule.Input(new Field("X.STATUS", STATUS, 0, 32), 0x35, BASIS);

    assertThat(left("movs r3, #0; str r3, [r0, #4]; ldr r4, [r0, #4]", input)).isEqualTo(0x35);
    assertThat(run(Source.of(POLL + "bkpt #0", BASE, 8), board(null, input)).ending())
        .isInstanceOf(Ending.BudgetExhausted.class);
  }

  /** Waits for a byte, sends one that is one more, and so on. */
  private static final String ECHO =
      POLL + "ldr r3, [r0, #8]; adds r3, #1; str r3, [r0, #12]; b .-12";

  private static final Register RECEIVED = new Register("X.RECEIVED", BASE + 8, 0);
  private static final Register SENT = new Register("X.SENT", BASE + 12, 0);
  private static final Rule[] LINE = {
    new Rule.Sends(new Field("X.SENT", SENT, 0, 8), BASIS),
    new Rule.Receives(
        new Field("X.RECEIVED", RECEIVED, 0, 8), READY, null, new Delay(100, 0), BASIS)
  };

  private static ExecutionResult play(Script script, String source, long budget) {
    return execution(Source.of(source, BASE, 8), board(null, LINE), FastCode.NEVER)
        .correspond(script)
        .run(budget);
  }

  @Test
  void a_script_types_and_waits_for_what_the_program_sends_and_ends_the_run() {
    Script script =
        new Script(
            List.of(
                new Script.Step.Pause(50),
                new Script.Step.Send("HAL", 1),
                new Script.Step.Expect("BM", 10_000)));

    ExecutionResult result = play(script, ECHO, 100_000);

    assertThat(result.ending()).isEqualTo(new Ending.ScriptDone());
    assertThat(script.isDone()).isTrue();
    assertThat(script.done().get(0).cycle()).isEqualTo(50);
    assertThat(script.done().get(1).cycles()).isEqualTo(3);
    assertThat(script.done().get(2).isExact()).isFalse();
    assertThat(script.done().get(2).rests()).hasSize(2);
  }

  @Test
  void what_is_expected_and_does_not_come_in_time_ends_the_run_with_what_came() {
    Script script =
        new Script(List.of(new Script.Step.Send("HAL", 1), new Script.Step.Expect("HAL", 5000)));

    ExecutionResult result = play(script, ECHO, 100_000);

    assertThat(result.ending()).isEqualTo(new Ending.NotExpected(1, "HAL", "IBM", 5000));
    assertThat(script.isDone()).isFalse();
  }

  @Test
  void a_program_that_floods_its_serial_line_is_stopped_at_the_limit() {
    ExecutionResult result =
        play(
            new Script(List.of(new Script.Step.Pause(90_000))),
            "str r1, [r0, #12]; b .-2",
            100_000);

    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.PrintedTooMuch.class, printed -> assertThat(printed.limit()).isEqualTo(1000));
  }

  @Test
  void an_input_is_typed_line_by_line_and_the_run_ends_when_it_is_over() {
    var bytes =
        new java.io.ByteArrayInputStream("HA\nL".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    StringBuilder sent = new StringBuilder();
    Program bare = Source.of(ECHO, BASE, 8).program();
    Execution execution =
        new Execution(
            Program.load(bare.part(), bare.image(), bare.layout(), board(null, LINE)),
            new Console() {
              @Override
              public void write(byte[] written, boolean error) {}

              @Override
              public void sent(int value) {
                sent.append((char) value);
              }
            },
            1000);

    ExecutionResult result = execution.correspond(new TypedInput(bytes::read)).run(100_000_000);

    assertThat(result.ending()).isInstanceOf(Ending.InputEnded.class);
    assertThat(sent).hasToString("IB\u000eM");
  }

  @Test
  void a_strict_run_faults_at_a_register_that_no_rule_knows() {
    Source source = Source.of("ldr r3, [r0, #4]; ldr r3, [r0, #16]; bkpt #0", BASE, 8);
    Program bare = source.program();
    Rule rule = new Rule.Follows(READY, ON, Delay.NONE, BASIS);
    Program program = Program.load(bare.part(), bare.image(), bare.layout(), board(null, rule));

    ExecutionResult strict =
        new Execution(program, Console.NONE, 0, FastCode.NEVER, new Board.Checks(true, 500))
            .run(1000);

    assertThat(strict.ending())
        .isInstanceOfSatisfying(
            Ending.Faulted.class,
            faulted -> {
              assertThat(faulted.fault().accessAddress()).isEqualTo(BASE + 16L);
              assertThat(faulted.fault().detail()).contains("X+0x10 (0x40000010)");
            });
    assertThat(run(source, board(null, rule)).ending()).isInstanceOf(Ending.Parked.class);
  }

  @Test
  void a_line_of_interrupt_is_high_while_status_and_enable_are_and_storms_until_cleared() {
    Rule ready = new Rule.Follows(READY, ON, new Delay(50, 0), BASIS);
    Rule line = new Rule.Level(5, READY, ON, BASIS);
    Source source =
        new Source()
            // counts in r7; the third time it takes ON back, and READY follows at once
            .function(
                "handler",
                "adds r7, #1; cmp r7, #3; blt .+8; movs r6, #0; str r6, [r4, #0]; nop; bx lr")
            .function(
                "main",
                "ldr r4, [pc, #28]; ldr r1, [pc, #32]; movs r7, #0; movs r2, #32; str r2, [r1, #0];"
                    + " movs r2, #1; str r2, [r4, #0]; nop; wfi; cmp r7, #3; bne .-4; bkpt #3")
            .word(0x130, BASE)
            .word(0x134, 0xE000_E100)
            .handler(ExceptionNumber.IRQ0 + 5, "handler")
            .reset("main");

    ExecutionResult result = run(source, board(null, ready, line));

    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
    assertThat(result.tailChains()).isEqualTo(2);
    assertThat(result.returns()).isEqualTo(1);
  }

  @Test
  void a_reset_by_the_program_resets_its_board() {
    // SRAM remembers that it was here; the second time STATUS is read.
    Source source =
        Source.of(
            "ldr r4, [r3, #0]; ldr r5, [r0, #0]; cmp r4, r1; beq .+12; str r1, [r3, #0]; str r1,"
                + " [r0, #0]; ldr r7, [pc, #16]; str r7, [r2, #0]; b .+0; cmp r5, #0; bne .-4; bkpt #1",
            BASE,
            8,
            0xE000_ED0C,
            Source.SRAM);
    source.word(0x128, 0x05FA_0004);

    ExecutionResult result = run(source, board(null));

    assertThat(result.resets()).isEqualTo(1);
    assertThat(result.ending()).isInstanceOf(Ending.Parked.class);
  }

  @Test
  void a_program_that_does_nothing_but_reset_itself_is_stopped() {
    Source source = Source.of("str r1, [r0, #0]; b .+0", 0xE000_ED0C, 0x05FA_0004);

    ExecutionResult result = run(source, board(null));

    assertThat(result.resets()).isEqualTo(1000);
    assertThat(result.ending())
        .isInstanceOfSatisfying(
            Ending.KeepsResetting.class, keeps -> assertThat(keeps.resets()).isEqualTo(1000));
  }

  @Test
  void a_latency_beside_an_interval_leaves_it_exact_until_the_program_meets_time() {
    Rule rule = new Rule.Follows(READY, ON, new Delay(100, 0), BASIS);
    // From 0x108 to 0x10e nothing but instructions; then STATUS is loaded.
    Source source =
        Source.of(
            "movs r3, #1; str r3, [r0, #0]; nop; nop; nop; ldr r2, [r0, #4]; nop; bkpt #0",
            BASE,
            8);
    Intervals alone = new Intervals(source.program(), 0x108, 0x10E);
    Intervals meeting = new Intervals(source.program(), 0x108, 0x110);
    Execution execution = execution(source, board(null, rule), FastCode.NEVER);
    execution.measure(alone);
    execution.measure(meeting);
    execution.run(10_000);

    assertThat(requireNonNull(alone.longest()).cycles()).isEqualTo(3);
    assertThat(alone.isExact()).isTrue();
    assertThat(meeting.isExact()).isFalse();
    assertThat(meeting.rests()).hasSize(1);
  }

  @Test
  void a_clock_that_a_return_has_shifted_makes_what_waits_for_the_timer_an_estimate() {
    Source source =
        new Source()
            .function("call", "bx lr")
            .function(
                "main",
                "ldr r0, [pc, #28]; ldr r1, [pc, #32]; str r1, [r0, #4]; str r1, [r0, #8]; movs r1,"
                    + " #5; str r1, [r0, #0]; svc #0; nop; nop; ldr r1, [r0, #8]; nop; bkpt #0")
            .word(0x130, 0xE000_E010)
            .word(0x134, 1000)
            .handler(ExceptionNumber.SVCALL, "call")
            .reset("main");
    Intervals alone = new Intervals(source.program(), 0x11E, 0x122);
    Intervals timed = new Intervals(source.program(), 0x11E, 0x124);
    Execution execution = new Execution(source.program(), Console.NONE, 0, FastCode.NEVER);
    execution.measure(alone);
    execution.measure(timed);
    execution.run(10_000);

    assertThat(alone.count()).isEqualTo(1);
    assertThat(alone.isExact()).isTrue();
    assertThat(timed.isExact()).isFalse();
    assertThat(timed.rests()).containsExactly("returns from exceptions");
  }

  @Test
  void the_transfers_of_one_instruction_reach_registers_a_cycle_apart() {
    // CSR, RVR and CVR: CVR is loaded two cycles behind the beginning, and ldr takes two before.
    String source =
        "ldr r1, [pc, #28]; str r1, [r0, #4]; str r1, [r0, #8]; movs r1, #5; str r1, [r0, #0]; nop;"
            + " ldr r7, [r0, #8]; ldm r0!, {r1, r2, r3}; subs r4, r7, r3; bkpt #0";
    int[] r4 = new int[1];
    new Execution(
            Source.of(source, 0xE000_E010).word(0x120, 1000).program(),
            Console.NONE,
            0,
            Execution.STEP_BY_STEP)
        .listen((pc, cycle, result, after) -> r4[0] = after.register(4))
        .run(10_000);

    assertThat(r4[0]).isEqualTo(4);
  }

  @Test
  void what_follows_a_field_that_follows_another_follows_as_well() {
    Field third = new Field("X.STATUS[5]", STATUS, 5, 1);
    Rule[] rules = {
      new Rule.Follows(READY, ON, Delay.NONE, BASIS),
      new Rule.Follows(third, READY, Delay.NONE, BASIS),
    };

    assertThat(left("movs r3, #1; str r3, [r0, #0]; ldr r4, [r0, #4]", rules)).isEqualTo(0x68);
  }

  @Test
  void a_stall_that_rests_on_a_latency_makes_the_store_an_estimate() {
    Timer slow =
        new Timer() {
          @Override
          public void connect(Wires to) {
            super.connect(to);
            to.rest("X: a word takes what a data sheet says");
          }
        };
    Source source = Source.of("str r1, [r0, #0]; nop; bkpt #0", BASE, 50);
    for (Timer timer : List.of(new Timer(), slow)) {
      Intervals store = new Intervals(source.program(), 0x104, 0x106);
      Execution execution = execution(source, board(timer), FastCode.NEVER);
      execution.measure(store);
      execution.run(10_000);

      assertThat(requireNonNull(store.longest()).cycles()).isEqualTo(2 + 11);
      assertThat(store.isExact()).isEqualTo(timer != slow);
    }
  }

  @Test
  void a_core_that_sleeps_does_not_sleep_past_its_budget() {
    Timer timer = new Timer();
    Source source = Source.of("str r1, [r0, #0]; wfi; bkpt #0", BASE, 50_000);

    ExecutionResult result = execution(source, board(timer), FastCode.NEVER).run(1000);

    assertThat(result.ending()).isInstanceOf(Ending.BudgetExhausted.class);
    assertThat(result.cycles()).isEqualTo(1001);
  }

  @Test
  void a_model_that_throws_is_named() {
    Timer broken =
        new Timer() {
          @Override
          public int read(int offset, int bytes) {
            throw new ArithmeticException("/ by zero");
          }
        };
    Source source = Source.of("ldr r1, [r0, #0]; bkpt #0", BASE);

    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> execution(source, board(broken), FastCode.NEVER).run(1000))
        .hasMessageContaining("of X failed: java.lang.ArithmeticException: / by zero");
  }
}
