package io.defragsim.emulator.model;

/**
 * A line of a source file.
 *
 * @param file as the compiler was given it if that is a relative name, without what leads out of a
 *     folder; else its last part. So it names no folder of the machine that compiled it.
 * @param line from 1 on
 */
public record SourceLine(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
