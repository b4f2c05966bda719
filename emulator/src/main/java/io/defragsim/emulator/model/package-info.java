/** What every part of the emulator speaks of: places, faults, registers, kinds of core. */
@NullMarked
package io.defragsim.emulator.model;

import org.jspecify.annotations.NullMarked;
