@NullMarked
package io.defragsim.scenario.schema;

import org.jspecify.annotations.NullMarked;
