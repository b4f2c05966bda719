/** Tests of recordings. */
@NullMarked
package io.defragsim.lab.recording;

import org.jspecify.annotations.NullMarked;
