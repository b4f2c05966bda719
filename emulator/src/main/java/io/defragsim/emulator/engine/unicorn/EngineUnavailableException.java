package io.defragsim.emulator.engine.unicorn;

import java.util.Locale;

/**
 * An engine on the Unicorn library was asked for by name, and there is none. Who asked for no
 * engine gets the project's own core instead.
 */
public final class EngineUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineUnavailableException(BlockCounting asked, String problem) {
    super(
        "-D"
            + BlockCounting.PROPERTY
            + "="
            + asked.name().toLowerCase(Locale.ROOT)
            + " asks for the Unicorn engine, which "
            + problem);
  }
}
