package io.defragsim.emulator.image.dwarf;

import io.defragsim.words.Printable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The source files of a unit, by the numbers that its line program has for them. */
final class FileTable {
  private final Strings strings;
  private final int firstFile;
  private final int most;
  private long[] folders = new long[4];
  private int folderCount;
  private long[] names = new long[4];
  private long[] folderOf = new long[4];
  private int fileCount;

  /**
   * @param firstFile the number of the first file: 1 before version 5
   * @param most so many files and folders, together, are taken
   */
  FileTable(Strings strings, int firstFile, int most) {
    this.strings = strings;
    this.firstFile = firstFile;
    this.most = most;
  }

  void addFolder(long name) {
    checkRoom();
    if (folderCount == folders.length) {
      folders = Arrays.copyOf(folders, 2 * folderCount);
    }
    folders[folderCount++] = name;
  }

  /**
   * @param folder its number; before version 5, 0 is where the compiler ran, which is not in the
   *     table
   */
  void addFile(long name, long folder) {
    checkRoom();
    if (fileCount == names.length) {
      names = Arrays.copyOf(names, 2 * fileCount);
      folderOf = Arrays.copyOf(folderOf, 2 * fileCount);
    }
    names[fileCount] = name;
    folderOf[fileCount++] = folder;
  }

  private void checkRoom() {
    if (size() == most) {
      throw new DamagedException();
    }
  }

  /** Files and folders. */
  int size() {
    return folderCount + fileCount;
  }

  /** The name of a file as reports have it; null if it has none. */
  @Nullable String name(long number) {
    if (number < firstFile || number - firstFile >= fileCount) {
      return null;
    }
    int file = (int) (number - firstFile);
    String name = strings.text(names[file]).replace('\\', '/');
    String folder = folder(folderOf[file] - firstFile).replace('\\', '/');
    String path = name;
    if (isAbsolute(name)) {
      path = name.substring(name.lastIndexOf('/') + 1);
    } else if (!folder.isEmpty() && !isAbsolute(folder)) {
      path = folder + "/" + name;
    }
    String shown = Printable.of(inward(path));
    return shown.isEmpty() ? null : shown;
  }

  private static boolean isAbsolute(String path) {
    return path.startsWith("/") || (path.length() > 1 && path.charAt(1) == ':');
  }

  /** Without what leads out of the folder where the compiler ran, or nowhere. */
  private static String inward(String path) {
    int at = 0;
    while (path.startsWith("./", at) || path.startsWith("../", at) || path.startsWith("/", at)) {
      at = path.indexOf('/', at) + 1;
    }
    return path.substring(at);
  }

  private String folder(long index) {
    return index >= 0 && index < folderCount ? strings.text(folders[(int) index]) : "";
  }
}
