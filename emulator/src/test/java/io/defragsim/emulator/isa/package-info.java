@NullMarked
package io.defragsim.emulator.isa;

import org.jspecify.annotations.NullMarked;
