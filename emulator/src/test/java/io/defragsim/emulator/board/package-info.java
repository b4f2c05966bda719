@NullMarked
package io.defragsim.emulator.board;

import org.jspecify.annotations.NullMarked;
