/**
 * An allocator image on its part: what the image contract demands of it, its functions as calls
 * that count, and looks at its heap that do not.
 */
@NullMarked
package io.defragsim.lab.image;

import org.jspecify.annotations.NullMarked;
