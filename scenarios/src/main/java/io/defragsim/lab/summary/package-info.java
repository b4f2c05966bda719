/** A recording summed up: generators whose operations are like those that were recorded. */
@NullMarked
package io.defragsim.lab.summary;

import org.jspecify.annotations.NullMarked;
