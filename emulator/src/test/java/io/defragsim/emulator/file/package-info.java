@NullMarked
package io.defragsim.emulator.file;

import org.jspecify.annotations.NullMarked;
