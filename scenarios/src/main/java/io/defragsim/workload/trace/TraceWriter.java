package io.defragsim.workload.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;

/** Writes a trace, line by line. Whoever writes keeps to the rules that the reader checks. */
public final class TraceWriter implements Closeable {
  private final Writer out;

  /** Onto {@code out}, which it closes. */
  public TraceWriter(Writer out) {
    this.out = out;
  }

  /** A line for people; of several lines each is one. */
  public void remark(String text) throws IOException {
    for (String line : text.split("\\R", -1)) {
      out.write("# " + line + "\n");
    }
  }

  /** The next line. */
  public void write(TraceLine line) throws IOException {
    out.write(line.text());
    out.write('\n');
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
