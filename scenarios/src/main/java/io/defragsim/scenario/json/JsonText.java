package io.defragsim.scenario.json;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** From the bytes of a JSON file to its text. */
public final class JsonText {
  private JsonText() {}

  /**
   * The text, in UTF-8, without a byte order mark.
   *
   * @param what the file should be, with its article, for messages
   * @throws NotJsonException if it is no such text
   */
  public static String of(byte[] bytes, String what) throws NotJsonException {
    if (startsWith(bytes, 0x7F, 'E', 'L', 'F')) {
      throw whole("is an ELF image, not " + what + "; a scenario names it with \"image\"");
    }
    if (startsWith(bytes, 0xFF, 0xFE) || startsWith(bytes, 0xFE, 0xFF) || alternates(bytes)) {
      throw whole("is in UTF-16: save it as UTF-8");
    }
    for (byte b : bytes) {
      if (b == 0) {
        throw whole("is a binary file, not " + what);
      }
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + 1);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      JsonPlace at = JsonPlace.of(text, text.length());
      throw new NotJsonException(
          at.line(),
          at.column(),
          String.format(
              Locale.ROOT, "is not a text in UTF-8: the byte 0x%02x; save it as UTF-8", in.get()));
    }
    // Editors on Windows begin UTF-8 files with a byte order mark; it says nothing.
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** As UTF-16 does without a byte order mark. */
  private static boolean alternates(byte[] bytes) {
    return bytes.length >= 4
        && (bytes[0] == 0) == (bytes[2] == 0)
        && (bytes[1] == 0) == (bytes[3] == 0)
        && (bytes[0] == 0) != (bytes[1] == 0);
  }

  private static boolean startsWith(byte[] bytes, int... start) {
    if (bytes.length < start.length) {
      return false;
    }
    for (int i = 0; i < start.length; i++) {
      if ((bytes[i] & 0xFF) != start[i]) {
        return false;
      }
    }
    return true;
  }

  private static NotJsonException whole(String message) {
    return new NotJsonException(0, 0, message);
  }
}
