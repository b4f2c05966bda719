/**
 * The CPU engine behind a seam: {@link io.defragsim.emulator.engine.Engine} says what the rest may
 * rely on, and {@code UnicornEngine} is the one class that knows the Unicorn library.
 */
@NullMarked
package io.defragsim.emulator.engine;

import org.jspecify.annotations.NullMarked;
