@NullMarked
package io.defragsim.emulator.exec;

import org.jspecify.annotations.NullMarked;
