package io.defragsim.scenario.format;

import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The scenarios that come with defrag-sim, each of which teaches one thing. */
public final class ScenarioLibrary {
  private static final List<String> NAMES =
      List.of(
          "sensor-node",
          "swiss-cheese",
          "sawtooth",
          "packet-buffers",
          "json-trees",
          "growing-string",
          "long-lived-pins",
          "pinned-buffers",
          "idle-watermark",
          "resize-buffers",
          "too-small",
          "worst-case-alloc",
          "worst-case-free",
          "worst-case-lock",
          "worst-case-step",
          "found-free",
          "found-resize",
          "found-step",
          "interrupt-latency");

  private ScenarioLibrary() {}

  /** The names of all shipped scenarios, in the order in which to read them. */
  public static List<String> names() {
    return NAMES;
  }

  /** The text of the shipped scenario of that name; null if there is none. */
  public static byte @Nullable [] text(String name) {
    if (!NAMES.contains(name)) {
      return null;
    }
    try (InputStream in =
        ScenarioLibrary.class.getResourceAsStream(
            "/io/defragsim/scenario/library/" + name + ".json")) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its scenario " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All shipped scenarios, read. */
  public static List<Scenario> all(ScenarioReader reader) {
    return NAMES.stream().map(name -> read(name, reader)).toList();
  }

  private static Scenario read(String name, ScenarioReader reader) {
    byte[] text = text(name);
    if (text == null) {
      throw new IllegalStateException(name);
    }
    ReadResult<Scenario> result = reader.read(text, name, Path.of(""));
    if (result instanceof ReadResult.Valid<Scenario> valid) {
      return valid.value();
    }
    throw new IllegalStateException(
        name + " is invalid: " + ((ReadResult.Invalid<Scenario>) result).problems());
  }
}
