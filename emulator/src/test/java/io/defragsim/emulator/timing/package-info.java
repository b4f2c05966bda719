@NullMarked
package io.defragsim.emulator.timing;

import org.jspecify.annotations.NullMarked;
