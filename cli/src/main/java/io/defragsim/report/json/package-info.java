/**
 * The reports for programs: {@link io.defragsim.report.json.JsonReport} and {@link
 * io.defragsim.report.json.JsonExecution}, version 1. Their JSON Schemas are made from these
 * records and lie beside them as {@code report.schema.json} and {@code execution.schema.json}.
 *
 * <p>All keys are always there, in the order of the records, null where a run gives nothing. All
 * numbers are integers: cycles, bytes, counts, parts per million; addresses and registers unsigned.
 * Operations count from 0; -1 is before the first. Nothing depends on the machine or on the time.
 */
@NullMarked
package io.defragsim.report.json;

import org.jspecify.annotations.NullMarked;
