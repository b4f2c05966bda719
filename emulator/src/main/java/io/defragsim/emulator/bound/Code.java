package io.defragsim.emulator.bound;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.image.FirmwareImage.Symbol;
import io.defragsim.emulator.image.LoopBound;
import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Decoded;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.SpecialRegister;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.timing.BlockCost;
import io.defragsim.emulator.timing.CycleModel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The code of one function: what can be reached from its entry without entering another function,
 * cut into straight-line pieces. A branch to the entry of another function is a tail call; any
 * other branch stays in this one, wherever it goes.
 *
 * <p>Pieces also begin at each {@link LoopBound}, and an instruction that changes PRIMASK is a
 * piece of its own.
 */
final class Code {
  private static final int LR = 14;

  /** Where control goes after a piece. */
  enum Way {
    /** To a piece of this function. */
    GO,
    /** Into a function, and then to the piece behind. */
    CALL,
    /** Into a function in place of this one. */
    TAIL_CALL,
    /** To the caller. */
    RETURN
  }

  /**
   * A way out of a piece.
   *
   * @param target the address of a piece or function; 0 for a return
   * @param extra cycles on top of the piece's own: of a conditional branch that is taken; of a
   *     return to an address with bit 1 set
   */
  record Exit(Way way, long target, int extra) {}

  /** A piece of code that is entered at its start only and left at its end only. */
  record Piece(BlockCost cost, List<Exit> exits) {
    long start() {
      return cost.start();
    }
  }

  private final FirmwareImage image;
  private final long entry;
  private final long end;
  private final Map<Long, Instruction> instructions = new HashMap<>();
  private final TreeSet<Long> starts = new TreeSet<>();
  private final TreeMap<Long, Piece> pieces = new TreeMap<>();

  private Code(FirmwareImage image, long entry, long end) {
    this.image = image;
    this.entry = entry;
    this.end = end;
  }

  /** Decodes a function. */
  static Code of(FirmwareImage image, CycleModel model, long entry) throws UnboundedException {
    Set<Long> entries = new HashSet<>();
    long end = Long.MAX_VALUE;
    for (Symbol symbol : image.functions()) {
      entries.add(symbol.address());
      if (symbol.address() == entry && symbol.bytes() > 0) {
        end = entry + symbol.bytes();
      }
    }
    Code code = new Code(image, entry, end);
    code.decode(entries);
    code.cut(model, entries);
    return code;
  }

  long entry() {
    return entry;
  }

  Collection<Piece> pieces() {
    return pieces.values();
  }

  /** The piece that starts at an address, null if none does. */
  @Nullable Piece startingAt(long address) {
    return pieces.get(address);
  }

  Piece piece(long address) {
    Piece piece = pieces.get(address);
    if (piece == null) {
      throw new IllegalStateException("no piece at " + image.locate(address));
    }
    return piece;
  }

  Piece first() {
    return piece(entry);
  }

  /** The pieces of this function that can come next; behind a call, the one that it returns to. */
  List<Piece> next(Piece piece) {
    List<Piece> next = new ArrayList<>();
    for (Exit exit : piece.exits()) {
      if (exit.way() == Way.GO) {
        next.add(piece(exit.target()));
      } else if (exit.way() == Way.CALL) {
        next.add(piece(piece.cost().end()));
      }
    }
    return next;
  }

  Location locate(long address) {
    return image.locate(address);
  }

  /** Finds the instructions, and where pieces start. */
  private void decode(Set<Long> entries) throws UnboundedException {
    Deque<Long> open = new ArrayDeque<>();
    open.add(entry);
    while (!open.isEmpty()) {
      long at = open.remove();
      starts.add(at);
      while (!instructions.containsKey(at)) {
        Instruction instruction = instruction(at);
        instructions.put(at, instruction);
        long behind = at + instruction.bytes();
        switch (instruction.form().flow()) {
          case NEXT -> {
            if (changesPrimask(instruction)) {
              starts.add(at);
              starts.add(behind);
            }
          }
          case CONDITIONAL_BRANCH -> {
            starts.add(behind);
            branch(instruction.target(at), entries, open);
          }
          case BRANCH -> {
            branch(instruction.target(at), entries, open);
            behind = -1;
          }
          case CALL -> starts.add(behind);
          case COMPUTED_BRANCH -> {
            requireReturn(instruction, at);
            behind = -1;
          }
          case COMPUTED_CALL ->
              throw new UnboundedException(
                  locate(at), "an indirect call: " + instruction + ", its target is not known");
          case EXCEPTION, SLEEP ->
              throw new UnboundedException(
                  locate(at), instruction + ": what it takes is not the program's to say");
        }
        if (behind < 0) {
          break;
        }
        if (behind >= end) {
          throw new UnboundedException(locate(at), "the function goes on behind its end");
        }
        at = behind;
      }
    }
    for (LoopBound bound : image.loopBounds()) {
      if (instructions.containsKey(bound.address())) {
        starts.add(bound.address());
      }
    }
  }

  private void branch(long target, Set<Long> entries, Deque<Long> open) {
    if (!isTailCall(target, entries)) {
      open.add(target);
    }
  }

  private boolean isTailCall(long target, Set<Long> entries) {
    return target != entry && entries.contains(target);
  }

  private void requireReturn(Instruction instruction, long at) throws UnboundedException {
    boolean returns =
        instruction.form() == Form.POP_PC
            || (instruction.form() == Form.BX && instruction.rm() == LR);
    if (!returns) {
      throw new UnboundedException(
          locate(at), "an indirect branch: " + instruction + ", its target is not known");
    }
  }

  static boolean changesPrimask(Instruction instruction) {
    return instruction.form() == Form.CPS || writesSpecial(instruction, SpecialRegister.PRIMASK);
  }

  static boolean writesSpecial(Instruction instruction, SpecialRegister register) {
    return instruction.form() == Form.MSR && SpecialRegister.ofSysm(instruction.sysm()) == register;
  }

  private Instruction instruction(long at) throws UnboundedException {
    int first = halfword(at);
    Decoded decoded = Armv6m.decode(first, Armv6m.is32Bit(first) ? halfword(at + 2) : 0);
    if (decoded instanceof Instruction instruction) {
      return instruction;
    }
    throw new UnboundedException(locate(at), decoded + " is no instruction of ARMv6-M");
  }

  private int halfword(long at) throws UnboundedException {
    for (Segment segment : image.segments()) {
      long offset = at - segment.runAddress();
      if (offset >= 0 && offset + 2 <= segment.stored().length) {
        if (segment.loadAddress() != segment.runAddress()) {
          throw new UnboundedException(
              locate(at), "code that is copied before it runs, and may change");
        }
        byte[] bytes = segment.stored();
        return (bytes[(int) offset] & 0xFF) | (bytes[(int) offset + 1] & 0xFF) << 8;
      }
    }
    throw new UnboundedException(locate(at), "no code of the image");
  }

  private void cut(CycleModel model, Set<Long> entries) throws UnboundedException {
    for (long start : starts) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      long at = start;
      Instruction last;
      do {
        last = instruction(at);
        for (int i = 0; i < last.bytes(); i += 2) {
          int halfword = halfword(at + i);
          bytes.write(halfword);
          bytes.write(halfword >>> 8);
        }
        at += last.bytes();
      } while (!last.form().flow().isBranch() && !starts.contains(at));
      BlockCost cost = BlockCost.of(model, start, bytes.toByteArray());
      pieces.put(start, new Piece(cost, exits(cost, last, entries)));
    }
  }

  private List<Exit> exits(BlockCost cost, Instruction last, Set<Long> entries) {
    long target = cost.target();
    Exit next = new Exit(Way.GO, cost.end(), 0);
    return switch (last.form().flow()) {
      case CONDITIONAL_BRANCH -> List.of(next, jump(target, cost.takenExtra(), entries));
      case BRANCH -> List.of(jump(target, 0, entries));
      case CALL -> List.of(new Exit(Way.CALL, target, 0));
      case COMPUTED_BRANCH -> List.of(new Exit(Way.RETURN, 0, cost.oddTarget()));
      default -> List.of(next);
    };
  }

  private Exit jump(long target, int extra, Set<Long> entries) {
    return new Exit(isTailCall(target, entries) ? Way.TAIL_CALL : Way.GO, target, extra);
  }
}
