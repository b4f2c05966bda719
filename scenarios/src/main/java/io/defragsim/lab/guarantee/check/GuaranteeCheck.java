package io.defragsim.lab.guarantee.check;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/** Plays what comes near to a certificate's limits on the image that it is for. */
public final class GuaranteeCheck {

  /** Calls of the image in all, of which a thousand take some milliseconds. */
  private static final long MOST_CALLS = 4_000_000;

  private GuaranteeCheck() {}

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
    Work work = new Work(MOST_CALLS, progress);
    Staircase staircase = new Staircase(certificate, reference, image, work);
    StaircaseResult climbed = staircase.play();
    List<FoundWait> waits = new ArrayList<>();
    List<Scenario> worst = new ArrayList<>(staircase.scenarios());
    work.over();
    return new Checked(seed, work.calls(), climbed, waits, worst);
  }
}
