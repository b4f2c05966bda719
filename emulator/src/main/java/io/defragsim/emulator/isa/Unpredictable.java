package io.defragsim.emulator.isa;

/**
 * An encoding whose effect ARMv6-M does not promise: a should-be-zero bit that is one, or operands
 * that the instruction does not allow. What silicon does with it differs from part to part.
 *
 * @param form the instruction that it would be
 * @param reason what is wrong, for people
 */
public record Unpredictable(int encoding, int bytes, Form form, String reason) implements Decoded {

  @Override
  public String toString() {
    return Disassembly.hex(this) + " (unpredictable: " + form.mnemonic() + " with " + reason + ")";
  }
}
