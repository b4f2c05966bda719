package io.defragsim.console;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The output of the process, which never throws but remembers what went wrong: a reader that has
 * seen enough, like {@code head}, is none of our business; a full disk is.
 */
public final class StandardOutput extends OutputStream {
  private final OutputStream out;
  private @Nullable IOException failure;

  private StandardOutput(FileDescriptor descriptor) {
    this.out = new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 16);
  }

  /** That of this process. */
  public static StandardOutput ofProcess() {
    return new StandardOutput(FileDescriptor.out);
  }

  /** Where to write text. Reports use block characters and µ whatever the platform's charset is. */
  public PrintableWriter text() {
    return new PrintableWriter(new OutputStreamWriter(this, StandardCharsets.UTF_8));
  }

  /** The same of the process's other stream, of whose failures there is nobody to tell. */
  public static PrintableWriter errors() {
    return new PrintableWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8));
  }

  /** Why not all was written; null if it was, or if the reader went away. */
  public @Nullable String failure() {
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
