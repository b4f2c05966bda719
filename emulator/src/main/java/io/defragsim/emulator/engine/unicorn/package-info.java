/** The engine on the Unicorn library. No other package knows that library. */
@NullMarked
package io.defragsim.emulator.engine.unicorn;

import org.jspecify.annotations.NullMarked;
