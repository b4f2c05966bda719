/**
 * Models of the peripherals of Nordic's nRF51 series. {@link
 * io.defragsim.emulator.board.nrf51.Nrf51Models} has their names.
 */
@NullMarked
package io.defragsim.emulator.board.nrf51;

import org.jspecify.annotations.NullMarked;
