package io.defragsim.lab.fit;

import io.defragsim.emulator.McuConfig;
import org.jspecify.annotations.Nullable;

/**
 * Whether the smallest pool fits a part, with the image's data and code and the scenario's stack
 * reserve.
 *
 * @param sramSpare bytes of SRAM left, below 0 if there are too few; null if the image is not
 *     linked for the part's memory map
 * @param flashSpare the same of flash
 */
public record PartFit(McuConfig part, @Nullable Long sramSpare, @Nullable Long flashSpare) {

  /** Whether it does. */
  public boolean fits() {
    return sramSpare != null && flashSpare != null && sramSpare >= 0 && flashSpare >= 0;
  }
}
