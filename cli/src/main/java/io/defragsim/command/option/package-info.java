/** The options that several commands have, and what is made of their values. */
@NullMarked
package io.defragsim.command.option;

import org.jspecify.annotations.NullMarked;
