package io.defragsim.lab.guarantee;

import io.defragsim.emulator.McuConfig;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for.
 *
 * @param contract of the program, without contradictions
 * @param entries of the table of handles, at least the contract's blocks
 * @param pool bytes of the program's pool without its table, a multiple of a granule; null: the
 *     certified one
 * @param budget of a step, in bytes
 * @param resizes whether resizes are among the other calls, and may be what waits
 * @param calls other calls of the program, and of its handlers, between two steps
 * @param larger requests of at least the same size that are granted while one waits
 * @param part whose core and clock count
 */
public record Question(
    ProgramContract contract,
    int entries,
    @Nullable Long pool,
    int budget,
    boolean resizes,
    int calls,
    int larger,
    McuConfig part) {}
