package io.defragsim.report;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.model.Location;
import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.fit.PartFit;
import io.defragsim.lab.fit.Scan;
import io.defragsim.lab.fit.Scan.End;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Smallest pools made up by hand, so that a report can be checked without a search. */
public final class Fits {
  private static final Demand DEMAND = new Demand(1549, 34, 34, 1608, 1720);

  private Fits() {}

  /** The own image serves, another not always, a third never, and a fourth is broken. */
  public static Fitted eventful() {
    return new Fitted(
        "0.1.0",
        List.of(
            result("defrag", moving(), asGiven(), parts(1592)),
            result("newlib-nano", unlucky(), null, parts(-48)),
            result("picky", never(), null, List.of()),
            result("faulty", broken(), null, List.of())),
        256,
        null,
        List.of());
  }

  /** Only the own image, with its limit violated by a hair. */
  public static Fitted overLimit() {
    return new Fitted(
        "0.1.0", List.of(result("defrag", moving(), null, parts(0))), 0, 1_034_482L, List.of());
  }

  /** A workload that no memory holds. */
  public static Fitted untried() {
    Scan scan =
        new Scan(
            1,
            1L << 32,
            256,
            1L << 32,
            8,
            (1L << 32) - 8,
            0,
            End.UP_TO,
            null,
            null,
            0,
            null,
            null,
            null);
    FitResult result =
        new FitResult(
            scenario(),
            "defrag",
            "d".repeat(64),
            0,
            new Demand(1L << 32, 1, 1, 1L << 32, (1L << 32) + 8),
            scan,
            null,
            List.of());
    return new Fitted("0.1.0", List.of(result), 256, 1_050_000L, List.of());
  }

  private static Scenario scenario() {
    McuConfig part = Objects.requireNonNull(McuProfiles.all().get("stm32f030f4"));
    return new Scenario(
        "sensor-node",
        "Memory is tight.",
        part,
        new ImageReference.Shipped("defrag"),
        new Scenario.Pool(2048, 40),
        512,
        new DefragPolicy.OnFailure(64),
        1_000_000,
        List.of(),
        new Workload(List.of(), List.of()),
        List.of());
  }

  private static FitResult result(
      String image, Scan least, @Nullable Scan given, List<PartFit> parts) {
    return new FitResult(
        scenario(),
        image,
        image.substring(0, 1).repeat(64),
        image.equals("newlib-nano") ? 4 : 0,
        DEMAND,
        least,
        given,
        parts);
  }

  private static Scan moving() {
    return new Scan(
        34,
        1608,
        256,
        1872,
        8,
        2176,
        41,
        End.SERVED,
        1920,
        1920,
        0,
        new Attempt.Served(60, 1200, 39_098, 2),
        new Scan.Refusal(1912, refused(3017, ContractError.BLOCKED_BY_LOCKS)),
        null);
  }

  private static Scan asGiven() {
    return new Scan(
        40,
        1608,
        256,
        1872,
        8,
        1944,
        12,
        End.SERVED,
        1944,
        1944,
        0,
        new Attempt.Served(61, 1210, 39_200, 0),
        new Scan.Refusal(1936, refused(3017, ContractError.FRAGMENTED)),
        null);
  }

  private static Scan unlucky() {
    return new Scan(
        34,
        1608,
        256,
        2384,
        8,
        2976,
        79,
        End.SERVED,
        2632,
        2720,
        3,
        new Attempt.Served(0, 0, 0, 0),
        new Scan.Refusal(2712, refused(1231, ContractError.FRAGMENTED)),
        null);
  }

  private static Scan never() {
    return new Scan(
        34,
        1608,
        256,
        3920,
        8,
        4096,
        33,
        End.LARGEST_POOL,
        null,
        null,
        0,
        null,
        new Scan.Refusal(4096, new Attempt.PoolRefused(ContractError.BAD_ARGUMENT)),
        null);
  }

  private static Scan broken() {
    return new Scan(
        34,
        1608,
        256,
        1616,
        8,
        1624,
        3,
        End.BROKEN,
        null,
        null,
        0,
        null,
        new Scan.Refusal(1616, refused(5, ContractError.OUT_OF_MEMORY)),
        new Attempt.Broken(
            new RunEnding.BudgetExhausted(
                50_000_000,
                new Location(0x0800_0100L, "image_alloc", 8),
                "alloc x (24 bytes), in image_alloc",
                17)));
  }

  private static Attempt refused(long operation, ContractError error) {
    return new Attempt.Refused(
        new Failure(operation, OperationKind.ALLOC, "#1209", 86, error, 300, true, null));
  }

  /** Each with a bit more or less to spare than the last, and one that the image is not for. */
  private static List<PartFit> parts(long spare) {
    List<PartFit> parts = new ArrayList<>();
    long more = spare;
    for (McuConfig part : McuProfiles.all().values()) {
      boolean linked = part.sramBase() == 0x2000_0000L;
      parts.add(new PartFit(part, linked ? more : null, linked ? 10_000L : null));
      more += 24;
    }
    return parts;
  }
}
