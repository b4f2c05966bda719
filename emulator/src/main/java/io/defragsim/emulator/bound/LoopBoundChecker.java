package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Code.Piece;
import io.defragsim.emulator.bound.Code.Way;
import io.defragsim.emulator.bound.Loops.Loop;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.LoopBound;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the bounds of an image's loops against what its program does: counts, for each entry of a
 * loop, how often the places with its bound run. To be given to {@link
 * io.defragsim.emulator.Mcu#listen}. Functions of which {@link BoundAnalysis} makes no loops are
 * passed over: they have no bound either.
 */
@SuppressWarnings("ReferenceEquality") // loops and pieces are themselves alone
public final class LoopBoundChecker implements InstructionListener {

  /**
   * What was seen of a loop, at the entry that came closest to its bound.
   *
   * @param header where the loop is entered
   * @param bound what the source says
   * @param runs the runs in that entry
   * @param most what the bound allows for the budget of that call
   */
  public record Seen(Location header, LoopBound bound, long runs, long most) {

    /** Whether the loop ran more often than its bound says. */
    public boolean exceeded() {
      return runs > most;
    }
  }

  /** Calls in calls that are followed; a function with a bound has far fewer. */
  private static final int MOST_CALLS = 10_000;

  private record Function(Code code, Loops loops) {}

  /** A function that runs. */
  private static final class Activation {
    private final @Nullable Function function;
    private final int back;
    private final int sp;
    private @Nullable Piece piece;
    private final Map<Loop, Long> runs = new HashMap<>();

    private Activation(@Nullable Function function, int back, int sp) {
      this.function = function;
      this.back = back;
      this.sp = sp;
    }
  }

  private final FirmwareImage image;
  private final CycleModel model = CycleModel.cortexM0(1); // any: cycles do not matter here
  private final Map<Long, @Nullable Function> functions = new HashMap<>();
  private final Set<Integer> starts = new HashSet<>(); // of the pieces of all functions
  private final Deque<Activation> stack = new ArrayDeque<>();
  private final Map<Long, Seen> seen = new TreeMap<>();
  private long budget;

  public LoopBoundChecker(FirmwareImage image) {
    this.image = image;
  }

  /** What was seen, by the address of the loop's header; loops that never ran are not there. */
  public List<Seen> seen() {
    return List.copyOf(seen.values());
  }

  @Override
  public void called(long function, List<Integer> arguments) {
    budget = arguments.isEmpty() ? 0 : Integer.toUnsignedLong(arguments.get(arguments.size() - 1));
    stack.clear();
    stack.push(new Activation(function(function), 0, 0));
  }

  /** {@inheritDoc} What belongs to no function with loops; its pieces may become known later. */
  @Override
  public boolean stopsAt(int address, Instruction instruction) {
    Activation now = stack.peek();
    return now == null || now.function == null;
  }

  /** {@inheritDoc} A stretch is in one piece, so that none begins unseen. */
  @Override
  public boolean together(int address, int other) {
    return address == other || !starts.contains(other);
  }

  @Override
  public void retired(long address, Instruction instruction, long cycles, CoreState after) {
    int at = (int) address;
    go(at, instruction.form().flow(), after.pc(), after.sp(), at + instruction.bytes());
  }

  @Override
  public void ran(int from, long cycles, Flow flow, int pc, int[] registers) {
    go(from, flow, pc, registers[CoreState.SP], registers[CoreState.LR] & ~1);
  }

  /**
   * Control went on.
   *
   * @param back where a call comes back
   */
  private void go(int from, Flow flow, int pc, int sp, int back) {
    Activation now = stack.peek();
    if (now == null) {
      return; // start-up code, which nobody called
    }
    if (now.function != null) {
      enter(now, now.function, from);
    }
    switch (flow) {
      case CALL, COMPUTED_CALL -> {
        stack.push(new Activation(function(pc), back, sp));
        if (stack.size() > MOST_CALLS) {
          stack.removeLast();
        }
      }
      case COMPUTED_BRANCH -> {
        if (stack.size() > 1 && pc == now.back && sp == now.sp) {
          stack.pop();
        }
      }
      default -> {
        if (now.function != null && leaves(now.function, now.piece, pc)) {
          stack.pop();
          stack.push(new Activation(function(pc), now.back, now.sp));
        }
      }
    }
  }

  private static boolean leaves(Function function, @Nullable Piece from, int pc) {
    long target = Integer.toUnsignedLong(pc);
    return from != null
        && from.exits().stream()
            .anyMatch(exit -> exit.way() == Way.TAIL_CALL && exit.target() == target)
        && function.code().startingAt(target) == null;
  }

  private void enter(Activation now, Function function, int address) {
    Piece piece = function.code().startingAt(Integer.toUnsignedLong(address));
    if (piece == null) {
      return;
    }
    for (Loop loop : function.loops().all()) {
      boolean again = now.piece != null && loop.body.contains(now.piece);
      if (loop.header == piece && !again) {
        now.runs.put(loop, 0L);
      }
      LoopBound bound = loop.bounds.get(piece);
      if (bound != null) {
        long runs = now.runs.merge(loop, 1L, Long::sum);
        note(loop.header.start(), bound, runs, bound.most(budget));
      }
    }
    now.piece = piece;
  }

  private void note(long header, LoopBound bound, long runs, long most) {
    Seen closest = seen.get(header);
    if (closest == null || most - runs < closest.most - closest.runs) {
      seen.put(header, new Seen(image.locate(header), bound, runs, most));
    }
  }

  private @Nullable Function function(int address) {
    return function(Integer.toUnsignedLong(address));
  }

  private @Nullable Function function(long address) {
    if (!functions.containsKey(address)) {
      Function function = null;
      try {
        Code code = Code.of(image, model, address);
        function = new Function(code, Loops.of(code, image.loopBounds()));
        code.pieces().forEach(piece -> starts.add((int) piece.start()));
      } catch (UnboundedException e) {
        // It has no bound to be held against.
      }
      functions.put(address, function);
    }
    return functions.get(address);
  }
}
