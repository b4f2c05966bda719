package io.defragsim.lab.image;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.Scenario;
import java.util.Locale;

/**
 * Who has which part of SRAM, from the bottom: the image's data, the glue's table, the pool
 * (8-aligned), nobody, the stack reserve. All in bytes.
 *
 * <p>A program for an allocator that hands out pointers keeps no table of them, so the table takes
 * nothing away from it: where the part has no room for the table, the SRAM is larger than the
 * part's.
 *
 * @param data what the image's segments fill, rounded up to 8
 * @param glue a table from handles to pointers, which the image gets with its pool; 0 for an image
 *     with handles of its own
 * @param poolAddress the pool's first byte
 */
public record SramLayout(int data, int glue, long poolAddress, int pool, int unused, int stack) {
  private static final int HOST_PAGE = 4 * KIB;

  /**
   * The layout of {@code scenario} on {@code image}.
   *
   * @param pointers {@link ImageContract#pointers} of the image
   * @throws DoesNotFitException if the parts but for the glue's are more than the SRAM
   */
  static SramLayout of(Scenario scenario, FirmwareImage image, int pointers) {
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
    long glue = Granule.up((long) pointers * scenario.pool().handles());
    long all = sum + glue;
    long sram = all <= mcu.sramBytes() ? mcu.sramBytes() : wholePages(all);
    return new SramLayout(
        (int) data,
        Math.toIntExact(glue),
        mcu.sramBase() + data + glue,
        pool,
        Math.toIntExact(sram - all),
        stack);
  }

  /**
   * So many bytes, rounded up to what an engine's memory is: a process can have any number of
   * engines only if their memory is whole pages of the host.
   */
  public static long wholePages(long bytes) {
    return (bytes + HOST_PAGE - 1) / HOST_PAGE * HOST_PAGE;
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

  /** The first byte of what the image gets: the glue's table, and then the pool. */
  long givenAddress() {
    return poolAddress - glue;
  }

  /** How much it gets. */
  int given() {
    return glue + pool;
  }

  /** The part on which all this stands. */
  McuConfig on(McuConfig part) {
    return part.withMemory(part.flashBytes(), data + glue + pool + unused + stack);
  }

  public long poolEnd() {
    return poolAddress + pool;
  }
}
