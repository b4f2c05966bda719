package io.defragsim.lab.guarantee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.guarantee.OtherAllocator.Claim;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The worked examples of docs/design/guarantee.md, and what no image is certified for. */
class CertificateTest {

  @ParameterizedTest
  @CsvSource({
    "32, 128, 2, 8, 1439, 2048, 128, 1920, 2176",
    "64, 1024, 2, 16, 13631, 16384, 256, 15360, 17408",
    "512, 1024, 4, 32, 55807, 65536, 2048, 64512, 66560"
  })
  void thePoolsOfTheExamples(
      int blocks,
      int largest,
      int locked,
      int smallest,
      long alive,
      long pool,
      long table,
      long oneLockLess,
      long growing)
      throws Exception {
    ProgramContract contract = new ProgramContract(alive, blocks, smallest, largest, locked, false);

    Certificate certificate = certificate("defrag", contract, null);

    assertThat(certificate.pool().bytes()).isEqualTo(pool);
    assertThat(certificate.pool().least()).isTrue();
    assertThat(certificate.tableBytes()).isEqualTo(table);
    assertThat(certificate.oneLockLess()).extracting(CertifiedPool::bytes).isEqualTo(oneLockLess);
    assertThat(certificate.growing()).extracting(CertifiedPool::bytes).isEqualTo(growing);
    assertThat(certificate.holds()).isTrue();
    assertThat(certificate("defrag", contract, pool - 8).holds()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "32, 128, 8, 1439, 2240, 5752, 5752, 6008, 15350, 30704",
    "64, 1024, 16, 13631, 25856, 78840, 78840, 81400, 193522, 408548",
    "512, 1024, 32, 55807, 139904, 482214, 584696, 605176, 688116, 1523688"
  })
  void whatOthersNeedInTheExamples(
      int blocks,
      int largest,
      int smallest,
      long alive,
      long any,
      long firstFit,
      long bestFit,
      long tlsf,
      long buddy,
      long halfFit) {
    List<OtherAllocator> others =
        OtherAllocator.all(
            new ProgramContract(alive, blocks, smallest, largest, 2, false), new Sizing(8, 4));

    assertThat(others)
        .extracting(OtherAllocator::bytes)
        .containsExactly(any, firstFit, bestFit, tlsf, buddy, halfFit);
    assertThat(others).extracting(OtherAllocator::claim).startsWith(Claim.NOT_WITH_LESS);
    assertThat(others).allSatisfy(other -> assertThat(other.source()).isNotEmpty());
  }

  /** A block that grows is two for those that do not move it: all of 100 and of 256 bytes. */
  @Test
  void whereBlocksGrowOthersNeedRoomForTheOldAndTheNew() {
    ProgramContract one = new ProgramContract(256, 1, 1, 256, 0, true);

    assertThat(OtherAllocator.all(one, new Sizing(8, 4)))
        .filteredOn(other -> other.claim() == Claim.SURE_WITH)
        .allSatisfy(other -> assertThat(other.bytes()).isGreaterThanOrEqualTo(264 + 104));
  }

  @Test
  void aContractSmallerThanAnyPoolIsCertifiedForTheLeast() throws Exception {
    Certificate certificate =
        certificate("defrag", new ProgramContract(1, 1, 1, 1, 0, false), 1024L);

    assertThat(certificate.holds()).isTrue();
    assertThat(certificate.pool().bytes()).isBetween(16L, 64L);
  }

  @Test
  void anImageWithoutTheConstantsIsNotCertified() {
    assertThatThrownBy(
            () -> certificate("newlib-nano", new ProgramContract(100, 4, 1, 50, 0, false), null))
        .isInstanceOf(NotCertifiedException.class)
        .hasMessageContaining("newlib-nano has no image_guarantee");
  }

  @Test
  void aPoolThatTheImageDoesNotTakeIsRefusedWithTheLargest() {
    assertThatThrownBy(
            () -> certificate("defrag", new ProgramContract(200, 4, 1, 50, 0, false), 140_000L))
        .hasMessage(
            "defrag takes no pool of 140,016\u00a0bytes with its table: the largest with"
                + " 4\u00a0handles is 131,088\u00a0bytes");
  }

  private static Certificate certificate(
      String image, ProgramContract contract, @Nullable Long pool) throws NotCertifiedException {
    FirmwareImage firmware = Bench.shipped(image);
    return Certificate.of(
        new ImageReference.Shipped(image),
        firmware,
        new Question(
            contract,
            contract.blocks(),
            pool,
            64,
            false,
            4,
            0,
            Objects.requireNonNull(McuProfiles.all().get("cortex-m0"))));
  }
}
