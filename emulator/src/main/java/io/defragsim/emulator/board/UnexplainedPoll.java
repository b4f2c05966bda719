package io.defragsim.emulator.board;

/**
 * A program reads a register again and again, and nothing will change it.
 *
 * @param register its name, or that of its peripheral and its offset, and its address
 * @param address of the register
 * @param block the name of the peripheral that it is in
 * @param value what it gives each time
 * @param pc of the instruction that reads
 * @param reads how often
 * @param known whether some rule has to do with the register
 */
public record UnexplainedPoll(
    String register, long address, String block, int value, long pc, int reads, boolean known) {}
