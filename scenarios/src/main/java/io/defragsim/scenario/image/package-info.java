/** The allocator images that come with defrag-sim, and the sources that an image was built from. */
@NullMarked
package io.defragsim.scenario.image;

import org.jspecify.annotations.NullMarked;
