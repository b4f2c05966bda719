package io.defragsim.command.option;

import io.defragsim.emulator.Strictness;
import picocli.CommandLine.Option;

/** The option {@code --strict}. */
public final class StrictOption {

  @Option(
      names = "--strict",
      description =
          "Check every access of every instruction as the part does, alignment too. The figures are"
              + " the same.")
  boolean strict;

  public Strictness strictness() {
    return strict ? Strictness.STRICT : Strictness.NORMAL;
  }
}
