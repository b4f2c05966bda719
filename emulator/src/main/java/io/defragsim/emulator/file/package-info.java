/** Files that users name: from a name to a path, and from a path to bytes. */
@NullMarked
package io.defragsim.emulator.file;

import org.jspecify.annotations.NullMarked;
