package io.defragsim.emulator.fast;

import static org.objectweb.asm.Opcodes.*;

import io.defragsim.emulator.isa.Condition;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
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
  private static final String STATE = Type.getInternalName(FastState.class);
  private static final String REGION = Type.getInternalName(Region.class);
  private static final String NAME = REGION + "0";

  private static final int LOW_VIEW = ~(int) MemoryMap.FLASH_HIGH;
  private static final int SP = 13;
  private static final int LR = 14;

  // local variables
  private static final int S = 1;
  private static final int R = 2; // the array of registers
  private static final int R0 = 3; // to R14, 17
  private static final int RESULT = 18;
  private static final int CARRY = 19;
  private static final int OPERATION = 20;
  private static final int FIRST = 21;
  private static final int SECOND = 22;
  private static final int LEFT = 23; // a long
  private static final int COUNT = 25;
  private static final int SRAM = 26;
  private static final int FLASH = 27;
  private static final int PC = 28;
  private static final int ADDRESS = 29;
  private static final int INDEX = 30;
  private static final int WORDS = 31;
  private static final int VALUE = 32;
  private static final int FLOW = 33;

  /**
   * Where the memories are.
   *
   * @param waitStates those of flash
   * @param guards whether a word of SRAM may be guarded
   */
  record Place(int sramBase, int sramWords, int flashWords, int waitStates, boolean guards) {}

  private final Place place;
  private final Collection<Block> blocks;
  private final Map<Integer, Label> labels = new HashMap<>();
  private final ClassWriter type = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
  private final MethodVisitor m;
  private final Label tail = new Label();

  /** Code that is hardly ever run, to stand behind the rest. */
  private final List<Runnable> rare = new ArrayList<>();

  private int read;
  private int written;

  // of the block that is being written
  private Block block;
  private int at;

  /** Whether all flags are known to be those of FIRST - SECOND. */
  private boolean subtraction;

  RegionWriter(Place place, Collection<Block> blocks) {
    this.place = place;
    this.blocks = blocks;
    block = blocks.iterator().next();
    type.visit(V17, ACC_FINAL | ACC_SUPER, NAME, null, "java/lang/Object", new String[] {REGION});
    constructor();
    m = type.visitMethod(ACC_PUBLIC, "run", "(L" + STATE + ";)V", null, null);
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

  byte[] write() {
    for (Block each : blocks) {
      labels.put(each.start, new Label());
      for (Op op : each.ops) {
        read |= op.reads();
        written |= op.writes();
      }
    }
    m.visitCode();
    begin();
    for (Block each : blocks) {
      block = each;
      write(each);
    }
    for (int i = 0; i < rare.size(); i++) {
      rare.get(i).run();
    }
    end();
    m.visitMaxs(0, 0);
    m.visitEnd();
    type.visitEnd();
    return type.toByteArray();
  }

  private void begin() {
    field(GETFIELD, "r", "[I");
    m.visitVarInsn(ASTORE, R);
    for (int register = 0; register <= LR; register++) {
      if (((read | written) & 1 << register) != 0) {
        m.visitVarInsn(ALOAD, R);
        number(register);
        m.visitInsn(IALOAD);
        m.visitVarInsn(ISTORE, R0 + register);
      }
    }
    get("result", RESULT);
    get("carry", CARRY);
    get("operation", OPERATION);
    get("first", FIRST);
    get("second", SECOND);
    field(GETFIELD, "left", "J");
    m.visitVarInsn(LSTORE, LEFT);
    field(GETFIELD, "sram", "[I");
    m.visitVarInsn(ASTORE, SRAM);
    field(GETFIELD, "flash", "[I");
    m.visitVarInsn(ASTORE, FLASH);
    number(0);
    m.visitVarInsn(ISTORE, COUNT);
    by(Flow.NEXT);
    for (int temporary : new int[] {PC, ADDRESS, INDEX, VALUE}) {
      number(0);
      m.visitVarInsn(ISTORE, temporary);
    }
  }

  private void end() {
    m.visitLabel(tail);
    for (int register = 0; register <= LR; register++) {
      if ((written & 1 << register) != 0) {
        m.visitVarInsn(ALOAD, R);
        number(register);
        load(register);
        m.visitInsn(IASTORE);
      }
    }
    put("result", RESULT);
    put("carry", CARRY);
    put("operation", OPERATION);
    put("first", FIRST);
    put("second", SECOND);
    put("pc", PC);
    put("flow", FLOW);
    m.visitVarInsn(ALOAD, S);
    m.visitVarInsn(LLOAD, LEFT);
    m.visitFieldInsn(PUTFIELD, STATE, "left", "J");
    m.visitVarInsn(ALOAD, S);
    m.visitInsn(DUP);
    m.visitFieldInsn(GETFIELD, STATE, "instructions", "J");
    m.visitVarInsn(ILOAD, COUNT);
    m.visitInsn(I2L);
    m.visitInsn(LADD);
    m.visitFieldInsn(PUTFIELD, STATE, "instructions", "J");
    m.visitInsn(RETURN);
  }

  private void write(Block written) {
    m.visitLabel(label(written.start));
    subtraction = false;
    m.visitVarInsn(LLOAD, LEFT);
    m.visitLdcInsn((long) written.most);
    m.visitInsn(LCMP);
    Label tooLittle = new Label();
    m.visitJumpInsn(IFLT, tooLittle);
    rare.add(
        () -> {
          m.visitLabel(tooLittle);
          exit(written.start);
        });
    for (at = 0; at < written.count(); at++) {
      write(written.ops[at]);
    }
    Op last = written.last();
    if (last == null || !last.kind().isLast()) {
      spend(written.allCycles(), written.count());
      go(written.end());
    }
  }

  private Label label(int start) {
    return Objects.requireNonNull(labels.get(start));
  }

  /** Lets cycles pass and instructions count. */
  private void spend(int cycles, int count) {
    if (cycles != 0) {
      m.visitVarInsn(LLOAD, LEFT);
      m.visitLdcInsn((long) cycles);
      m.visitInsn(LSUB);
      m.visitVarInsn(LSTORE, LEFT);
    }
    if (count != 0) {
      m.visitIincInsn(COUNT, count);
    }
  }

  /** On to an address, in the region or out of it. */
  private void go(int target) {
    Label label = labels.get(target);
    if (label != null) {
      m.visitJumpInsn(GOTO, label);
    } else {
      exit(target);
    }
  }

  private void exit(int pc) {
    number(pc);
    m.visitVarInsn(ISTORE, PC);
    m.visitJumpInsn(GOTO, tail);
  }

  /** Where the instruction that is being written leaves the region without being carried out. */
  private Label leave() {
    Label label = new Label();
    Block of = block;
    int index = at;
    rare.add(
        () -> {
          m.visitLabel(label);
          spend(of.cycles[index], index);
          exit(of.addresses[index]);
        });
    return label;
  }

  private void write(Op op) {
    switch (op.kind()) {
      case NOTHING -> {
        // it is in the sum
      }
      case MOVE -> {
        y(op);
        aligned(op.rd(), op.rm() < 0 ? op.immediate() : 1);
        store(op.rd());
      }
      case ADD -> {
        x(op);
        y(op);
        m.visitInsn(IADD);
        aligned(op.rd(), op.rm() < 0 && op.rn() == SP ? op.immediate() : 1);
        store(op.rd());
      }
      case MOVE_FLAGS -> {
        y(op);
        result(op);
      }
      case AND -> binary(op, IAND);
      case EXCLUSIVE_OR -> binary(op, IXOR);
      case OR -> binary(op, IOR);
      case MULTIPLY -> binary(op, IMUL);
      case BIT_CLEAR -> {
        x(op);
        y(op);
        number(-1);
        m.visitInsn(IXOR);
        m.visitInsn(IAND);
        result(op);
      }
      case NOT -> {
        y(op);
        number(-1);
        m.visitInsn(IXOR);
        result(op);
      }
      case SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_SIGNED, ROTATE_RIGHT -> shift(op);
      case ADD_FLAGS -> arithmetic(op, IADD, FastState.ADDITION);
      case SUBTRACT, NEGATE -> arithmetic(op, ISUB, FastState.SUBTRACTION);
      case ADD_CARRY, SUBTRACT_CARRY -> withCarry(op);
      case SIGN_EXTEND_HALFWORD -> unary(op, I2S);
      case SIGN_EXTEND_BYTE -> unary(op, I2B);
      case ZERO_EXTEND_HALFWORD -> unary(op, I2C);
      case ZERO_EXTEND_BYTE -> {
        y(op);
        number(0xFF);
        m.visitInsn(IAND);
        store(op.rd());
      }
      case REVERSE -> {
        y(op);
        integer("reverseBytes", "(I)I");
        store(op.rd());
      }
      case REVERSE_HALFWORDS -> {
        y(op);
        integer("reverseBytes", "(I)I");
        number(16);
        integer("rotateRight", "(II)I");
        store(op.rd());
      }
      case REVERSE_SIGNED -> {
        y(op);
        integer("reverseBytes", "(I)I");
        number(16);
        m.visitInsn(ISHR);
        store(op.rd());
      }
      case LOAD_WORD, LOAD_HALFWORD, LOAD_BYTE, LOAD_SIGNED_HALFWORD, LOAD_SIGNED_BYTE -> load(op);
      case STORE_WORD, STORE_HALFWORD, STORE_BYTE -> store(op);
      case LOAD_MULTIPLE -> {
        base(op, 0, Integer.bitCount(op.list()), true);
        loadMultiple(op, 0);
      }
      case STORE_MULTIPLE -> storeMultiple(op);
      case SET_PRIMASK, WRITE_PRIMASK, READ_PRIMASK -> primask(op);
      case BRANCH -> {
        spend(block.allCycles(), block.count());
        go(op.immediate());
      }
      case BRANCH_CONDITIONAL -> conditional(op);
      case CALL -> {
        number(block.end() | 1);
        store(LR);
        spend(block.allCycles(), block.count());
        by(Flow.CALL);
        exit(op.immediate());
      }
      case CALL_REGISTER -> {
        load(op.rn());
        m.visitVarInsn(ISTORE, VALUE);
        thumb();
        target(
            op,
            () -> {
              number(op.immediate());
              store(LR);
            });
      }
      case EXCHANGE -> {
        load(op.rn());
        m.visitVarInsn(ISTORE, VALUE);
        thumb();
        target(op, () -> {});
      }
      case WRITE_PC -> {
        x(op);
        y(op);
        m.visitInsn(IADD);
        m.visitVarInsn(ISTORE, VALUE);
        target(op, () -> {});
      }
      case POP_PC -> {
        int count = Integer.bitCount(op.list());
        base(op, 0, count + 1, false);
        m.visitVarInsn(ALOAD, WORDS);
        m.visitVarInsn(ILOAD, INDEX);
        plus(count);
        m.visitInsn(IALOAD);
        m.visitVarInsn(ISTORE, VALUE);
        thumb();
        target(op, () -> loadMultiple(op, 4));
      }
    }
  }

  // what is computed

  private void binary(Op op, int opcode) {
    x(op);
    y(op);
    m.visitInsn(opcode);
    result(op);
  }

  private void unary(Op op, int opcode) {
    y(op);
    m.visitInsn(opcode);
    store(op.rd());
  }

  /** What is on the stack is the result, and N and Z are those of it. */
  private void result(Op op) {
    subtraction = false;
    if (op.rd() >= 0) {
      m.visitInsn(DUP);
      store(op.rd());
    }
    m.visitVarInsn(ISTORE, RESULT);
  }

  private void arithmetic(Op op, int opcode, int operation) {
    x(op);
    m.visitVarInsn(ISTORE, FIRST);
    y(op);
    m.visitVarInsn(ISTORE, SECOND);
    m.visitVarInsn(ILOAD, FIRST);
    m.visitVarInsn(ILOAD, SECOND);
    m.visitInsn(opcode);
    result(op);
    number(operation);
    m.visitVarInsn(ISTORE, OPERATION);
    number(FastState.OF_OPERATION);
    m.visitVarInsn(ISTORE, CARRY);
    subtraction = operation == FastState.SUBTRACTION;
  }

  private void withCarry(Op op) {
    carry();
    m.visitVarInsn(ISTORE, CARRY);
    x(op);
    m.visitVarInsn(ISTORE, FIRST);
    y(op);
    if (op.kind() == Op.Kind.SUBTRACT_CARRY) {
      number(-1);
      m.visitInsn(IXOR);
    }
    m.visitVarInsn(ISTORE, SECOND);
    unsigned(FIRST);
    unsigned(SECOND);
    m.visitInsn(LADD);
    m.visitVarInsn(ILOAD, CARRY);
    m.visitInsn(I2L);
    m.visitInsn(LADD);
    m.visitInsn(DUP2);
    number(32);
    m.visitInsn(LUSHR);
    m.visitInsn(L2I);
    m.visitVarInsn(ISTORE, CARRY);
    m.visitInsn(L2I);
    result(op);
    for (int operand : new int[] {FIRST, SECOND}) {
      m.visitVarInsn(ILOAD, operand);
      m.visitVarInsn(ILOAD, RESULT);
      m.visitInsn(IXOR);
    }
    m.visitInsn(IAND);
    m.visitVarInsn(ISTORE, FIRST);
    number(FastState.KNOWN);
    m.visitVarInsn(ISTORE, OPERATION);
  }

  private void unsigned(int local) {
    m.visitVarInsn(ILOAD, local);
    m.visitInsn(I2L);
    m.visitLdcInsn(0xFFFF_FFFFL);
    m.visitInsn(LAND);
  }

  private void shift(Op op) {
    if (op.rm() >= 0) {
      shiftByRegister(op);
      return;
    }
    int amount = op.immediate();
    x(op);
    m.visitVarInsn(ISTORE, VALUE);
    boolean left = op.kind() == Op.Kind.SHIFT_LEFT;
    m.visitVarInsn(ILOAD, VALUE);
    number(left ? 32 - amount : amount - 1);
    m.visitInsn(IUSHR);
    number(1);
    m.visitInsn(IAND);
    m.visitVarInsn(ISTORE, CARRY);
    if (amount == 32 && op.kind() == Op.Kind.SHIFT_RIGHT) {
      number(0);
    } else {
      m.visitVarInsn(ILOAD, VALUE);
      number(Math.min(amount, 31));
      m.visitInsn(left ? ISHL : op.kind() == Op.Kind.SHIFT_RIGHT ? IUSHR : ISHR);
    }
    result(op);
  }

  private void shiftByRegister(Op op) {
    String name =
        switch (op.kind()) {
          case SHIFT_LEFT -> "shiftLeft";
          case SHIFT_RIGHT -> "shiftRight";
          case SHIFT_RIGHT_SIGNED -> "shiftRightSigned";
          default -> "rotateRight";
        };
    x(op);
    m.visitVarInsn(ISTORE, VALUE);
    y(op);
    number(0xFF);
    m.visitInsn(IAND);
    m.visitVarInsn(ISTORE, ADDRESS);
    m.visitVarInsn(ILOAD, CARRY);
    m.visitVarInsn(ILOAD, VALUE);
    m.visitVarInsn(ILOAD, ADDRESS);
    helper(name + "Carry", "(III)I");
    m.visitVarInsn(ISTORE, CARRY);
    m.visitVarInsn(ILOAD, VALUE);
    m.visitVarInsn(ILOAD, ADDRESS);
    helper(name, "(II)I");
    result(op);
  }

  private void carry() {
    m.visitVarInsn(ILOAD, CARRY);
    m.visitVarInsn(ILOAD, OPERATION);
    m.visitVarInsn(ILOAD, FIRST);
    m.visitVarInsn(ILOAD, SECOND);
    helper("carry", "(IIII)I");
  }

  private void overflow() {
    m.visitVarInsn(ILOAD, OPERATION);
    m.visitVarInsn(ILOAD, FIRST);
    m.visitVarInsn(ILOAD, SECOND);
    helper("overflow", "(III)I");
  }

  // memory

  private void load(Op op) {
    int size = size(op.kind());
    address(op, size);
    m.visitVarInsn(ALOAD, SRAM);
    m.visitVarInsn(ASTORE, WORDS);
    Label flash = new Label();
    Label found = new Label();
    Label leave = leave();
    index(flash, 1);
    m.visitLabel(found);
    rare.add(
        () -> {
          m.visitLabel(flash);
          inFlash(leave, 1);
          m.visitJumpInsn(GOTO, found);
        });
    m.visitVarInsn(ALOAD, WORDS);
    m.visitVarInsn(ILOAD, INDEX);
    m.visitInsn(IALOAD);
    if (size < 4) {
      m.visitVarInsn(ILOAD, ADDRESS);
      number(3);
      m.visitInsn(ISHL);
      m.visitInsn(IUSHR); // by the low five bits
      switch (op.kind()) {
        case LOAD_HALFWORD -> m.visitInsn(I2C);
        case LOAD_SIGNED_HALFWORD -> m.visitInsn(I2S);
        case LOAD_SIGNED_BYTE -> m.visitInsn(I2B);
        default -> {
          number(0xFF);
          m.visitInsn(IAND);
        }
      }
    }
    store(op.rd());
  }

  private void store(Op op) {
    int size = size(op.kind());
    address(op, size);
    index(leave(), 1);
    guard(1);
    m.visitVarInsn(ALOAD, SRAM);
    m.visitVarInsn(ILOAD, INDEX);
    if (size == 4) {
      load(op.rd());
    } else {
      int mask = size == 2 ? 0xFFFF : 0xFF;
      m.visitVarInsn(ILOAD, ADDRESS);
      number(3);
      m.visitInsn(ISHL);
      m.visitVarInsn(ISTORE, ADDRESS); // the shift
      m.visitVarInsn(ALOAD, SRAM);
      m.visitVarInsn(ILOAD, INDEX);
      m.visitInsn(IALOAD);
      number(mask);
      m.visitVarInsn(ILOAD, ADDRESS);
      m.visitInsn(ISHL);
      number(-1);
      m.visitInsn(IXOR);
      m.visitInsn(IAND);
      load(op.rd());
      number(mask);
      m.visitInsn(IAND);
      m.visitVarInsn(ILOAD, ADDRESS);
      m.visitInsn(ISHL);
      m.visitInsn(IOR);
    }
    m.visitInsn(IASTORE);
  }

  private static int size(Op.Kind kind) {
    return switch (kind) {
      case LOAD_WORD, STORE_WORD -> 4;
      case LOAD_HALFWORD, LOAD_SIGNED_HALFWORD, STORE_HALFWORD -> 2;
      default -> 1;
    };
  }

  /** ADDRESS is where the operation loads or stores, a multiple of its size. */
  private void address(Op op, int size) {
    x(op);
    if (op.rm() >= 0 || op.immediate() != 0 || op.rn() < 0) {
      y(op);
      m.visitInsn(IADD);
    }
    m.visitVarInsn(ISTORE, ADDRESS);
    if (size > 1 && op.rn() != SP) {
      multiple(size);
    }
  }

  private void multiple(int size) {
    m.visitVarInsn(ILOAD, ADDRESS);
    number(size - 1);
    m.visitInsn(IAND);
    m.visitJumpInsn(IFNE, leave());
  }

  /** INDEX is that of the word at ADDRESS in SRAM, where so many words are. */
  private void index(Label otherwise, int count) {
    m.visitVarInsn(ILOAD, ADDRESS);
    number(place.sramBase);
    m.visitInsn(ISUB);
    number(2);
    m.visitInsn(IUSHR);
    m.visitInsn(DUP);
    m.visitVarInsn(ISTORE, INDEX);
    number(place.sramWords - count);
    m.visitJumpInsn(IF_ICMPGT, otherwise);
  }

  /** Leaves if one of so many words from INDEX on is guarded. */
  private void guard(int count) {
    if (!place.guards) {
      return;
    }
    field(GETFIELD, "guard", "I");
    m.visitVarInsn(ILOAD, INDEX);
    if (count == 1) {
      m.visitJumpInsn(IF_ICMPEQ, leave());
      return;
    }
    m.visitInsn(ISUB);
    number(Integer.MIN_VALUE);
    m.visitInsn(IXOR);
    number(Integer.MIN_VALUE + count);
    m.visitJumpInsn(IF_ICMPLT, leave());
  }

  /** The same in flash, and WORDS is flash. */
  private void inFlash(Label otherwise, int count) {
    m.visitVarInsn(ILOAD, ADDRESS);
    number(LOW_VIEW);
    m.visitInsn(IAND);
    number(2);
    m.visitInsn(IUSHR);
    m.visitInsn(DUP);
    m.visitVarInsn(ISTORE, INDEX);
    number(place.flashWords - count);
    m.visitJumpInsn(IF_ICMPGT, otherwise);
    m.visitVarInsn(ALOAD, FLASH);
    m.visitVarInsn(ASTORE, WORDS);
  }

  /** WORDS and INDEX are where a multiple access begins, {@code offset} from the base. */
  private void base(Op op, int offset, int count, boolean flashToo) {
    load(op.rn());
    plus(offset);
    m.visitVarInsn(ISTORE, ADDRESS);
    if (op.rn() != SP) {
      multiple(4);
    }
    m.visitVarInsn(ALOAD, SRAM);
    m.visitVarInsn(ASTORE, WORDS);
    Label leave = leave();
    if (!flashToo) {
      index(leave, count);
      return;
    }
    Label flash = new Label();
    Label found = new Label();
    index(flash, count);
    m.visitLabel(found);
    rare.add(
        () -> {
          m.visitLabel(flash);
          inFlash(leave, count);
          m.visitJumpInsn(GOTO, found);
        });
  }

  /** From INDEX on; the base register becomes ADDRESS and what was loaded, and {@code more}. */
  private void loadMultiple(Op op, int more) {
    int i = 0;
    for (int rest = op.list(); rest != 0; rest &= rest - 1) {
      m.visitVarInsn(ALOAD, WORDS);
      m.visitVarInsn(ILOAD, INDEX);
      plus(i++);
      m.visitInsn(IALOAD);
      store(Integer.numberOfTrailingZeros(rest));
    }
    if (op.rd() >= 0) {
      m.visitVarInsn(ILOAD, ADDRESS);
      plus(4 * i + more);
      store(op.rd());
    }
  }

  private void storeMultiple(Op op) {
    int count = Integer.bitCount(op.list());
    boolean down = op.immediate() < 0;
    base(op, down ? -4 * count : 0, count, false);
    guard(count);
    int i = 0;
    for (int rest = op.list(); rest != 0; rest &= rest - 1) {
      m.visitVarInsn(ALOAD, SRAM);
      m.visitVarInsn(ILOAD, INDEX);
      plus(i++);
      load(Integer.numberOfTrailingZeros(rest));
      m.visitInsn(IASTORE);
    }
    m.visitVarInsn(ILOAD, ADDRESS);
    plus(down ? 0 : 4 * count);
    store(op.rd());
  }

  private void primask(Op op) {
    Label leave = leave();
    field(GETFIELD, "privileged", "Z");
    m.visitJumpInsn(IFEQ, leave);
    if (op.kind() == Op.Kind.READ_PRIMASK) {
      field(GETFIELD, "primask", "I");
      store(op.rd());
      return;
    }
    field(GETFIELD, "quiet", "Z");
    m.visitJumpInsn(IFEQ, leave);
    m.visitVarInsn(ALOAD, S);
    if (op.kind() == Op.Kind.SET_PRIMASK) {
      number(op.immediate());
    } else {
      load(op.rn());
      number(1);
      m.visitInsn(IAND);
    }
    m.visitFieldInsn(PUTFIELD, STATE, "primask", "I");
  }

  // where it goes on

  private void conditional(Op op) {
    Label taken = new Label();
    condition(Objects.requireNonNull(block.condition), taken);
    spend(block.allCycles(), block.count());
    go(block.end());
    m.visitLabel(taken);
    spend(block.allCycles() + block.takenExtra, block.count());
    go(op.immediate());
  }

  private void condition(Condition condition, Label taken) {
    switch (condition) {
      case EQ -> result(IFEQ, taken);
      case NE -> result(IFNE, taken);
      case MI -> result(IFLT, taken);
      case PL -> result(IFGE, taken);
      default -> {
        if (subtraction && condition != Condition.VS && condition != Condition.VC) {
          compare(condition, taken);
        } else {
          m.visitVarInsn(ILOAD, RESULT);
          m.visitVarInsn(ILOAD, CARRY);
          m.visitVarInsn(ILOAD, OPERATION);
          m.visitVarInsn(ILOAD, FIRST);
          m.visitVarInsn(ILOAD, SECOND);
          helper(condition.name().toLowerCase(java.util.Locale.ROOT), "(IIIII)Z");
          m.visitJumpInsn(IFNE, taken);
        }
      }
    }
  }

  private void result(int opcode, Label taken) {
    m.visitVarInsn(ILOAD, RESULT);
    m.visitJumpInsn(opcode, taken);
  }

  private void compare(Condition condition, Label taken) {
    boolean unsigned =
        switch (condition) {
          case CS, CC, HI, LS -> true;
          default -> false;
        };
    for (int operand : new int[] {FIRST, SECOND}) {
      m.visitVarInsn(ILOAD, operand);
      if (unsigned) {
        number(Integer.MIN_VALUE);
        m.visitInsn(IXOR);
      }
    }
    m.visitJumpInsn(
        switch (condition) {
          case CS, GE -> IF_ICMPGE;
          case CC, LT -> IF_ICMPLT;
          case HI, GT -> IF_ICMPGT;
          default -> IF_ICMPLE;
        },
        taken);
  }

  /** Leaves if the Thumb bit of VALUE is clear. */
  private void thumb() {
    m.visitVarInsn(ILOAD, VALUE);
    number(1);
    m.visitInsn(IAND);
    m.visitJumpInsn(IFEQ, leave());
  }

  /** To VALUE without its bit 0, if that is in flash; before it goes it does {@code effect}. */
  private void target(Op op, Runnable effect) {
    m.visitVarInsn(ILOAD, VALUE);
    number(LOW_VIEW);
    m.visitInsn(IAND);
    number(2);
    m.visitInsn(IUSHR);
    number(place.flashWords);
    m.visitJumpInsn(IF_ICMPGE, leave());
    effect.run();
    m.visitVarInsn(ILOAD, VALUE);
    number(-2);
    m.visitInsn(IAND);
    m.visitVarInsn(ISTORE, PC);
    spend(block.allCycles() + place.waitStates, block.count());
    if (place.waitStates != 0) {
      // twice as much where the target has bit 1 set
      m.visitVarInsn(LLOAD, LEFT);
      m.visitVarInsn(ILOAD, PC);
      number(1);
      m.visitInsn(IUSHR);
      number(1);
      m.visitInsn(IAND);
      number(place.waitStates);
      m.visitInsn(IMUL);
      m.visitInsn(I2L);
      m.visitInsn(LSUB);
      m.visitVarInsn(LSTORE, LEFT);
    }
    by(op.kind() == Op.Kind.CALL_REGISTER ? Flow.COMPUTED_CALL : Flow.COMPUTED_BRANCH);
    m.visitJumpInsn(GOTO, tail);
  }

  /** How the region is left; otherwise it is by no call and no computed branch. */
  private void by(Flow flow) {
    number(flow.ordinal());
    m.visitVarInsn(ISTORE, FLOW);
  }

  // small words

  private void x(Op op) {
    if (op.rn() < 0) {
      number(0);
    } else {
      load(op.rn());
    }
  }

  private void y(Op op) {
    if (op.rm() < 0) {
      number(op.immediate());
    } else {
      load(op.rm());
    }
  }

  /** SP is a multiple of 4, whatever is added to it. */
  private void aligned(int register, int added) {
    if (register == SP && (added & 3) != 0) {
      number(~3);
      m.visitInsn(IAND);
    }
  }

  private void plus(int number) {
    if (number != 0) {
      number(number);
      m.visitInsn(IADD);
    }
  }

  private void load(int register) {
    m.visitVarInsn(ILOAD, R0 + register);
  }

  private void store(int register) {
    m.visitVarInsn(ISTORE, R0 + register);
  }

  private void number(int value) {
    if (value >= -1 && value <= 5) {
      m.visitInsn(ICONST_0 + value);
    } else if (value == (byte) value) {
      m.visitIntInsn(BIPUSH, value);
    } else if (value == (short) value) {
      m.visitIntInsn(SIPUSH, value);
    } else {
      m.visitLdcInsn(value);
    }
  }

  private void field(int opcode, String name, String descriptor) {
    m.visitVarInsn(ALOAD, S);
    m.visitFieldInsn(opcode, STATE, name, descriptor);
  }

  private void get(String name, int local) {
    field(GETFIELD, name, "I");
    m.visitVarInsn(ISTORE, local);
  }

  private void put(String name, int local) {
    m.visitVarInsn(ALOAD, S);
    m.visitVarInsn(ILOAD, local);
    m.visitFieldInsn(PUTFIELD, STATE, name, "I");
  }

  private void helper(String name, String descriptor) {
    m.visitMethodInsn(INVOKESTATIC, STATE, name, descriptor, false);
  }

  private void integer(String name, String descriptor) {
    m.visitMethodInsn(INVOKESTATIC, "java/lang/Integer", name, descriptor, false);
  }
}
