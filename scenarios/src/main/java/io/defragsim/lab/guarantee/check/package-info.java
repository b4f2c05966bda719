/**
 * Plays programs within a contract on an image, and holds what they find against what is certified:
 * the one that needs all of the certified pool, and drivers that make a request wait for long. The
 * drivers know the constants of the proof, see the answers and {@code image_walk}, and go back to
 * states before.
 */
@NullMarked
package io.defragsim.lab.guarantee.check;

import org.jspecify.annotations.NullMarked;
