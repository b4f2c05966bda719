package io.defragsim.lab.recording;

import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.recording.HeapState.Placed;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations with the state of the heap after each, as text: of the heap only what differs from the
 * frame before. All are {@link Vlq} integers:
 *
 * <pre>
 * operation, less the one before it
 * kind by its place in {@link Recording#KINDS} (their number: none)
 * block + 1  amount  outcome (0 served, 1 skipped, 2 ended, -n refused with error -n)
 * cycles  free bytes  pauses, and if there were some: their cycles, the longest, bytes moved
 * how many blocks differ, and of each: 2 × name + 1 if it is gone
 *   else 2 × name, offset, bytes, flags (1 locked, 2 pinned, 4 in two parts)
 * how many lists differ, and of each: its number, how many of its first and of its last holes stay,
 *   how many stand between them now, and of each of these its offset and bytes
 * </pre>
 */
final class Frames {
  private static final int NO_KIND = Recording.KINDS.size();

  private final StringBuilder text = new StringBuilder();
  private final HeapState last = new HeapState();
  private long lastOperation = Account.BEFORE_FIRST;
  private int count;

  /** What is told of each frame; the state is valid during the call only. */
  interface Visitor {
    void frame(Frame frame, HeapState state);
  }

  int count() {
    return count;
  }

  int length() {
    return text.length();
  }

  String text() {
    return text.toString();
  }

  /** Adds a later frame than all before. */
  void add(Frame frame, HeapState state) {
    OperationKind kind = frame.kind();
    ContractError error = frame.error();
    put(frame.operation() - lastOperation);
    put(kind == null ? NO_KIND : Recording.KINDS.indexOf(kind));
    put(frame.block() + 1);
    put(frame.amount());
    put(error != null ? error.code() : outcomeCode(frame.outcome()));
    put(frame.cycles());
    put(frame.freeBytes());
    put(frame.pauses());
    if (frame.pauses() > 0) {
      put(frame.pauseCycles());
      put(frame.longestPause());
      put(frame.bytesMoved());
    }
    blocks(state);
    lists(state);
    lastOperation = frame.operation();
    count++;
  }

  private static int outcomeCode(Outcome outcome) {
    return switch (outcome) {
      case SERVED -> 0;
      case SKIPPED -> 1;
      case ENDED -> 2;
      case REFUSED, UNDER_WAY -> throw new IllegalArgumentException("not over: " + outcome);
    };
  }

  private void blocks(HeapState now) {
    List<Integer> gone =
        last.blocks.keySet().stream().filter(name -> !now.blocks.containsKey(name)).toList();
    List<Map.Entry<Integer, Placed>> changed =
        now.blocks.entrySet().stream()
            .filter(entry -> !entry.getValue().equals(last.blocks.get(entry.getKey())))
            .toList();
    put(gone.size() + changed.size());
    for (int name : gone) {
      put(2L * name + 1);
      last.blocks.remove(name);
    }
    for (Map.Entry<Integer, Placed> entry : changed) {
      Placed block = entry.getValue();
      put(2L * entry.getKey());
      put(block.offset());
      put(block.bytes());
      put((block.locked() ? 1 : 0) + (block.pinned() ? 2 : 0) + (block.inTwoParts() ? 4 : 0));
      last.blocks.put(entry.getKey(), block);
    }
  }

  private void lists(HeapState now) {
    while (last.lists.size() < now.lists.size()) {
      last.lists.add(List.of());
    }
    List<Integer> changed = new ArrayList<>();
    for (int i = 0; i < last.lists.size(); i++) {
      if (!last.lists.get(i).equals(list(now, i))) {
        changed.add(i);
      }
    }
    put(changed.size());
    for (int i : changed) {
      List<Span> before = last.lists.get(i);
      List<Span> after = List.copyOf(list(now, i));
      int most = Math.min(before.size(), after.size());
      int first = 0;
      while (first < most && before.get(first).equals(after.get(first))) {
        first++;
      }
      int end = 0;
      while (end < most - first
          && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
        end++;
      }
      put(i);
      put(first);
      put(end);
      put(after.size() - first - end);
      for (Span hole : after.subList(first, after.size() - end)) {
        put(hole.offset());
        put(hole.bytes());
      }
      last.lists.set(i, after);
    }
  }

  private static List<Span> list(HeapState state, int i) {
    return i < state.lists.size() ? state.lists.get(i) : List.of();
  }

  private void put(long value) {
    Vlq.append(text, value);
  }

  /** Tells {@code visitor} of all frames in order. */
  void replay(Visitor visitor) {
    Vlq.Reader in = new Vlq.Reader(text);
    HeapState state = new HeapState();
    long operation = Account.BEFORE_FIRST;
    while (in.hasNext()) {
      operation += in.next();
      Frame frame = frame(operation, in);
      readBlocks(state, in);
      readLists(state, in);
      visitor.frame(frame, state);
    }
  }

  private static Frame frame(long operation, Vlq.Reader in) {
    int kind = in.nextInt();
    int block = in.nextInt() - 1;
    long amount = in.next();
    int code = in.nextInt();
    @Nullable ContractError error = ContractError.of(code);
    Outcome outcome =
        error != null
            ? Outcome.REFUSED
            : code == 0 ? Outcome.SERVED : code == 1 ? Outcome.SKIPPED : Outcome.ENDED;
    long cycles = in.next();
    long free = in.next();
    long pauses = in.next();
    return new Frame(
        operation,
        kind == NO_KIND ? null : Recording.KINDS.get(kind),
        block,
        amount,
        outcome,
        error,
        cycles,
        pauses,
        pauses == 0 ? 0 : in.next(),
        pauses == 0 ? 0 : in.next(),
        pauses == 0 ? 0 : in.next(),
        free);
  }

  private static void readBlocks(HeapState state, Vlq.Reader in) {
    for (int changed = in.nextInt(); changed > 0; changed--) {
      int name = in.nextInt();
      if ((name & 1) != 0) {
        state.blocks.remove(name >> 1);
        continue;
      }
      int offset = in.nextInt();
      int bytes = in.nextInt();
      int flags = in.nextInt();
      state.blocks.put(
          name >> 1,
          new Placed(offset, bytes, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0));
    }
  }

  private static void readLists(HeapState state, Vlq.Reader in) {
    for (int changed = in.nextInt(); changed > 0; changed--) {
      int number = in.nextInt();
      while (state.lists.size() <= number) {
        state.lists.add(List.of());
      }
      Use use = number == HeapState.MOVING ? Use.MOVING : Use.FREE;
      List<Span> before = state.lists.get(number);
      int first = in.nextInt();
      int end = in.nextInt();
      List<Span> after = new ArrayList<>(before.subList(0, first));
      for (int between = in.nextInt(); between > 0; between--) {
        int offset = in.nextInt();
        after.add(new Span(offset, in.nextInt(), use));
      }
      after.addAll(before.subList(before.size() - end, before.size()));
      state.lists.set(number, after);
    }
  }
}
