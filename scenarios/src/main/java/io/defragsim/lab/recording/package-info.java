/**
 * A run as it happens: what the program asks for, each call of the image, and the heap in between.
 * For pictures, stories and films; what is measured is in {@link io.defragsim.lab.result}.
 */
@NullMarked
package io.defragsim.lab.recording;

import org.jspecify.annotations.NullMarked;
