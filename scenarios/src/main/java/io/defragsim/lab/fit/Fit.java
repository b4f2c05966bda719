package io.defragsim.lab.fit;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.Lab;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.image.SramLayout;
import io.defragsim.lab.result.Attempt;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.workload.Workload;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Searches the smallest pool that serves a whole workload without one request refused.
 *
 * <p>It scans: whether a pool serves is not monotone in its size, for another size is another
 * layout, and may be an unlucky one. So pools are tried one by one, from what no allocator can do
 * without ({@link Scanner}).
 *
 * <p>Every pool has as much SRAM around it as it needs, whatever the scenario's part has.
 */
public final class Fit {
  private static final int HOST_PAGE = 4 * KIB;

  /** The largest pool that is ever tried. */
  public static final int MOST = 64 * KIB * KIB;

  private final Scenario scenario;
  private final FirmwareImage image;
  private final Options options;
  private final Demand demand;

  /**
   * How to search; sizes in bytes.
   *
   * @param step from one pool to the next, a multiple of 8 above 0
   * @param beyond how far above the first pool of a row all have to serve, 0 or more
   * @param upTo the largest pool tried; null for four times the layout's floor, and at least 8 KiB
   *     more than the floor
   * @param strictness what of each instruction is checked
   * @param progress told the size of the pool that is tried next
   */
  public record Options(
      int step, int beyond, @Nullable Integer upTo, Strictness strictness, LongConsumer progress) {}

  private Fit(Scenario scenario, FirmwareImage image, Options options) {
    this.scenario = scenario;
    this.image = image;
    this.options = options;
    this.demand = Demand.of(scenario.workload());
  }

  /**
   * Searches for {@code scenario} on {@code image}, which is the one that it names.
   *
   * @throws ImageRejectedException if the image does not follow the image contract, or its segments
   *     do not fit the part
   * @throws DoesNotFitException if the image has more on its stack at the start than the reserve
   *     holds
   */
  public static FitResult search(Scenario scenario, FirmwareImage image, Options options) {
    return new Fit(scenario, image, options).result();
  }

  /**
   * Checks what {@link #search} would refuse.
   *
   * @throws ImageRejectedException as {@code search}
   * @throws DoesNotFitException as {@code search}
   */
  public static void check(Scenario scenario, FirmwareImage image) {
    Lab.checkStart(withPool(scenario, image, Granule.BYTES, 1), image);
  }

  /** The scenario with a pool of {@code bytes}, on its part with SRAM enough for it. */
  static Scenario withPool(Scenario scenario, FirmwareImage image, int bytes, long handles) {
    McuConfig part = scenario.mcu();
    long sram = SramLayout.data(image, part) + bytes + scenario.stackBytes();
    McuConfig roomy = part.withMemory(wholePages(part.flashBytes()), wholePages(sram));
    return scenario.withMemory(roomy, new Scenario.Pool(bytes, Math.toIntExact(handles)));
  }

  /** A process can have any number of engines only if their memory is whole pages of the host. */
  private static int wholePages(long bytes) {
    return Math.toIntExact((bytes + HOST_PAGE - 1) / HOST_PAGE * HOST_PAGE);
  }

  private FitResult result() {
    long handles = Math.max(1, demand.handles());
    Scan least = scan(handles, options.beyond());
    int given = scenario.pool().handles();
    Scan asGiven = given == handles || least.broken() != null ? null : scan(given, 0);
    Integer smallest = least.smallest();
    return new FitResult(
        scenario,
        image.name(),
        image.sha256(),
        Lab.pointerBytes(image),
        demand,
        least,
        asGiven,
        smallest == null ? List.of() : parts(smallest));
  }

  private Scan scan(long handles, int beyond) {
    long floor = demand.floor(handles);
    Integer asked = options.upTo();
    long upTo = Math.min(MOST, asked != null ? asked : Math.max(4 * floor, floor + 8 * KIB));
    long from = Math.max(Granule.BYTES, demand.peakAligned());
    Scanner scanner =
        new Scanner(
            handles,
            from,
            options.step(),
            (int) upTo,
            beyond,
            pool -> attempt(pool, handles),
            pool -> acceptsLarger(pool, (int) upTo, handles),
            options.progress());
    return scanner.scan();
  }

  /**
   * Whether the image accepts some pool of more than {@code from} bytes: looked for in growing
   * distances, for an image that needs more for itself accepts all from there to its largest.
   */
  private boolean acceptsLarger(int from, int upTo, long handles) {
    Workload nothing = new Workload(List.of(), List.of());
    for (long more = Granule.BYTES; from + more <= upTo; more *= 2) {
      Scenario idle = withPool(scenario, image, (int) (from + more), handles).withWorkload(nothing);
      if (!(Lab.attempt(idle, image, options.strictness()) instanceof Attempt.PoolRefused)) {
        return true;
      }
    }
    return false;
  }

  private Attempt attempt(int pool, long handles) {
    return Lab.attempt(withPool(scenario, image, pool, handles), image, options.strictness());
  }

  private List<PartFit> parts(int pool) {
    List<PartFit> parts = new ArrayList<>();
    for (McuConfig part : McuProfiles.all().values()) {
      FirmwareImage linked = linkedFor(part);
      parts.add(
          linked == null
              ? new PartFit(part, null, null)
              : new PartFit(
                  part,
                  part.sramBytes() - SramLayout.data(linked, part) - pool - scenario.stackBytes(),
                  (long) part.flashBytes() - linked.flashBytes(part.sramBase(), part.sramBytes())));
    }
    return parts;
  }

  /** The image as linked for the part's SRAM, null if it is not. */
  private @Nullable FirmwareImage linkedFor(McuConfig part) {
    if (scenario.image() instanceof ImageReference.Elf) {
      return part.sramBase() == scenario.mcu().sramBase() ? image : null;
    }
    try {
      return ShippedImages.load(scenario.image(), part);
    } catch (FileNotFoundException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
