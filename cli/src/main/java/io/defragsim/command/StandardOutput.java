package io.defragsim.command;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The output of the process, which never throws but remembers what went wrong: a reader that has
 * seen enough, like {@code head}, is none of our business; a full disk is.
 */
final class StandardOutput extends OutputStream {
  private final OutputStream out;
  private @Nullable IOException failure;

  StandardOutput(FileDescriptor descriptor) {
    this.out = new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 16);
  }

  /** Why not all was written; null if it was, or if the reader went away. */
  @Nullable String failure() {
    if (failure == null) {
      return null;
    }
    String message = String.valueOf(failure.getMessage());
    return switch (message.toLowerCase(Locale.ROOT)) {
      case "bad file descriptor", "stream closed" -> "it is closed";
      default -> message.toLowerCase(Locale.ROOT).contains("broken pipe") ? null : message;
    };
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    attempt(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() {
    attempt(out::flush);
  }

  @Override
  public void close() {
    flush();
  }

  private void attempt(Attempt attempt) {
    if (failure == null) {
      try {
        attempt.run();
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }
}
