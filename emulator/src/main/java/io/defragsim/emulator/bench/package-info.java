/** How fast the emulator is on this machine. */
@NullMarked
package io.defragsim.emulator.bench;

import org.jspecify.annotations.NullMarked;
