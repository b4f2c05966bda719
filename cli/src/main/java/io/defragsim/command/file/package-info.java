/** The files that a command writes, and why it cannot. */
@NullMarked
package io.defragsim.command.file;

import org.jspecify.annotations.NullMarked;
