package io.defragsim.emulator.system;

import java.util.Locale;

/**
 * How the core enters a handler and comes back: the stack frame, the registers and EXC_RETURN (ARM
 * DDI 0419C, B1.5.6 to B1.5.8). STKALIGN is always 1, so frames are 8-aligned and bit 9 of the
 * stacked xPSR tells whether a word was skipped.
 */
public final class ExceptionFlow {
  /** Return to Handler mode, on the main stack. */
  public static final int RETURN_TO_HANDLER = 0xFFFF_FFF1;

  /** Return to Thread mode, on the main stack. */
  public static final int RETURN_TO_THREAD_MAIN = 0xFFFF_FFF9;

  /** Return to Thread mode, on the process stack. */
  public static final int RETURN_TO_THREAD_PROCESS = 0xFFFF_FFFD;

  private static final int FRAME_BYTES = 0x20;
  private static final int SKIPPED_WORD = 1 << 9;

  private final CoreState core;
  private final CoreSystem system;
  private final Memory memory;

  /**
   * @param memory without the system control space, which holds neither stacks nor vectors
   */
  public ExceptionFlow(CoreState core, CoreSystem system, Memory memory) {
    this.core = core;
    this.system = system;
    this.memory = memory;
  }

  /** Where an exception puts its frame when the current SP is {@code sp}. */
  public static int frameBelow(int sp) {
    return (sp - FRAME_BYTES) & ~4;
  }

  /**
   * Stacks the frame, and sets LR to the matching EXC_RETURN. The current SP has moved also if the
   * frame could not be written.
   *
   * @throws AccessFault if a word of it could not be written
   */
  public void stack() throws AccessFault {
    int sp = core.sp();
    int frame = frameBelow(sp);
    int xpsr = core.xpsr() | ((sp & 4) != 0 ? SKIPPED_WORD : 0);
    int[] words = {
      core.register(0),
      core.register(1),
      core.register(2),
      core.register(3),
      core.register(12),
      core.lr(),
      core.pc(),
      xpsr
    };
    core.setSp(frame);
    core.setLr(
        core.handlerMode()
            ? RETURN_TO_HANDLER
            : core.usesProcessStack() ? RETURN_TO_THREAD_PROCESS : RETURN_TO_THREAD_MAIN);
    for (int i = 0; i < words.length; i++) {
      memory.write((frame & 0xFFFF_FFFFL) + 4L * i, 4, words[i]);
    }
  }

  /**
   * Where the handler of an exception begins, with the Thumb bit.
   *
   * @throws AccessFault if the vector could not be read
   */
  public int vector(int exception) throws AccessFault {
    return memory.read(vectorAddress(exception), 4);
  }

  /** Where the vector of an exception stands. */
  public long vectorAddress(int exception) {
    return Integer.toUnsignedLong(system.vectorTable() + 4 * exception);
  }

  /** Makes {@code exception} active and goes to its handler. The frame is stacked already. */
  public void enter(int exception, int vector) {
    system.exceptions().activate(exception);
    core.setIpsr(exception);
    core.setProcessStack(false);
    core.setPc(vector);
    core.setThumb((vector & 1) != 0);
    system.setEventRegister(true);
  }

  /** Whether a branch to {@code address} by BX or POP is an exception return. */
  public boolean isReturn(int address) {
    return core.handlerMode() && address >>> 28 == 0xF;
  }

  /**
   * Why {@code excReturn} is unpredictable here, to be read after "an exception return"; empty if
   * it is not.
   */
  public String refusal(int excReturn) {
    int nested = system.exceptions().activeCount();
    int handled = core.ipsr(); // a frame may have had any number
    if (!ExceptionNumber.exists(handled) || !system.exceptions().isActive(handled)) {
      return "from " + ExceptionNumber.name(handled) + ", which is not active";
    }
    return switch (excReturn) {
      case RETURN_TO_HANDLER -> nested == 1 ? "to Handler mode with no other handler active" : "";
      case RETURN_TO_THREAD_MAIN, RETURN_TO_THREAD_PROCESS ->
          nested == 1 ? "" : "to Thread mode with another handler active";
      default -> String.format(Locale.ROOT, "with 0x%08x", excReturn);
    };
  }

  /** The handler that runs is over; what was stacked is still there. */
  public void leave() {
    system.exceptions().deactivate(core.ipsr());
    system.setEventRegister(true);
  }

  /**
   * Unstacks the frame that {@code excReturn} names, one for which {@link #refusal} is empty, and
   * goes back.
   *
   * @throws AccessFault if a word of it could not be read; then registers are as before
   */
  public void unstack(int excReturn) throws AccessFault {
    boolean process = excReturn == RETURN_TO_THREAD_PROCESS;
    int frame = process ? core.psp() : core.msp();
    int[] words = new int[8];
    for (int i = 0; i < words.length; i++) {
      words[i] = memory.read((frame + 4L * i) & 0xFFFF_FFFFL, 4);
    }
    for (int i = 0; i < 4; i++) {
      core.setRegister(i, words[i]);
    }
    core.setRegister(12, words[4]);
    core.setLr(words[5]);
    core.setPc(words[6]);
    int sp = (frame + FRAME_BYTES) | ((words[7] & SKIPPED_WORD) != 0 ? 4 : 0);
    if (process) {
      core.setPsp(sp);
    } else {
      core.setMsp(sp);
    }
    core.setXpsr(words[7]);
    core.setProcessStack(process);
  }

  /**
   * Why the frame just unstacked is unpredictable, to be read after "an exception return"; empty if
   * it is not: the exception number in it must fit the mode (B1.5.8).
   */
  public String frameRefusal(int excReturn) {
    boolean toHandler = excReturn == RETURN_TO_HANDLER;
    if (toHandler == core.handlerMode()) {
      return "";
    }
    return toHandler
        ? "to Handler mode with exception number 0 in the frame"
        : "to Thread mode with exception number " + core.ipsr() + " in the frame";
  }
}
