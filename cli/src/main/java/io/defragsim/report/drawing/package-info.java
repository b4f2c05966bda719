/** Charts and pictures of runs as SVG, for a picture by itself and for pages. */
@NullMarked
package io.defragsim.report.drawing;

import org.jspecify.annotations.NullMarked;
