/** A run as a page to look at. */
@NullMarked
package io.defragsim.report.html;

import org.jspecify.annotations.NullMarked;
