/**
 * The streams of the process. Nothing else writes to them, so that whatever goes out passes {@link
 * io.defragsim.console.PrintableWriter}.
 */
@NullMarked
package io.defragsim.console;

import org.jspecify.annotations.NullMarked;
