package io.defragsim.report.section;

import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.board.UnexplainedPoll;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.ExecutionResult.TakenFault;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.model.Fault;
import io.defragsim.lab.words.Numbers;
import io.defragsim.report.Executed;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a run of a program had to do with its board. */
final class BoardSections {
  /** Of each kind so many are named. */
  private static final int MOST_NAMED = 12;

  private static final int LONGEST_TEXT = 40;
  private static final int MOST_SHOWN = 600;

  private BoardSections() {}

  /** What it rested on, and the steps of its script. */
  static List<Section> of(Executed executed) {
    List<Section> sections = new ArrayList<>();
    Executed.OnBoard board = executed.board();
    if (board != null) {
      if (board.script() != null) {
        sections.add(steps(board.script(), executed));
      }
      sections.add(ledger(board.ledger(), executed));
    }
    return sections;
  }

  /** What a poll without an end asks for; empty without one. */
  static List<Section> verdicts(Executed executed) {
    Ending ending = executed.result().ending();
    if (ending instanceof Ending.Unexplained unexplained) {
      return List.of(unexplained(unexplained.poll(), unexplained));
    }
    return List.of();
  }

  /** What else is to be known of an ending that nobody wished for, also where there is a line. */
  static List<Sentence> why(Executed executed) {
    List<Sentence> why = new ArrayList<>();
    String came = came(executed);
    if (came != null) {
      why.add(new Sentence("came " + (came.isEmpty() ? "nothing" : quoted(tail(came)))));
    }
    Executed.OnBoard board = executed.board();
    if (came != null && board != null && board.script() != null && board.script().isUnheard()) {
      why.add(new Sentence("nothing on the board has received all that was typed"));
    }
    if (executed.result().ending() instanceof Ending.Unexplained) {
      why.add(new Sentence("a rule in the board file explains it; the whole report shows how"));
    }
    List<TakenFault> faults = executed.result().faults();
    if (executed.result().ending().inHardFault() && !faults.isEmpty()) {
      Fault fault = faults.get(faults.size() - 1).fault();
      why.add(new Sentence("the fault: " + fault.detail() + ", at " + fault.at()));
    }
    return why;
  }

  private static @Nullable String came(Executed executed) {
    if (executed.result().ending() instanceof Ending.NotExpected failed) {
      return failed.came();
    }
    Executed.OnBoard board = executed.board();
    return executed.scriptIsCutOff() && board != null && board.script() != null
        ? board.script().came()
        : null;
  }

  private static Section unexplained(UnexplainedPoll poll, Ending.Unexplained ending) {
    String bit = poll.register().replaceFirst(" .*", "");
    Facts facts =
        new Facts()
            .add("register", Printable.of(poll.register()) + ", of " + Printable.of(poll.block()))
            .add("value", Numbers.hex(Integer.toUnsignedLong(poll.value())) + " each time")
            .add("read", Numbers.count(poll.reads(), "time") + " at " + ending.at())
            .add(
                "why",
                poll.known()
                    ? "the rules for it change nothing more here"
                    : "no model and no rule changes it")
            .add("write", "into the board file (--board) what sets the bit, one of these:");
    String field = Printable.of(name(bit, poll)) + "[0]";
    facts.add("", rule(field, "\"follows\": \"0x40000000[0]\"") + " if it follows another bit");
    facts.add("", "\"reset\" of its register in \"registers\", if it is set from the start");
    facts.add(
        "",
        rule("0x40000000", "\"receives\": \"console\", \"ready\": \"" + field + "\"")
            + " if a byte that is typed sets it");
    facts.add("", rule(field, "\"input\": 1") + " if it comes from outside and stays");
    return new Section("poll", "A poll that nothing explains", "", false, Tone.BAD, List.of(facts));
  }

  private static String rule(String field, String rest) {
    return "{\"field\": \"" + field + "\", " + rest + ", \"why\": \"...\"}";
  }

  /** As a board file names it. */
  private static String name(String named, UnexplainedPoll poll) {
    return named.contains("+") ? Numbers.hex(poll.address()) : named;
  }

  private static String tail(String came) {
    int from = Math.max(0, came.length() - MOST_SHOWN);
    return (from > 0 ? "... " : "") + came.substring(from);
  }

  private static Section steps(Script script, Executed executed) {
    Table table = new Table("step|<what|<text|at cycle|cycles|<exact");
    List<Script.Done> done = script.done();
    for (int i = 0; i < script.steps().size(); i++) {
      Script.Step step = script.steps().get(i);
      if (i < done.size()) {
        Script.Done over = done.get(i);
        table.row(
            (long) i + 1,
            verb(step),
            text(step),
            over.cycle(),
            over.cycles(),
            over.isExact() && !executed.program().part().isEstimate() ? "yes" : "no");
      } else {
        table.row((long) i + 1, verb(step), text(step), null, null, "not reached");
      }
    }
    return new Section("script", "Steps of the script", "", table);
  }

  private static String verb(Script.Step step) {
    if (step instanceof Script.Step.Expect) {
      return "expect";
    }
    if (step instanceof Script.Step.Pin) {
      return "pin";
    }
    return step instanceof Script.Step.Send ? "send" : "pause";
  }

  private static String text(Script.Step step) {
    return step instanceof Script.Step.Pin pin
        ? pin.number() + " " + pin.level().key()
        : brief(step.text());
  }

  /** As a string of JSON, cut. */
  static String brief(String text) {
    String cut = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text;
    return text.isEmpty() ? "" : quoted(cut);
  }

  /** With what cannot be seen as JSON writes it. */
  static String quoted(String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
    return Printable.of(
        '"' + escaped.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t") + '"');
  }

  private static Section ledger(Ledger ledger, Executed executed) {
    List<Part> parts = new ArrayList<>();
    for (Ledger.Rested rested : ledger.latencies()) {
      parts.add(new Sentence(words(rested)));
    }
    add(parts, "rules that were used", ledger.rules());
    add(parts, "accesses to models", ledger.models());
    add(parts, "registers that only remember, read before a store", ledger.unwritten());
    add(parts, "registers that only remember, stores to", ledger.remembered());
    parts.add(
        new Sentence(
            "waiting: "
                + Numbers.count(ledger.waiting(), "cycle")
                + " in polls of registers"
                + most(ledger.polledMost())
                + "; asleep: "
                + Numbers.plain(executed.result().asleep())));
    return new Section("ledger", "What the run rested on", "", executed.clockIsEstimate(), parts);
  }

  private static String words(Ledger.Rested rested) {
    String cycles =
        rested.least() == rested.most()
            ? Numbers.count(rested.most(), "cycle")
            : Numbers.plain(rested.least()) + " to " + Numbers.count(rested.most(), "cycle");
    return "latency: "
        + Printable.of(rested.basis())
        + "; "
        + Numbers.count(rested.count(), "time")
        + (rested.most() == 0 ? "" : ", " + cycles);
  }

  private static String most(Ledger.@Nullable Use polled) {
    return polled == null
        ? ""
        : ", " + Numbers.plain(polled.count()) + " of them of " + Printable.of(polled.name());
  }

  private static void add(List<Part> parts, String what, Ledger.Uses uses) {
    if (uses.isEmpty()) {
      return;
    }
    String named =
        uses.first().stream()
            .limit(MOST_NAMED)
            .map(use -> Printable.of(use.name()) + " " + Numbers.plain(use.count()))
            .collect(Collectors.joining(", "));
    long more = Math.max(0L, uses.first().size() - (long) MOST_NAMED);
    parts.add(
        new Sentence(
            what
                + ": "
                + named
                + (more > 0 ? " and " + Numbers.plain(more) + " more" : "")
                + (uses.more() > 0 ? ", and others" : "")));
  }
}
