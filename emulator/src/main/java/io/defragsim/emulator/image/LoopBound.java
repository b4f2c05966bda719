package io.defragsim.emulator.image;

/**
 * How often an instruction in a loop can run: a record of four words in an ELF section {@value
 * #SECTION}, or {@code .loop_bounds.FILE} if the compiler tells the source file's name. The C side
 * is {@code allocator-firmware/platform/loop_bound.h}.
 *
 * <p>It says: each time the innermost loop around {@code address} is entered, the instructions of
 * all records with this {@code id} and {@code file} in that loop run at most {@code count} times
 * together, plus {@code budget / bytesPer}, rounded up, if {@code bytesPer} is not 0. The budget is
 * an argument of the function that is called from outside, in bytes. Compilers copy loop bodies;
 * the copies of one place in the source have one id.
 *
 * @param address of the instruction, without the Thumb bit
 * @param id bits 31 to 16 tell the places in one source file apart, bits 15 to 0 are the line
 * @param file the name of the source file, without its folder; empty if it is not known
 */
public record LoopBound(long address, long count, long bytesPer, long id, String file) {
  /** What the name of the ELF section is or begins with. */
  public static final String SECTION = ".loop_bounds";

  static final int RECORD_BYTES = 16;

  /** The line in the source. */
  public int line() {
    return (int) (id & 0xFFFF);
  }

  /** Where it stands in the source, as {@code heap.h:38} or, without a file, {@code line 38}. */
  public String place() {
    return file.isEmpty() ? "line " + line() : file + ":" + line();
  }

  /** Whether both are copies of one place in the source. */
  public boolean isOfOnePlaceWith(LoopBound other) {
    return id == other.id && file.equals(other.file);
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
