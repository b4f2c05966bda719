package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.CertifiedPool;
import io.defragsim.lab.guarantee.OtherAllocator;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Question;
import io.defragsim.lab.guarantee.check.Checked;
import io.defragsim.lab.guarantee.check.FoundWait;
import io.defragsim.lab.guarantee.check.StaircaseResult;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Guaranteed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document that {@code guarantee} writes. */
public record JsonGuarantee(
    @JsonPropertyDescription("Always defrag-sim-guarantee.") String format,
    @JsonPropertyDescription("The version of this format; it changes when a reader must.")
        int version,
    @JsonPropertyDescription("The version of defrag-sim that wrote the document.") String producer,
    @JsonPropertyDescription(
            "0 no gate is violated, 3 the pool is too small or a wait is too long; else that of the"
                + " scenario's run.")
        int exitStatus,
    Image image,
    @JsonPropertyDescription("The scenario whose requests were counted; null without one.")
        @Nullable String scenario,
    Contract contract,
    @JsonPropertyDescription("What cycles are counted by, for people.") String cycleModel,
    @JsonPropertyDescription("Cycles in a second.") long clockHz,
    Memory memory,
    @JsonPropertyDescription("What others need to be as sure: theorems of others.")
        List<Other> others,
    Waits waits,
    @JsonPropertyDescription("What the scenario's run found; null without a scenario.")
        @Nullable Found found,
    @JsonPropertyDescription("What --check played on the image; null without it.")
        @Nullable Check check) {

  /** What stands in {@code format}. */
  public static final String FORMAT = "defrag-sim-guarantee";

  /** What stands in {@code version}. */
  public static final int VERSION = 1;

  /** The ELF file. */
  public record Image(String name, String sha256) {}

  /** What the program promises; bytes of payload. */
  public record Contract(
      long alive,
      int blocks,
      int smallest,
      int largest,
      @JsonPropertyDescription("Blocks that are locked or pinned at once.") int locked,
      @JsonPropertyDescription("Whether a resize may make a block larger.") boolean grows,
      @JsonPropertyDescription(
              "Requests of the scenario for a pinned block, made while another block is locked; they"
                  + " are not covered.")
          long pinnedWhileLocked) {}

  /** The certified pools, in bytes, without the table of handles. */
  public record Memory(
      @JsonPropertyDescription("In so much every request is served.") long pool,
      @JsonPropertyDescription("The table of handles besides.") long table,
      @JsonPropertyDescription("Whether it is proved that one granule less is not enough.")
          boolean least,
      @JsonPropertyDescription("Granules of the request that needs so much, header included.")
          int decidingGranules,
      @JsonPropertyDescription("Blocks that can be locked while it waits.") int obstacles,
      @JsonPropertyDescription("The pool with one locked block less; null if none is.")
          @Nullable Long oneLockLess,
      @JsonPropertyDescription(
              "The pool if a resize may make a block larger; null if it may already, or the image"
                  + " cannot resize.")
          @Nullable Long growing,
      @JsonPropertyDescription("The pool that was asked about; null for none.")
          @Nullable Long given,
      @JsonPropertyDescription("Whether that is large enough; null for none.")
          @Nullable Boolean holds) {}

  /** What another allocator needs. */
  public record Other(
      String allocator,
      @JsonPropertyDescription("Bytes for blocks.") long bytes,
      OtherAllocator.Claim claim,
      String source) {}

  /** The longest waits, in the pool that was asked about, or in the certified one. */
  public record Waits(
      @JsonPropertyDescription("That pool, in bytes.") long pool,
      @JsonPropertyDescription("What a step may move, in bytes.") int budget,
      @JsonPropertyDescription("The most cycles of a step.") long step,
      @JsonPropertyDescription("The most cycles of the request that is asked again.") long again,
      @JsonPropertyDescription("The most cycles of another call.") long otherCall,
      @JsonPropertyDescription("Other calls between two steps.") int calls,
      @JsonPropertyDescription("Larger requests that are granted meanwhile.") int larger,
      @JsonPropertyDescription("Only steps, and nothing else pending.") Wait alone,
      @JsonPropertyDescription("Only steps, from any state.") Wait fromAnyState,
      @JsonPropertyDescription("From any state, with the other calls.") Wait withCalls,
      @JsonPropertyDescription("The same, with the larger requests.") Wait longest,
      @JsonPropertyDescription("A pool a quarter larger, in bytes.") long largerPool,
      @JsonPropertyDescription("Only steps, and nothing else pending, in that pool.")
          Wait aloneInLargerPool,
      @JsonPropertyDescription("Steps for which a lock may be answered with moving.") long moving,
      @JsonPropertyDescription("The most cycles that were allowed; null for no limit.")
          @Nullable Long limit) {}

  /** A wait. */
  public record Wait(
      long steps,
      long cycles,
      @JsonPropertyDescription("Of those, the cycles in other calls.") long cyclesOfCalls) {}

  /** What was run; no promise. */
  public record Found(
      @JsonPropertyDescription("Steps of the longest stall; null without any.")
          @Nullable Long stallSteps,
      @JsonPropertyDescription("Requests that were refused in the end.") long refused) {}

  /** What programs within the contract found on the image. */
  public record Check(
      long seed,
      @JsonPropertyDescription("Calls of the image that were played.") long calls,
      Staircase staircase,
      List<FoundWaits> waits,
      @JsonPropertyDescription("What the image did and the certificate excludes.")
          List<String> violations) {}

  /** The program that needs all of the certified pool. */
  public record Staircase(
      @JsonPropertyDescription("Why it was not played; null if it was.") @Nullable String notPlayed,
      @JsonPropertyDescription("The bytes that it asks for; null if it was not played.")
          @Nullable Long request,
      @JsonPropertyDescription("Steps until it was served; null if it was not played.")
          @Nullable Long steps,
      @JsonPropertyDescription(
              "How it was refused in a pool that is a granule smaller; null if it was served, or not"
                  + " played.")
          @Nullable ContractError refused) {}

  /** The longest wait that one program found. */
  public record FoundWaits(
      FoundWait.Kind kind,
      String program,
      String what,
      long steps,
      long certifiedSteps,
      long cycles,
      long certifiedCycles,
      boolean holds) {}

  static JsonGuarantee of(Guaranteed guaranteed) {
    Certificate certificate = guaranteed.certificate();
    RunResult run = guaranteed.run();
    return new JsonGuarantee(
        FORMAT,
        VERSION,
        guaranteed.producer(),
        guaranteed.exitStatus(),
        new Image(certificate.image(), certificate.sha256()),
        run == null ? null : guaranteed.title(),
        contract(certificate.question().contract(), guaranteed.pinnedWhileLocked()),
        certificate.part().cycleModel(),
        certificate.part().clockHz(),
        memory(certificate),
        certificate.others().stream()
            .map(other -> new Other(other.name(), other.bytes(), other.claim(), other.source()))
            .toList(),
        waits(certificate, guaranteed.longestWait()),
        run == null ? null : new Found(run.stalls().steps().max(), run.failures().count()),
        guaranteed.checked() == null ? null : check(guaranteed.checked()));
  }

  private static Check check(Checked checked) {
    return new Check(
        checked.seed(),
        checked.calls(),
        staircase(checked.staircase()),
        checked.waits().stream()
            .map(
                wait ->
                    new FoundWaits(
                        wait.kind(),
                        wait.driver(),
                        wait.what(),
                        wait.steps(),
                        wait.certifiedSteps(),
                        wait.cycles(),
                        wait.certifiedCycles(),
                        wait.holds()))
            .toList(),
        checked.violations());
  }

  private static Staircase staircase(StaircaseResult result) {
    if (result instanceof StaircaseResult.Played played) {
      return new Staircase(null, played.request(), played.steps(), played.refused());
    }
    return new Staircase(((StaircaseResult.NotPlayed) result).why(), null, null, null);
  }

  private static Contract contract(ProgramContract contract, long pinnedWhileLocked) {
    return new Contract(
        contract.alive(),
        contract.blocks(),
        contract.smallest(),
        contract.largest(),
        contract.locked(),
        contract.grows(),
        pinnedWhileLocked);
  }

  private static Memory memory(Certificate certificate) {
    CertifiedPool pool = certificate.pool();
    Long given = certificate.question().pool();
    return new Memory(
        pool.bytes(),
        certificate.tableBytes(),
        pool.least(),
        pool.deciding(),
        pool.obstacles(),
        bytes(certificate.oneLockLess()),
        bytes(certificate.growing()),
        given,
        given == null ? null : certificate.holds());
  }

  private static @Nullable Long bytes(@Nullable CertifiedPool pool) {
    return pool == null ? null : pool.bytes();
  }

  private static Waits waits(Certificate certificate, @Nullable Long limit) {
    Question question = certificate.question();
    return new Waits(
        certificate.poolInUse(),
        question.budget(),
        certificate.cycles().step(),
        certificate.cycles().again(),
        certificate.cycles().between(),
        question.calls(),
        question.larger(),
        wait(certificate.alone()),
        wait(certificate.fromAnyState()),
        wait(certificate.withCalls()),
        wait(certificate.longest()),
        certificate.largerPool(),
        wait(certificate.aloneInLargerPool()),
        certificate.waits().moving(),
        limit);
  }

  private static Wait wait(Certificate.Wait wait) {
    return new Wait(wait.steps(), wait.cycles(), wait.ofCalls());
  }
}
