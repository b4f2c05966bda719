/** What a run was before, and what has become better or worse since. */
@NullMarked
package io.defragsim.lab.baseline;

import org.jspecify.annotations.NullMarked;
