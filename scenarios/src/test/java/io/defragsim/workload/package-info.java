@NullMarked
package io.defragsim.workload;

import org.jspecify.annotations.NullMarked;
