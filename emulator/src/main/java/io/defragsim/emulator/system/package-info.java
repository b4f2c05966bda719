/** What surrounds the core: the memory map. */
@NullMarked
package io.defragsim.emulator.system;

import org.jspecify.annotations.NullMarked;
