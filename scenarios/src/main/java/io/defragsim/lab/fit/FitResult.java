package io.defragsim.lab.fit;

import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.scenario.Scenario;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The smallest pool of one scenario on one image. The same scenario, image, options and version
 * give an equal result.
 *
 * @param scenario what was to be served; its pool was not used
 * @param image the image's name
 * @param sha256 of the ELF file, lower-case hex
 * @param pointerBytes bytes a handle of a table that only the glue needs, because the allocator
 *     hands out pointers; it is in no pool, and not in the floor
 * @param demand what the workload asks for
 * @param least pools with as many handles as suffice
 * @param asGiven the same with the scenario's number of handles, up to the first that served; null
 *     if it is the same number, or the pool has no table
 * @param parts one entry for each profile, in the order of the list; empty if no pool served
 */
public record FitResult(
    Scenario scenario,
    String image,
    String sha256,
    int pointerBytes,
    Demand demand,
    Scan least,
    @Nullable Scan asGiven,
    List<PartFit> parts) {
  private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);

  public FitResult {
    parts = List.copyOf(parts);
  }

  /** The smallest pool over the peak live payload, in parts per million; null without either. */
  public @Nullable Long payloadFactor(Scan scan) {
    return ratio(scan.smallest(), demand.peakPayload());
  }

  /** The smallest pool over {@link #floor}, in parts per million; null without either. */
  public @Nullable Long floorFactor(Scan scan) {
    return ratio(scan.smallest(), floor(scan));
  }

  /** Whether the allocator hands out pointers: a pool has no table of handles then. */
  public boolean handsOutPointers() {
    return pointerBytes > 0;
  }

  /** The layout's floor for as many handles; without a table for an allocator of pointers. */
  public long floor(Scan scan) {
    return demand.floor(handsOutPointers() ? 0 : scan.handles());
  }

  /**
   * Whether there is a smallest pool, and it is at most {@code factorPpm} times the layout's floor.
   */
  public boolean within(long factorPpm) {
    Integer smallest = least.smallest();
    return smallest != null
        && BigInteger.valueOf(smallest)
                .multiply(MILLION)
                .compareTo(BigInteger.valueOf(factorPpm).multiply(BigInteger.valueOf(floor(least))))
            <= 0;
  }

  /**
   * The code of the {@link ExitStatus} that the search means: that of the first run that broke off.
   */
  public int exitStatus() {
    ExitStatus status = exitStatus(least);
    return (status != ExitStatus.OK || asGiven == null ? status : exitStatus(asGiven)).code();
  }

  private static ExitStatus exitStatus(Scan scan) {
    Attempt.Broken broken = scan.broken();
    return broken == null ? ExitStatus.OK : broken.ending().exitStatus();
  }

  /** Rounded to the nearest part per million, halves up. */
  private static @Nullable Long ratio(@Nullable Integer pool, long of) {
    if (pool == null || of == 0) {
      return null;
    }
    return BigInteger.valueOf(pool)
        .multiply(MILLION)
        .shiftLeft(1)
        .add(BigInteger.valueOf(of))
        .divide(BigInteger.valueOf(of).shiftLeft(1))
        .longValueExact();
  }
}
