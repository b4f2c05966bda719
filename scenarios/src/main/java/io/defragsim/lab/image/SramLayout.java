package io.defragsim.lab.image;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.Scenario;
import java.util.Locale;

/**
 * Who has which part of SRAM, from the bottom: the image's data, the pool (8-aligned), nobody, the
 * stack reserve. All in bytes.
 *
 * @param data what the image's segments fill, rounded up to 8
 * @param poolAddress the pool's first byte
 */
public record SramLayout(int data, long poolAddress, int pool, int unused, int stack) {

  /**
   * The layout of {@code scenario} on {@code image}.
   *
   * @throws DoesNotFitException if the parts are more than the SRAM
   */
  static SramLayout of(Scenario scenario, FirmwareImage image) {
    McuConfig mcu = scenario.mcu();
    long data = data(image, mcu);
    int pool = scenario.pool().bytes();
    int stack = scenario.stackBytes();
    long sum = data + pool + stack;
    if (sum > mcu.sramBytes()) {
      throw new DoesNotFitException(
          String.format(
              Locale.ROOT,
              "does not fit: %d bytes of data of image %s + %d of pool + %d of stack reserve = %d"
                  + " bytes, %d more than the %d bytes of SRAM of %s; %s",
              data,
              image.name(),
              pool,
              stack,
              sum,
              sum - mcu.sramBytes(),
              mcu.sramBytes(),
              mcu.name(),
              remedy(Granule.down(mcu.sramBytes() - data - stack))));
    }
    return new SramLayout(
        (int) data, mcu.sramBase() + data, pool, (int) (mcu.sramBytes() - sum), stack);
  }

  /** What the segments of {@code image} fill, rounded up to where a pool can start. */
  public static long data(FirmwareImage image, McuConfig mcu) {
    return Granule.up(image.sramUsedEnd(mcu.sramBase()) - mcu.sramBase());
  }

  private static String remedy(long room) {
    return room > 0
        ? "a pool of " + room + " bytes fits"
        : "no pool fits: a smaller stack reserve or a part with more SRAM is needed";
  }

  public long poolEnd() {
    return poolAddress + pool;
  }
}
