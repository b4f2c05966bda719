package io.defragsim.emulator.image.dwarf;

/**
 * What stands in front of a line program (DWARF 5, section 6.2.4; DWARF 2 to 4 have it in another
 * order).
 *
 * @param instructionBytes by how many bytes an address grows for each step of the program's
 * @param opcodeBase the first opcode that is special
 * @param operands how many each opcode below it has, by its number; that of 0 counts for nothing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LineHeader(
    int instructionBytes,
    int lineBase,
    int lineRange,
    int opcodeBase,
    int[] operands,
    FileTable files) {
  private static final int FIRST_VERSION = 2;
  private static final int LAST_VERSION = 5;

  /**
   * Reads one.
   *
   * @param unit behind its length; afterwards it is where the program begins
   * @param offsetBytes 4 or 8
   * @param mostFiles more than so many files and folders are an error
   */
  static LineHeader read(Cursor unit, int offsetBytes, Strings strings, int mostFiles) {
    int version = unit.half();
    if (version < FIRST_VERSION || version > LAST_VERSION) {
      throw new DamagedException();
    }
    if (version >= 5) {
      unit.skip(2); // bytes of an address, and of a segment
    }
    Cursor rest = unit.part(unit.offset(offsetBytes));
    int instructionBytes = rest.octet();
    if (version >= 4) {
      rest.skip(1); // operations of an instruction: 1, but on processors of very long instructions
    }
    rest.skip(1); // whether lines begin as statements
    int lineBase = (byte) rest.octet();
    int lineRange = rest.octet();
    int opcodeBase = rest.octet();
    if (lineRange == 0 || opcodeBase == 0) {
      throw new DamagedException();
    }
    int[] operands = new int[opcodeBase];
    for (int i = 1; i < opcodeBase; i++) {
      operands[i] = rest.octet();
    }
    FileTable files = new FileTableReader(rest, offsetBytes).read(version, strings, mostFiles);
    return new LineHeader(instructionBytes, lineBase, lineRange, opcodeBase, operands, files);
  }
}
