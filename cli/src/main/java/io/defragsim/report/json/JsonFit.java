package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.fit.Scan;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.Fitted;
import io.defragsim.workload.OperationKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document that {@code fit} writes. */
public record JsonFit(
    @JsonPropertyDescription("Always defrag-sim-fit.") String format,
    @JsonPropertyDescription("The version of this format; it changes when a reader must.")
        int version,
    @JsonPropertyDescription("The version of defrag-sim that wrote the document.") String producer,
    @JsonPropertyDescription("The exit status of the command: the worst of all scenarios.")
        int exitStatus,
    @JsonPropertyDescription("In the order in which they were given.")
        List<ScenarioFit> scenarios) {

  /** What stands in {@code format}. */
  public static final String FORMAT = "defrag-sim-fit";

  /** What stands in {@code version}. */
  public static final int VERSION = 1;

  /** One scenario. */
  public record ScenarioFit(
      @JsonPropertyDescription("The scenario's name.") String scenario,
      @JsonPropertyDescription("The scenario's description; may be empty.") String description,
      @JsonPropertyDescription(
              "What this scenario by itself means: 0 the search ended, 3 the smallest pool of the"
                  + " scenario's own image is more than atMostPpm of the floor, or there is none, 4"
                  + " the firmware faulted or broke the contract, 5 a cycle budget was exhausted.")
          int exitStatus,
      @JsonPropertyDescription("When compaction ran, for people.") String policy,
      @JsonPropertyDescription("The stack reserve.") int stackBytes,
      @JsonPropertyDescription("The scenario's number of handles.") int handles,
      PeakDemand demand,
      @JsonPropertyDescription("How far above the first pool of a row all had to serve.")
          int beyond,
      @JsonPropertyDescription(
              "The most that the smallest pool may be of the floor; null for no limit.")
          @Nullable Long atMostPpm,
      @JsonPropertyDescription("The scenario's own image first.") List<ImageFit> images,
      @JsonPropertyDescription("Shipped images that all asked for and that cannot run it.")
          List<JsonReport.LeftOut> leftOut) {}

  /** What the workload asks for at its peaks, each of which may be at another moment. */
  public record PeakDemand(
      @JsonPropertyDescription("Requested bytes.") long payload,
      long blocks,
      @JsonPropertyDescription(
              "As many as suffice: blocks, or one more where a block is resized then.")
          long handles,
      @JsonPropertyDescription("Requested bytes, each block rounded up to 8.") long aligned,
      @JsonPropertyDescription("The same with a header of 4 bytes a block before rounding.")
          long laidOut) {}

  /** The smallest pool on one image. */
  public record ImageFit(
      String image,
      @JsonPropertyDescription("SHA-256 of the ELF file, lower-case hex.") String sha256,
      @JsonPropertyDescription(
              "Bytes a handle of a table that only the glue needs, because the allocator hands out"
                  + " pointers: it is in no pool, and not in the floor; 0 if the allocator has"
                  + " handles of its own.")
          int pointerBytes,
      @JsonPropertyDescription("With as many handles as suffice.") Search least,
      @JsonPropertyDescription(
              "With the scenario's number of handles, up to the first that served; null if it is"
                  + " the same number, if the allocator hands out pointers, or if the firmware"
                  + " broke.")
          @Nullable Search asGiven,
      @JsonPropertyDescription(
              "Whether the smallest pool fits each profile, with the image and the stack reserve;"
                  + " empty if no pool served.")
          List<Part> parts) {}

  /** Pools that were tried. */
  public record Search(
      @JsonPropertyDescription("That every pool had.") long handles,
      @JsonPropertyDescription(
              "What a perfect heap needs with a header of 4 bytes a block, sizes in granules of 8"
                  + " and, unless the allocator hands out pointers, a table entry of 4 bytes a"
                  + " handle.")
          long floor,
      @JsonPropertyDescription(
              "The smallest pool tried: less no allocator can do with, or of asGiven with more"
                  + " handles, everyFrom of least.")
          long from,
      @JsonPropertyDescription(
              "From one pool to the next below everyFrom, where a pool between may serve by luck.")
          int stride,
      @JsonPropertyDescription("From here on pools are a step apart.") long everyFrom,
      @JsonPropertyDescription("From one pool to the next.") int step,
      @JsonPropertyDescription("The largest pool tried; less than from if none was.") long to,
      @JsonPropertyDescription("How many were tried.") int tried,
      @JsonPropertyDescription(
              "served: as many in a row as were asked for; up-to: the largest to try was reached;"
                  + " largest-pool: the image accepts no larger one; broken: see there.")
          Scan.End end,
      @JsonPropertyDescription("The smallest that served everything; null if none did.")
          @Nullable Integer smallest,
      @JsonPropertyDescription("smallest over the peak payload; null without either.")
          @Nullable Long payloadFactorPpm,
      @JsonPropertyDescription("smallest over the floor; null without either.")
          @Nullable Long floorFactorPpm,
      @JsonPropertyDescription(
              "From this one on all that were tried served; null unless the end is served.")
          @Nullable Integer alwaysFrom,
      @JsonPropertyDescription("How many larger than smallest did not serve.") int refusedAbove,
      @JsonPropertyDescription("How smallest served; null if none did.") @Nullable Serving served,
      @JsonPropertyDescription("The largest that did not serve; null if all did.")
          @Nullable Refusal largestRefused,
      @JsonPropertyDescription("How the firmware failed in the pool to; null if it did not.")
          JsonReport.@Nullable Ending broken) {}

  /** A run in which every request was served. */
  public record Serving(
      @JsonPropertyDescription("Requests that waited for compaction.") long stalls,
      @JsonPropertyDescription("Of compaction.") long steps,
      @JsonPropertyDescription("Payload that steps moved.") long bytesMoved,
      @JsonPropertyDescription(
              "Operations refused that ask for no memory, such as locks of a block on its way.")
          long refusals) {}

  /** A run in which a request was refused. */
  public record Refusal(
      int pool,
      ContractError error,
      @JsonPropertyDescription("Null if the image refused the pool; the same for what follows.")
          @Nullable Long operation,
      @Nullable OperationKind kind,
      @Nullable String block,
      @Nullable Long requestedBytes,
      @JsonPropertyDescription("image_free_bytes at that moment.") @Nullable Long freeBytes) {}

  /** An MCU profile. */
  public record Part(
      String name,
      boolean fits,
      @JsonPropertyDescription(
              "SRAM left; below 0 if it is too little; null if the image is not linked for it.")
          @Nullable Long sramSpare,
      @JsonPropertyDescription("The same of flash.") @Nullable Long flashSpare) {}

  static JsonFit of(List<Fitted> scenarios, int exitStatus) {
    return new JsonFit(
        FORMAT,
        VERSION,
        scenarios.isEmpty() ? "" : scenarios.get(0).producer(),
        exitStatus,
        scenarios.stream().map(JsonFit::scenario).toList());
  }

  private static ScenarioFit scenario(Fitted fitted) {
    FitResult own = fitted.results().get(0);
    var scenario = own.scenario();
    Demand demand = own.demand();
    return new ScenarioFit(
        scenario.name(),
        scenario.description(),
        fitted.exitStatus(),
        JsonReports.plain(RunWords.policy(scenario.defrag())),
        scenario.stackBytes(),
        scenario.pool().handles(),
        new PeakDemand(
            demand.peakPayload(),
            demand.peakBlocks(),
            demand.handles(),
            demand.peakAligned(),
            demand.peakLaidOut()),
        fitted.beyond(),
        fitted.atMostPpm(),
        fitted.results().stream().map(JsonFit::image).toList(),
        JsonReports.leftOut(fitted.leftOut()));
  }

  private static ImageFit image(FitResult result) {
    Scan asGiven = result.asGiven();
    return new ImageFit(
        result.image(),
        result.sha256(),
        result.pointerBytes(),
        search(result, result.least()),
        asGiven == null ? null : search(result, asGiven),
        result.parts().stream()
            .map(p -> new Part(p.part().name(), p.fits(), p.sramSpare(), p.flashSpare()))
            .toList());
  }

  private static Search search(FitResult result, Scan scan) {
    Attempt.Served served = scan.served();
    Attempt.Broken broken = scan.broken();
    Scan.Refusal refusal = scan.largestRefused();
    return new Search(
        scan.handles(),
        result.floor(scan),
        scan.from(),
        scan.stride(),
        scan.everyFrom(),
        scan.step(),
        scan.to(),
        scan.tried(),
        scan.end(),
        scan.smallest(),
        result.payloadFactor(scan),
        result.floorFactor(scan),
        scan.alwaysFrom(),
        scan.refusedAbove(),
        served == null
            ? null
            : new Serving(served.stalls(), served.steps(), served.bytesMoved(), served.refusals()),
        refusal == null ? null : refusal(refusal),
        broken == null ? null : JsonReports.ending(broken.ending()));
  }

  private static Refusal refusal(Scan.Refusal refusal) {
    if (refusal.why() instanceof Attempt.Refused refused) {
      var failure = refused.failure();
      return new Refusal(
          refusal.pool(),
          failure.error(),
          failure.operation(),
          failure.kind(),
          failure.block(),
          failure.requestedBytes(),
          failure.freeBytes());
    }
    ContractError error = ((Attempt.PoolRefused) refusal.why()).error();
    return new Refusal(refusal.pool(), error, null, null, null, null, null);
  }
}
