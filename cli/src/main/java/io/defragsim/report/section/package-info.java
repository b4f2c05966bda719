/**
 * What there is to report, a section a subject: made of results, written once, and the same in
 * every format.
 */
@NullMarked
package io.defragsim.report.section;

import org.jspecify.annotations.NullMarked;
