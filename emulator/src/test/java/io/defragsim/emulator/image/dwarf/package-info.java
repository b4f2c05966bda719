@NullMarked
package io.defragsim.emulator.image.dwarf;

import org.jspecify.annotations.NullMarked;
