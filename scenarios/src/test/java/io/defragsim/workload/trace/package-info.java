@NullMarked
package io.defragsim.workload.trace;

import org.jspecify.annotations.NullMarked;
