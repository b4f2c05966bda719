package io.defragsim.emulator.engine;

/**
 * The seam to what executes instructions: a core with its memory, which counts cycles.
 *
 * <p><b>Life.</b> A new engine has its memory filled and its core at rest. Its first run is either
 * {@link #start} or {@link #call}; after that only {@link #call} is allowed, and after any end but
 * {@link Stop.Returned} and {@link Stop.Breakpoint} no further run at all: memory can still be
 * read. Who wants to go on takes a fresh engine with the memory of an earlier time, or hands over.
 *
 * <p><b>Calls are self-contained.</b> Every core register has a defined value at the entry of a
 * call, whatever ran before: what a call does follows from its arguments, the SRAM and the event
 * register alone.
 *
 * <p><b>Determinism.</b> The same memory and the same runs give the same stops, cycles and memory,
 * on every engine and every host.
 *
 * <p><b>Threads.</b> An engine belongs to one thread at a time. Different engines may run on
 * different threads at once.
 *
 * <p><b>Not promised.</b> Whether an unaligned access faults, as on an ARMv6-M core, or is
 * performed; whether the program can read (not write) the host's page. Exceptions do not happen,
 * and nothing wakes a sleeping core.
 */
public interface Engine extends AutoCloseable {

  /**
   * Runs from {@code pc} with SP at {@code sp} and all other registers 0 but LR, which is
   * 0xFFFFFFFF, as after reset. Ends when the program does; it cannot return.
   *
   * @param pc without the Thumb bit
   * @param cycleBudget the run stops before the first instruction that starts with this many cycles
   *     counted; an engine that cannot do so in the middle of a block ends it in {@link
   *     Stop.Inexact}
   */
  Stop start(long sp, long pc, long cycleBudget);

  /**
   * Calls a function by the AAPCS: arguments in R0 to R3 (0 where there is none), SP at {@code sp},
   * LR in the host's page, MSP in use, PRIMASK 0.
   *
   * @param function without the Thumb bit
   * @param arguments up to 4
   * @param cycleBudget as in {@link #start}
   */
  Stop call(long sp, long function, int[] arguments, long cycleBudget);

  /**
   * All there is of a run that ended in {@link Stop.OutOfBudget}, for {@link
   * InterpreterEngine#takeOver}.
   */
  Handover handover();

  /** Reads SRAM. The range must lie in it. */
  byte[] readSram(long address, int length);

  /** Writes SRAM between runs; the range must lie in it. Not after the last run. */
  void writeSram(long address, byte[] bytes);

  /** Whether SEV has set the event register, which WFE consumes. */
  boolean eventRegister();

  void setEventRegister(boolean event);

  @Override
  void close();
}
