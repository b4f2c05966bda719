package io.defragsim.command.job;

import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.report.json.JsonReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version, and those of what the results rest on. */
public final class ProgramVersion implements IVersionProvider {

  /** For example {@code 0.1.0}. */
  public static String number() {
    return properties().getProperty("version");
  }

  @Override
  public String[] getVersion() {
    Properties versions = properties();
    return new String[] {
      "defrag-sim " + versions.getProperty("version"),
      "  " + engine(versions) + ", timing of the Cortex-M0 r0p0",
      "  image contract 1, report format " + JsonReport.VERSION,
      String.format(
          Locale.ROOT,
          "  Java %s (%s), %s %s",
          System.getProperty("java.version"),
          System.getProperty("java.vendor"),
          System.getProperty("os.name"),
          System.getProperty("os.arch"))
    };
  }

  private static String engine(Properties versions) {
    return switch (UnicornLibrary.get().state()) {
      case LOADED -> "Unicorn engine " + versions.getProperty("unicorn");
      case ABSENT -> "without the Unicorn engine";
      case BROKEN -> "without the Unicorn engine, which cannot be loaded";
    };
  }

  private static Properties properties() {
    Properties properties = new Properties();
    try (InputStream in =
        ProgramVersion.class.getResourceAsStream("/io/defragsim/command/version.properties")) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its version");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }
}
