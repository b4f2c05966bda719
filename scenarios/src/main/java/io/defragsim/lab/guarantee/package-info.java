/**
 * What can be certified of an allocator before it runs: how much memory it needs for what a program
 * promises, and how long a refused request waits. The proofs, the words and the letters of the
 * formulas are those of {@code docs/design/guarantee.md} and {@code docs/design/waiting.md}.
 */
@NullMarked
package io.defragsim.lab.guarantee;

import org.jspecify.annotations.NullMarked;
