/**
 * What people and programs read of a run: {@linkplain io.defragsim.report.text text} and
 * {@linkplain io.defragsim.report.json JSON}. Nothing here runs anything, and nothing depends on
 * the machine, its clock or its locale.
 */
@NullMarked
package io.defragsim.report;

import org.jspecify.annotations.NullMarked;
