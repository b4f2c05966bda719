package io.defragsim.emulator.isa;

/** What ARMv6-M makes of an encoding. */
public sealed interface Decoded permits Instruction, Undefined, Unpredictable {

  /** The halfword, or of a 32-bit encoding the first halfword in bits 31 to 16. */
  int encoding();

  /** 2 or 4; that follows from the first halfword also where the encoding is refused. */
  int bytes();
}
