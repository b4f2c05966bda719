@NullMarked
package io.defragsim.emulator;

import org.jspecify.annotations.NullMarked;
