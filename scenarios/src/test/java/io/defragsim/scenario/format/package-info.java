@NullMarked
package io.defragsim.scenario.format;

import org.jspecify.annotations.NullMarked;
