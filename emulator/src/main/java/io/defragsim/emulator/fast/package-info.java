/**
 * Stretches of plain instructions, carried out many times as fast as the interpreter steps through
 * them: {@link io.defragsim.emulator.fast.FastCore}. Nothing here is a second description of an
 * instruction's encoding or its cycles, and nothing here decides what is a fault.
 */
@NullMarked
package io.defragsim.emulator.fast;

import org.jspecify.annotations.NullMarked;
