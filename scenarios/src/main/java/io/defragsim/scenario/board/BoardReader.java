package io.defragsim.scenario.board;

import io.defragsim.emulator.file.InputKind;
import io.defragsim.scenario.schema.FileType;
import io.defragsim.scenario.schema.ReadResult;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import java.nio.file.Path;
import java.util.List;

/** Reads board files, as {@link FileType} says. */
public final class BoardReader {
  private final Models models;

  /**
   * @param models that a file may name
   */
  public BoardReader(Models models) {
    this.models = models;
  }

  /** Reads a file. Whatever is wrong with it comes back as problems, never as an exception. */
  public ReadResult<BoardFile> read(Path file) {
    return type().read(file, Reading::new);
  }

  /** Reads the bytes of a file. */
  public ReadResult<BoardFile> read(byte[] bytes) {
    return type().read(bytes, Reading::new);
  }

  private FileType<BoardFile> type() {
    Type<BoardFile> board = new BoardBinder(models).type();
    return new FileType<>(
        InputKind.BOARD,
        "board",
        new Type.Own<>(List.of(board), (json, in) -> board.of(Inclusion.in(json), in)));
  }
}
