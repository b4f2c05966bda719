package io.defragsim.lab.injection;

import io.defragsim.emulator.MemoryLoader;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.interpreter.FaultPolicy;
import io.defragsim.emulator.interpreter.Interpreter;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.FlashAndSram;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.OutsideRequests;
import io.defragsim.emulator.timing.CycleModel;
import java.util.Arrays;

/**
 * An allocator image on the interpreter, which stops between any two instructions: there its whole
 * state can be taken and put back, and an interrupt be taken for real, with its frame on the
 * image's stack. The handler is the host's: it calls the image's functions in Handler mode.
 *
 * <p>SRAM from the bottom: the image's data and the pool, which together are the memory of a heap;
 * then nobody's; then the stack. Only the memory and the stack from SP up live on: what is below SP
 * is dead.
 *
 * <p>Belongs to one thread.
 */
final class Guest {
  /** Thrown when the image faults, does not end, or breaks the calling convention. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String message) {
      super(message);
    }
  }

  /** All that decides how a run goes on. Arrays are shared and never changed. */
  @SuppressWarnings("ArrayRecordComponent") // compared by standsAt()
  record Point(CoreState core, byte[] memory, byte[] stack) {}

  /** No call of a small heap comes near: instructions. */
  private static final int LONGEST_CALL = 100_000;

  private static final int STACK_BYTES = 512;
  private static final byte NOBODYS = (byte) 0xA5;

  private static final int BKPT = 0xBE00;
  private static final int BX_LR = 0x4770;

  /** The exceptions that are taken; the second one is more urgent. */
  private static final int FIRST = ExceptionNumber.SYSTICK;

  private static final int SECOND = ExceptionNumber.PENDSV;

  /** What a call finds in R4 to R11 and R12, and must leave in R4 to R11. */
  private static final int PRESERVED = 0x5EED_0000;

  private final FirmwareImage image;
  private final CoreState start = new CoreState();
  private final MemoryMap map;
  private final CycleModel model = CycleModel.cortexM0(1);
  private final Interpreter interpreter;
  private final byte[] sram;
  private final StoreLog memory;
  private final int memoryBytes;
  private final int poolAddress;
  private final int poolBytes;
  private final byte[] initial;

  /** Where the host's own code stands: in flash, behind the image. */
  private final int exit;

  private final int handler;
  private final int back;
  private final int leave;

  private final boolean remembers;
  private final CallMemory calls;

  /** The functions that handlers call. */
  final int address;

  final int lock;
  final int unlock;

  /** What the first handler's calls must leave as it is. */
  private int handlerSp;

  private int handlerReturn;

  private boolean storedMultiple;
  private long instructions;

  private int maskedFrom;
  private long masked;
  private long longestMasked;
  private int longestMaskedFrom;

  /**
   * Resets the image and makes a pool.
   *
   * @param poolBytes the handle table included, a multiple of 8
   * @param remembers whether whole calls that must do the same again are executed once
   */
  Guest(FirmwareImage image, int poolBytes, int handles, boolean remembers) {
    this.remembers = remembers;
    this.image = image;
    this.poolBytes = poolBytes;
    long data = (image.sramUsedEnd(0x2000_0000L) - 0x2000_0000L + 7) / 8 * 8;
    memoryBytes = (int) data + poolBytes;
    poolAddress = (int) (0x2000_0000L + data);
    int sramBytes = roundUp(memoryBytes + STACK_BYTES + 64);
    int code = 0;
    for (FirmwareImage.Segment segment : image.segments()) {
      if (segment.loadAddress() < 0x1000_0000L) {
        code = Math.max(code, (int) (segment.loadAddress() & 0xFF_FFFF) + segment.stored().length);
      }
    }
    int flashBytes = roundUp(code) + MemoryMap.PAGE;
    map = new MemoryMap(flashBytes, 0x2000_0000L, sramBytes);
    MemoryLoader loaded = MemoryLoader.load(map, image, (byte) 0xFF, NOBODYS);
    sram = loaded.sram();
    byte[] flash = loaded.flash();
    int host = flashBytes - 16;
    put(flash, host, 2, BKPT);
    put(flash, host + 2, 2, BKPT);
    put(flash, host + 4, 2, BKPT);
    put(flash, host + 6, 2, BX_LR);
    exit = (int) MemoryMap.FLASH_HIGH + host;
    handler = exit + 2;
    back = exit + 4;
    leave = exit + 6;
    put(flash, 4 * FIRST, 4, handler | 1);
    put(flash, 4 * SECOND, 4, handler | 1);
    calls = new CallMemory(sram, memoryBytes);
    address = function("image_address");
    lock = function("image_lock");
    unlock = function("image_unlock");
    memory = new StoreLog(map, flash, sram, calls);
    interpreter =
        new Interpreter(
            memory,
            CoreKind.CORTEX_M0,
            model,
            FaultPolicy.REPORT,
            image::locate,
            OutsideRequests.NONE);
    reset();
    interpreter.core().setSp((int) map.sramEnd());
    int budget = LONGEST_CALL;
    while (interpreter.step() instanceof StepResult.Retired) {
      memory.stores = 0;
      if (--budget == 0) {
        throw new Broken("the image does not park");
      }
    }
    start.set(interpreter.core());
    for (int register = 4; register <= 12; register++) {
      start.setRegister(register, PRESERVED + register);
    }
    start.setLr(exit | 1);
    start.setFlags(0);
    int result = call(function("image_init"), poolAddress, poolBytes, handles);
    if (result != 0) {
      throw new Broken("image_init answered " + result);
    }
    initial = Arrays.copyOf(sram, memoryBytes);
  }

  private void reset() {
    interpreter.reset();
    interpreter.system().exceptions().setPriority(FIRST, 1);
  }

  private static int roundUp(int bytes) {
    return (bytes + MemoryMap.PAGE - 1) / MemoryMap.PAGE * MemoryMap.PAGE;
  }

  private static int get(byte[] from, int offset, int bytes) {
    int value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (from[offset + i] & 0xFF) << (8 * i);
    }
    return value;
  }

  private static void put(byte[] to, int offset, int bytes, int value) {
    for (int i = 0; i < bytes; i++) {
      to[offset + i] = (byte) (value >>> (8 * i));
    }
  }

  /** The memory, by bytes; tells of accesses. */
  private static final class StoreLog extends FlashAndSram {
    private static final int MOST = 16;
    private final byte[] flash;
    private final byte[] sram;
    private final CallMemory calls;

    /** The stores of the last instruction. */
    private final int[] addresses = new int[MOST];

    private final int[] values = new int[MOST];
    private int stores;

    /** Works on the arrays themselves. */
    StoreLog(MemoryMap map, byte[] flash, byte[] sram, CallMemory calls) {
      super(map);
      this.flash = flash;
      this.sram = sram;
      this.calls = calls;
    }

    @Override
    public int read(long address, int bytes) throws AccessFault {
      int value = super.read(address, bytes);
      calls.read(map().sramOffset(address), bytes, value);
      return value;
    }

    @Override
    public void write(long address, int bytes, int value) throws AccessFault {
      addresses[stores] = (int) address;
      values[stores] = value;
      stores++;
      super.write(address, bytes, value);
      calls.store(map().sramOffset(address), bytes);
    }

    @Override
    protected int flash(int offset, int bytes) {
      return get(flash, offset, bytes);
    }

    @Override
    protected int sram(int offset, int bytes) {
      return get(sram, offset, bytes);
    }

    @Override
    protected void setSram(int offset, int bytes, int value) {
      put(sram, offset, bytes, value);
    }
  }

  /** The memory after image_init. */
  byte[] initialMemory() {
    return initial;
  }

  FirmwareImage image() {
    return image;
  }

  /** The address of a contract function; it must be there. */
  int function(String name) {
    return (int) image.function(name).orElseThrow(() -> new Broken("the image has no " + name));
  }

  boolean has(String name) {
    return image.function(name).isPresent();
  }

  /** Whether all of a payload is where payloads can be, 8-aligned. */
  boolean inPool(int address, int bytes) {
    return address >= poolAddress && address % 8 == 0 && address + bytes <= poolAddress + poolBytes;
  }

  // ---- State ----

  /** Puts a heap's memory in place. */
  void load(byte[] from) {
    System.arraycopy(from, 0, sram, 0, memoryBytes);
  }

  /** The memory as it is now: {@code same} if it still holds that. */
  byte[] memory(byte[] same) {
    return Arrays.equals(sram, 0, memoryBytes, same, 0, memoryBytes)
        ? same
        : Arrays.copyOf(sram, memoryBytes);
  }

  /**
   * The state between two instructions.
   *
   * @param last a memory to share if it is the same
   */
  Point point(byte[] last) {
    CoreState core = new CoreState();
    core.set(interpreter.core());
    int live = sram.length - ((int) map.sramEnd() - core.sp());
    return new Point(core, memory(last), Arrays.copyOfRange(sram, live, sram.length));
  }

  /** Whether a run that stands here goes on as from {@code point}. */
  boolean standsAt(Point point) {
    CoreState core = interpreter.core();
    return core.pc() == point.core.pc()
        && sameRegisters(core, point.core)
        && Arrays.equals(sram, 0, memoryBytes, point.memory, 0, memoryBytes)
        && stackIs(point.stack);
  }

  private boolean stackIs(byte[] stack) {
    return Arrays.equals(sram, sram.length - stack.length, sram.length, stack, 0, stack.length);
  }

  /** Puts a state back, with another memory. */
  void restore(Point point, byte[] memoryInstead) {
    interpreter.core().set(point.core);
    load(memoryInstead);
    System.arraycopy(point.stack, 0, sram, sram.length - point.stack.length, point.stack.length);
    masked = 0;
  }

  private static boolean sameRegisters(CoreState a, CoreState b) {
    for (int register = 0; register <= CoreState.LR; register++) {
      if (a.register(register) != b.register(register)) {
        return false;
      }
    }
    return a.pc() == b.pc() && a.xpsr() == b.xpsr() && a.primask() == b.primask();
  }

  byte[] read(int address, int bytes) {
    int offset = map.sramOffset(Integer.toUnsignedLong(address));
    return Arrays.copyOfRange(sram, offset, offset + bytes);
  }

  boolean holds(int address, byte[] content, int bytes) {
    int offset = map.sramOffset(Integer.toUnsignedLong(address));
    return Arrays.equals(sram, offset, offset + bytes, content, 0, bytes);
  }

  void write(int address, byte[] content, int bytes) {
    System.arraycopy(content, 0, sram, map.sramOffset(Integer.toUnsignedLong(address)), bytes);
  }

  /** Whether what belongs to nobody, between memory and stack, is as it was. */
  boolean nobodysIsUntouched() {
    for (int i = memoryBytes; i < sram.length - STACK_BYTES; i++) {
      if (sram[i] != NOBODYS) {
        return false;
      }
    }
    return true;
  }

  // ---- Running ----

  /** Stands before the first instruction of a call, in Thread mode. */
  void begin(int function, int... arguments) {
    CoreState core = interpreter.core();
    core.set(start);
    for (int i = 0; i < arguments.length; i++) {
      core.setRegister(i, arguments[i]);
    }
    core.setPc(function);
    masked = 0;
  }

  /** Whether the call has returned. */
  boolean atEnd() {
    return interpreter.core().pc() == exit;
  }

  /** What the call that has returned answered. */
  int result() {
    CoreState core = interpreter.core();
    for (int register = 4; register <= 11; register++) {
      if (core.register(register) != PRESERVED + register) {
        throw new Broken("R" + register + " is changed on return");
      }
    }
    if (core.sp() != start.sp() || core.primask() || core.handlerMode()) {
      throw new Broken("SP or PRIMASK is changed on return");
    }
    return core.register(0);
  }

  /** Executes one instruction. */
  void step() {
    CoreState core = interpreter.core();
    boolean wasMasked = core.primask();
    int pc = core.pc();
    memory.stores = 0;
    StepResult result = interpreter.step();
    instructions++;
    if (!(result instanceof StepResult.Retired retired)) {
      throw new Broken("instead of an instruction: " + result);
    }
    storedMultiple = retired.instruction().form().cost() == CostClass.STORE_MULTIPLE;
    if (wasMasked || core.primask()) {
      if (!wasMasked) {
        maskedFrom = pc;
      }
      masked += retired.cycles();
      if (!core.primask()) {
        if (masked > longestMasked) {
          longestMasked = masked;
          longestMaskedFrom = maskedFrom;
        }
        masked = 0;
      }
    }
  }

  /** Whether interrupts are masked here. */
  boolean masksInterrupts() {
    return interpreter.core().primask();
  }

  /**
   * The memories in which an interrupt in the middle of the last instruction would have found
   * itself: that of an STM which is abandoned after one word, two, ..., all of them, and starts
   * again. None for other instructions.
   *
   * @param before the memory before it
   */
  byte[][] abandoned(byte[] before) {
    if (!storedMultiple || map.sramOffset(memory.addresses[0]) >= memoryBytes) {
      return new byte[0][];
    }
    byte[][] partial = new byte[memory.stores][];
    byte[] last = before;
    for (int i = 0; i < partial.length; i++) {
      last = last.clone();
      put(last, map.sramOffset(memory.addresses[i]), 4, memory.values[i]);
      partial[i] = last;
    }
    return partial;
  }

  /** A whole call in Thread mode, with nothing in between. */
  int call(int function, int... arguments) {
    long key = 0;
    boolean known = remembers && arguments.length <= 1;
    if (known) {
      key = key(function, arguments.length == 0 ? 0 : arguments[0], false);
      CallMemory.Answer answer = calls.find(key);
      if (answer != null) {
        calls.apply(answer);
        return answer.result();
      }
      calls.begin();
    }
    begin(function, arguments);
    try {
      runTo(exit);
    } finally {
      calls.forget();
    }
    if (known) {
      calls.end(key, result());
    }
    return result();
  }

  private static long key(int function, int argument, boolean inHandler) {
    int place = (function << 1) | (inHandler ? 1 : 0);
    return ((long) place << 32) | Integer.toUnsignedLong(argument);
  }

  /** Executes up to an address of the host's. */
  void runTo(int address) {
    CoreState core = interpreter.core();
    int budget = LONGEST_CALL;
    while (core.pc() != address) {
      step();
      if (--budget == 0) {
        throw new Broken("a call does not end");
      }
    }
  }

  /** Takes an interrupt here and stands at the beginning of its handler. */
  void enterHandler() {
    enter(FIRST);
    handlerSp = interpreter.core().sp();
    handlerReturn = interpreter.core().lr();
  }

  /** The same of a more urgent one, in the handler of the first. */
  void enterSecond() {
    enter(SECOND);
  }

  private void enter(int exception) {
    memory.stores = 0;
    interpreter.system().request(exception);
    StepResult result = interpreter.step();
    if (!(result instanceof StepResult.Entered) || interpreter.core().pc() != handler) {
      throw new Broken("instead of a handler: " + result);
    }
  }

  /** Stands before the first instruction of a call by the first handler. */
  void beginInHandler(int function, int argument) {
    CoreState core = interpreter.core();
    core.setRegister(0, argument);
    core.setLr(back | 1);
    core.setPc(function);
  }

  /** Whether the call by a handler has returned. */
  boolean atBack() {
    return interpreter.core().pc() == back;
  }

  /** What the call by the first handler that has returned answered. */
  int endInHandler() {
    CoreState core = interpreter.core();
    if (core.sp() != handlerSp || core.primask()) {
      throw new Broken("SP or PRIMASK is changed in the handler");
    }
    core.setLr(handlerReturn);
    return core.register(0);
  }

  /** A whole call by a handler, with nothing in between. */
  int callInHandler(int function, int argument) {
    long key = key(function, argument, true);
    if (remembers) {
      CallMemory.Answer answer = calls.find(key);
      if (answer != null) {
        calls.apply(answer);
        return answer.result();
      }
      calls.begin();
    }
    CoreState core = interpreter.core();
    int sp = core.sp();
    int exceptionReturn = core.lr();
    core.setRegister(0, argument);
    core.setLr(back | 1);
    core.setPc(function);
    try {
      runTo(back);
    } finally {
      calls.forget();
    }
    if (core.sp() != sp || core.primask()) {
      throw new Broken("SP or PRIMASK is changed in the handler");
    }
    core.setLr(exceptionReturn);
    if (remembers) {
      calls.end(key, core.register(0));
    }
    return core.register(0);
  }

  /**
   * Returns from a handler to {@code interrupted}, all of whose registers and stack must be there.
   */
  void leaveHandler(Point interrupted) {
    interpreter.core().setPc(leave);
    step();
    StepResult result = interpreter.step();
    if (!(result instanceof StepResult.Returned)
        || !sameRegisters(interpreter.core(), interrupted.core)
        || !stackIs(interrupted.stack)) {
      throw new Broken("registers or stack are changed by the handler: " + result);
    }
  }

  /** Puts the exceptions back to none, after a run that broke in a handler or went elsewhere. */
  void abandonHandler() {
    reset();
    interpreter.core().set(start);
  }

  /** Puts the exceptions back to the first handler's after a run that broke in the second one. */
  void abandonSecond() {
    reset();
    interpreter.system().exceptions().activate(FIRST);
  }

  /** Instructions executed so far, in all runs. */
  long instructions() {
    return instructions;
  }

  /** The most cycles with interrupts masked: from CPSID to CPSIE, both included. */
  long longestMasked() {
    return longestMasked;
  }

  /** The address of the instruction with which that began. */
  int longestMaskedFrom() {
    return longestMaskedFrom;
  }
}
