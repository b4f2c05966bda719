/** Follows the calls of a program that runs: stacks by thread, and calls of chosen functions. */
@NullMarked
package io.defragsim.emulator.calls;

import org.jspecify.annotations.NullMarked;
