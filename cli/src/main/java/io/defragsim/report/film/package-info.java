/** A run as moments that can be gone through forwards and backwards. */
@NullMarked
package io.defragsim.report.film;

import org.jspecify.annotations.NullMarked;
