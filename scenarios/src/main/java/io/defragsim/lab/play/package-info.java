/** Playing operations on an image one by one, going back, and what was played as a scenario. */
@NullMarked
package io.defragsim.lab.play;

import org.jspecify.annotations.NullMarked;
