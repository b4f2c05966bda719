package io.defragsim.lab.guarantee.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.Lab;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Question;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuaranteeCheckTest {

  private static final ProgramContract SMALL = new ProgramContract(400, 12, 8, 64, 2, false);

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

    assertThat(checked.staircase())
        .isEqualTo(new StaircaseResult.NotPlayed("defrag-os has no image_resize"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small", "defrag-os"})
  void whatIsFoundIsWithinTheCertificate(String image) throws Exception {
    Checked checked = check(certificate(image, SMALL, 64), image);

    assertThat(checked.violations()).isEmpty();
    assertThat(checked.waits()).isNotEmpty();
  }

  @Test
  void aWaitComesNearToWhatIsCertifiedForIt() throws Exception {
    ProgramContract large = new ProgramContract(3000, 6, 16, 1024, 0, false);
    Checked checked = check(certificate("defrag", large, 8), "defrag");

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

  private static Checked check(Certificate certificate, String image) {
    return GuaranteeCheck.of(
        certificate, new ImageReference.Shipped(image), Bench.shipped(image), 1, percent -> {});
  }

  private static Certificate certificate(String image, ProgramContract contract, int budget)
      throws Exception {
    FirmwareImage firmware = Bench.shipped(image);
    return Certificate.of(
        new ImageReference.Shipped(image),
        firmware,
        new Question(
            contract, contract.blocks(), null, budget, 4, 0, McuProfiles.all().get("cortex-m0")));
  }
}
