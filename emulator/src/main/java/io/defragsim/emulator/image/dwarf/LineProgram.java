package io.defragsim.emulator.image.dwarf;

/** Runs the line program of a unit (DWARF 5, section 6.2.5). */
final class LineProgram {
  // Standard opcodes (DW_LNS_...).
  private static final int EXTENDED = 0;
  private static final int COPY = 1;
  private static final int ADVANCE_PC = 2;
  private static final int ADVANCE_LINE = 3;
  private static final int SET_FILE = 4;
  private static final int CONST_ADD_PC = 8;
  private static final int FIXED_ADVANCE_PC = 9;

  // Extended opcodes (DW_LNE_...).
  private static final int END_SEQUENCE = 1;
  private static final int SET_ADDRESS = 2;
  private static final int DEFINE_FILE = 3;

  private static final int LAST_OPCODE = 255;

  private final LineHeader header;
  private final Cursor in;
  private final LineTable.Builder table;

  private long address;
  private long file;
  private long line;

  LineProgram(LineHeader header, Cursor in, LineTable.Builder table) {
    this.header = header;
    this.in = in;
    this.table = table;
  }

  /** Adds the unit's sequences, up to where it is damaged. */
  void run() {
    reset();
    try {
      while (in.left() > 0) {
        step(in.octet());
      }
    } catch (DamagedException e) {
      // what was read counts
    }
    table.endSequence(header.files()); // one that has no end reaches to its last row
  }

  private void reset() {
    address = 0;
    file = 1;
    line = 1;
  }

  private void step(int opcode) {
    if (opcode >= header.opcodeBase()) {
      int special = opcode - header.opcodeBase();
      advance(special / header.lineRange());
      line += header.lineBase() + special % header.lineRange();
      table.addRow(address, file, line);
      return;
    }
    switch (opcode) {
      case EXTENDED -> extended(in.part(in.number()));
      case COPY -> table.addRow(address, file, line);
      case ADVANCE_PC -> advance(in.number());
      case ADVANCE_LINE -> line += in.signedNumber();
      case SET_FILE -> file = in.number();
      case CONST_ADD_PC -> advance((LAST_OPCODE - header.opcodeBase()) / header.lineRange());
      case FIXED_ADVANCE_PC -> address += in.half();
      default -> {
        for (int i = header.operands()[opcode]; i > 0; i--) {
          in.number();
        }
      }
    }
  }

  private void advance(long instructions) {
    address += instructions * header.instructionBytes();
  }

  private void extended(Cursor arguments) {
    if (arguments.left() == 0) {
      return;
    }
    switch (arguments.octet()) {
      case END_SEQUENCE -> {
        table.addRow(address, file, line);
        table.endSequence(header.files());
        reset();
      }
      case SET_ADDRESS -> address = arguments.offset(arguments.left());
      case DEFINE_FILE -> {
        int name = arguments.offset();
        arguments.skipText();
        FileTableReader.addFile(header.files(), Strings.inLine(name), arguments);
      }
      default -> {
        // columns' discriminators and what vendors add
      }
    }
  }
}
