@NullMarked
package io.defragsim.scenario.image;

import org.jspecify.annotations.NullMarked;
