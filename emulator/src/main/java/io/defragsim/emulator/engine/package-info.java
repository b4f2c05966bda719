/**
 * The CPU engine behind a seam: {@link io.defragsim.emulator.engine.Engine} says what the rest may
 * rely on. {@code InterpreterEngine} is the project's own; the other stands in {@code unicorn}.
 */
@NullMarked
package io.defragsim.emulator.engine;

import org.jspecify.annotations.NullMarked;
