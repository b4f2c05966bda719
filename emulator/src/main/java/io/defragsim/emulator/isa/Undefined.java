package io.defragsim.emulator.isa;

/** An encoding that ARMv6-M leaves undefined: the core takes a HardFault (A5.1.1). */
public record Undefined(int encoding, int bytes) implements Decoded {

  /** What the encoding is, for people. */
  public String reason() {
    if (bytes == 4) {
      if ((encoding & 0xFFF0F000) == 0xF7F0A000) {
        int immediate = ((encoding >>> 4) & 0xF000) | (encoding & 0xFFF);
        return "udf.w #" + immediate + ", which is there to fault";
      }
      return "a 32-bit encoding that ARMv6-M does not have";
    }
    if ((encoding & 0xFF00) == 0xDE00) {
      return "udf #" + (encoding & 0xFF) + ", which is there to fault";
    }
    return "a 16-bit encoding that ARMv6-M does not have";
  }

  @Override
  public String toString() {
    return Disassembly.hex(this) + " (undefined: " + reason() + ")";
  }
}
