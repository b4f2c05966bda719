package io.defragsim.emulator.image;

import io.defragsim.emulator.image.dwarf.SourceLines;
import java.util.List;
import java.util.Map;

/** Makes images of bytes without an ELF around them. */
public final class RawImage {

  private RawImage() {}

  /**
   * An image of one segment.
   *
   * @param loadAddress where the bytes stand, and run
   * @param functions the functions in it by name, with or without the Thumb bit
   */
  public static FirmwareImage of(
      String name,
      long loadAddress,
      byte[] bytes,
      Map<String, Long> functions,
      List<LoopBound> loopBounds) {
    return new FirmwareImage(
        name,
        FirmwareImage.sha256(bytes),
        List.of(new FirmwareImage.Segment(loadAddress, loadAddress, bytes.length, bytes.clone())),
        functions.entrySet().stream()
            .map(
                function ->
                    new FirmwareImage.Symbol(function.getKey(), function.getValue() & ~1L, 0))
            .toList(),
        List.of(),
        loopBounds,
        null,
        null,
        SourceLines.NONE);
  }
}
