/**
 * Worst-case cycles of a function from its machine code: the longest way through it, with loops as
 * often as their {@link io.defragsim.emulator.image.LoopBound}s allow.
 */
@NullMarked
package io.defragsim.emulator.bound;

import org.jspecify.annotations.NullMarked;
