package io.defragsim.report.text;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.words.EventWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Operations between two stories: listed where they are few, else counted. */
final class Stretch {
  /** So many are listed one by one. */
  private static final int LISTED = 8;

  private final boolean all;
  private final List<Account> listed = new ArrayList<>();
  private final Map<OperationKind, Long> counts = new EnumMap<>(OperationKind.class);
  private long first = -1;
  private long last = -1;
  private long skipped;
  private long refused;
  private long waited;
  private long longestWait;
  private long steps;
  private long bytesMoved;
  private String firstPhase = "";
  private String lastPhase = "";
  private long phases;
  private long phaseNumber = -1;

  /**
   * @param all whether all are listed
   */
  Stretch(boolean all) {
    this.all = all;
  }

  boolean isEmpty() {
    return first < 0;
  }

  /**
   * Adds an operation that is over.
   *
   * @param number of its phase
   */
  void add(Account operation, String phase, long number) {
    if (first < 0) {
      first = operation.number();
      firstPhase = phase;
    }
    last = operation.number();
    lastPhase = phase;
    if (number != phaseNumber) {
      phaseNumber = number;
      phases++;
    }
    OperationKind kind = operation.kind();
    if (kind != null && operation.isOver()) {
      counts.merge(kind, 1L, Long::sum);
    }
    skipped += operation.outcome() == Account.Outcome.SKIPPED ? 1 : 0;
    if (operation.failure() != null) {
      refused++;
    } else if (operation.stall() != null) {
      waited++;
      longestWait = Math.max(longestWait, operation.stall().cycles());
    }
    steps += operation.compacting().count();
    bytesMoved += operation.compacting().bytesMoved();
    if (all || listed.size() <= LISTED) {
      listed.add(operation);
    }
  }

  /** Prints nothing for an empty one. */
  void print(Explanation of, Page page) {
    if (isEmpty()) {
      return;
    }
    String where =
        phases == 1
            ? "phase \"" + firstPhase + "\""
            : Numbers.plain(phases)
                + " phases, from \""
                + firstPhase
                + "\" to \""
                + lastPhase
                + "\"";
    page.heading(
        first == last
            ? "Operation " + Numbers.plain(first)
            : "Operations " + Numbers.plain(first) + " to " + Numbers.plain(last),
        Page.clean(where));
    if (all || listed.size() <= LISTED) {
      TextTable table = new TextTable("", "<", "<");
      for (Account operation : listed) {
        table.row(
            Numbers.plain(operation.number()),
            Page.clean(EventWords.operation(operation)),
            outcome(operation, of));
      }
      table.print(page);
    } else {
      page.paragraph(counted());
    }
    if (steps > 0) {
      page.paragraph(
          String.format(
              Locale.ROOT,
              "%s of compaction that no request waited for: %s.",
              Numbers.count(steps, "step"),
              bytesMoved == 0
                  ? "nothing was moved"
                  : Numbers.count(bytesMoved, "byte") + " moved"));
    }
    if (waited > 0 && !all) {
      page.paragraph(
          String.format(
              Locale.ROOT,
              "%s not told had to wait for compaction and then %s served; the longest wait took %s.",
              Numbers.count(waited, "request"),
              waited == 1 ? "was" : "were",
              of.cost(longestWait)));
    }
  }

  /** What became of it, in a few words; of what went well its cycles, without other steps. */
  private static String outcome(Account operation, Explanation of) {
    if (operation.outcome() == Account.Outcome.SKIPPED) {
      return "skipped: never served";
    }
    ContractError error = operation.error();
    if (error != null) {
      return "refused: " + error.words();
    }
    return operation.cycles() == 0 ? "" : of.cycles(operation.cycles());
  }

  private String counted() {
    List<String> kinds = new ArrayList<>();
    counts.forEach((kind, count) -> kinds.add(Numbers.count(count, kind.key())));
    return String.join(", ", kinds)
        + (refused == 0
            ? "; nothing was refused"
            : "; " + Numbers.plain(refused) + (refused == 1 ? " was" : " were") + " refused")
        + (skipped == 0
            ? "."
            : ", and " + Numbers.plain(skipped) + " skipped: their block was never served.");
  }
}
