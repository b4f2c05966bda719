package io.defragsim.emulator.engine;

/**
 * Every register of a core between two instructions.
 *
 * @param pc the next instruction
 * @param flags N, Z, C and V in bits 31 to 28
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record CoreState(
    int[] registers, int msp, int psp, int lr, long pc, int flags, boolean primask, int control) {

  /** R0 to R12. */
  int general(int number) {
    return registers[number];
  }
}
