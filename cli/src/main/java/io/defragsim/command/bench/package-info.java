/** How long whole commands of this program take, and the report of {@code bench}. */
@NullMarked
package io.defragsim.command.bench;

import org.jspecify.annotations.NullMarked;
