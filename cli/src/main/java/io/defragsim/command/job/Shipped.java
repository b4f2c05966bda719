package io.defragsim.command.job;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What comes with this program. */
public final class Shipped {
  /** The image that counts where nobody names one. */
  public static final String USUAL_IMAGE = "defrag";

  private Shipped() {}

  public static List<Scenario> scenarios() {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units()));
  }

  /** A part with its SRAM where most have it. */
  public static McuConfig usualPart() {
    return McuProfiles.all().values().iterator().next();
  }

  /** The images, as linked for {@link #usualPart}. */
  public static List<FirmwareImage> images() {
    List<FirmwareImage> images = new ArrayList<>();
    for (String name : ShippedImages.names()) {
      try {
        images.add(ShippedImages.load(new ImageReference.Shipped(name), usualPart()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return images;
  }
}
