package io.defragsim.report.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.PrettyPrinter;
import java.io.IOException;
import java.util.BitSet;

/**
 * Indented for people and for comparison line by line, but with one event, sample, span or pair of
 * a distribution a line. Serves one document.
 */
final class Indentation implements PrettyPrinter {

  private final int deep;
  private final BitSet arrays = new BitSet();
  private int depth;
  private int oneLineFrom = Integer.MAX_VALUE;

  /**
   * @param deep how deep the first object is that stands on one line; the document itself is 1
   */
  Indentation(int deep) {
    this.deep = deep;
  }

  @Override
  public void writeRootValueSeparator(JsonGenerator out) throws IOException {
    out.writeRaw('\n');
  }

  @Override
  public void writeStartObject(JsonGenerator out) throws IOException {
    start(out, '{', depth + 1 >= deep);
    arrays.clear(depth);
  }

  @Override
  public void beforeObjectEntries(JsonGenerator out) throws IOException {
    newLine(out, "");
  }

  @Override
  public void writeObjectFieldValueSeparator(JsonGenerator out) throws IOException {
    out.writeRaw(": ");
  }

  @Override
  public void writeObjectEntrySeparator(JsonGenerator out) throws IOException {
    out.writeRaw(',');
    newLine(out, " ");
  }

  @Override
  public void writeEndObject(JsonGenerator out, int entries) throws IOException {
    end(out, '}', entries);
  }

  @Override
  public void writeStartArray(JsonGenerator out) throws IOException {
    start(out, '[', arrays.get(depth));
    arrays.set(depth);
  }

  @Override
  public void beforeArrayValues(JsonGenerator out) throws IOException {
    newLine(out, "");
  }

  @Override
  public void writeArrayValueSeparator(JsonGenerator out) throws IOException {
    out.writeRaw(',');
    newLine(out, " ");
  }

  @Override
  public void writeEndArray(JsonGenerator out, int values) throws IOException {
    end(out, ']', values);
  }

  private void start(JsonGenerator out, char bracket, boolean oneLine) throws IOException {
    out.writeRaw(bracket);
    depth++;
    if (oneLine) {
      oneLineFrom = Math.min(oneLineFrom, depth);
    }
  }

  private void end(JsonGenerator out, char bracket, int entries) throws IOException {
    boolean oneLine = depth >= oneLineFrom;
    depth--;
    if (depth < oneLineFrom) {
      oneLineFrom = Integer.MAX_VALUE;
    }
    if (!oneLine && entries > 0) {
      newLine(out, "");
    }
    out.writeRaw(bracket);
  }

  private void newLine(JsonGenerator out, String otherwise) throws IOException {
    if (depth >= oneLineFrom) {
      out.writeRaw(otherwise);
    } else {
      out.writeRaw('\n');
      out.writeRaw("  ".repeat(depth));
    }
  }
}
