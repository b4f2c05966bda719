/**
 * Runs any program for a Cortex-M0 from reset to its end, on the interpreter: every instruction is
 * checked, every access, and interrupts arrive at their cycle. Prints nothing.
 */
@NullMarked
package io.defragsim.emulator.exec;

import org.jspecify.annotations.NullMarked;
