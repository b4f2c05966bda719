package io.defragsim.scenario;

import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Which image a scenario runs. */
public sealed interface ImageReference {

  /** What a path has and the name of a shipped image has not, as a regular expression. */
  String PATH = "[/\\\\]|\\.elf$";

  /** Whether that names a file rather than a shipped image. */
  static boolean isPath(String written) {
    return Pattern.compile(PATH).matcher(written).find();
  }

  /**
   * What is written where an image is asked for.
   *
   * @param folder what a path is relative to
   * @throws FileNameException if there can be no file of that name
   */
  static ImageReference of(String written, Path folder) {
    // An empty name is none of a file, and none of an image either.
    return written.isEmpty() || isPath(written)
        ? new Elf(folder.resolve(FileName.path(written)))
        : new Shipped(written);
  }

  /** An image that comes with defrag-sim, for example {@code defrag}. */
  record Shipped(String name) implements ImageReference {
    @Override
    public String toString() {
      return name;
    }
  }

  /** An ELF file of the user's. */
  record Elf(Path file) implements ImageReference {
    @Override
    public String toString() {
      return file.toString();
    }
  }
}
