/** The heap of a program, seen at the calls of its functions. */
@NullMarked
package io.defragsim.lab.heap;

import org.jspecify.annotations.NullMarked;
