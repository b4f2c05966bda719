package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.exec.Script;
import io.defragsim.report.Executed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a run of a program had to do with its board. */
public record JsonBoard(
    String name,
    @JsonPropertyDescription("Whether a person typed, so that no other run is the same.")
        boolean byHand,
    @JsonPropertyDescription(
            "Times that nobody can know to the cycle and that were in the run, the first to begin"
                + " first.")
        List<Latency> latencies,
    @JsonPropertyDescription("Rules that changed something.") Uses rules,
    @JsonPropertyDescription("Peripherals with a model, by accesses.") Uses models,
    @JsonPropertyDescription("Registers that only remember, read before a store to them.")
        Uses unwritten,
    @JsonPropertyDescription("Registers that only remember, by stores to them.") Uses remembered,
    @JsonPropertyDescription("Cycles in polls of registers, without those asleep.") long waiting,
    @JsonPropertyDescription("Null where no script was played.") @Nullable List<Step> script) {

  /** A latency. */
  public record Latency(
      @JsonPropertyDescription("Where its time comes from.") String basis,
      @JsonPropertyDescription("How often it began.") long count,
      @JsonPropertyDescription("Cycles of the shortest.") long least,
      @JsonPropertyDescription("Cycles of the longest.") long most) {}

  /** Uses of a kind. */
  public record Uses(
      @JsonPropertyDescription("The first 64 different ones.") List<Use> first,
      @JsonPropertyDescription("How many uses there were of others.") long more) {}

  /** Something that was used. */
  public record Use(String name, long count) {}

  /** What a step of a script does. */
  public enum StepKind {
    EXPECT,
    SEND,
    PIN,
    PAUSE
  }

  /** A step of a script. */
  public record Step(
      StepKind kind,
      @JsonPropertyDescription("What it types or expects; empty for other kinds.") String text,
      @JsonPropertyDescription("The cycle at which it was over; null if it was not.")
          @Nullable Long cycle,
      @JsonPropertyDescription("Cycles that it took; null if it was not over.")
          @Nullable Long cycles,
      @JsonPropertyDescription(
              "Whether those are exact: no latency, no rule and no return from an exception was in"
                  + " it; null if it was not over.")
          @Nullable Boolean exact,
      @JsonPropertyDescription("The latencies by their basis, and the rules, that were in it.")
          List<String> rests) {}

  static @Nullable JsonBoard of(Executed executed) {
    Executed.OnBoard board = executed.board();
    if (board == null) {
      return null;
    }
    Ledger ledger = board.ledger();
    return new JsonBoard(
        board.name(),
        board.byHand(),
        ledger.latencies().stream()
            .map(l -> new Latency(l.basis(), l.count(), l.least(), l.most()))
            .toList(),
        uses(ledger.rules()),
        uses(ledger.models()),
        uses(ledger.unwritten()),
        uses(ledger.remembered()),
        ledger.waiting(),
        board.script() == null
            ? null
            : steps(board.script(), executed.program().part().isEstimate()));
  }

  private static Uses uses(Ledger.Uses uses) {
    return new Uses(
        uses.first().stream().map(use -> new Use(use.name(), use.count())).toList(), uses.more());
  }

  private static List<Step> steps(Script script, boolean estimate) {
    List<Step> steps = new ArrayList<>();
    for (Script.Step step : script.steps()) {
      Script.Done done =
          steps.size() < script.done().size() ? script.done().get(steps.size()) : null;
      steps.add(
          done == null
              ? new Step(kind(step), step.text(), null, null, null, List.of())
              : new Step(
                  kind(step),
                  step.text(),
                  done.cycle(),
                  done.cycles(),
                  done.isExact() && !estimate,
                  done.rests()));
    }
    return steps;
  }

  private static StepKind kind(Script.Step step) {
    if (step instanceof Script.Step.Expect) {
      return StepKind.EXPECT;
    }
    if (step instanceof Script.Step.Pin) {
      return StepKind.PIN;
    }
    return step instanceof Script.Step.Send ? StepKind.SEND : StepKind.PAUSE;
  }
}
