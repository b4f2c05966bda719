package io.defragsim.emulator.image.dwarf;

import io.defragsim.emulator.model.SourceLine;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a file's code, from its line table (DWARF, versions 2 to 5). The table is read when
 * first asked for. A damaged one gives what could be read of it, and never an error.
 */
public final class SourceLines {
  public static final String LINE = ".debug_line";
  public static final String LINE_STRINGS = ".debug_line_str";
  public static final String STRINGS = ".debug_str";

  /** Of a file without debug information. */
  public static final SourceLines NONE =
      new SourceLines(DebugSection.NONE, DebugSection.NONE, DebugSection.NONE);

  /** The files and folders of all units; compilers name some dozens in each. */
  private static final int MOST_FILES = 1 << 20;

  private static final long WIDE = 0xFFFF_FFFFL; // in place of a length: one of 8 bytes follows

  private final DebugSection line;
  private final DebugSection lineStrings;
  private final DebugSection strings;
  private @Nullable LineTable table;

  /** Of a file with these sections. */
  public SourceLines(DebugSection line, DebugSection lineStrings, DebugSection strings) {
    this.line = line;
    this.lineStrings = lineStrings;
    this.strings = strings;
  }

  /** The line of the instruction around an address; null if none is known. */
  public synchronized @Nullable SourceLine at(long address) {
    LineTable read = table;
    if (read == null) {
      read = read();
      table = read;
    }
    return read.at(address);
  }

  private LineTable read() {
    LineTable.Builder builder = new LineTable.Builder();
    Cursor in = line.contents();
    Strings texts = new Strings(line.contents(), lineStrings.contents(), strings.contents());
    int files = 0;
    while (in.left() > 0) {
      Cursor unit;
      int offsetBytes = 4;
      try {
        long length = in.word();
        if (length == WIDE) {
          offsetBytes = 8;
          length = in.offset(offsetBytes);
        }
        unit = in.part(Math.min(length, in.left()));
      } catch (DamagedException e) {
        break;
      }
      try {
        LineHeader header = LineHeader.read(unit, offsetBytes, texts, MOST_FILES - files);
        builder.beginUnit();
        new LineProgram(header, unit, builder).run();
        files += header.files().size();
      } catch (DamagedException e) {
        // the next unit may be sound
      }
    }
    return builder.build();
  }
}
