/**
 * What is said of a run, once: numbers with their units, endings, verdicts, comparisons, what was
 * refused and what compaction did. Every report and the module for JUnit take their words from
 * here. A space between a number and its unit is {@link io.defragsim.lab.words.Numbers#GLUE}, which
 * a format that breaks no lines writes as a space.
 */
@NullMarked
package io.defragsim.lab.words;

import org.jspecify.annotations.NullMarked;
