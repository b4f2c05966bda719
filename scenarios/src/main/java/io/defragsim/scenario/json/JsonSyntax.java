package io.defragsim.scenario.json;

import com.fasterxml.jackson.core.StreamReadConstraints;
import io.defragsim.words.Printable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds where a text stops being JSON (RFC 8259), and says it in words for people. The library that
 * reads JSON knows that there is a mistake; its messages are for programmers.
 */
public final class JsonSyntax {

  /** Deeper than any of our files; a reader's own stack is limited. */
  private static final int DEEPEST = 64;

  /** Longer than any number of ours. */
  private static final int LONGEST_NUMBER = 1000;

  /** The same for Jackson's readers. */
  public static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder()
          .maxNestingDepth(DEEPEST)
          .maxNumberLength(LONGEST_NUMBER)
          .build();

  private static final int LONGEST_QUOTE = 40;

  private final String text;
  private final boolean relaxed;
  private final String file;
  private int at;
  private int depth;

  private JsonSyntax(String text, boolean relaxed, String file) {
    this.text = text;
    this.relaxed = relaxed;
    this.file = file;
  }

  /** Checks JSON with comments and trailing commas allowed; a key given twice is not looked for. */
  static void checkRelaxed(String text, String file) throws NotJsonException {
    new JsonSyntax(text, true, file).check();
  }

  /**
   * Checks JSON in which no key is given twice.
   *
   * @param file what the text is, with its article: "a baseline"
   */
  public static void checkStrict(String text, String file) throws NotJsonException {
    new JsonSyntax(text, false, file).check();
  }

  private void check() throws NotJsonException {
    space();
    if (at == text.length()) {
      throw new NotJsonException(1, 1, "the file is empty; expected an object: { ... }");
    }
    value();
    space();
    if (at < text.length()) {
      char c = text.charAt(at);
      throw mistake(
          at,
          c == '}' || c == ']'
              ? "this " + c + " closes nothing"
              : "the file goes on after the end of " + file);
    }
  }

  private void value() throws NotJsonException {
    if (at == text.length()) {
      throw mistake(at, "the file ends where a value is missing");
    }
    char c = text.charAt(at);
    if (c == '{' || c == '[') {
      if (++depth > DEEPEST) {
        throw mistake(at, "nested more than " + DEEPEST + " deep");
      }
      if (c == '{') {
        object();
      } else {
        array();
      }
      depth--;
    } else if (c == '"') {
      string();
    } else if (c == '-' || isDigit(c)) {
      number();
    } else if (isWordPart(c)) {
      word();
    } else {
      throw mistake(at, noValue(c));
    }
  }

  private String noValue(char c) {
    return switch (c) {
      case ',' -> "a value is missing before this comma";
      case '}', ']' -> "a value is missing before this " + c;
      case ':' -> "a value is missing before this colon";
      case '\'', '\u2018', '\u2019', '\u201c', '\u201d', '\u201e', '`' ->
          "a string stands in straight double quotes: \"...\"";
      case '+' -> "a number has no plus sign";
      case '.' -> "a number begins with a digit: 0.5, not .5";
      default -> unexpected(c);
    };
  }

  private void object() throws NotJsonException {
    int open = at++;
    Map<String, Integer> seen = new HashMap<>();
    boolean afterComma = false;
    while (true) {
      space();
      if (at == text.length()) {
        throw notClosed(open);
      }
      char c = text.charAt(at);
      if (c == '}' && (!afterComma || relaxed)) {
        at++;
        return;
      }
      if (c != '"') {
        throw mistake(at, noKey(c, open));
      }
      int keyAt = at;
      string();
      String key = text.substring(keyAt, at);
      if (!relaxed) {
        Integer first = seen.putIfAbsent(key, keyAt);
        if (first != null) {
          throw mistake(
              keyAt,
              quoted(key)
                  + " is given twice; the first is on line "
                  + JsonPlace.of(text, first).line());
        }
      }
      colon(key, open);
      space();
      if (at == text.length()) {
        throw notClosed(open);
      }
      if (text.charAt(at) == '}' || text.charAt(at) == ',') {
        throw mistake(at, "the value of " + quoted(key) + " is missing");
      }
      value();
      afterComma = comma(open, '}');
    }
  }

  private String noKey(char c, int open) {
    if (c == '}') {
      return "a comma too many before this }";
    }
    if (c == ']') {
      return wrongEnd(open, c);
    }
    if (c == ',') {
      return "a comma too many: a key is missing before it";
    }
    if (c == ':') {
      return "a key is missing before this colon";
    }
    if (c == '{' || c == '[') {
      return "a key is missing before this " + c;
    }
    if (isWordPart(c) || isDigit(c) || c == '-') {
      return "a key stands in double quotes: \"" + wordAt() + "\"";
    }
    if ("'`\u2018\u2019\u201c\u201d\u201e".indexOf(c) >= 0) {
      return "a key stands in straight double quotes: \"...\"";
    }
    return unexpected(c);
  }

  private void colon(String key, int open) throws NotJsonException {
    int end = at;
    space();
    if (at == text.length()) {
      throw notClosed(open);
    }
    char c = text.charAt(at);
    if (c == ':') {
      at++;
    } else if (c == '=') {
      throw mistake(at, "a colon stands between a key and its value, no =");
    } else {
      throw mistake(end, "a colon and a value are missing after the key " + quoted(key));
    }
  }

  private void array() throws NotJsonException {
    int open = at++;
    boolean afterComma = false;
    while (true) {
      space();
      if (at == text.length()) {
        throw notClosed(open);
      }
      char c = text.charAt(at);
      if (c == ']') {
        if (afterComma && !relaxed) {
          throw mistake(at, "a comma too many before this ]");
        }
        at++;
        return;
      }
      if (c == '}') {
        throw mistake(at, wrongEnd(open, c));
      }
      if (c == ',') {
        throw mistake(at, "a comma too many: a value is missing before it");
      }
      value();
      afterComma = comma(open, ']');
    }
  }

  /**
   * What follows a value.
   *
   * @return whether it was a comma, which is passed, and not the end of what was opened
   */
  private boolean comma(int open, char close) throws NotJsonException {
    int end = at;
    space();
    if (at == text.length()) {
      throw notClosed(open);
    }
    char c = text.charAt(at);
    if (c == close) {
      return false;
    }
    if (c == ',') {
      at++;
      return true;
    }
    if (c == '}' || c == ']') {
      throw mistake(at, wrongEnd(open, c));
    }
    if (c == ';') {
      throw mistake(at, "a comma stands between values, no semicolon");
    }
    if (c == ':') {
      throw mistake(
          at,
          close == ']'
              ? "a key and a value stand in { }, and this is in the [ of " + place(open)
              : "a colon too many");
    }
    if ("\"{['-+.`".indexOf(c) < 0 && !isDigit(c) && !isWordPart(c)) {
      throw mistake(at, unexpected(c));
    }
    int line = JsonPlace.of(text, end).line();
    throw mistake(
        end,
        line < JsonPlace.of(text, at).line()
            ? "a comma is missing after line " + line
            : "a comma is missing before " + shown(at));
  }

  private void string() throws NotJsonException {
    int open = at++;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return;
      }
      if (c == '\n' || c == '\r') {
        throw mistake(open, "this string is not closed on its line");
      }
      if (c < ' ') {
        throw mistake(
            at,
            c == '\t'
                ? "a tab in a string is written \\t"
                : String.format(
                    Locale.ROOT, "a control character in a string is written \\u%04x", (int) c));
      }
      if (c == '\\') {
        escape();
      } else {
        at++;
      }
    }
    throw mistake(open, "the file ends, and this string is not closed");
  }

  private void escape() throws NotJsonException {
    int start = at++;
    if (at == text.length()) {
      return; // said by the string
    }
    char c = text.charAt(at++);
    if (c == 'u') {
      for (int i = 0; i < 4; i++) {
        if (at == text.length()
            || Character.digit(text.charAt(at), 16) < 0
            || text.charAt(at) > 'f') {
          throw mistake(start, "\\u needs four hexadecimal digits");
        }
        at++;
      }
    } else if ("\"\\/bfnrt".indexOf(c) < 0) {
      throw mistake(
          start,
          (c > ' ' && c < 0x7F ? "\\" + c + " is no escape" : "a backslash alone is no escape")
              + "; a backslash itself is written \\\\");
    }
  }

  private void number() throws NotJsonException {
    int start = at;
    if (text.charAt(at) == '-') {
      at++;
      if (at == text.length() || !isDigit(text.charAt(at))) {
        throw mistake(start, "a digit is missing after the minus sign");
      }
    }
    int first = at;
    digits();
    if (at - first > 1 && text.charAt(first) == '0') {
      throw mistake(start, "a number has no leading zeros");
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      if (digits() == 0) {
        throw mistake(at, "a digit is missing after the decimal point");
      }
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      if (digits() == 0) {
        throw mistake(at, "a digit is missing in the exponent");
      }
    }
    if (at - start > LONGEST_NUMBER) {
      throw mistake(start, "a number has more than " + LONGEST_NUMBER + " characters");
    }
    if (at < text.length()
        && (isWordPart(text.charAt(at)) || text.charAt(at) == '.' || text.charAt(at) == '%')) {
      at = start;
      throw mistake(
          start, "a value that is no plain number stands in double quotes: \"" + wordAt() + "\"");
    }
  }

  private int digits() {
    int start = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    return at - start;
  }

  private void word() throws NotJsonException {
    String word = wordAt();
    if (List.of("true", "false", "null").contains(word)) {
      at += word.length();
      return;
    }
    String plain = word.toLowerCase(Locale.ROOT);
    throw mistake(
        at,
        switch (plain) {
          case "true", "false", "null" -> "\"" + word + "\" is written " + plain;
          case "none", "nil", "undefined" -> "\"" + word + "\" is written null";
          case "nan", "inf", "infinity" -> "\"" + word + "\" is no number in JSON";
          default -> "a string stands in double quotes: \"" + word + "\"";
        });
  }

  /** The letters, digits and what joins them from here on. */
  private String wordAt() {
    int end = at;
    while (end < text.length()
        && end - at < LONGEST_QUOTE
        && (isWordPart(text.charAt(end))
            || "+-.%".indexOf(text.charAt(end)) >= 0
            || isDigit(text.charAt(end)))) {
      end++;
    }
    return text.substring(at, end);
  }

  private void space() throws NotJsonException {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        at++;
      } else if (c == '/' || c == '#') {
        comment(c);
      } else {
        return;
      }
    }
  }

  private void comment(char c) throws NotJsonException {
    if (!relaxed) {
      throw mistake(at, "there are no comments in " + file);
    }
    if (text.startsWith("//", at)) {
      while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
        at++;
      }
    } else if (text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      if (end < 0) {
        throw mistake(at, "the file ends, and this comment is not closed");
      }
      at = end + 2;
    } else {
      throw mistake(at, "a comment begins with // or /*, not with " + c);
    }
  }

  private NotJsonException notClosed(int open) {
    return mistake(
        text.length(),
        "the file ends, and the " + text.charAt(open) + " of " + place(open) + " is not closed");
  }

  private String wrongEnd(int open, char c) {
    char opened = text.charAt(open);
    return "the "
        + opened
        + " of "
        + place(open)
        + " is closed by "
        + (opened == '{' ? '}' : ']')
        + ", not by "
        + c;
  }

  private String unexpected(char c) {
    return c > ' ' && c < 0x7F
        ? "a " + c + " has no meaning here"
        : String.format(Locale.ROOT, "the character U+%04X has no meaning here", (int) c);
  }

  /** What begins there, for a message. */
  private String shown(int from) {
    char c = text.charAt(from);
    if (c == '"') {
      int end = text.indexOf('"', from + 1);
      return end < 0 ? "this string" : quoted(text.substring(from, end + 1));
    }
    return c == '{' || c == '[' ? "this " + c : wordFrom(from);
  }

  private String wordFrom(int from) {
    int before = at;
    at = from;
    String word = wordAt();
    at = before;
    return word.isEmpty() ? "this " + text.charAt(from) : word;
  }

  /** A string with its quotes, cut if it is long. */
  private static String quoted(String withQuotes) {
    return withQuotes.length() <= LONGEST_QUOTE
        ? withQuotes
        : withQuotes.substring(0, LONGEST_QUOTE) + "...\"";
  }

  private String place(int index) {
    return JsonPlace.of(text, index).words();
  }

  /** What is quoted from the text may hold anything; a message is one line. */
  private NotJsonException mistake(int index, String what) {
    JsonPlace place = JsonPlace.of(text, index);
    return new NotJsonException(place.line(), place.column(), "not JSON: " + Printable.of(what));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return c == '_' || c == '$' || Character.isLetter(c);
  }
}
