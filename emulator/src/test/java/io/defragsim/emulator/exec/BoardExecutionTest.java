package io.defragsim.emulator.exec;

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
import java.util.ArrayList;
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
        "test",
        List.of(block),
        List.of(CONTROL, STATUS),
        List.of(rules),
        List.of(),
        List.of());
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
    assertThat(all.longest().cycles()).isEqualTo(result.cycles() - 5);
    assertThat(all.longest().waiting()).isEqualTo(16 * 6);
    assertThat(all.isExact()).isFalse();
    assertThat(all.rests())
        .containsExactly("X.STATUS.READY follows X.CONTROL.ON after 100 cycles");
    assertThat(execution.ledger().latencies())
        .containsExactly(
            new Ledger.Rested("X.STATUS.READY follows X.CONTROL.ON after 100 cycles", 1, 100, 100));
  }

  /** A timer: a store to CONTROL starts it, STATUS counts, and it interrupts at the end. */
  private static final class Timer implements Peripheral {
    private final List<Long> reads = new ArrayList<>();
    private Wires wires;
    private Alarm alarm;
    private boolean over;

    @Override
    public void connect(Wires to) {
      wires = to;
      alarm =
          to.alarm(
              () -> {
                over = true;
                wires.interrupt(true);
              });
    }

    @Override
    public void reset() {
      over = false;
    }

    @Override
    public int read(int offset, int bytes) {
      reads.add(wires.now());
      return over ? 8 : 0;
    }

    @Override
    public void write(int offset, int bytes, int value) {
      if (value == 0) {
        over = false;
        wires.interrupt(false);
      } else {
        alarm.after(value);
        wires.stall(11);
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
}
