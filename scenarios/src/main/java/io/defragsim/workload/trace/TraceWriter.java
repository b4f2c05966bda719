package io.defragsim.workload.trace;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

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
    out.write(text(line));
    out.write('\n');
  }

  private static String text(TraceLine line) {
    if (line instanceof TraceLine.Allocated a) {
      return "a "
          + a.id()
          + " "
          + a.bytes()
          + (a.align() > 8 ? " align=" + a.align() : "")
          + stack(a.stack());
    } else if (line instanceof TraceLine.Resized r) {
      return "r " + r.id() + " " + r.bytes() + stack(r.stack());
    } else if (line instanceof TraceLine.Freed f) {
      return "f " + f.id();
    } else if (line instanceof TraceLine.Refused x) {
      return "x " + x.bytes() + stack(x.stack());
    } else if (line instanceof TraceLine.Locked l) {
      return "l " + l.id();
    } else if (line instanceof TraceLine.Unlocked u) {
      return "u " + u.id();
    } else if (line instanceof TraceLine.Waited w) {
      return "w " + w.cycles();
    } else if (line instanceof TraceLine.Phase p) {
      return "p " + p.name();
    }
    TraceLine.Frame s = (TraceLine.Frame) line;
    return String.format(
        Locale.ROOT, "s %d %d\t%s\t%s", s.number(), s.parent(), s.function(), s.place());
  }

  private static String stack(int number) {
    return number == TraceLine.NO_STACK ? "" : " @" + number;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
