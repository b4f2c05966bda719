/** How a scenario is written as JSON: its keys, and the reader and the writer that go by them. */
@NullMarked
package io.defragsim.scenario.format;

import org.jspecify.annotations.NullMarked;
