/**
 * What the values of a JSON file are, said once: the reader of a kind of file and its JSON Schema
 * are both made of it.
 */
@NullMarked
package io.defragsim.scenario.schema;

import org.jspecify.annotations.NullMarked;
