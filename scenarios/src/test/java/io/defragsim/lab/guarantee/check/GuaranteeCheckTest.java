package io.defragsim.lab.guarantee.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.guarantee.Certificate;
import io.defragsim.lab.guarantee.ProgramContract;
import io.defragsim.lab.guarantee.Question;
import io.defragsim.lab.result.ContractError;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuaranteeCheckTest {

  private static final ProgramContract SMALL = new ProgramContract(400, 12, 8, 64, 2, false);

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "defrag-sliding", "defrag-small"})
  void theStaircaseIsServedInTheCertifiedPoolAndBlockedInASmallerOne(String image)
      throws Exception {
    Checked checked = check(certificate(image, SMALL, null), image);

    assertThat(checked.violations()).isEmpty();
    assertThat(checked.staircase()).isInstanceOf(StaircaseResult.Played.class);
    StaircaseResult.Played played = (StaircaseResult.Played) checked.staircase();
    assertThat(played.steps()).isPositive();
    assertThat(played.refused()).isEqualTo(ContractError.BLOCKED_BY_LOCKS);
  }

  @Test
  void anImageThatCannotResizeHasNoStaircase() throws Exception {
    Checked checked = check(certificate("defrag-os", SMALL, null), "defrag-os");

    assertThat(checked.staircase())
        .isEqualTo(new StaircaseResult.NotPlayed("defrag-os has no image_resize"));
  }

  private static Checked check(Certificate certificate, String image) {
    return GuaranteeCheck.of(
        certificate, new ImageReference.Shipped(image), Bench.shipped(image), 1, percent -> {});
  }

  private static Certificate certificate(
      String image, ProgramContract contract, @Nullable Long pool) throws Exception {
    FirmwareImage firmware = Bench.shipped(image);
    return Certificate.of(
        new ImageReference.Shipped(image),
        firmware,
        new Question(
            contract, contract.blocks(), pool, 64, 4, 0, McuProfiles.all().get("cortex-m0")));
  }
}
