/** One door for every report: a result goes in, a format comes out. */
@NullMarked
package io.defragsim.report.format;

import org.jspecify.annotations.NullMarked;
