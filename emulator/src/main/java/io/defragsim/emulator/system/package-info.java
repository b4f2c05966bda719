/**
 * What surrounds the core, whoever executes its instructions: memory, registers, exceptions and
 * their priorities, SysTick, the system control space.
 *
 * <p>Section numbers in this package are those of the ARMv6-M Architecture Reference Manual, ARM
 * DDI 0419C.
 */
@NullMarked
package io.defragsim.emulator.system;

import org.jspecify.annotations.NullMarked;
