package io.defragsim.workload.trace;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * The lines of a text, gzip or not, as bytes: one after the other in one buffer, so that neither a
 * long file nor a long line takes memory.
 */
final class LineInput implements Closeable {
  /** The most bytes of a line. */
  static final int LONGEST = 1 << 16;

  /** As long as what archives begin with. */
  private static final int BEGINNING = 4;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private static final int DELETE = 0x7f;

  private final InputStream file;
  private InputStream text;
  private final byte[] buffer = new byte[4 * LONGEST];
  private int limit;
  private byte[] beginning = new byte[0];

  private int start;
  private int end;
  private int next;
  private int control;
  private boolean ascii;
  private boolean ended;

  LineInput(InputStream file) {
    this.file = file;
    this.text = file;
  }

  /** Looks at the beginning of the file; unpacks it if it is gzip. To be called once, first. */
  void begin() throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(file, LONGEST);
    buffered.mark(BEGINNING);
    beginning = buffered.readNBytes(BEGINNING);
    buffered.reset();
    text = beginsWith(0x1f, 0x8b) ? new GZIPInputStream(buffered, LONGEST) : buffered;
    boolean more = true;
    while (more && limit < BYTE_ORDER_MARK.length) {
      more = fill();
    }
    // Editors on Windows begin UTF-8 files with a byte order mark; it says nothing.
    next =
        Arrays.mismatch(buffer, BYTE_ORDER_MARK) == BYTE_ORDER_MARK.length
            ? BYTE_ORDER_MARK.length
            : 0;
  }

  /** Whether the file, as it is on disk, begins with these bytes. */
  boolean beginsWith(int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (i >= beginning.length || (beginning[i] & 0xff) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** Goes to the next line. Gives false at the end of the text. */
  boolean next() throws IOException {
    start = next;
    control = -1;
    ascii = true;
    int at = start;
    while (true) {
      at = scan(at);
      if (at < limit) {
        finish(at, at + 1);
        return true;
      }
      if (at - start > LONGEST) {
        end = at;
        skipLine();
        return true;
      }
      at -= start;
      end = limit; // what there is of the line, should the rest be damaged
      if (!fill()) {
        ended = true;
        finish(limit, limit);
        return end > start;
      }
    }
  }

  /** The index of the next line end, or the limit. Notes what kinds of bytes come before it. */
  private int scan(int from) {
    byte[] bytes = buffer;
    int most = limit;
    for (int at = from; at < most; at++) {
      byte b = bytes[at];
      if (b < ' ' || b == DELETE) {
        if (b == '\n') {
          return at;
        }
        if (b < 0) {
          ascii = false;
        } else if (b != '\t' && control < 0) {
          control = at - start;
        }
      }
    }
    return most;
  }

  private void finish(int lineEnd, int nextLine) {
    end = lineEnd;
    next = nextLine;
    if (control == end - 1 - start && end > start && buffer[end - 1] == '\r') {
      control = -1;
      end--;
    }
  }

  /** What comes up to the next line end is not kept. */
  private void skipLine() throws IOException {
    while (true) {
      start = limit; // nothing is kept
      end = limit;
      if (!fill()) {
        ended = true;
        next = limit;
        break;
      }
      int at = scan(0);
      if (at < limit) {
        next = at + 1;
        break;
      }
    }
    start = 0;
    end = LONGEST + 1;
  }

  /** Moves the line that has begun to the front and reads behind it; false at the end. */
  private boolean fill() throws IOException {
    System.arraycopy(buffer, start, buffer, 0, limit - start);
    limit -= start;
    end -= start;
    start = 0;
    int read = text.read(buffer, limit, buffer.length - limit);
    limit += Math.max(0, read);
    return read > 0;
  }

  byte[] bytes() {
    return buffer;
  }

  /** The index of the line's first byte. */
  int start() {
    return start;
  }

  /** The index behind the line's last byte; its line end is no part of it. */
  int end() {
    return end;
  }

  boolean isTooLong() {
    return end - start > LONGEST;
  }

  boolean isAscii() {
    return ascii;
  }

  /** The index of the line's first control character that is no tab; -1 for none. */
  int control() {
    return control < 0 ? -1 : start + control;
  }

  /** Whether the file ends with this line, without a line end. */
  boolean isWithoutEnd() {
    return ended;
  }

  @Override
  public void close() throws IOException {
    text.close();
    file.close();
  }
}
