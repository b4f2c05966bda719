/** The worst cases of an image: its static bounds, and the longest calls that a search finds. */
@NullMarked
package io.defragsim.lab.bounds;

import org.jspecify.annotations.NullMarked;
