package io.defragsim.junit;

import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.Lab;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import io.defragsim.words.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Finds scenarios and images as a test class names them, and runs them. */
final class ScenarioSource {
  private static final Path HERE = Path.of("");

  private final ScenarioReader reader = new ScenarioReader(Figures.units());
  private final Class<?> test;

  /**
   * @param test what resources are seen from
   */
  ScenarioSource(Class<?> test) {
    this.test = test;
  }

  /**
   * Runs a scenario on its own image, or on {@code allocator} if that is not empty.
   *
   * @throws ExtensionConfigurationException if it cannot run, with all that is wrong with it
   */
  RunResult run(String name, String allocator) {
    Scenario scenario = scenario(name);
    if (!allocator.isEmpty()) {
      scenario = scenario.withImage(image(name, allocator));
    }
    try {
      FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
      return Lab.run(scenario, image);
    } catch (IOException e) {
      throw refused(name + ": image " + scenario.image() + ": " + e.getMessage());
    } catch (ImageRejectedException | DoesNotFitException e) {
      throw refused(name + ": " + e.getMessage());
    }
  }

  private static ImageReference image(String name, String allocator) {
    try {
      return ImageReference.of(allocator, HERE);
    } catch (FileNameException e) {
      throw refused(name + ": image: " + e.getMessage());
    }
  }

  private Scenario scenario(String name) {
    ReadResult<Scenario> read = read(name);
    if (read instanceof ReadResult.Valid<Scenario> valid) {
      return valid.value();
    }
    throw refused(String.join("\n", ((ReadResult.Invalid<Scenario>) read).lines(name)));
  }

  private ReadResult<Scenario> read(String name) {
    String file = "no such file in " + HERE.toAbsolutePath();
    try {
      Path path = HERE.resolve(FileName.path(name));
      if (Files.exists(path)) {
        return reader.read(path);
      }
    } catch (FileNameException e) {
      file = String.valueOf(e.getMessage()); // a resource may be called so all the same
    }
    URL resource = name.isEmpty() ? null : test.getResource(name);
    if (resource != null) {
      return read(name, resource);
    }
    byte[] shipped = ScenarioLibrary.text(name);
    if (shipped != null) {
      return reader.read(shipped, name, HERE);
    }
    throw refused(
        name.isEmpty()
            ? file
            : name
                + ": "
                + file
                + ", no such resource of "
                + test.getName()
                + ", and no shipped scenario"
                + Nearest.hint(name, ScenarioLibrary.names()));
  }

  /** A resource that is a file is read as one, so that an image may stand beside it. */
  private ReadResult<Scenario> read(String name, URL resource) {
    try {
      URI uri = resource.toURI();
      if ("file".equals(uri.getScheme())) {
        return reader.read(Path.of(uri));
      }
      try (InputStream in = resource.openStream()) {
        String stem = name.replaceFirst(".*/", "").replaceFirst("\\.jsonc?$", "");
        byte[] bytes = in.readNBytes(InputKind.SCENARIO.mostBytes() + 1);
        if (bytes.length > InputKind.SCENARIO.mostBytes()) {
          throw refused(name + ": the resource is larger than a scenario may be");
        }
        return reader.read(bytes, stem, HERE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw refused(name + ": " + e.getMessage());
    }
  }

  private static ExtensionConfigurationException refused(String why) {
    return new ExtensionConfigurationException(Printable.lines(why));
  }
}
