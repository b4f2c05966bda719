package io.defragsim.workload.trace;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Goes through the fields of a line. Blanks stand between them: spaces and tabs. */
final class LineCursor {
  /** So much of a field is quoted in a message. */
  private static final int QUOTED = 40;

  private final String file;
  private byte[] bytes = new byte[0];
  private int line;
  private int start;
  private int at;
  private int end;

  /** Where the field begins that was taken last. */
  private int field;

  private boolean cutOff;

  /**
   * @param file its name, for messages
   */
  LineCursor(String file) {
    this.file = file;
  }

  /** Goes to the beginning of the line that {@code in} stands at. */
  void goTo(LineInput in, int number) {
    bytes = in.bytes();
    line = number;
    start = in.start();
    at = start;
    field = start;
    end = in.end();
    cutOff = in.isWithoutEnd();
  }

  /** Whether nothing but blanks comes. */
  boolean isAtEnd() {
    while (at < end && isBlank(bytes[at])) {
      at++;
    }
    return at == end;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** The next byte that is no blank, which is left where it is; 0 at the end. */
  byte peek() {
    return isAtEnd() ? 0 : bytes[at];
  }

  /** The next field if it is a single byte; 0 for any other. */
  byte letter() {
    if (isAtEnd()) {
      return 0;
    }
    field = at;
    skipField();
    return at - field == 1 ? bytes[field] : 0;
  }

  private void skipField() {
    while (at < end && !isBlank(bytes[at])) {
      at++;
    }
  }

  /** Goes over {@code text} if the next field begins so. */
  boolean skip(String text) {
    if (isAtEnd() || end - at < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[at + i] != text.charAt(i)) {
        return false;
      }
    }
    at += text.length();
    return true;
  }

  /**
   * The next field, a whole number in decimal.
   *
   * @param what it is, as the grammar says it
   * @param grammar of the whole line
   */
  long number(String what, long least, long most, String grammar) throws TraceProblemException {
    if (isAtEnd()) {
      field = end;
      throw problem(what + " is missing: expected " + grammar);
    }
    return digits(what, least, most, grammar);
  }

  /** The same where the number has to begin at once, behind {@code @} say. */
  long digits(String what, long least, long most, String grammar) throws TraceProblemException {
    field = at;
    long value = 0;
    boolean large = false;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      large |= value > most;
      value = large ? value : value * 10 + bytes[at] - '0';
      at++;
    }
    if (at == field || (at < end && !isBlank(bytes[at]))) {
      skipField();
      throw problem(quoted() + " is no " + what + ", a whole number: expected " + grammar);
    }
    if (large || value < least || value > most) {
      throw problem(
          String.format(
              Locale.ROOT,
              "%s %s is out of range: expected %d to %d",
              what,
              new String(bytes, field, Math.min(at - field, QUOTED), StandardCharsets.US_ASCII),
              least,
              most));
    }
    return value;
  }

  /** A problem if a field is left. */
  void end(String grammar) throws TraceProblemException {
    if (!isAtEnd()) {
      field = at;
      skipField();
      throw problem(quoted() + " is too much: expected " + grammar);
    }
  }

  /** All that is left, without blanks around it; empty for nothing. */
  String rest() {
    if (isAtEnd()) {
      field = end;
      return "";
    }
    field = at;
    int last = end;
    while (isBlank(bytes[last - 1])) {
      last--;
    }
    at = end;
    return text(field, last);
  }

  /** What stands between the tab that comes now and the next one or the end; null without a tab. */
  @Nullable String column() {
    if (at == end || bytes[at] != '\t') {
      field = at;
      return null;
    }
    field = ++at;
    while (at < end && bytes[at] != '\t') {
      at++;
    }
    return text(field, at);
  }

  private String text(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** The field that was taken last, in quotes. */
  String quoted() {
    String text = text(field, at);
    return "\"" + (text.length() > QUOTED ? text.substring(0, QUOTED) + "..." : text) + "\"";
  }

  /** A problem unless the line is text in UTF-8. */
  void checkText() throws TraceProblemException {
    ByteBuffer in = ByteBuffer.wrap(bytes, start, end - start);
    CharBuffer out = CharBuffer.allocate(end - start);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      throw problemAt(
          in.position(),
          String.format(
              Locale.ROOT,
              "is not a text in UTF-8: the byte 0x%02x; save it as UTF-8",
              in.get(in.position())));
    }
  }

  /** A problem of the field that was taken last. */
  TraceProblemException problem(String message) {
    return problemAt(field, message);
  }

  /** A problem at the byte of that index. */
  TraceProblemException problemAt(int index, String message) {
    int columns = text(start, index).length();
    return new TraceProblemException(
        file,
        line,
        columns + 1,
        cutOff ? message + "; the file ends in this line: it may be cut off" : message);
  }
}
