/**
 * What stands around the core on a part and its board: peripherals that are modelled, registers
 * that remember, rules for single bits, a serial line, and the ledger of what a run rested on.
 * {@link io.defragsim.emulator.board.Peripheral} is for whoever adds a model.
 */
@NullMarked
package io.defragsim.emulator.board;

import org.jspecify.annotations.NullMarked;
