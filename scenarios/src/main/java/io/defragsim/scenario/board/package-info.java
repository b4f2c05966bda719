/**
 * Files for boards and scripts: what stands around a core, and what is typed on its serial line.
 */
@NullMarked
package io.defragsim.scenario.board;

import org.jspecify.annotations.NullMarked;
