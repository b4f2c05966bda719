package io.defragsim.lab.fit;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.Attempt;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.ShippedImages;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Searches the smallest pool that serves a whole workload without one request refused.
 *
 * <p>It scans: whether a pool serves is not monotone in its size, for another size is another
 * layout, and may be an unlucky one. So pools are tried one by one, from what no allocator can do
 * without, until as many in a row as were asked for have served. The first that served is the
 * smallest; the first of the row is the one from which on all of them did, as far as was tried.
 *
 * <p>Every pool has as much SRAM around it as it needs, whatever the scenario's part has.
 */
public final class Fit {
  /** Pools tried at once; what comes after the end of a scan is thrown away. */
  private static final int BATCH = 8;

  private static final int KIB = 1024;

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
      int step, int beyond, @Nullable Integer upTo, Strictness strictness, LongConsumer progress) {

    /** Every size, with 256 bytes more looked at. */
    public static Options standard() {
      return new Options(Demand.GRANULE, 256, null, Strictness.NORMAL, pool -> {});
    }
  }

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
   * @throws io.defragsim.lab.DoesNotFitException if the image has more on its stack at the start
   *     than the reserve holds
   */
  public static FitResult search(Scenario scenario, FirmwareImage image, Options options) {
    return new Fit(scenario, image, options).result();
  }

  /** The scenario with a pool of {@code bytes}, and SRAM enough for it. */
  public static Scenario withPool(Scenario scenario, FirmwareImage image, int bytes, long handles) {
    McuConfig part = scenario.mcu();
    long sram = (data(image, part) + bytes + scenario.stackBytes() + KIB - 1) / KIB * KIB;
    McuConfig roomy =
        new McuConfig(
            part.name(),
            part.core(),
            part.clockHz(),
            part.zeroWaitHz(),
            part.multiplierCycles(),
            part.flashBytes(),
            part.sramBase(),
            Math.toIntExact(sram));
    return scenario.withMemory(roomy, new Scenario.Pool(bytes, Math.toIntExact(handles)));
  }

  /** The image's own SRAM, rounded up to where a pool can start. */
  private static long data(FirmwareImage image, McuConfig part) {
    long used = image.sramUsedEnd(part.sramBase()) - part.sramBase();
    return (used + Demand.GRANULE - 1) / Demand.GRANULE * Demand.GRANULE;
  }

  private FitResult result() {
    long handles = Math.max(1, demand.peakBlocks());
    Scan least = scan(handles, options.beyond());
    int given = scenario.pool().handles();
    Scan asGiven = given == handles || least.broken() != null ? null : scan(given, 0);
    Integer smallest = least.smallest();
    return new FitResult(
        scenario,
        image.name(),
        image.sha256(),
        demand,
        least,
        asGiven,
        smallest == null ? List.of() : parts(smallest));
  }

  private Scan scan(long handles, int beyond) {
    long floor = demand.floor(handles);
    Integer asked = options.upTo();
    long upTo = asked != null ? asked : Math.max(4 * floor, floor + 8 * KIB);
    Scanning scanning = new Scanning(handles, beyond);
    long from = Math.max(Demand.GRANULE, demand.peakAligned());
    upTo = Math.min(upTo, MOST);
    if (from > upTo) {
      return scanning.none(from);
    }
    return scanning.run((int) from, (int) upTo);
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
                  part.sramBytes() - data(linked, part) - pool - scenario.stackBytes(),
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

  /** One scan under way. */
  private final class Scanning {
    private final long handles;
    private final int beyond;
    private long from;
    private long to;
    private @Nullable Integer smallest;
    private @Nullable Integer rowFrom;
    private int refusedAbove;
    private Attempt.@Nullable Served served;
    private Scan.@Nullable Refusal largestRefused;
    private Attempt.@Nullable Broken broken;
    private boolean accepted;

    private Scanning(long handles, int beyond) {
      this.handles = handles;
      this.beyond = beyond;
    }

    /** Nothing is tried: not even the smallest pool is within bounds. */
    private Scan none(long least) {
      from = least;
      to = least - options.step();
      return scan(Scan.End.UP_TO);
    }

    private Scan run(int least, int upTo) {
      from = least;
      for (int first = least; ; first += BATCH * options.step()) {
        options.progress().accept(first);
        int start = first;
        int count = Math.min(BATCH, (upTo - first) / options.step() + 1);
        // Each pool is a machine of its own, so that the order in which they run shows nowhere.
        List<Attempt> attempts =
            IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> attempt(start + i * options.step(), handles))
                .toList();
        for (int i = 0; i < count; i++) {
          int pool = first + i * options.step();
          Scan.End end = note(pool, attempts.get(i));
          if (end != null) {
            return scan(end);
          }
          if (upTo - pool < options.step()) {
            return scan(Scan.End.UP_TO);
          }
        }
      }
    }

    private Scan.@Nullable End note(int pool, Attempt attempt) {
      if (attempt instanceof Attempt.PoolRefused && accepted) {
        return Scan.End.LARGEST_POOL;
      }
      to = pool;
      if (attempt instanceof Attempt.Broken what) {
        broken = what;
        return Scan.End.BROKEN;
      }
      accepted |= !(attempt instanceof Attempt.PoolRefused);
      if (attempt instanceof Attempt.Served how) {
        if (smallest == null) {
          smallest = pool;
          served = how;
        }
        if (rowFrom == null) {
          rowFrom = pool;
        }
        return pool - rowFrom >= beyond ? Scan.End.SERVED : null;
      }
      rowFrom = null;
      largestRefused = new Scan.Refusal(pool, attempt);
      if (smallest != null) {
        refusedAbove++;
      }
      return null;
    }

    private Scan scan(Scan.End end) {
      return new Scan(
          handles,
          from,
          options.step(),
          to,
          end,
          smallest,
          end == Scan.End.SERVED ? rowFrom : null,
          refusedAbove,
          served,
          largestRefused,
          broken);
    }
  }
}
