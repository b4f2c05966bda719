package io.defragsim.lab.guarantee;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.guarantee.check.Checked;
import io.defragsim.lab.guarantee.check.GuaranteeCheck;
import io.defragsim.lab.guarantee.check.StaircaseResult;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random contracts on the image: the certified pool serves the program that needs all of it, and
 * one granule less does not. By -Ddefragsim.seed=N with another seed.
 */
class StaircaseTest {
  private static final FirmwareImage IMAGE = Bench.defrag();
  private static final ImageReference REFERENCE = new ImageReference.Shipped("defrag");

  private static Certificate one;

  @BeforeAll
  static void certify() throws NotCertifiedException {
    one =
        Certificate.of(REFERENCE, IMAGE, question(new ProgramContract(1000, 10, 8, 100, 1, false)));
  }

  @Test
  void aFewRandomContracts() {
    play(12);
  }

  @Test
  @Tag("campaign")
  void manyRandomContracts() {
    play(200);
  }

  private static void play(int contracts) {
    long seed = Long.getLong("defragsim.seed", 1);
    System.out.println("StaircaseTest: seed " + seed);
    Random random = new Random(seed);
    int played = 0;
    for (int i = 0; i < contracts; i++) {
      ProgramContract contract = contract(random);
      Certificate certificate = certificate(contract);
      Checked checked = GuaranteeCheck.of(certificate, REFERENCE, IMAGE, seed, 1, percent -> {});
      assertThat(checked.violations()).as("%s", contract).isEmpty();
      boolean climbed =
          checked.staircase() instanceof StaircaseResult.Played result && result.refused() != null;
      assertThat(climbed)
          .as("%s: %s", contract, checked.staircase())
          .isEqualTo(certificate.pool().least());
      played += climbed ? 1 : 0;
    }
    System.out.println("StaircaseTest: " + played + " of " + contracts + " contracts are tight");
    assertThat(played).isGreaterThan(contracts / 2);
  }

  private static ProgramContract contract(Random random) {
    int smallest = 1 + random.nextInt(40);
    int largest = smallest + random.nextInt(1 << (3 + random.nextInt(7)));
    int blocks = 1 + random.nextInt(80);
    long alive = largest + (long) random.nextInt(blocks * (smallest + largest) / 2 + 1);
    int locked = random.nextInt(Math.min(blocks, 8) + 1);
    return new ProgramContract(alive, blocks, smallest, largest, locked, false);
  }

  /** As the one of a certificate, without the static bounds anew. */
  private static Certificate certificate(ProgramContract contract) {
    Question question = question(contract);
    Sizing sizing = Sizing.of(one.constants());
    CertifiedPool pool = CertifiedPool.of(contract, sizing, true);
    Waits waits =
        Waits.of(contract, one.constants(), pool.granules(), question.entries(), question.budget());
    return new Certificate(
        one.image(),
        one.sha256(),
        one.constants(),
        one.resizes(),
        question,
        (contract.blocks() + 1L) / 2 * 8,
        pool,
        null,
        null,
        one.others(),
        one.cycles(),
        waits,
        one.largerPool(),
        one.inLargerPool());
  }

  private static Question question(ProgramContract contract) {
    return new Question(
        contract,
        contract.blocks(),
        null,
        64,
        false,
        4,
        0,
        Objects.requireNonNull(McuProfiles.all().get("cortex-m0")));
  }
}
