package io.defragsim.workload.trace;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Writes a trace, line by line. Whoever writes keeps to the rules that the reader checks. */
public final class TraceWriter implements Closeable {
  private final Writer out;

  /** Onto {@code out}, which it closes. */
  public TraceWriter(Writer out) {
    this.out = out;
  }

  /**
   * Onto {@code out}, which it closes.
   *
   * @param packed whether as gzip
   */
  public static TraceWriter of(OutputStream out, boolean packed) throws IOException {
    OutputStream bytes = packed ? new GZIPOutputStream(out) : out;
    return new TraceWriter(
        new BufferedWriter(new OutputStreamWriter(bytes, StandardCharsets.UTF_8)));
  }

  /** Whether a trace is written as gzip into a file of that name. */
  public static boolean isPacked(String name) {
    return name.endsWith(".gz");
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
