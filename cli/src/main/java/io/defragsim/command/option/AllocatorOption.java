package io.defragsim.command.option;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --allocator} of commands that run scenarios on one image. */
public final class AllocatorOption {

  @Option(
      names = "--allocator",
      paramLabel = "IMAGE",
      description = "Run on another image: a shipped one by its name, or an ELF file.")
  public @Nullable String image;
}
