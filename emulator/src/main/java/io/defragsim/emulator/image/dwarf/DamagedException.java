package io.defragsim.emulator.image.dwarf;

/** Debug information says what cannot be. What was read until then counts. */
@SuppressWarnings("serial")
final class DamagedException extends RuntimeException {
  DamagedException() {
    super("damaged debug information", null, false, false);
  }
}
