/** Texts of anybody in documents for programs: made printable, and then escaped. */
@NullMarked
package io.defragsim.report.markup;

import org.jspecify.annotations.NullMarked;
