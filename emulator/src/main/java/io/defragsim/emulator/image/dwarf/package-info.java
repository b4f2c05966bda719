/** Source lines of addresses, from the debug information of a file (DWARF, versions 2 to 5). */
@NullMarked
package io.defragsim.emulator.image.dwarf;

import org.jspecify.annotations.NullMarked;
