@NullMarked
package io.defragsim.emulator.bound;

import org.jspecify.annotations.NullMarked;
