/** Traces: what a real program asked of its heap, one operation a line. */
@NullMarked
package io.defragsim.workload.trace;

import org.jspecify.annotations.NullMarked;
