@NullMarked
package io.defragsim.lab.fit;

import org.jspecify.annotations.NullMarked;
