package io.defragsim.emulator.engine.unicorn;

import java.util.Locale;
import org.scijava.nativelib.NativeLibraryUtil;

/**
 * What the library's loader takes this host for. It makes the names of the system and of its folder
 * lower case in the default locale, where a Turkish one turns an I into a letter that no name of
 * theirs has; but it does so once in a process, and remembers.
 */
final class HostArchitecture {

  private HostArchitecture() {}

  /**
   * Lets the loader find out, before it loads anything. Where the default locale would mislead it,
   * there is another one for as long as that takes, which is no time in which anything is read.
   */
  static void settle() {
    Locale usual = Locale.getDefault();
    if ("LINUX I".toLowerCase(usual).equals("linux i")) {
      return;
    }
    Locale.setDefault(Locale.ROOT);
    try {
      NativeLibraryUtil.getPlatformLibraryPath("");
    } finally {
      Locale.setDefault(usual);
    }
  }
}
