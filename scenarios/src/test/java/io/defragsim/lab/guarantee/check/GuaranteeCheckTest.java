package io.defragsim.lab.guarantee.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.Lab;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.CertifiedPool;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Question;
import io.defragsim.lab.guarantee.Waits;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuaranteeCheckTest {

  private static final ProgramContract SMALL = new ProgramContract(400, 12, 8, 64, 2, false);

  /** Few blocks, of which a step moves a small part. */
  private static final ProgramContract LARGE = new ProgramContract(3000, 6, 16, 1024, 0, false);

  /** Calls of the image in a check: a tenth of a second. */
  private static final long CALLS = 10_000;

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void theStaircaseIsServedInTheCertifiedPoolAndBlockedInASmallerOne(String image)
      throws Exception {
    Checked checked = check(certificate(image, SMALL, 64), image);

    assertThat(checked.violations()).isEmpty();
    assertThat(checked.staircase()).isInstanceOf(StaircaseResult.Played.class);
    StaircaseResult.Played played = (StaircaseResult.Played) checked.staircase();
    assertThat(played.steps()).isPositive();
    assertThat(played.refused()).isEqualTo(ContractError.BLOCKED_BY_LOCKS);
  }

  @Test
  void anImageThatCannotResizeHasNoStaircase() throws Exception {
    Checked checked = check(certificate("defrag-os", SMALL, 64), "defrag-os");

    assertThat(checked.violations()).isEmpty();
    assertThat(checked.staircase())
        .isEqualTo(new StaircaseResult.NotPlayed("defrag-os has no image_resize"));
  }

  @Test
  void aWaitComesNearToWhatIsCertifiedForIt() throws Exception {
    Checked checked = check(certificate("defrag", LARGE, 8), "defrag");

    assertThat(checked.violations()).isEmpty();
    assertThat(checked.waits())
        .filteredOn(wait -> wait.kind() == FoundWait.Kind.ALONE)
        .anySatisfy(wait -> assertThat(wait.ppm()).isGreaterThan(950_000));
  }

  @Test
  void theWorstAreScenariosWhoseLimitsHold() throws Exception {
    FirmwareImage image = Bench.defrag();
    Checked checked = check(certificate("defrag", SMALL, 64), "defrag");

    assertThat(checked.worst())
        .extracting(Scenario::name)
        .containsExactly(
            "staircase-served",
            "staircase-refused",
            "wait-alone",
            "wait-with-calls",
            "lock-moving");
    for (Scenario scenario : checked.worst()) {
      RunResult result = Lab.run(scenario, image);
      assertThat(result.ending()).as(scenario.name()).isEqualTo(new RunEnding.Completed());
      assertThat(result.verdicts()).as(scenario.name()).hasSize(3).allMatch(LimitVerdict::holds);
    }
  }

  @Test
  void aWaitThatIsLongerThanCertifiedIsAViolation() throws Exception {
    Certificate right = certificate("defrag", LARGE, 8);
    Waits waits = right.waits();
    Certificate wrong =
        with(
            right,
            right.pool(),
            new Waits(waits.alone() / 2, waits.any() / 2, waits.moving() / 2, waits.patience()));

    Checked checked = check(wrong, "defrag");

    assertThat(checked.holds()).isFalse();
    assertThat(checked.violations())
        .anyMatch(violation -> violation.startsWith("all blocks slide: a request of "))
        .anyMatch(violation -> violation.startsWith("copies given up: "))
        .anyMatch(violation -> violation.startsWith("a lock of what slides: "));
    assertThat(checked.worst()).extracting(Scenario::name).contains("wait-alone");
  }

  @Test
  void aPoolThatIsTooSmallIsAViolation() throws Exception {
    Certificate right = certificate("defrag", SMALL, 64);
    CertifiedPool pool = right.pool();
    CertifiedPool smaller =
        new CertifiedPool(
            pool.bytes() - 8, pool.granules() - 1, pool.deciding(), pool.obstacles(), true);

    Checked checked = check(with(right, smaller, right.waits()), "defrag");

    assertThat(checked.staircase().violations())
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("blocked by locks");
  }

  @Test
  void aPoolThatIsLargerThanNeededIsAViolation() throws Exception {
    Certificate right = certificate("defrag", SMALL, 64);
    CertifiedPool pool = right.pool();
    CertifiedPool larger =
        new CertifiedPool(
            pool.bytes() + 8, pool.granules() + 1, pool.deciding(), pool.obstacles(), true);

    Checked checked = check(with(right, larger, right.waits()), "defrag");

    assertThat(checked.staircase().violations())
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("certified not to be enough");
  }

  @Test
  void theSameSeedFindsTheSame() throws Exception {
    Certificate certificate = certificate("defrag", SMALL, 64);

    assertThat(check(certificate, "defrag")).isEqualTo(check(certificate, "defrag"));
  }

  private static Certificate with(Certificate other, CertifiedPool pool, Waits waits) {
    return new Certificate(
        other.image(),
        other.sha256(),
        other.constants(),
        other.resizes(),
        other.question(),
        other.tableBytes(),
        pool,
        other.oneLockLess(),
        other.growing(),
        other.others(),
        other.cycles(),
        waits,
        other.largerPool(),
        other.inLargerPool());
  }

  private static Checked check(Certificate certificate, String image) {
    return GuaranteeCheck.of(
        certificate,
        new ImageReference.Shipped(image),
        Bench.shipped(image),
        1,
        CALLS,
        percent -> {});
  }

  private static Certificate certificate(String image, ProgramContract contract, int budget)
      throws Exception {
    FirmwareImage firmware = Bench.shipped(image);
    return Certificate.of(
        new ImageReference.Shipped(image),
        firmware,
        new Question(
            contract,
            contract.blocks(),
            null,
            budget,
            false,
            4,
            0,
            Objects.requireNonNull(McuProfiles.all().get("cortex-m0"))));
  }
}
