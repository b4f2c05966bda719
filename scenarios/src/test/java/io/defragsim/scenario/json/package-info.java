@NullMarked
package io.defragsim.scenario.json;

import org.jspecify.annotations.NullMarked;
