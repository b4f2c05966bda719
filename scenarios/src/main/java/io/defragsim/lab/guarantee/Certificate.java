package io.defragsim.lab.guarantee;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.image.Guarantee;
import io.defragsim.lab.image.ImageContract;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.play.HeapPlayer;
import io.defragsim.lab.play.PlayedScenario;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is certain of an image before it runs, for every program within a contract. Sizes of pools
 * are without the table of handles.
 *
 * @param image its name
 * @param sha256 of its file
 * @param constants of the proof, as the image exports them
 * @param resizes whether the image can resize a block
 * @param tableBytes of the table of handles, beside the pool
 * @param pool with which every request is served
 * @param oneLockLess the same with one locked block less; null if none is locked
 * @param growing the same where a resize may make a block larger; null if it may already, or the
 *     image cannot
 * @param others what others need to be as sure
 * @param cycles of the calls
 * @param waits in the pool in use
 * @param largerPool a quarter larger than that, or than the certified one, in bytes
 * @param inLargerPool the waits there
 */
public record Certificate(
    String image,
    String sha256,
    Guarantee constants,
    boolean resizes,
    Question question,
    long tableBytes,
    CertifiedPool pool,
    @Nullable CertifiedPool oneLockLess,
    @Nullable CertifiedPool growing,
    List<OtherAllocator> others,
    CallCycles cycles,
    Waits waits,
    long largerPool,
    Waits inLargerPool) {

  /** Every image takes a pool of so many bytes: a smaller one may be too small for it. */
  private static final long SMALL = 64;

  /** A larger pool is so many parts larger than the one in use. */
  private static final int QUARTER = 4;

  /**
   * A wait, from the refusal until the request is asked again and granted.
   *
   * @param cycles all of it
   * @param ofCalls those of them in other calls
   */
  public record Wait(long steps, long cycles, long ofCalls) {}

  /**
   * Certifies an image.
   *
   * @throws ImageRejectedException if it is no allocator image
   * @throws NotCertifiedException if it has no constants of the proof, a call without a bound, or
   *     takes no pool of that size
   */
  public static Certificate of(ImageReference reference, FirmwareImage image, Question question)
      throws NotCertifiedException {
    ImageContract functions = ImageContract.of(image);
    Guarantee constants = constants(image, functions);
    Sizing sizing = Sizing.of(constants);
    ProgramContract contract = question.contract();
    boolean resizes = functions.resizes();
    if (contract.grows() && !resizes) {
      throw new NotCertifiedException(
          image.name() + " has no image_resize, so no block of it grows by a resize");
    }
    long table = Granule.up((long) constants.entry() * question.entries());
    PlayedScenario played = new PlayedScenario(reference, question.part(), question.budget());
    if (contract.alive() > SMALL) {
      demandPool(image, played, question.entries(), Granule.up(contract.alive()) + table);
    }
    CertifiedPool pool = CertifiedPool.of(contract, sizing, resizes);
    while (pool.bytes() < SMALL
        && !takes(image, played, pool.bytes() + table, question.entries())) {
      pool = pool.larger(sizing);
    }
    long given = question.pool() == null ? pool.bytes() : question.pool();
    demandPool(image, played, question.entries(), Math.max(given, pool.bytes()) + table);
    long larger = larger(Math.max(given, pool.bytes()), sizing);
    return new Certificate(
        image.name(),
        image.sha256(),
        constants,
        resizes,
        question,
        table,
        pool,
        contract.locked() == 0
            ? null
            : CertifiedPool.of(contract.withLocked(contract.locked() - 1), sizing, resizes),
        contract.grows() || !resizes
            ? null
            : CertifiedPool.of(contract.withGrowth(), sizing, resizes),
        OtherAllocator.all(contract, sizing),
        CallCycles.of(
            reference,
            image,
            question.part(),
            question.budget(),
            question.resizes() && resizes ? contract.largest() : 0),
        waits(question, constants, given),
        larger,
        waits(question, constants, larger));
  }

  /** The constants of the proof that an image exports. */
  public static Guarantee constants(FirmwareImage image, ImageContract contract)
      throws NotCertifiedException {
    Guarantee constants = contract.guarantee();
    if (constants == null) {
      throw new NotCertifiedException(
          image.name()
              + " has no image_guarantee: nothing is proved of it, so nothing can be certified;"
              + " --allocator defrag certifies this project's own for the same requests");
    }
    return constants;
  }

  private static long larger(long pool, Sizing sizing) {
    return sizing.poolBytes(sizing.poolGranules(pool + pool / QUARTER));
  }

  private static Waits waits(Question question, Guarantee constants, long pool) {
    return Waits.of(
        question.contract(),
        constants,
        Sizing.of(constants).poolGranules(pool),
        question.entries(),
        question.budget());
  }

  /** Asks the image whether it takes a pool of so many bytes, its table included. */
  private static void demandPool(
      FirmwareImage image, PlayedScenario played, int handles, long bytes)
      throws NotCertifiedException {
    if (takes(image, played, bytes, handles)) {
      return;
    }
    long least = Granule.BYTES;
    long refused = bytes;
    while (refused - least > Granule.BYTES) {
      long tried = (least + refused) / 2 / Granule.BYTES * Granule.BYTES;
      if (takes(image, played, tried, handles)) {
        least = tried;
      } else {
        refused = tried;
      }
    }
    throw new NotCertifiedException(
        least == Granule.BYTES
            ? String.format(
                Locale.ROOT,
                "%s takes no pool of %s with its table, nor a smaller one, with %s",
                image.name(),
                Numbers.count(bytes, "byte"),
                Numbers.count(handles, "handle"))
            : String.format(
                Locale.ROOT,
                "%s takes no pool of %s with its table: the largest with %s is %s",
                image.name(),
                Numbers.count(bytes, "byte"),
                Numbers.count(handles, "handle"),
                Numbers.count(least, "byte")));
  }

  private static boolean takes(
      FirmwareImage image, PlayedScenario played, long bytes, int handles) {
    if (bytes > Scenario.MOST_MEMORY / 2) {
      return false;
    }
    try {
      new HeapPlayer(played.empty(new Scenario.Pool((int) bytes, handles)), image).close();
      return true;
    } catch (RunStopped | DoesNotFitException e) {
      return false;
    }
  }

  /** Bytes of the pool that the waits are for: the program's, or the certified one. */
  public long poolInUse() {
    return question.pool() == null ? pool.bytes() : question.pool();
  }

  /** Whether every request is served in the pool in use. */
  public boolean holds() {
    return poolInUse() >= pool.bytes();
  }

  /** If the program only steps, and nothing was pending. */
  public Wait alone() {
    return bounded(waits.alone(), 0);
  }

  /** The same in the larger pool. */
  public Wait aloneInLargerPool() {
    return bounded(inLargerPool.alone(), 0);
  }

  /** From any state, if the program only steps. */
  public Wait fromAnyState() {
    return bounded(waits.any(), 0);
  }

  /** From any state, with the other calls between two steps. */
  public Wait withCalls() {
    return bounded(waits.any(), question.calls());
  }

  /** The same, while so many requests are granted that are at least as large. */
  public Wait withLarger(int granted) {
    Wait one = withCalls();
    long times = 1L + granted;
    return new Wait(times * one.steps(), times * one.cycles(), times * one.ofCalls());
  }

  /** The longest of all waits that were asked about. */
  public Wait longest() {
    return withLarger(question.larger());
  }

  private Wait bounded(long steps, int calls) {
    long ofCalls = steps * calls * cycles.between();
    return new Wait(steps, steps * cycles.step() + cycles.again() + ofCalls, ofCalls);
  }

  /** The certified pool with another number of locked blocks. */
  public CertifiedPool withLocked(int count) {
    return CertifiedPool.of(question.contract().withLocked(count), Sizing.of(constants), resizes);
  }

  /** The waits in another pool, of so many bytes at least a granule. */
  public Waits in(long bytes) {
    return waits(question, constants, bytes);
  }

  /** A wait of so many steps, if the program only steps. */
  public Wait ofSteps(long steps) {
    return bounded(steps, 0);
  }

  /** The part whose cycles count. */
  public McuConfig part() {
    return question.part();
  }
}
