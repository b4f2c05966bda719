package io.defragsim.emulator.exec;

import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.calls.CallFollower;
import io.defragsim.emulator.calls.FunctionMap;
import io.defragsim.emulator.calls.FunctionMap.Function;
import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.interpreter.StepListener;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import java.util.List;

/**
 * Gives every cycle to a function in its calling context, which a {@link CallFollower} knows.
 *
 * <p>The function of an instruction is the one whose symbol covers it, so exclusive cycles do not
 * depend on how the program calls.
 */
public final class Profiler {
  /** What stands for sleep. */
  public static final String ASLEEP = "(asleep)";

  /** What stands for interrupts whose handlers are the host's. */
  public static final String INTERRUPTS = "(interrupts)";

  private final CallTree tree = new CallTree();
  private final CallFollower<CallTree.Node> follower;

  /** For one execution of {@code program}. */
  public Profiler(Program program) {
    FunctionMap functions = new FunctionMap(program.image(), program.map());
    follower = new CallFollower<>(functions, program.map(), new Nodes());
  }

  /** What runs, as nodes of the tree. */
  private final class Nodes implements CallFollower.Activations<CallTree.Node> {
    @Override
    public CallTree.Node begun(Function function) {
      return counted(tree.root().child(function));
    }

    @Override
    public CallTree.Node called(CallTree.Node caller, Function callee) {
      return counted(caller.child(callee));
    }

    @Override
    public CallTree.Node replaced(CallTree.Node node, Function successor) {
      return counted(node.instead(successor));
    }

    private static CallTree.Node counted(CallTree.Node node) {
      node.called();
      return node;
    }

    @Override
    public void cut() {
      tree.cut();
    }
  }

  /** What was seen so far. */
  public Profile profile() {
    return tree.profile();
  }

  /** What hears of an execution. */
  StepListener listener() {
    return new Steps();
  }

  /**
   * What hears of a strict {@link Mcu}. Each function that is called from outside is the bottom of
   * a stack, and so is what runs from reset to the park; interrupts are one more, {@value
   * #INTERRUPTS}.
   */
  public InstructionListener calls() {
    return new Calls();
  }

  /** Stretches in which neither the function nor the stack of calls changes, but for their ends. */
  private class Stretches implements Watcher {
    @Override
    public boolean stopsAt(int address, Instruction instruction) {
      return false;
    }

    @Override
    public boolean together(int address, int other) {
      return follower.together(address, other);
    }

    @Override
    public void ran(int from, long cycles, Flow flow, int pc, int[] registers) {
      follower.current(from).add(cycles);
      follower.ran(from, flow, pc, registers[CoreState.SP], registers[CoreState.LR] & ~1);
    }
  }

  private final class Steps extends Stretches implements StepListener {
    @Override
    public void stepped(int pc, long cycle, StepResult result, CoreState after) {
      if (result instanceof StepResult.Entered) {
        follower.stepped(pc, result, after);
        follower.current(after.pc()).add(result.cycles());
      } else {
        CallTree.Node node = follower.current(pc);
        boolean slept = result instanceof StepResult.Slept;
        (slept ? node.child(new Function(ASLEEP, 0)) : node).add(result.cycles());
        follower.stepped(pc, result, after);
      }
    }
  }

  private final class Calls extends Stretches implements InstructionListener {
    @Override
    public void called(long function, List<Integer> arguments) {
      follower.restart((int) function);
    }

    @Override
    public void retired(long address, Instruction instruction, long cycles, CoreState after) {
      follower.current((int) address).add(cycles);
      follower.retired((int) address, instruction, after);
    }

    @Override
    public void interrupted(boolean entry, long cycles) {
      CallTree.Node interrupts = tree.root().child(new Function(INTERRUPTS, 0));
      interrupts.add(cycles);
      if (entry) {
        interrupts.called();
      }
    }
  }

  /** Counts time in which nothing ran, for who lets it pass outside of the program. */
  public void slept(long cycles) {
    if (cycles > 0) {
      tree.root().child(new Function(ASLEEP, 0)).add(cycles);
    }
  }
}
