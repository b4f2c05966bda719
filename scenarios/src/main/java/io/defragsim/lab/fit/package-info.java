/** The smallest pool that serves a workload, and what it is held against. */
@NullMarked
package io.defragsim.lab.fit;

import org.jspecify.annotations.NullMarked;
