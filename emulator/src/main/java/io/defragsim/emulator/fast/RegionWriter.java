package io.defragsim.emulator.fast;

import static org.objectweb.asm.Opcodes.*;

import io.defragsim.emulator.fast.AccessWriter.Place;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * Writes the class of one region. Registers, flags, and the cycles that are left are local
 * variables; they come from the state at the beginning and go back to it at each exit.
 */
final class RegionWriter {
  private static final String REGION = Type.getInternalName(Region.class);
  private static final String NAME = REGION + "0";

  private static final int LR = 14;

  /** A field of the state, and the variable that it is while the region runs. */
  private record Kept(String field, int variable) {}

  private static final List<Kept> KEPT =
      List.of(
          new Kept("result", Emitter.RESULT),
          new Kept("carry", Emitter.CARRY),
          new Kept("operation", Emitter.OPERATION),
          new Kept("first", Emitter.FIRST),
          new Kept("second", Emitter.SECOND),
          new Kept("left", Emitter.LEFT));

  private final Place place;
  private final Collection<CodeBlock> blocks;
  private final Map<Integer, Label> labels = new HashMap<>();
  private final ClassWriter type = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
  private final Emitter e;
  private final ArithmeticWriter arithmetic;
  private final AccessWriter access;
  private final Label tail = new Label();

  // What is being written.
  private CodeBlock block;
  private int at;

  /** For blocks of which the first is where the region begins. */
  RegionWriter(Place place, Collection<CodeBlock> blocks) {
    this.place = place;
    this.blocks = blocks;
    block = blocks.iterator().next();
    type.visit(V17, ACC_FINAL | ACC_SUPER, NAME, null, "java/lang/Object", new String[] {REGION});
    constructor();
    MethodVisitor run =
        type.visitMethod(ACC_PUBLIC, "run", "(L" + Emitter.STATE + ";)V", null, null);
    e = new Emitter(run);
    arithmetic = new ArithmeticWriter(e);
    access = new AccessWriter(e, place, this::leave);
    run.visitCode();
    write();
    run.visitMaxs(0, 0);
    run.visitEnd();
    type.visitEnd();
  }

  private void constructor() {
    MethodVisitor c = type.visitMethod(ACC_PUBLIC, "<init>", "()V", null, null);
    c.visitCode();
    c.visitVarInsn(ALOAD, 0);
    c.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    c.visitInsn(RETURN);
    c.visitMaxs(0, 0);
    c.visitEnd();
  }

  /** The class. */
  byte[] bytes() {
    return type.toByteArray();
  }

  private void write() {
    int read = 0;
    int written = 0;
    for (CodeBlock each : blocks) {
      labels.put(each.start, new Label());
      for (Op op : each.ops) {
        read |= op.reads();
        written |= op.writes();
      }
    }
    begin(read | written);
    for (CodeBlock each : blocks) {
      block = each;
      writeBlock();
    }
    e.writeRare();
    end(written);
  }

  private void begin(int registers) {
    e.getField("r", "[I");
    e.setArray(Emitter.WORDS);
    for (int register = 0; register <= LR; register++) {
      if ((registers & 1 << register) != 0) {
        e.getArray(Emitter.WORDS);
        e.number(register);
        e.op(IALOAD);
        e.setRegister(register);
      }
    }
    for (Kept kept : KEPT) {
      e.getField(kept.field, "I");
      e.set(kept.variable);
    }
    e.getField("sram", "[I");
    e.setArray(Emitter.SRAM);
    e.getField("flash", "[I");
    e.setArray(Emitter.FLASH);
    by(FastState.NEXT);
    // The Java machine wants each variable to have a value wherever paths meet.
    for (int variable :
        new int[] {Emitter.COUNT, Emitter.PC, Emitter.ADDRESS, Emitter.INDEX, Emitter.VALUE}) {
      e.number(0);
      e.set(variable);
    }
  }

  private void end(int written) {
    e.at(tail);
    e.getField("r", "[I");
    e.setArray(Emitter.WORDS);
    for (int register = 0; register <= LR; register++) {
      if ((written & 1 << register) != 0) {
        e.getArray(Emitter.WORDS);
        e.number(register);
        e.getRegister(register);
        e.op(IASTORE);
      }
    }
    KEPT.forEach(this::store);
    store(new Kept("pc", Emitter.PC));
    store(new Kept("flow", Emitter.FLOW));
    e.state();
    e.getField("instructions", "J");
    e.get(Emitter.COUNT);
    e.op(I2L);
    e.op(LADD);
    e.putField("instructions", "J");
    e.op(RETURN);
  }

  private void store(Kept kept) {
    e.state();
    e.get(kept.variable);
    e.putField(kept.field, "I");
  }

  private void writeBlock() {
    CodeBlock of = block;
    e.at(Objects.requireNonNull(labels.get(of.start)));
    arithmetic.begin();
    e.get(Emitter.LEFT);
    e.number(of.most);
    Label tooLittle = new Label();
    e.jump(IF_ICMPLT, tooLittle);
    e.rarely(tooLittle, () -> exit(of.start));
    for (at = 0; at < of.count(); at++) {
      write(of.ops[at]);
    }
    Op last = of.last();
    if (last == null || !last.kind().isLast()) {
      spend(of.allCycles(), of.count());
      go(of.end());
    }
  }

  /** Lets cycles pass and instructions count. */
  private void spend(int cycles, int count) {
    if (cycles != 0) {
      e.increment(Emitter.LEFT, -cycles);
    }
    if (count != 0) {
      e.increment(Emitter.COUNT, count);
    }
  }

  /** On to an address, in the region or out of it. */
  private void go(int target) {
    Label label = labels.get(target);
    if (label != null) {
      e.jump(GOTO, label);
    } else {
      exit(target);
    }
  }

  private void exit(int pc) {
    e.number(pc);
    e.set(Emitter.PC);
    e.jump(GOTO, tail);
  }

  /** Where the instruction that is being written leaves the region without being carried out. */
  private Label leave() {
    Label label = new Label();
    CodeBlock of = block;
    int index = at;
    e.rarely(
        label,
        () -> {
          spend(of.cycles[index], index);
          by(FastState.LEFT);
          exit(of.addresses[index]);
        });
    return label;
  }

  private void write(Op op) {
    switch (op.kind()) {
      case LOAD_WORD, LOAD_HALFWORD, LOAD_BYTE, LOAD_SIGNED_HALFWORD, LOAD_SIGNED_BYTE ->
          access.load(op);
      case STORE_WORD, STORE_HALFWORD, STORE_BYTE -> access.store(op);
      case LOAD_MULTIPLE -> {
        access.multiple(op, Integer.bitCount(op.list()), true);
        access.loadMultiple(op, 0);
      }
      case STORE_MULTIPLE -> access.storeMultiple(op);
      case SET_PRIMASK, WRITE_PRIMASK, READ_PRIMASK -> primask(op);
      case BRANCH -> {
        spend(block.allCycles(), block.count());
        go(op.immediate());
      }
      case BRANCH_CONDITIONAL -> conditional(op);
      case CALL -> {
        setLr(block.end() | 1);
        spend(block.allCycles(), block.count());
        by(FastState.CALL);
        exit(op.immediate());
      }
      case CALL_REGISTER -> {
        e.getRegister(op.rn());
        e.set(Emitter.VALUE);
        thumb();
        target(FastState.COMPUTED_CALL, () -> setLr(op.immediate()));
      }
      case EXCHANGE -> {
        e.getRegister(op.rn());
        e.set(Emitter.VALUE);
        thumb();
        target(FastState.COMPUTED_BRANCH, () -> {});
      }
      case WRITE_PC -> {
        e.first(op);
        e.second(op);
        e.op(IADD);
        e.set(Emitter.VALUE);
        target(FastState.COMPUTED_BRANCH, () -> {});
      }
      case POP_PC -> {
        int count = Integer.bitCount(op.list());
        access.multiple(op, count + 1, false);
        access.loadAt(count);
        e.set(Emitter.VALUE);
        thumb();
        target(FastState.COMPUTED_BRANCH, () -> access.loadMultiple(op, 4));
      }
      default -> arithmetic.write(op);
    }
  }

  private void setLr(int back) {
    e.number(back);
    e.setRegister(LR);
  }

  private void primask(Op op) {
    Label leave = leave();
    e.getField("privileged", "Z");
    e.jump(IFEQ, leave);
    if (op.kind() == Op.Kind.READ_PRIMASK) {
      e.getField("primask", "I");
      e.setRegister(op.rd());
      return;
    }
    e.getField("quiet", "Z");
    e.jump(IFEQ, leave);
    e.state();
    if (op.kind() == Op.Kind.SET_PRIMASK) {
      e.number(op.immediate());
    } else {
      e.getRegister(op.rn());
      e.and(1);
    }
    e.putField("primask", "I");
  }

  private void conditional(Op op) {
    Label taken = new Label();
    arithmetic.condition(Objects.requireNonNull(block.condition), taken);
    spend(block.allCycles(), block.count());
    go(block.end());
    e.at(taken);
    spend(block.allCycles() + block.takenExtra, block.count());
    go(op.immediate());
  }

  /** Leaves if the Thumb bit of VALUE is clear. */
  private void thumb() {
    e.get(Emitter.VALUE);
    e.and(1);
    e.jump(IFEQ, leave());
  }

  /** To VALUE without its bit 0, if that is in flash; before it goes it does {@code effect}. */
  private void target(int flow, Runnable effect) {
    e.get(Emitter.VALUE);
    access.offsetInFlash();
    e.number(2);
    e.op(IUSHR);
    e.number(place.flashWords());
    e.jump(IF_ICMPGE, leave());
    effect.run();
    e.get(Emitter.VALUE);
    e.and(~1);
    e.set(Emitter.PC);
    int least = place.flash().refetch(0);
    int more = place.flash().refetch(2) - least; // where the target has bit 1 set
    spend(block.allCycles() + least, block.count());
    if (more != 0) {
      e.get(Emitter.LEFT);
      e.get(Emitter.PC);
      e.number(1);
      e.op(IUSHR);
      e.and(1);
      e.number(more);
      e.op(IMUL);
      e.op(ISUB);
      e.set(Emitter.LEFT);
    }
    by(flow);
    e.jump(GOTO, tail);
  }

  /** How the region is left, as {@link FastState#flow} says it. */
  private void by(int flow) {
    e.number(flow);
    e.set(Emitter.FLOW);
  }
}
