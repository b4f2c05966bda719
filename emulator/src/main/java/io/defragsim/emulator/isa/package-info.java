/**
 * The ARMv6-M instruction set: a table ({@link io.defragsim.emulator.isa.Form}) and the decoder
 * derived from it ({@link io.defragsim.emulator.isa.Armv6m}).
 *
 * <p>Section numbers in this package are those of the ARMv6-M Architecture Reference Manual, ARM
 * DDI 0419C.
 */
@NullMarked
package io.defragsim.emulator.isa;

import org.jspecify.annotations.NullMarked;
