/** How fast an image is, and how long its stalls are, on heaps that no constant was picked on. */
@NullMarked
package io.defragsim.lab.judging;

import org.jspecify.annotations.NullMarked;
