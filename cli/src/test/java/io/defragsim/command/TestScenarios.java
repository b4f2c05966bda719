package io.defragsim.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Scenario files for tests, with or without the images that are wrong on purpose. */
final class TestScenarios {
  private final Path folder;

  /**
   * @param folder where the files go
   */
  TestScenarios(Path folder) {
    this.folder = folder;
  }

  /** A few allocations, locks and frees on {@code image}, with {@code limits}. */
  String on(String image, Map<String, Long> limits) {
    String json =
        """
        {
          "description": "A few blocks.",
          "mcu": "cortex-m0",
          "image": "%s",
          "pool": {"size": "2 KiB", "handles": 16},
          "callBudget": 1000000,
          "workload": [{"phase": "all", "operations": [
            {"alloc": "a", "bytes": 24}, {"alloc": "b", "bytes": 40}, {"write": "b"},
            {"free": "a"}, {"lock": "b"}, {"unlock": "b"},
            {"alloc": "c", "bytes": 100}, {"alloc": "d", "bytes": 64}, {"free": "b"}
          ]}],
          "limits": {%s}
        }
        """
            .formatted(
                image,
                limits.entrySet().stream()
                    .map(e -> "\"" + e.getKey() + "\": " + e.getValue())
                    .sorted()
                    .collect(Collectors.joining(", ")));
    return file(image.replaceAll(".*/", "") + "-" + limits.size() + ".json", json);
  }

  /** The same without limits. */
  String on(String image) {
    return on(image, Map.of());
  }

  /** The same on one of the images that are wrong on purpose. */
  String onFaulty(String image) {
    return on(faulty(image));
  }

  /** Path of one of the images that are wrong on purpose. */
  String faulty(String image) {
    Path file = folder.resolve(image + ".elf");
    try (InputStream in =
        TestScenarios.class.getResourceAsStream("/io/defragsim/firmware/test/" + image + ".elf")) {
      if (in == null) {
        throw new IllegalArgumentException(image);
      }
      Files.write(file, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toString();
  }

  /** A file with that text. */
  String file(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
