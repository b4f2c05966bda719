/** Speed of whole runs. Host times: nothing here is part of a result. */
@NullMarked
package io.defragsim.lab.bench;

import org.jspecify.annotations.NullMarked;
