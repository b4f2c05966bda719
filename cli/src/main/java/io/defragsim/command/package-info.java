/** The commands of {@code defrag-sim}, one class each, with no logic of their own. */
@NullMarked
package io.defragsim.command;

import org.jspecify.annotations.NullMarked;
