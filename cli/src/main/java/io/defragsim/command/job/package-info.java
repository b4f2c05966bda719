/** What commands do: they read inputs, run them, and write what came of it. */
@NullMarked
package io.defragsim.command.job;

import org.jspecify.annotations.NullMarked;
