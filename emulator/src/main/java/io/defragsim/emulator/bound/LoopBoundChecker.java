package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Code.Piece;
import io.defragsim.emulator.bound.Code.Way;
import io.defragsim.emulator.bound.Loops.Loop;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.LoopBound;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private boolean isCloserThan(Seen other) {
      return most - runs < other.most - other.runs;
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

  @Override
  public void retired(long address, Instruction instruction, long cycles, CoreState after) {
    Activation now = stack.peek();
    if (now == null) {
      return; // start-up code, which nobody called
    }
    if (now.function != null) {
      enter(now, now.function, address);
    }
    switch (instruction.form()) {
      case BL, BLX -> {
        int back = (int) address + instruction.bytes();
        stack.push(new Activation(function(after.pc()), back, after.sp()));
        if (stack.size() > MOST_CALLS) {
          stack.removeLast();
        }
      }
      case BX, POP_PC -> {
        if (stack.size() > 1 && after.pc() == now.back && after.sp() == now.sp) {
          stack.pop();
        }
      }
      case B, B_CONDITIONAL -> {
        if (now.function != null && leaves(now.function, now.piece, after.pc())) {
          stack.pop();
          stack.push(new Activation(function(after.pc()), now.back, now.sp));
        }
      }
      default -> {}
    }
  }

  private static boolean leaves(Function function, @Nullable Piece from, int pc) {
    long target = Integer.toUnsignedLong(pc);
    return from != null
        && from.exits().stream()
            .anyMatch(exit -> exit.way() == Way.TAIL_CALL && exit.target() == target)
        && function.code().startingAt(target) == null;
  }

  private void enter(Activation now, Function function, long address) {
    Piece piece = function.code().startingAt(address);
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
        long at = loop.header.start();
        note(new Seen(image.locate(at), bound, runs, bound.most(budget)));
      }
    }
    now.piece = piece;
  }

  private void note(Seen now) {
    seen.merge(now.header().address(), now, (old, more) -> more.isCloserThan(old) ? more : old);
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
      } catch (UnboundedException e) {
        // It has no bound to be held against.
      }
      functions.put(address, function);
    }
    return functions.get(address);
  }
}
