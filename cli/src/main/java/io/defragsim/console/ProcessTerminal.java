package io.defragsim.console;

import java.io.IOException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** The terminal of the process, to be driven. */
final class ProcessTerminal {
  private ProcessTerminal() {}

  /**
   * Opens it.
   *
   * @throws IOException if there is none that can be driven
   */
  static Terminal open() throws IOException {
    // By stty, which changes what it is told to. JLine's native code writes all of the settings,
    // and those that it does not know, such as a speed of 115,200, become 0.
    return TerminalBuilder.builder()
        .name("defrag-sim")
        .system(true)
        .provider(TerminalBuilder.PROP_PROVIDER_EXEC)
        .dumb(false)
        .build();
  }
}
