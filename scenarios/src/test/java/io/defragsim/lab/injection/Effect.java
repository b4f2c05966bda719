package io.defragsim.lab.injection;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a handler left behind.
 *
 * @param written see {@link Blocks#written}
 * @param failure what was wrong in the handler, null if nothing was
 * @param second what interrupted the handler, null if nothing did
 * @param memoryHash of {@code memory}, which is asked for often
 */
@SuppressWarnings("ArrayRecordComponent") // compared here
record Effect(
    byte[] memory,
    int written,
    @Nullable String failure,
    Handler.@Nullable Kind second,
    int memoryHash) {

  /** Of a handler that nothing interrupted. */
  static Effect of(byte[] memory, int written, @Nullable String failure) {
    return new Effect(memory, written, failure, null, Arrays.hashCode(memory));
  }

  Effect interruptedBy(Handler.Kind kind) {
    return new Effect(memory, written, failure, kind, memoryHash);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Effect effect
        && memoryHash == effect.memoryHash
        && written == effect.written
        && second == effect.second
        && Objects.equals(failure, effect.failure)
        && Arrays.equals(memory, effect.memory);
  }

  @Override
  public int hashCode() {
    return memoryHash * 31 + written;
  }
}
