/** {@code defrag-sim baseline} and its own commands. */
@NullMarked
package io.defragsim.command.baseline;

import org.jspecify.annotations.NullMarked;
