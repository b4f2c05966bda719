package io.defragsim.scenario.board;

import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The boards that come with defrag-sim, by the names of their parts. */
public final class ShippedBoards {
  private static final List<String> NAMES = List.of("nrf51822");

  private ShippedBoards() {}

  /** The names of all shipped boards. */
  public static List<String> names() {
    return NAMES;
  }

  /** The text of the shipped board of that name; null if there is none. */
  public static byte @Nullable [] text(String name) {
    if (!NAMES.contains(name)) {
      return null;
    }
    try (InputStream in = ShippedBoards.class.getResourceAsStream(name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its board " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The shipped board of that name, if there is one.
   *
   * @param models among which are all that it names
   */
  public static Optional<BoardFile> read(String name, Models models) {
    byte[] text = text(name);
    if (text == null) {
      return Optional.empty();
    }
    ReadResult<BoardFile> result = new BoardReader(models).read(text);
    if (result instanceof ReadResult.Valid<BoardFile> valid) {
      return Optional.of(valid.value());
    }
    throw new IllegalStateException(
        name + " is invalid: " + ((ReadResult.Invalid<BoardFile>) result).problems());
  }
}
