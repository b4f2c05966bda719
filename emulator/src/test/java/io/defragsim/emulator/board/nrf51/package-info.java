@NullMarked
package io.defragsim.emulator.board.nrf51;

import org.jspecify.annotations.NullMarked;
