@NullMarked
package io.defragsim.lab.bounds;

import org.jspecify.annotations.NullMarked;
