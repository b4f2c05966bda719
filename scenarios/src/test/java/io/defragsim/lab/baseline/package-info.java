@NullMarked
package io.defragsim.lab.baseline;

import org.jspecify.annotations.NullMarked;
