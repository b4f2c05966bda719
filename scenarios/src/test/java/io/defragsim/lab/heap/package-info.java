@NullMarked
package io.defragsim.lab.heap;

import org.jspecify.annotations.NullMarked;
