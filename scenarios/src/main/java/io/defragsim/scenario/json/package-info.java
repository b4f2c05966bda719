/** From the bytes of a file to a tree whose every key and value knows its place. */
@NullMarked
package io.defragsim.scenario.json;

import org.jspecify.annotations.NullMarked;
