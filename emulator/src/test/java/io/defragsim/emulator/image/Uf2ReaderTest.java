package io.defragsim.emulator.image;

import static io.defragsim.emulator.image.Uf2Writer.RP2040;
import static io.defragsim.emulator.image.Uf2Writer.RP2350;
import static io.defragsim.emulator.image.Uf2Writer.STM32F0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.image.FirmwareImage.Segment;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class Uf2ReaderTest {
  private static final int HAS_FAMILY = 0x2000;
  private static final int NOT_MAIN_FLASH = 1;
  private static final int FILE_CONTAINER = 0x1000;

  private static List<Segment> read(Uf2Writer file) {
    return Uf2Reader.read(file.build()).contents().segments();
  }

  private static void assertRefused(Uf2Writer file, String why) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }

  private static Uf2Writer three() {
    return new Uf2Writer().bytes(RP2040, 0x1000_0000L, new byte[600]);
  }

  @Test
  void what_was_written_comes_back_whatever_the_order_of_blocks() {
    Random random = new Random(2);
    for (int round = 0; round < 20; round++) {
      Pieces pieces = new Pieces(random, 0x1000_0000L, 1 + random.nextInt(8), 476);
      Uf2Writer uf2 = new Uf2Writer();
      int[] number = {0};
      pieces
          .map()
          .forEach(
              (address, bytes) ->
                  uf2.block(HAS_FAMILY, address, number[0]++, pieces.map().size(), RP2040, bytes));
      assertThat(Uf2Reader.isOne(uf2.build())).isTrue();

      assertThat(Pieces.octets(read(uf2.shuffled(random)))).isEqualTo(pieces.octets());
    }
  }

  @Test
  void the_family_is_the_one_that_has_a_cortex_m0() {
    byte[] code = {1, 2};
    Uf2Writer both =
        new Uf2Writer().bytes(RP2350, 0x1000_0000L, (byte) 9).bytes(RP2040, 0x1000_0000L, code);

    assertThat(Uf2Reader.read(both.build()).family()).isEqualTo(Uf2Family.RP2040);
    assertThat(read(both).get(0).stored()).containsExactly(1, 2);
    assertThat(Uf2Reader.read(new Uf2Writer().block(0, 0, 0, 1, 0, code).build()).family())
        .isNull();
    assertThat(Uf2Reader.read(new Uf2Writer().bytes(0x1234_5678, 0, code).build()).family())
        .isNull();
    assertRefused(
        new Uf2Writer().bytes(RP2350, 0x1000_0000L, code),
        "it has nothing for a Cortex-M0 or M0+, but for RP2350");
    assertRefused(
        new Uf2Writer().bytes(RP2040, 0, code).bytes(STM32F0, 0, code).bytes(77, 0, code),
        "it has programs for several families of parts: RP2040, STM32F0, family 0x0000004d");
  }

  @Test
  void what_is_not_for_main_flash_counts_as_a_block_and_is_left_out() {
    Uf2Writer uf2 =
        new Uf2Writer()
            .block(HAS_FAMILY | NOT_MAIN_FLASH, 0, 0, 2, RP2040, (byte) 1)
            .block(HAS_FAMILY, 0x1000_0000L, 1, 2, RP2040, (byte) 2)
            .block(FILE_CONTAINER, 0, 0, 1, 5, (byte) 3);

    assertThat(read(uf2)).hasSize(1);
    assertThat(read(uf2).get(0).stored()).containsExactly(2);
    assertRefused(
        new Uf2Writer().block(NOT_MAIN_FLASH, 0, 0, 1, 0, (byte) 1),
        "no block of it is for the main flash");
  }

  @Test
  void a_hole_stays_one_and_a_block_may_come_twice() {
    Uf2Writer uf2 =
        new Uf2Writer()
            .block(HAS_FAMILY, 0x1000_0000L, 0, 2, RP2040, (byte) 1)
            .block(HAS_FAMILY, 0x1000_1000L, 1, 2, RP2040, (byte) 2)
            .block(HAS_FAMILY, 0x1000_1000L, 1, 2, RP2040, (byte) 2);

    assertThat(read(uf2))
        .extracting(Segment::loadAddress)
        .containsExactly(0x1000_0000L, 0x1000_1000L);
    assertRefused(
        uf2.block(HAS_FAMILY, 0x1000_1000L, 1, 2, RP2040, (byte) 3),
        "block 3 has 0x03 for 0x10001000, where block 1 has 0x02");
  }

  @Test
  void what_is_wrong_is_said_with_its_block() {
    assertRefused(
        three().without(1),
        "it has no block of the number 1, and should have 0 to 2: it is cut off, or was put"
            + " together wrongly");
    assertRefused(
        three().without(2),
        "it has no block of the number 2, and should have 0 to 2: it is cut off, or was put"
            + " together wrongly");
    assertRefused(three().patch(20, 3), "block 2 says that it is number 3 of 3");
    assertRefused(three().patch(20, -1), "block 2 says that it is number 4294967295 of 3");
    assertRefused(
        three().patch(24, 4),
        "block 2 says that there are 4 blocks, and one of its family before it 3");
    assertRefused(
        three().patch(16, 477), "block 2 says that it has 477 bytes, and has room for 476");
    assertRefused(
        three().patch(16, -1), "block 2 says that it has 4294967295 bytes, and has room for 476");
    assertRefused(three().patch(0, 0), "block 2 does not begin and end as a UF2 block does");
    assertRefused(three().patch(508, 0), "block 2 does not begin and end as a UF2 block does");
    assertRefused(
        three().patch(12, -2).patch(16, 3),
        "block 2 has 3 bytes for 0xfffffffe, which reach beyond 4 GiB");
    byte[] whole = three().build();
    assertThatThrownBy(() -> Uf2Reader.read(Arrays.copyOf(whole, 1000)))
        .hasMessage("a UF2 file has blocks of 512 bytes, and this one has 1000: it is cut off");
  }

  @Test
  void a_part_is_of_the_family_that_its_name_begins_with() {
    assertThat(Uf2Family.STM32F0.has("stm32f030f4")).isTrue();
    assertThat(Uf2Family.STM32G0.has("stm32f030f4")).isFalse();
    assertThat(Uf2Family.NRF52.core()).isEmpty();
  }
}
