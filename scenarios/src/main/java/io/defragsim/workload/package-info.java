/**
 * What a scenario asks of an allocator: the {@linkplain io.defragsim.workload.Operation operations}
 * and where they come from.
 *
 * <p>A {@link io.defragsim.workload.Workload} is a value. What it plays depends on nothing but that
 * value, its seed included, and on the trace files that it names: never on what an allocator
 * answers, on the machine, or on the version of Java. All random arithmetic is on integers and is
 * specified in {@link io.defragsim.workload.SplitMix64}, {@link io.defragsim.workload.Variate} and
 * {@link io.defragsim.workload.Generator}; changing any of it changes every committed result, so it
 * does not change.
 */
@NullMarked
package io.defragsim.workload;

import org.jspecify.annotations.NullMarked;
