@NullMarked
package io.defragsim.scenario.board;

import org.jspecify.annotations.NullMarked;
