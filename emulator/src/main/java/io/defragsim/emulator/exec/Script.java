package io.defragsim.emulator.exec;

import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.board.LiveBoard;
import io.defragsim.emulator.board.Pins;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.EventQueue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Types on a program's serial line what is written down, and waits for what is expected. Times are
 * in cycles, so that each run of a script is the same.
 */
public final class Script implements Correspondent {
  /** Of what came so many bytes are kept, the last. */
  public static final int MOST_KEPT = 4096;

  /** So much may wait for a step that expects it. */
  private static final int MOST_WAITING = 1 << 20;

  private final List<Step> steps;
  private final List<Done> done = new ArrayList<>();
  private final StringBuilder came = new StringBuilder(); // one char a byte
  private int next;
  private int typed; // bytes of the step under way
  private long begun;
  private long mark;
  private long exceptionsBefore;
  private @Nullable Connection connection;
  private @Nullable Ending ending;

  /** One line of it. */
  public sealed interface Step {

    /**
     * Types bytes.
     *
     * @param text as it is typed
     * @param pace cycles from one byte to the next; the line itself takes longer if that is shorter
     */
    record Send(String text, long pace) implements Step {}

    /**
     * Waits until the program has sent a text, behind what the step before waited for.
     *
     * @param within cycles that it may take
     */
    record Expect(String text, long within) implements Step {}

    /** Lets cycles pass. */
    record Pause(long cycles) implements Step {}

    /**
     * Gives a pin a level from outside, as a button does.
     *
     * @param number 0 to 31
     */
    record Pin(int number, Level level) implements Step {}

    /** What a pin is given. */
    enum Level {
      LOW,
      HIGH,
      /** Nothing any more. */
      RELEASED;

      /** Its name in a script. */
      public String key() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** What it types or waits for; empty for other steps. */
    default String text() {
      return "";
    }
  }

  /**
   * A step that is over.
   *
   * @param cycle at which it was
   * @param cycles that it took
   * @param rests what its cycles rest on, as {@link Ledger#since} gives it
   * @param exceptions how many exceptions returned or followed another in it
   */
  public record Done(Step step, long cycle, long cycles, List<String> rests, long exceptions) {
    public Done {
      rests = List.copyOf(rests);
    }

    /** Whether all its cycles are those of instructions, of entries and of the core's timers. */
    public boolean isExact() {
      return rests.isEmpty() && exceptions == 0;
    }
  }

  private record Connection(LiveBoard board, CoreSystem system, EventQueue.Event typing) {}

  /** Those steps, in their order. */
  public Script(List<Step> steps) {
    this.steps = List.copyOf(steps);
  }

  public List<Step> steps() {
    return steps;
  }

  /** The steps that are over, in their order. */
  public List<Done> done() {
    return List.copyOf(done);
  }

  @Override
  public void connect(LiveBoard board, CoreSystem system, long clockHz) {
    EventQueue.Event event = system.events().add(true, this::due);
    connection = new Connection(board, system, event);
    board.serial().onOutput(this::heard);
    begin();
  }

  @Override
  public @Nullable Ending ending() {
    return ending;
  }

  /** Whether all steps are over. */
  public boolean isDone() {
    return next == steps.size();
  }

  /** Whether something that it typed has not been taken by any receiver. */
  public boolean isUnheard() {
    return connection().board.serial().hasInput();
  }

  /** What the program has sent that no step has waited for, the last {@value #MOST_KEPT} bytes. */
  public String came() {
    String last = came.substring(Math.max(0, came.length() - MOST_KEPT));
    return new String(last.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private Connection connection() {
    if (connection == null) {
      throw new IllegalStateException("not connected");
    }
    return connection;
  }

  /** Begins the next step, and those behind it whose time has come already. */
  private void begin() {
    Connection to = connection();
    while (next < steps.size()) {
      begun = to.system.now();
      mark = to.board.ledger().mark();
      exceptionsBefore = to.board.ledger().exceptions();
      typed = 0;
      Step step = steps.get(next);
      if (!(step instanceof Step.Expect expect) || !hasCome(bytes(expect.text()), 0)) {
        to.typing.at(at(step));
        return;
      }
      finish();
    }
    end(new Ending.ScriptDone());
  }

  /** The cycle at which a step that begins now is over, or goes on. */
  private long at(Step step) {
    long wait = 1;
    if (step instanceof Step.Expect expect) {
      wait = expect.within();
    } else if (step instanceof Step.Pause pause) {
      wait = pause.cycles();
    }
    return wait >= EventQueue.NEVER - begun ? EventQueue.NEVER : begun + Math.max(1, wait);
  }

  /** The time of the step under way has come. */
  private void due() {
    Step step = steps.get(next);
    if (step instanceof Step.Expect expect) {
      end(new Ending.NotExpected(next, expect.text(), came(), connection().system.now() - begun));
    } else if (step instanceof Step.Send send) {
      type(send);
    } else if (step instanceof Step.Pin pin) {
      give(pin);
      over();
    } else {
      over();
    }
  }

  private void give(Step.Pin pin) {
    Pins pins = connection().board.pins();
    if (pin.level() == Step.Level.RELEASED) {
      pins.release(pin.number());
    } else {
      pins.drive(pin.number(), pin.level() == Step.Level.HIGH);
    }
  }

  private void type(Step.Send send) {
    Connection to = connection();
    byte[] bytes = send.text().getBytes(StandardCharsets.UTF_8);
    if (typed < bytes.length) {
      to.board.serial().type(bytes[typed]);
      typed++;
    }
    if (typed < bytes.length) {
      to.typing.at(to.system.now() + Math.max(1, send.pace()));
    } else {
      over();
    }
  }

  private void heard(int value) {
    came.append((char) value);
    if (came.length() > MOST_WAITING) {
      came.delete(0, came.length() / 2);
    }
    if (ending == null && steps.get(next) instanceof Step.Expect expect) {
      String bytes = bytes(expect.text());
      if (hasCome(bytes, came.length() - bytes.length())) {
        over();
      }
    }
  }

  /** Whether a text has come, at {@code from} or behind; then what is up to its end is over. */
  private boolean hasCome(String bytes, int from) {
    int at = from < 0 ? -1 : came.indexOf(bytes, from);
    if (at >= 0) {
      came.delete(0, at + bytes.length());
    }
    return at >= 0;
  }

  private void over() {
    connection().typing.at(EventQueue.NEVER);
    finish();
    begin();
  }

  private void finish() {
    Connection to = connection();
    long now = to.system.now();
    done.add(
        new Done(
            steps.get(next),
            now,
            now - begun,
            to.board.ledger().since(mark),
            to.board.ledger().exceptions() - exceptionsBefore));
    next++;
  }

  private void end(Ending how) {
    ending = how;
    connection().system.requestStop();
  }

  /** The text as its bytes, one char each. */
  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
