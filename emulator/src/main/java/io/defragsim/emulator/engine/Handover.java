package io.defragsim.emulator.engine;

import io.defragsim.emulator.system.CoreState;

/**
 * A run that stopped for its budget, to go on with on another engine.
 *
 * @param core the registers, PC at the next instruction
 * @param sram all of it
 * @param eventRegister whether it is set
 * @param inCall whether the run is a call, not a start
 * @param callSp SP at the entry of the call
 * @param cycles counted so far
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Handover(
    CoreState core, byte[] sram, boolean eventRegister, boolean inCall, long callSp, long cycles) {}
