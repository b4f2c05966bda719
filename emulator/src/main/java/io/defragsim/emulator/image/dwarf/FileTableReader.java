package io.defragsim.emulator.image.dwarf;

/** Reads the folders and files of a unit, at the end of its header. */
final class FileTableReader {
  // What an entry of version 5 says ...
  private static final int PATH = 1; // DW_LNCT_path
  private static final int FOLDER = 2; // DW_LNCT_directory_index

  // ... and in which form (DW_FORM_...).
  private static final int BLOCK2 = 0x03;
  private static final int BLOCK4 = 0x04;
  private static final int DATA2 = 0x05;
  private static final int DATA4 = 0x06;
  private static final int DATA8 = 0x07;
  private static final int STRING = 0x08;
  private static final int BLOCK = 0x09;
  private static final int BLOCK1 = 0x0A;
  private static final int DATA1 = 0x0B;
  private static final int STRP = 0x0E;
  private static final int UDATA = 0x0F;
  private static final int DATA16 = 0x1E;
  private static final int LINE_STRP = 0x1F;

  private final Cursor in;
  private final int offsetBytes;

  /**
   * @param offsetBytes 4 or 8
   */
  FileTableReader(Cursor in, int offsetBytes) {
    this.in = in;
    this.offsetBytes = offsetBytes;
  }

  /**
   * Reads them.
   *
   * @param most more than so many files and folders are an error
   */
  FileTable read(int version, Strings strings, int most) {
    FileTable files = new FileTable(strings, version >= 5 ? 0 : 1, most);
    if (version >= 5) {
      readEntries(files, true);
      readEntries(files, false);
    } else {
      for (long name = text(); name != Strings.NONE; name = text()) {
        files.addFolder(name);
      }
      for (long name = text(); name != Strings.NONE; name = text()) {
        addFile(files, name, in);
      }
    }
    return files;
  }

  /** What follows the name of a file before version 5: its folder, time and size. */
  static void addFile(FileTable files, long name, Cursor in) {
    files.addFile(name, in.number());
    in.number();
    in.number();
  }

  /** The text that stands here; none if it is empty. */
  private long text() {
    int offset = in.offset();
    in.skipText();
    return in.offset() == offset + 1 ? Strings.NONE : Strings.inLine(offset);
  }

  private void readEntries(FileTable files, boolean folders) {
    long[] contents = new long[in.octet()];
    long[] forms = new long[contents.length];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = in.number();
      forms[i] = in.number();
    }
    long count = in.number();
    for (long entry = 0; entry != count; entry++) {
      int before = in.offset();
      long name = Strings.NONE;
      long folder = 0;
      for (int i = 0; i < contents.length; i++) {
        long value = value(forms[i]);
        if (contents[i] == PATH) {
          name = value;
        } else if (contents[i] == FOLDER) {
          folder = value;
        }
      }
      if (in.offset() == before) {
        throw new DamagedException(); // entries of nothing may be as many as numbers go
      }
      if (folders) {
        files.addFolder(name);
      } else {
        files.addFile(name, folder);
      }
    }
  }

  /** A number, or a text of {@link Strings}. */
  private long value(long form) {
    switch ((int) Math.min(form, Integer.MAX_VALUE)) {
      case STRING -> {
        return text();
      }
      case LINE_STRP -> {
        return Strings.inLineStrings(in.offset(offsetBytes));
      }
      case STRP -> {
        return Strings.inStrings(in.offset(offsetBytes));
      }
      case UDATA -> {
        return in.number();
      }
      case DATA1 -> {
        return in.octet();
      }
      case DATA2 -> {
        return in.half();
      }
      case DATA4 -> {
        return in.word();
      }
      case DATA8 -> {
        return in.offset(8);
      }
      case DATA16 -> in.skip(16);
      case BLOCK -> in.skip(in.number());
      case BLOCK1 -> in.skip(in.octet());
      case BLOCK2 -> in.skip(in.half());
      case BLOCK4 -> in.skip(in.word());
      default -> throw new DamagedException();
    }
    return Strings.NONE;
  }
}
