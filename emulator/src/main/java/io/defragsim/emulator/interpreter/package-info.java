/**
 * An interpreter of ARMv6-M, written from the architecture's definition and kept simple: an oracle
 * for what is fast, and a stand-in for it where each instruction counts. It keeps nothing between
 * instructions but the architecture's own state.
 *
 * <p>Section numbers in this package are those of the ARMv6-M Architecture Reference Manual, ARM
 * DDI 0419C.
 */
@NullMarked
package io.defragsim.emulator.interpreter;

import org.jspecify.annotations.NullMarked;
