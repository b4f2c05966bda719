/**
 * What a run gives: plain values, without knowledge of how it is run. Cycles are emulated core
 * cycles, sizes are bytes, ratios are parts per million; an operation's index counts from 0.
 */
@NullMarked
package io.defragsim.lab.result;

import org.jspecify.annotations.NullMarked;
