/** The scenario language: what a scenario says, and the reader of its JSON. */
@NullMarked
package io.defragsim.scenario;

import org.jspecify.annotations.NullMarked;
