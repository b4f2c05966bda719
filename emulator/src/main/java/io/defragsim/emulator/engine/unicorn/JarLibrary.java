package io.defragsim.emulator.engine.unicorn;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.scijava.nativelib.NativeLibraryUtil;

/** The native library for this host that stands in the jar of the Unicorn library. */
final class JarLibrary {
  private static final String NAME = "unicorn_java";

  private static final int ELF_MAGIC = 0x464C_457F;
  private static final int HEADER_BYTES = 64; // of a file of 64 bits, as where the others stand
  private static final int SECTIONS_AT = 40;
  private static final int SECTION_BYTES = 58;
  private static final int SECTIONS = 60;

  private final @Nullable URL file;

  JarLibrary() {
    HostArchitecture.settle();
    String path = NativeLibraryUtil.getPlatformLibraryPath("natives");
    file = JarLibrary.class.getClassLoader().getResource(path + System.mapLibraryName(NAME));
  }

  boolean isThere() {
    return file != null;
  }

  /**
   * Whether an ELF file ends before its table of sections, which stands last: to load one that was
   * cut off takes the process down.
   */
  boolean isCutOff() {
    if (file == null) {
      return false;
    }
    try {
      URLConnection connection = file.openConnection();
      connection.setUseCaches(false); // closing the stream closes the jar
      try (InputStream in = connection.getInputStream()) {
        long bytes = connection.getContentLengthLong();
        return bytes < end(ByteBuffer.wrap(in.readNBytes(HEADER_BYTES)));
      }
    } catch (IOException e) {
      return true;
    }
  }

  /** Where a file with this header ends at the earliest. */
  private static long end(ByteBuffer header) {
    header.order(ByteOrder.LITTLE_ENDIAN);
    if (header.limit() < HEADER_BYTES) {
      return HEADER_BYTES;
    }
    return header.getInt(0) == ELF_MAGIC
        ? header.getLong(SECTIONS_AT)
            + (long) header.getShort(SECTIONS) * header.getShort(SECTION_BYTES)
        : 0; // of another system
  }
}
