/** Pictures of runs as SVG. */
@NullMarked
package io.defragsim.report.svg;

import org.jspecify.annotations.NullMarked;
