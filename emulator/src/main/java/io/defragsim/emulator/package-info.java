/** A Cortex-M0 that counts every cycle: the facade {@link io.defragsim.emulator.Mcu}. */
@NullMarked
package io.defragsim.emulator;

import org.jspecify.annotations.NullMarked;
