package io.defragsim.emulator.engine;

import io.defragsim.emulator.system.MemoryMap;
import java.util.Arrays;

/**
 * The code by which the host enters and leaves a called function. It runs on the engine's own core,
 * so it may use instructions that ARMv6-M lacks, and it is not counted.
 *
 * <p>Entering through code of the host's, instead of at the function itself, has two reasons: from
 * the second run on an engine announces the first block of a run twice, so that block must not be
 * the program's; and setting and checking 16 registers here costs nothing, while each access from
 * Java costs as much as dozens of instructions. The page holds no data, so the program can change
 * nothing in it.
 *
 * <p>No path through the page loops, whatever the registers are: the jump at the end of the entry
 * flips a bit of its target, so a program that jumps here comes out again after one pass.
 */
public final class HostPage {

  /** Entries by the number of arguments: each zeroes the argument registers not given. */
  static final int ENTRY_BYTES = 2;

  /** R12 holds the function's address, with the Thumb bit, XOR this. */
  public static final int TARGET_FLIP = 0x8000_0000;

  private static final int LR = 14;
  private static final int R1 = 1;
  private static final int R2 = 2;
  private static final int R12 = 12;

  private final byte[] code = new byte[MemoryMap.HOST_BYTES];
  private int length;

  private final long lastEntry;
  private final long exit;
  private final long exitEnd;
  private final long calm;
  private final long calmEnd;
  private final long sp;

  /**
   * Lays the page out.
   *
   * @param sp what SP is at the entry and must be at the return
   */
  public HostPage(long sp) {
    this.sp = sp;
    Arrays.fill(code, (byte) 0xDE); // 0xDEDE is UDF
    for (int argument = 0; argument < 4; argument++) {
      emit(0x2000 | argument << 8); // movs rN, #0
    }
    lastEntry = address();
    for (int register = 4; register <= 11; register++) {
      emit(0xF04F, replicated(register)); // mov.w rN, #0x0N0N0N0N
    }
    emitConstant(LR, (int) sp);
    emit(0x46F5); // mov sp, lr
    // At a word boundary, where a return waits least for flash: what calls is not the program's.
    int returnAddress = (length + 8 + 2 + 4 + 2 + 3) & ~3;
    emitConstant(LR, (int) (MemoryMap.HOST_PAGE + returnAddress) | 1);
    emit(0x45F6); // cmp lr, lr: flags with a defined value
    emit(0xF08C, 0x4C00); // eor.w r12, r12, #0x80000000
    emit(0x4760); // bx r12
    length = returnAddress;

    exit = address();
    // R12 collects every difference, those of CONTROL and PRIMASK from 0 included; each of R4 to
    // R11
    // holds its own.
    for (int register = 4; register <= 11; register++) {
      emit(0xF080 | register, replicated(register)); // eor.w rN, rN, #0x0N0N0N0N
    }
    emitConstant(R1, (int) sp);
    emit(0x466A); // mov r2, sp
    emit(0xEA80 | R2, R12 << 8 | R1); // eor.w r12, r2, r1
    for (int register = 4; register <= 11; register++) {
      emitOrIntoR12(register);
    }
    emit(0xF3EF, 0x8114); // mrs r1, control
    emit(0xF3EF, 0x8210); // mrs r2, primask
    emitOrIntoR12(R1);
    emitOrIntoR12(R2);
    exitEnd = address();
    emit(0xDEDE);

    calm = address();
    emit(0xB662); // cpsie i
    calmEnd = address();
    emit(0xDEDE);
  }

  /** The value of R4 to R11 at the entry of a call: the register's number in each byte. */
  static int preserved(int register) {
    return register * 0x0101_0101;
  }

  public byte[] code() {
    return code.clone();
  }

  /** The entry for a call with so many arguments. */
  public long entry(int arguments) {
    return MemoryMap.HOST_PAGE + (long) arguments * ENTRY_BYTES;
  }

  /** The entry for four arguments, the highest. */
  public long lastEntry() {
    return lastEntry;
  }

  /** Where LR points. */
  public long exit() {
    return exit;
  }

  /** Behind the code at {@link #exit}: the run ends when it gets here. */
  public long exitEnd() {
    return exitEnd;
  }

  /** Code that sets PRIMASK to 0, which start-up code may have left otherwise. */
  public long calm() {
    return calm;
  }

  public long calmEnd() {
    return calmEnd;
  }

  /** The SP of calls. */
  public long sp() {
    return sp;
  }

  private long address() {
    return MemoryMap.HOST_PAGE + length;
  }

  private static int replicated(int register) {
    return 0x3000 | register << 8 | register;
  }

  private void emitOrIntoR12(int register) {
    emit(0xEA40 | R12, R12 << 8 | register); // orr.w r12, r12, rN
  }

  private void emitConstant(int register, int value) {
    emitMove(0xF240, register, value & 0xFFFF); // movw
    emitMove(0xF2C0, register, value >>> 16); // movt
  }

  private void emitMove(int opcode, int register, int half) {
    int imm4 = half >>> 12;
    int i = (half >>> 11) & 1;
    int imm3 = (half >>> 8) & 7;
    emit(opcode | i << 10 | imm4, imm3 << 12 | register << 8 | (half & 0xFF));
  }

  private void emit(int... halfwords) {
    for (int halfword : halfwords) {
      code[length++] = (byte) halfword;
      code[length++] = (byte) (halfword >>> 8);
    }
  }
}
