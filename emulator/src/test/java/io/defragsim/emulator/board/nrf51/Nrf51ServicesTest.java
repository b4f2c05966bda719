package io.defragsim.emulator.board.nrf51;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.board.FakeWires;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Clocks, flash, conversions, encryption and the radio. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class Nrf51ServicesTest {
  @Test
  void oscillators_start_in_their_time_and_say_that_they_run() {
    FakeWires clock = ModelsUnderTest.connected("nrf51.clock", 0x4000_0000L);
    assertThat(clock.read(0x40C)).isEqualTo(1 << 16); // the RC oscillator
    clock.write(0x0, 1);
    assertThat(clock.until(0x100, 1)).isEqualTo(400 * 16);
    assertThat(clock.read(0x40C)).isEqualTo((1 << 16) | 1);
    assertThat(clock.read(0x418)).isZero();
    clock.write(0x518, 1); // a crystal
    clock.write(0x8, 1);
    assertThat(clock.until(0x104, 1)).isEqualTo(300_000 * 16);
    assertThat(clock.read(0x418)).isEqualTo((1 << 16) | 1);
    clock.write(0x10, 1);
    assertThat(clock.until(0x10C, 1)).isEqualTo(16_000 * 16);
    clock.write(0x538, 4);
    clock.write(0x14, 1);
    assertThat(clock.until(0x110, 1)).isEqualTo(16_000_000);
    clock.write(0xC, 1);

    assertThat(clock.read(0x418)).isZero();
    assertThat(clock.read(0x524)).isEqualTo(3);
    assertThat(clock.bases()).hasSize(4);
  }

  @Test
  void flash_is_programmed_and_erased_only_with_consent_while_the_core_waits() {
    FakeWires nvmc = ModelsUnderTest.connected("nrf51.nvmc");
    for (long at = 0; at < 0x800; at += 4) {
      nvmc.flash().put(at, 0x0F0F_0F0F);
    }
    assertThat(nvmc.storeToFlash(0x400, 4, 0)).isFalse();
    nvmc.write(0x508, 0x400);
    assertThat(nvmc.flash().get(0x400L)).isEqualTo(0x0F0F_0F0F);
    nvmc.write(0x504, 1);
    assertThat(nvmc.storeToFlash(0x400, 2, 0)).isFalse();
    assertThat(nvmc.storeToFlash(0x400, 4, 0x00FF_00FF)).isTrue();
    assertThat(nvmc.flash().get(0x400L)).isEqualTo(0x000F_000F);
    assertThat(nvmc.stalled()).isEqualTo(741); // 46.3 us
    nvmc.write(0x504, 2);
    nvmc.write(0x508, 0x404);
    assertThat(nvmc.flash().get(0x400L)).isEqualTo(-1);
    assertThat(nvmc.flash().get(0x3FCL)).isEqualTo(0x0F0F_0F0F);
    nvmc.write(0x50C, 1);

    assertThat(new TreeSet<>(nvmc.flash().values())).containsExactly(-1);
    assertThat(nvmc.stalled()).isEqualTo(741 + 2 * 22_300 * 16);
    assertThat(nvmc.read(0x400)).isEqualTo(1);
    assertThat(nvmc.bases()).hasSize(2);
  }

  @Test
  void a_conversion_is_busy_for_its_time_and_gives_0() {
    FakeWires adc = ModelsUnderTest.connected("nrf51.adc");
    adc.write(0x0, 1); // not enabled
    assertThat(adc.read(0x400)).isZero();
    adc.write(0x500, 1);
    adc.write(0x504, 2); // 10 bits
    adc.write(0x0, 1);
    assertThat(adc.read(0x400)).isEqualTo(1);

    assertThat(adc.until(0x400, 0)).isEqualTo(68 * 16);
    assertThat(adc.read(0x100)).isEqualTo(1);
    assertThat(adc.read(0x508)).isZero();
  }

  @Test
  void a_block_is_encrypted_as_in_the_example_of_the_standard() throws Exception {
    FakeWires ecb = ModelsUnderTest.connected("nrf51.ecb");
    long data = 0x2000_0100L;
    for (int i = 0; i < 16; i++) {
      ecb.memory().write(data + i, 1, i);
      ecb.memory().write(data + 16 + i, 1, 0x11 * i);
    }
    ecb.write(0x504, (int) data);
    ecb.write(0x0, 1);
    ecb.until(0x100, 1);

    StringBuilder result = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      int word = Integer.reverseBytes(ecb.memory().read(data + 32 + 4L * i, 4));
      result.append(Integer.toHexString(word)).append(' ');
    }
    // FIPS 197, C.1
    assertThat(result).hasToString("69c4e0d8 6a7b0430 d8cdb780 70b4c55a ");
    ecb.write(0x0, 1);
    ecb.write(0x4, 1);
    assertThat(ecb.read(0x104)).isEqualTo(1);
  }

  @Test
  void a_packet_is_on_the_air_for_its_bits_and_shortcuts_go_through_all_states() throws Exception {
    FakeWires radio = ModelsUnderTest.connected("nrf51.radio", 0x4000_1000L);
    radio.memory().write(0x2000_0001L, 1, 5); // behind S0, the length
    radio.write(0x504, 0x2000_0000);
    radio.write(0x514, 8 | (1 << 8)); // a length of 8 bits, an S0 of a byte
    radio.write(0x518, 32 | (3 << 16)); // at most 32, three bytes of base address
    radio.write(0x534, 3); // bytes of CRC
    radio.write(0x200, 1 | 2); // READY starts, END disables
    radio.write(0x0, 1);
    assertThat(radio.read(0x550)).isEqualTo(9);
    radio.until(0x104, 1);
    assertThat(radio.now()).isEqualTo((140 + 8 * 5) * 16);
    assertThat(radio.read(0x550)).isEqualTo(11);
    radio.until(0x108, 1);
    assertThat(radio.now()).isEqualTo((140 + 8 * (5 + 2 + 5)) * 16);
    radio.until(0x110, 1);

    assertThat(radio.now()).isEqualTo((140 + 8 * (5 + 2 + 5 + 3) + 4) * 16);
    assertThat(radio.signals())
        .isEqualTo(List.of(0x4000_1100L, 0x4000_1104L, 0x4000_1108L, 0x4000_110CL, 0x4000_1110L));
    radio.write(0x4, 1); // receives
    radio.advance(1_000_000);
    assertThat(radio.read(0x550)).isEqualTo(3);
    assertThat(radio.signals()).hasSize(6);
  }
}
