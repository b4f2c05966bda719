package io.defragsim.report.format;

import java.io.IOException;
import java.io.Writer;

/**
 * A format of a report.
 *
 * @param <R> what is reported
 */
@FunctionalInterface
public interface Format<R> {

  /** Writes all of {@code result} and closes nothing; the same text for the same result. */
  void write(R result, Writer out) throws IOException;
}
