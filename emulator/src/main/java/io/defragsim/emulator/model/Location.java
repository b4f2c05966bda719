package io.defragsim.emulator.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An address and, where the image's symbol table knows, the function it lies in.
 *
 * @param address 0 to 0xFFFFFFFF
 * @param function the enclosing symbol, null if there is none
 * @param offset bytes from the start of {@code function}, 0 without one
 */
public record Location(long address, @Nullable String function, long offset) {

  /** For example {@code image_alloc+0x1c (0x0800011c)}, or the bare address. */
  @Override
  public String toString() {
    String hex = String.format(Locale.ROOT, "0x%08x", address);
    return function == null
        ? hex
        : String.format(Locale.ROOT, "%s+0x%x (%s)", function, offset, hex);
  }
}
