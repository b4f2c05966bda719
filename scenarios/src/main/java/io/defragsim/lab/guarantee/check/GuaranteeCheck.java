package io.defragsim.lab.guarantee.check;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.Waits;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Plays what comes near to a certificate's limits on the image that it is for. */
public final class GuaranteeCheck {

  /** Calls of the image in all, of which a thousand take about ten milliseconds. */
  private static final long MOST_CALLS = 800_000;

  /** With so many blocks a call takes twice as long, for there is more to look at. */
  private static final int MANY_BLOCKS = 1000;

  /** One for each strategy, one for random heaps, and the rest for what is not random. */
  private static final int SHARES = Strategy.values().length + 3;

  private final Certificate certificate;
  private final ImageReference reference;
  private final FirmwareImage image;
  private final long seed;
  private final Work work;
  private final List<FoundWait> waits = new ArrayList<>();
  private final Map<FoundWait.Kind, Longest> longest = new EnumMap<>(FoundWait.Kind.class);
  private final List<Scenario> worst = new ArrayList<>();

  private GuaranteeCheck(
      Certificate certificate,
      ImageReference reference,
      FirmwareImage image,
      long seed,
      Work work) {
    this.certificate = certificate;
    this.reference = reference;
    this.image = image;
    this.seed = seed;
    this.work = work;
  }

  /**
   * Checks a certificate.
   *
   * @param reference how scenarios refer to {@code image}
   * @param image the one that was certified
   * @param seed of what is chosen at random
   * @param progress told of each percent
   */
  public static Checked of(
      Certificate certificate,
      ImageReference reference,
      FirmwareImage image,
      long seed,
      LongConsumer progress) {
    int blocks = certificate.question().contract().blocks();
    return of(
        certificate, reference, image, seed, MOST_CALLS / (1 + blocks / MANY_BLOCKS), progress);
  }

  /**
   * The same with another amount of work.
   *
   * @param calls of the image, about; no more than the staircase takes: only that is played
   */
  public static Checked of(
      Certificate certificate,
      ImageReference reference,
      FirmwareImage image,
      long seed,
      long calls,
      LongConsumer progress) {
    return new GuaranteeCheck(certificate, reference, image, seed, new Work(calls, progress))
        .check();
  }

  private Checked check() {
    Staircase staircase = new Staircase(certificate, reference, image, work);
    StaircaseResult climbed = staircase.play();
    worst.addAll(staircase.scenarios());
    if (work.calls() < work.most()) {
      drive();
    }
    work.over();
    return new Checked(seed, work.calls(), climbed, waits, worst);
  }

  private void drive() {
    try (PromisedHeap heap =
        new PromisedHeap(certificate, reference, image, certificate.poolInUse(), work)) {
      PlayedMoment start = heap.moment();
      for (Driver driver : drivers()) {
        heap.goTo(start);
        play(driver, heap);
      }
    }
    for (FoundWait.Kind kind : longest.keySet()) {
      addWorst(kind);
    }
  }

  private List<Driver> drivers() {
    List<Driver> drivers = new ArrayList<>();
    long share = (work.most() - work.calls()) / SHARES;
    drivers.add(new OnlySteps(certificate));
    drivers.add(new RandomDriver(certificate, null, seed, share));
    drivers.add(new CopiesGivenUp(certificate));
    drivers.add(new LowestFreed(certificate));
    for (Strategy strategy : Strategy.values()) {
      drivers.add(new RandomDriver(certificate, strategy, seed, share));
    }
    drivers.add(new LockedWhileItMoves(certificate));
    return drivers;
  }

  private void play(Driver driver, PromisedHeap heap) {
    Longest found = new Longest();
    String violation = null;
    try {
      driver.play(heap, found);
    } catch (PromiseException e) {
      // The contract leaves no more room for it: what it has found counts.
    } catch (ViolationException | RunStopped e) {
      violation = String.valueOf(e.getMessage());
      found.keep(heap);
    }
    FoundWait wait = found(driver, found, violation);
    waits.add(wait);
    Longest before = longest.get(driver.kind());
    if (before == null || found.steps() > before.steps() || !wait.holds()) {
      longest.put(driver.kind(), found);
    }
  }

  private FoundWait found(Driver driver, Longest found, @Nullable String violation) {
    Waits certified = certificate.waits();
    return switch (driver.kind()) {
      case ALONE ->
          found(driver, found, certified.alone(), certificate.alone().cycles(), violation);
      case WITH_CALLS ->
          found(driver, found, certified.any(), certificate.withCalls().cycles(), violation);
      case MOVING ->
          found(
              driver,
              found,
              certified.moving(),
              certified.moving() * certificate.withCalls().cycles() / certified.any(),
              violation);
    };
  }

  private static FoundWait found(
      Driver driver, Longest longest, long steps, long cycles, @Nullable String violation) {
    String broken = violation;
    if (broken == null && longest.cycles() > cycles) {
      broken =
          String.format(
              Locale.ROOT,
              "a wait takes %s, and %s are certified",
              Numbers.count(longest.cycles(), "cycle"),
              Numbers.plain(cycles));
    }
    return new FoundWait(
        driver.kind(),
        driver.name(),
        driver.what(),
        longest.steps(),
        steps,
        longest.cycles(),
        cycles,
        broken);
  }

  private void addWorst(FoundWait.Kind kind) {
    Longest found = longest.get(kind);
    PlayedCalls played = found == null ? null : found.played();
    if (found == null || played == null) {
      return;
    }
    String steps = Numbers.count(found.steps(), "step");
    Waits certified = certificate.waits();
    String name =
        switch (kind) {
          case ALONE -> "wait-alone";
          case WITH_CALLS -> "wait-with-calls";
          case MOVING -> "lock-moving";
        };
    String description =
        switch (kind) {
          case ALONE ->
              certified(
                  "The last request waits for " + steps + ", and the program only steps",
                  certified.alone());
          case WITH_CALLS ->
              certified(
                  "The last request waits for " + steps + ", with calls between them",
                  certified.any());
          case MOVING ->
              certified(
                  "A lock is answered with \"moving\" after " + steps + " in a row",
                  certified.moving());
        };
    worst.add(new FoundPlay(certificate, reference).scenario(name, description, played));
  }

  private String certified(String found, long steps) {
    return String.format(
        Locale.ROOT,
        "%s. At most %s are certified for %s. Found by drivers (seed %d).",
        found,
        Numbers.plain(steps),
        certificate.image(),
        seed);
  }
}
