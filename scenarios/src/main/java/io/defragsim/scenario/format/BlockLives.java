package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.SplitMix64;
import io.defragsim.workload.Workload.Explicit;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Part;
import io.defragsim.workload.Workload.Phase;
import io.defragsim.workload.Workload.Repeat;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows the lives of explicit blocks through a workload and names each operation that makes no
 * sense: on a block that is not alive, a second allocation, an unlock without a lock.
 *
 * <p>Repetitions are followed until a round leaves the blocks as it found them; the other rounds
 * cannot differ then.
 */
final class BlockLives {
  private static final int MOST_ROUNDS = 10_000;
  private static final int GONE = -1;
  private static final int MOST_SUGGESTED = 1000;

  private final OperationBinder source;
  private final Problems problems;

  /** Locks of each block alive; changed by {@link #set} alone. */
  private final Map<Integer, Integer> alive = new HashMap<>();

  /** The sum of a hash of each entry of {@link #alive}: equal states have equal sums. */
  private long state;

  /** The pinned ones of those. */
  private final Set<Integer> pinned = new HashSet<>();

  private final Map<Integer, Json.Location> allocated = new HashMap<>();
  private final Map<Integer, Json.Location> freed = new HashMap<>();
  private final Set<Json.Location> reported = new HashSet<>();
  private final TreeSet<String> everAllocated = new TreeSet<>();

  BlockLives(OperationBinder source, Problems problems) {
    this.source = source;
    this.problems = problems;
  }

  void check(List<Part> parts) {
    parts.forEach(this::collect);
    parts(parts);
  }

  private void collect(Part part) {
    if (part instanceof Repeat repeat) {
      repeat.parts().forEach(this::collect);
    } else if (((Phase) part).content() instanceof Explicit explicit) {
      explicit.statements().forEach(this::collect);
    }
  }

  private void collect(Statement statement) {
    if (statement instanceof Loop loop) {
      loop.statements().forEach(this::collect);
      return;
    }
    Operation operation = ((Single) statement).operation();
    if (operation.kind() == OperationKind.ALLOC) {
      everAllocated.add(source.names().name(operation.block()));
    }
  }

  private void parts(List<Part> parts) {
    for (Part part : parts) {
      if (part instanceof Repeat repeat) {
        rounds(repeat.times(), () -> parts(repeat.parts()));
      } else {
        Phase phase = (Phase) part;
        if (phase.content() instanceof Explicit explicit) {
          statements(explicit.statements());
        }
        if (phase.drain()) {
          alive.clear();
          state = 0;
        }
      }
    }
  }

  private void statements(List<Statement> statements) {
    for (Statement statement : statements) {
      if (statement instanceof Loop loop) {
        rounds(loop.times(), () -> statements(loop.statements()));
      } else {
        operation(((Single) statement).operation());
      }
    }
  }

  private void rounds(int times, Runnable body) {
    for (int round = 0; round < Math.min(times, MOST_ROUNDS); round++) {
      long before = state;
      int problemsBefore = problems.count();
      body.run();
      if (state == before || problems.count() > problemsBefore) {
        return;
      }
    }
  }

  private void operation(Operation operation) {
    int block = operation.block();
    switch (operation.kind()) {
      case ALLOC -> alloc(operation);
      case FREE -> {
        if (isAlive(operation) && isUnlocked(operation)) {
          set(block, GONE);
          freed.put(block, source.place(operation));
        }
      }
      case LOCK -> {
        if (isAlive(operation)) {
          set(block, locks(block) + 1);
        }
      }
      case UNLOCK -> {
        if (isAlive(operation) && locks(block) == 0) {
          report(operation, what(operation) + " without a lock");
        } else if (locks(block) > 0) {
          set(block, locks(block) - 1);
        }
      }
      case WRITE -> isAlive(operation);
      case GROW, RESIZE -> {
        if (isAlive(operation) && isUnlocked(operation) && pinned.contains(block)) {
          report(
              operation, what(operation) + ", which is pinned: a new size may need another place");
        }
      }
      case STEP, WAIT -> {}
    }
  }

  private int locks(int block) {
    return alive.getOrDefault(block, 0);
  }

  /** A block has so many locks from now on, or is gone. */
  private void set(int block, int locks) {
    Integer before = locks == GONE ? alive.remove(block) : alive.put(block, locks);
    state -= before == null ? 0 : hash(block, before);
    state += locks == GONE ? 0 : hash(block, locks);
  }

  /** 64 bits, so that two states that differ have one sum only by a miracle. */
  private static long hash(int block, int locks) {
    return new SplitMix64(((long) block << Integer.SIZE) | locks).next();
  }

  private void alloc(Operation alloc) {
    int block = alloc.block();
    if (alive.containsKey(block)) {
      Json.Location since = allocated.get(block);
      report(
          alloc,
          quoted(block)
              + " is still alive"
              + (since == null ? "" : ", allocated on line " + since.line())
              + (source.place(alloc).equals(since) ? " in the round before" : "")
              + ": free it first, or give the new block another name");
      return;
    }
    set(block, 0);
    if (alloc.pinned()) {
      pinned.add(block);
    } else {
      pinned.remove(block);
    }
    allocated.put(block, source.place(alloc));
  }

  private boolean isAlive(Operation operation) {
    int block = operation.block();
    if (alive.containsKey(block)) {
      return true;
    }
    String name = source.names().name(block);
    Json.Location end = freed.get(block);
    String why;
    if (!everAllocated.contains(name)) {
      why = " is never allocated" + suggestion(name);
    } else if (!allocated.containsKey(block)) {
      why = " is not allocated yet";
    } else if (end == null) {
      why = " is gone: a phase drained it";
    } else {
      why = " is not alive: freed on line " + end.line();
    }
    report(operation, what(operation) + ", which" + why);
    return false;
  }

  private String suggestion(String name) {
    String array = BlockNames.arrayOf(name);
    if (array != null) {
      String next = everAllocated.ceiling(array + "[");
      if (next != null && next.startsWith(array + "[")) {
        return ", though others of " + array + "[...] are";
      }
    }
    if (everAllocated.size() > MOST_SUGGESTED) {
      return ""; // each mistake would be held against each name
    }
    return Nearest.hint(name, everAllocated, "");
  }

  private boolean isUnlocked(Operation operation) {
    int block = operation.block();
    if (locks(block) == 0) {
      return true;
    }
    report(operation, what(operation) + " while it is locked: unlock it first");
    // Carry on as if it had been unlocked, so that one mistake is one message.
    set(block, 0);
    return true;
  }

  private String what(Operation operation) {
    return operation.kind().key() + " of " + quoted(operation.block());
  }

  private String quoted(int block) {
    return "\"" + source.names().name(block) + "\"";
  }

  private void report(Operation operation, String message) {
    Json.Location at = source.place(operation);
    if (!source.uncertain().contains(operation.block()) && reported.add(at)) {
      problems.add(at, message);
    }
  }
}
