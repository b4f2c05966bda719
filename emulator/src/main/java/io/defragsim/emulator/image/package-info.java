/** Firmware images: what an ELF file holds of interest to a Cortex-M0. */
@NullMarked
package io.defragsim.emulator.image;

import org.jspecify.annotations.NullMarked;
