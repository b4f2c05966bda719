package io.defragsim.emulator.engine.unicorn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The native counter's library, loaded once in a process: the one in the jar, if it is for this
 * host and its checksum is right.
 *
 * @param problem why it cannot be used; empty if it can
 */
record NativeLibrary(String problem) {
  /** Another file to load, without a look at its checksum: to test a library just built. */
  static final String FILE_PROPERTY = "defragsim.counter.library";

  static final String NAME = "libdefragsim_counter.so";
  static final String FOLDER = "native/linux-x64/";
  static final String CHECKSUMS = "SHA256SUMS";

  private static final class Holder {
    static final NativeLibrary LOADED = new NativeLibrary(load());
  }

  static NativeLibrary get() {
    return Holder.LOADED;
  }

  private static String load() {
    try {
      String file = System.getProperty(FILE_PROPERTY);
      if (file != null) {
        System.load(Path.of(file).toAbsolutePath().toString());
      } else if (!isLinuxX64()) {
        return "there is none for " + host();
      } else {
        loadFromJar();
      }
      int layout = NativeHook.layout();
      return layout == NativeHook.LAYOUT
          ? ""
          : "its layout is " + layout + ", expected " + NativeHook.LAYOUT;
    } catch (IOException | RuntimeException | LinkageError e) {
      return e.toString();
    }
  }

  private static void loadFromJar() throws IOException {
    byte[] library = resource(NAME);
    verify(library, new String(resource(CHECKSUMS), StandardCharsets.US_ASCII));
    Path copy = Files.createTempFile("defragsim", ".so"); // readable and writable by its owner only
    try {
      Files.write(copy, library);
      System.load(copy.toString());
    } finally {
      Files.deleteIfExists(copy); // once loaded the file is not needed
    }
  }

  /** Throws unless {@code checksums} begins with that of {@code library}. */
  static void verify(byte[] library, String checksums) throws IOException {
    if (!checksums.startsWith(sha256(library) + " ")) {
      throw new IOException(NAME + " does not have its checksum");
    }
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = NativeLibrary.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IOException("no " + FOLDER + name);
      }
      return in.readAllBytes();
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isLinuxX64() {
    return property("os.name").startsWith("linux")
        && (property("os.arch").equals("amd64") || property("os.arch").equals("x86_64"));
  }

  private static String host() {
    return property("os.name") + " on " + property("os.arch");
  }

  private static String property(String name) {
    @Nullable String value = System.getProperty(name);
    return value == null ? "" : value.toLowerCase(Locale.ROOT);
  }
}
