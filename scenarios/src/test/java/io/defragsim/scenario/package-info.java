@NullMarked
package io.defragsim.scenario;

import org.jspecify.annotations.NullMarked;
