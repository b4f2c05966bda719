package io.defragsim.lab.fit;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.Lab;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.image.Probe;
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
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Searches the smallest pool that serves a whole workload without one request refused.
 *
 * <p>It scans: whether a pool serves is not monotone in its size, for another size is another
 * layout, and may be an unlucky one. So pools are tried from what no allocator can do without on,
 * in strides first, and one by one where the smallest is ({@link Scanner}).
 *
 * <p>Every pool has as much SRAM around it as it needs, whatever the scenario's part has.
 */
public final class Fit {
  /** From one pool to the next while none has served. */
  private static final int STRIDE = 256;

  /** The largest pool that is ever tried. */
  public static final int MOST = 64 * KIB * KIB;

  private final Scenario scenario;
  private final FirmwareImage image;
  private final Options options;
  private final Demand demand;
  private final int pointers;

  /**
   * How to search; sizes in bytes.
   *
   * @param step from one pool to the next, a multiple of 8 above 0
   * @param every whether it goes step by step from the first pool on, not only where the smallest
   *     is
   * @param beyond how far above the first pool of a row all have to serve, 0 or more
   * @param upTo the largest pool tried; null for four times the layout's floor, and at least 8 KiB
   *     more than the floor
   * @param strictness what of each instruction is checked
   * @param progress told what is known
   */
  public record Options(
      int step,
      boolean every,
      int beyond,
      @Nullable Integer upTo,
      Strictness strictness,
      Consumer<Scan.SoFar> progress) {

    public Options withProgress(Consumer<Scan.SoFar> other) {
      return new Options(step, every, beyond, upTo, strictness, other);
    }
  }

  private Fit(Scenario scenario, FirmwareImage image, Options options) {
    this.scenario = scenario;
    this.image = image;
    this.options = options;
    this.demand = Demand.of(scenario.workload());
    this.pointers = Lab.pointerBytes(image);
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
    // a block, the hole behind it, and that hole in its list: all that a walk tells at once
    long walk = 3L * Probe.WALK_RECORD * (handles + 1);
    long sram = SramLayout.data(image, part) + bytes + walk + scenario.stackBytes();
    McuConfig roomy =
        part.withMemory(
            (int) SramLayout.wholePages(part.flashBytes()),
            Math.toIntExact(SramLayout.wholePages(sram)));
    return scenario.withMemory(roomy, new Scenario.Pool(bytes, Math.toIntExact(handles)));
  }

  private FitResult result() {
    long handles = Math.max(1, demand.handles());
    Scan least = scan(handles, Math.max(Granule.BYTES, demand.peakAligned()), options.beyond());
    int given = scenario.pool().handles();
    boolean same = given == handles || pointers > 0;
    // with a larger table the smallest pool is no smaller, as far as strides can tell
    long from = given > handles ? least.everyFrom() : least.from();
    Scan asGiven = same || least.broken() != null ? null : scan(given, from, 0);
    Integer smallest = least.smallest();
    return new FitResult(
        scenario,
        image.name(),
        image.sha256(),
        pointers,
        demand,
        least,
        asGiven,
        smallest == null ? List.of() : parts(smallest));
  }

  private Scan scan(long handles, long from, int beyond) {
    long floor = demand.floor(pointers > 0 ? 0 : handles);
    Integer asked = options.upTo();
    long upTo = Math.min(MOST, asked != null ? asked : Math.max(4 * floor, floor + 8 * KIB));
    Scanner scanner =
        new Scanner(
            handles,
            from,
            options.every() ? options.step() : strideOf(options.step()),
            options.step(),
            (int) upTo,
            beyond,
            pool -> attempt(pool, handles),
            pool -> acceptsLarger(pool, (int) upTo, handles),
            options.progress());
    return scanner.scan();
  }

  /** As many steps as are about a stride; at least one. */
  private static int strideOf(int step) {
    return Math.max(1, STRIDE / step) * step;
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
