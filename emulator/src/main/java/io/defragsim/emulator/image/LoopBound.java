package io.defragsim.emulator.image;

/**
 * How often an instruction in a loop can run: a record of the ELF section {@value #SECTION}, four
 * words. The C side is {@code allocator-firmware/platform/loop_bound.h}.
 *
 * <p>It says: each time the innermost loop around {@code address} is entered, the instructions of
 * all records with this {@code id} in that loop run at most {@code count} times together, plus
 * {@code budget / bytesPer}, rounded up, if {@code bytesPer} is not 0. The budget is an argument of
 * the function that is called from outside, in bytes. Compilers copy loop bodies; the copies of one
 * place in the source have one id.
 *
 * @param address of the instruction, without the Thumb bit
 * @param id bits 31 to 16 tell the places in one source file apart, bits 15 to 0 are the line
 */
public record LoopBound(long address, long count, long bytesPer, long id) {
  /** The name of the ELF section. */
  public static final String SECTION = ".loop_bounds";

  static final int RECORD_BYTES = 16;

  /** The line in the source. */
  public int line() {
    return (int) (id & 0xFFFF);
  }

  /**
   * The most runs for a budget.
   *
   * @param budgetBytes at least 0
   */
  public long most(long budgetBytes) {
    return bytesPer == 0 ? count : count + (budgetBytes + bytesPer - 1) / bytesPer;
  }
}
