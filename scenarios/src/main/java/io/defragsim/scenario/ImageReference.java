package io.defragsim.scenario;

import java.nio.file.Path;

/** Which image a scenario runs. */
public sealed interface ImageReference {

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
