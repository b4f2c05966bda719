/** A run as a picture by itself. */
@NullMarked
package io.defragsim.report.svg;

import org.jspecify.annotations.NullMarked;
