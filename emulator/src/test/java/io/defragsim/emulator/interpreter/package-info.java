@NullMarked
package io.defragsim.emulator.interpreter;

import org.jspecify.annotations.NullMarked;
