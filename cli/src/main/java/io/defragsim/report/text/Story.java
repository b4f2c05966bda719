package io.defragsim.report.text;

import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.Account.Cost;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.result.Stalls.Stall;
import io.defragsim.lab.result.Subject;
import io.defragsim.lab.words.EventWords;
import io.defragsim.lab.words.Numbers;
import io.defragsim.workload.trace.CallStack;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An operation in which something happened, told in full. */
final class Story {
  /** So many things that happened are told of one operation, and its last ones. */
  private static final int TOLD = 10;

  private static final int TOLD_LAST = 2;

  private static final int BLOCKS_NAMED = 6;

  /**
   * A call worth telling.
   *
   * @param step its number in the operation, 0 if it is none
   * @param late whether the operation was over by then
   */
  private record Beat(Call call, long step, boolean late, HeapMoment after) {

    boolean isStep() {
      return step > 0;
    }

    boolean isQuiet() {
      return isStep() && call.moves().isEmpty() && call.error() == null;
    }

    boolean isUnderWay() {
      return after.heap().isMoving();
    }
  }

  private final List<Beat> beats = new ArrayList<>();
  private @Nullable HeapMoment refused;
  private @Nullable HeapMoment last;

  void called(RunEvent.Called event, HeapView heap) {
    Account account = event.account();
    Call call = event.call();
    boolean step = call.function() == ContractFunction.STEP;
    long steps = account.steps();
    boolean refusal = call.isRefusal();
    if (refusal && refused == null) {
      refused = HeapMoment.of(heap);
    }
    if (step || !call.moves().isEmpty() || (refusal && beats.isEmpty())) {
      HeapMoment after = refusal && refused != null ? refused : HeapMoment.of(heap);
      beats.add(new Beat(call, step ? steps : 0, account.isOver(), after));
      if (account.isOver()) {
        last = after;
      }
    }
  }

  void done(HeapView heap) {
    last = HeapMoment.of(heap);
  }

  void print(Account operation, Explanation of, Page page) {
    page.heading(
        "Operation " + Numbers.plain(operation.number()),
        Page.clean(EventWords.operation(operation)));
    CallStack stack = operation.stack();
    if (stack != null) {
      page.paragraph("Asked for in " + Page.clean(EventWords.stack(stack)) + ".");
    }
    String greatest = greatest(operation, of);
    if (!greatest.isEmpty()) {
      page.paragraph(greatest);
    }
    HeapMoment before = refused;
    if (before != null) {
      page.paragraph(refusal(before));
      of.show(before);
    }
    boolean pictured = beats(false, of, page);
    Failure failure = operation.failure();
    Stall stall = operation.stall();
    if (failure != null) {
      page.paragraph(failed(operation, failure, of));
      pictured |= before != null;
    } else if (stall != null && operation.isOver()) {
      page.paragraph(
          String.format(
              Locale.ROOT,
              "Served after %s: moved %s. From the refusal to the answer it took %s.",
              Numbers.count(stall.steps(), "step"),
              Numbers.count(stall.bytesMoved(), "byte"),
              of.cost(stall.cycles())));
      pictured = false;
    }
    if (beats.stream().anyMatch(Beat::late)) {
      page.paragraph("Then, when it was over:");
      pictured = beats(true, of, page);
    }
    Cost compacting = operation.compacting();
    if (compacting.count() > 0) {
      page.paragraph(
          String.format(
              Locale.ROOT,
              "%s that no request waited for: moved %s in %s.",
              Numbers.count(compacting.count(), "step"),
              Numbers.count(compacting.bytesMoved(), "byte"),
              of.cost(compacting.elapsed())));
    }
    HeapMoment after = last;
    if (after != null && !pictured && of.isNew(after)) {
      of.show(after);
    }
  }

  private static String greatest(Account operation, Explanation of) {
    long number = operation.number();
    if (operation.failure() != null) {
      return of.isGreatest(Plot.Kind.REFUSED, number) ? "Of all requests refused the largest." : "";
    }
    if (operation.waiting().count() > 0) {
      return of.isGreatest(Plot.Kind.WAITED, number) ? "Of all waits the longest." : "";
    }
    return of.isGreatest(Plot.Kind.COMPACTED, number)
        ? "Of all compaction that no request waited for, this moved the most."
        : "";
  }

  /** Why the request was refused at first. */
  private String refusal(HeapMoment at) {
    ContractError error = beats.get(0).call().error();
    long bytes = beats.get(0).call().bytes();
    String free = Numbers.count(at.freeBytes(), "byte");
    Long largest = at.largestRequest();
    String most = largest == null ? "none" : Numbers.count(largest, "byte");
    String words = error == null ? "" : error.words();
    if (at.freeBytes() < bytes) {
      return String.format(
          Locale.ROOT,
          "Refused: %s. Of the %s asked for only %s are free: no order of the blocks would help.",
          words,
          Numbers.count(bytes, "byte"),
          free);
    }
    if (error == ContractError.OUT_OF_HANDLES) {
      return String.format(
          Locale.ROOT,
          "Refused: %s. As many blocks live as there are handles; memory is not what is missing.",
          words);
    }
    return String.format(
        Locale.ROOT,
        "Refused: %s. %s are asked for and %s are free, but in %s, and the largest request that would be served is %s.",
        words,
        Numbers.count(bytes, "byte"),
        free,
        Numbers.count(at.heap().spans(Use.FREE).size(), "hole"),
        most);
  }

  /**
   * What the steps did.
   *
   * @return whether the last picture shows the heap as it is afterwards
   */
  private boolean beats(boolean late, Explanation of, Page page) {
    boolean pictured = false;
    List<List<Beat>> groups = groups(late);
    for (int i = 0; i < groups.size(); i++) {
      if (!of.tellsAll() && i == TOLD && groups.size() > TOLD + TOLD_LAST) {
        int left = groups.size() - TOLD - TOLD_LAST;
        i += left - 1;
        page.paragraph(
            String.format(
                Locale.ROOT, "... and so on: %s left out ...", Numbers.count(left, "line")));
        continue;
      }
      List<Beat> group = groups.get(i);
      page.paragraph(words(group, of));
      HeapMoment after = group.get(group.size() - 1).after();
      pictured = false;
      if (of.isSmall() && !group.get(0).isQuiet()) {
        of.show(after);
        pictured = true;
      }
    }
    return pictured;
  }

  /** Steps in a row that moved nothing are told together. */
  private List<List<Beat>> groups(boolean late) {
    List<List<Beat>> groups = new ArrayList<>();
    Beat before = null;
    for (Beat beat : beats) {
      if (beat.late() != late || (!beat.isStep() && beat.call().moves().isEmpty())) {
        continue; // of the other part, or the refusal
      }
      boolean joins =
          before != null
              && before.isQuiet()
              && beat.isQuiet()
              && before.isUnderWay() == beat.isUnderWay();
      if (joins) {
        groups.get(groups.size() - 1).add(beat);
      } else {
        groups.add(new ArrayList<>(List.of(beat)));
      }
      before = beat;
    }
    return groups;
  }

  private static String words(List<Beat> group, Explanation of) {
    Beat first = group.get(0);
    Beat end = group.get(group.size() - 1);
    long cycles = group.stream().mapToLong(beat -> beat.call().elapsed()).sum();
    String who =
        !first.isStep()
            ? "Inside the call"
            : group.size() == 1
                ? "Step " + Numbers.plain(first.step())
                : "Steps " + Numbers.plain(first.step()) + " to " + Numbers.plain(end.step());
    Call call = first.call().moves().isEmpty() ? end.call() : first.call();
    String what = EventWords.call(call, first.isUnderWay(), true);
    return who + ", " + of.elapsed(cycles) + ": " + what + ".";
  }

  /** Why it was refused in the end. */
  private String failed(Account operation, Failure failure, Explanation of) {
    StringBuilder text = new StringBuilder();
    ContractError error = failure.error();
    if (failure.kind().asksForMemory()) {
      long waited = operation.waiting().count();
      if (waited > 0 || beats.isEmpty()) {
        text.append("Refused in the end");
        if (waited > 0) {
          text.append(" after ").append(Numbers.count(waited, "step"));
        }
        text.append(": ").append(error.words()).append(". ");
      }
      text.append(
          failure.catastrophic()
              ? "Enough is free, and still it fails: that is catastrophic fragmentation."
              : "The program has to do without.");
      Subject.Features features = of.result().subject().image().features();
      if (features == null || !features.movesInStep()) {
        text.append(" This allocator never moves a block, so nothing can join the holes.");
      } else if (error == ContractError.FRAGMENTED && operation.waiting().count() == 0) {
        text.append(" Steps could join holes, but the policy makes none for a refused request.");
      }
    } else {
      text.append("Refused: ").append(error.words()).append(".");
      if (error == ContractError.MOVING) {
        text.append(" Compaction has this block in two parts just now.");
      }
    }
    inTheWay(failure, text);
    return text.toString();
  }

  private void inTheWay(Failure failure, StringBuilder text) {
    HeapMoment after = last;
    if (failure.error() != ContractError.BLOCKED_BY_LOCKS || after == null) {
      return;
    }
    String blocker = failure.blocker();
    if (blocker != null) {
      text.append(" In the way stands ").append(blocker).append(".");
    }
    List<PlacedBlock> held =
        after.heap().blocks().stream()
            .filter(block -> block.locked() || block.pinned())
            .sorted(Comparator.comparingInt(PlacedBlock::offset))
            .toList();
    String names =
        held.stream().limit(BLOCKS_NAMED).map(PlacedBlock::name).collect(Collectors.joining(", "));
    text.append(
        String.format(
            Locale.ROOT,
            " Locked or pinned, and so not to be moved: %s%s.",
            names,
            held.size() > BLOCKS_NAMED
                ? " and " + Numbers.plain(held.size() - BLOCKS_NAMED) + " more"
                : ""));
  }
}
