package io.defragsim.emulator.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.defragsim.emulator.model.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FirmwareImageTest {

  private static void assertRejected(ElfBuilder elf, String... words) {
    assertRejected(elf.build(), words);
  }

  private static void assertRejected(byte[] elf, String... words) {
    assertThatThrownBy(() -> FirmwareImage.parse("x", elf))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageStartingWith("x: ")
        .satisfies(
            e -> {
              for (String word : words) {
                assertThat(e).hasMessageContaining(word);
              }
            });
  }

  @Test
  void what_compilers_say_of_themselves_is_read_each_once() {
    assertThat(new ElfBuilder().parse().compiler()).isNull();
    assertThat(new ElfBuilder().comment("\0\0").parse().compiler()).isNull();
    assertThat(new ElfBuilder().comment("GCC: 12.2\0GCC: 12.2\0\0LLD 16").parse().compiler())
        .isEqualTo("GCC: 12.2, LLD 16");
  }

  @Test
  void segments_and_symbols_are_read() {
    FirmwareImage image =
        new ElfBuilder()
            .segment(0x100, 0x2000_0000, new byte[] {9, 9}, 8)
            .symbol("main", 0x41, 6, 2, 1)
            .symbol("helper", 0x47, 2, 2, 0)
            .symbol("$t", 0x40, 0, 0, 0)
            .symbol("counter", 0x2000_0004, 4, 1, 1)
            .symbol("__end", 0x2000_0008, 0, 0, 1)
            .parse();
    assertThat(image.segments()).hasSize(2);
    assertThat(image.segments().get(1).loadAddress()).isEqualTo(0x100);
    assertThat(image.segments().get(1).runAddress()).isEqualTo(0x2000_0000L);
    assertThat(image.segments().get(1).memoryBytes()).isEqualTo(8);
    assertThat(image.function("main")).hasValue(0x40);
    assertThat(image.function("$t")).isEmpty();
    assertThat(image.functions())
        .containsExactly(
            new FirmwareImage.Symbol("main", 0x40, 6), new FirmwareImage.Symbol("helper", 0x46, 2));
    assertThat(image.object("counter")).hasValue(0x2000_0004L);
    assertThat(image.object("__end")).hasValue(0x2000_0008L);
    assertThat(image.flashBytes(0x2000_0000L, 1024)).isEqualTo(ElfBuilder.CODE_BYTES + 2);
    assertThat(image.sramUsedEnd(0x2000_0000L)).isEqualTo(0x2000_0008L);
    assertThat(image.locate(0x44)).isEqualTo(new Location(0x44, "main", 4));
    assertThat(image.locate(0x0800_0047L)).isEqualTo(new Location(0x0800_0047L, "helper", 1));
    assertThat(image.locate(0x48)).isEqualTo(new Location(0x48, null, 0));
    assertThat(image.sha256()).hasSize(64);
  }

  @Test
  void the_object_around_an_address_is_found_with_its_size() {
    FirmwareImage image =
        new ElfBuilder()
            .symbol("heap", 0x2000_0100, 256, 1, 0)
            .symbol("first", 0x2000_0100, 8, 1, 1)
            .symbol("end", 0x2000_0200, 0, 0, 1)
            .parse();

    assertThat(image.objectAround(0x2000_00FFL)).isNull();
    assertThat(image.objectAround(0x2000_0107L))
        .isEqualTo(new FirmwareImage.Symbol("first", 0x2000_0100L, 8));
    assertThat(image.objectAround(0x2000_01FFL))
        .isEqualTo(new FirmwareImage.Symbol("heap", 0x2000_0100L, 256));
    assertThat(image.objectAround(0x2000_0200L)).as("of unknown size").isNull();
  }

  @Test
  void a_global_symbol_wins_over_a_local_one_of_the_same_name() {
    FirmwareImage image =
        new ElfBuilder().symbol("f", 0x41, 2, 2, 0).symbol("f", 0x51, 2, 2, 1).parse();
    assertThat(image.function("f")).hasValue(0x50);
  }

  @Test
  void bounds_of_loops_are_read_and_those_of_discarded_code_are_not() {
    FirmwareImage image =
        new ElfBuilder().loopBounds(0x41, 8, 16, 0x0002_0007, 0, 9, 0, 1, 0x44, 3, 0, 5).parse();
    assertThat(image.loopBounds())
        .containsExactly(
            new LoopBound(0x40, 8, 16, 0x0002_0007, ""), new LoopBound(0x44, 3, 0, 5, ""));
    assertThat(image.loopBounds().get(0).line()).isEqualTo(7);
    assertThat(image.loopBounds().get(0).place()).isEqualTo("line 7");
    assertThat(image.loopBounds().get(0).most(33)).isEqualTo(8 + 3);
    assertRejected(new ElfBuilder().loopBounds(0x40, 8, 16), ".loop_bounds", "12 bytes");
  }

  @Test
  void a_bound_names_the_source_file_that_its_section_is_named_after() {
    ElfBuilder elf = new ElfBuilder().loopBounds(0x41, 8, 0, 0x0002_0007);
    LoopBound bound = elf.loopBoundsSection(".loop_bounds.heap.h").parse().loopBounds().get(0);
    assertThat(bound.place()).isEqualTo("heap.h:7");
    LoopBound other = elf.loopBoundsSection(".loop_bounds.compact.h").parse().loopBounds().get(0);
    assertThat(bound.isOfOnePlaceWith(other)).isFalse();
    LoopBound hostile =
        elf.loopBoundsSection(".loop_bounds.a\u001b[31m").parse().loopBounds().get(0);
    assertThat(hostile.file()).isEqualTo("a\ufffd[31m");
    assertThat(elf.loopBoundsSection(".loop_boundsx").parse().loopBounds()).isEmpty();
  }

  @Test
  void the_name_of_a_file_is_that_of_the_image(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("defrag.elf");
    Files.write(file, new ElfBuilder().build());
    assertThat(FirmwareImage.read(file).name()).isEqualTo("defrag");
  }

  @Test
  void what_is_no_elf_file_is_rejected() {
    assertRejected(new byte[0], "not an ELF file");
    assertRejected("#!/bin/sh".getBytes(StandardCharsets.US_ASCII), "not an ELF");
    assertRejected(new byte[] {0x7F, 'E', 'L', 'F', 1, 1}, "truncated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          :020000040800F2\\r\\n:1000      | an Intel HEX file      | which has no symbols
          UF2\\nWQ]\\x9e                   | a UF2 file             | which has no symbols
          \\x00\\x10\\x00\\x20\\xc1\\x00\\x00\\x08 | a raw binary of flash  | which has no symbols
          \\x01\\x02\\xff\\x00               | unknown format         | which has no symbols
          S00600004844521B\\n              | a Motorola S-record    | objcopy -I srec
          !<arch>\\nfoo.o/                | an ar archive          | link it
          PK\\x03\\x04xx                   | a ZIP archive          | unpack it
          \\x1f\\x8b\\x08                   | compressed with gzip   | gunzip
          MZ\\x90\\x00                     | a program for Windows  | what is read is an ELF
          \\xcf\\xfa\\xed\\xfe               | a Mach-O file          | what is read is an ELF
          {"mcu": "stm32f030f4"}         | a JSON file            | a scenario
          @08000000\\n00 20               | hexadecimal text       | what is read is an ELF
          int main(void) { }             | a text file            | what is read is an ELF
          """)
  void what_stands_in_an_elf_files_place_is_named_with_the_way_to_one(
      String file, String format, String remedy) {
    Matcher escape = Pattern.compile("\\\\(x[0-9a-f]{2}|r|n)").matcher(file);
    String bytes =
        escape.replaceAll(
            found ->
                Matcher.quoteReplacement(
                    switch (found.group(1)) {
                      case "r" -> "\r";
                      case "n" -> "\n";
                      default ->
                          String.valueOf((char) Integer.parseInt(found.group(1).substring(1), 16));
                    }));
    assertRejected(
        bytes.getBytes(StandardCharsets.ISO_8859_1), "not an ELF file but ", format, remedy);
  }

  @Test
  void every_truncation_is_rejected() {
    byte[] whole = new ElfBuilder().symbol("main", 0x41, 4, 2, 1).build();
    for (int length = 0; length < whole.length; length++) {
      assertRejected(java.util.Arrays.copyOf(whole, length));
    }
  }

  @Test
  void other_machines_and_kinds_of_file_are_named() {
    assertRejected(new ElfBuilder().octet(4, 2), "64-bit");
    assertRejected(new ElfBuilder().octet(5, 2), "big-endian");
    assertRejected(new ElfBuilder().half(18, 62), "for x86-64, not for Arm");
    assertRejected(new ElfBuilder().half(18, 243), "RISC-V");
    assertRejected(new ElfBuilder().half(16, 1), "object file");
    assertRejected(new ElfBuilder().half(16, 3), "shared");
  }

  @Test
  void code_for_another_architecture_is_named() {
    assertRejected(new ElfBuilder().architecture(13, 'M', ""), "ARMv7E-M (Cortex-M4)", "ARMv6-M");
    assertRejected(new ElfBuilder().architecture(10, 'M', ""), "ARMv7-M (Cortex-M3)");
    assertRejected(new ElfBuilder().architecture(10, 'A', ""), "ARMv7-A");
    assertRejected(new ElfBuilder().architecture(16, 'M', "Cortex-M23"), "Baseline (Cortex-M23)");
    assertRejected(new ElfBuilder().architecture(4, 0, "ARM946E-S"), "ARMv5TE", "ARM946E-S");
    assertThat(new ElfBuilder().architecture(12, 'M', "Cortex-M0").parse()).isNotNull();
  }

  @Test
  void a_file_that_does_not_say_its_architecture_is_accepted() {
    assertThat(new ElfBuilder().withoutAttributes().parse().segments()).hasSize(1);
  }

  @Test
  void segments_must_exist_and_be_apart() {
    assertRejected(new ElfBuilder().withoutSegments(), "no loadable segments");
    assertRejected(
        new ElfBuilder().segment(0x10, 0x2000_0000, new byte[4], 4), "overlap where they load");
    assertRejected(
        new ElfBuilder()
            .segment(0x200, 0x2000_0000, new byte[4], 8)
            .segment(0x204, 0x2000_0004, new byte[4], 8),
        "overlap where they run");
    assertRejected(
        new ElfBuilder().segment(0x200, 0x2000_0000, new byte[4], 3), "4 bytes", "room for 3");
    assertRejected(
        new ElfBuilder().segment(0x200, 0x2000_0000, new byte[4], 0x7000_0000), "too large");
  }

  @Test
  void headers_that_point_outside_the_file_are_rejected() {
    assertRejected(new ElfBuilder().word(28, 0x0FFF_FFFF), "program headers", "would end at byte");
    assertRejected(new ElfBuilder().word(32, -1), "section headers", "would end at byte");
    assertRejected(new ElfBuilder().half(50, 999), "section names");
    assertRejected(new ElfBuilder().half(42, 31), "program headers of 31 bytes");
  }

  @Test
  void damaged_files_give_a_message_and_never_another_exception() {
    byte[] good = new ElfBuilder().symbol("main", 0x41, 4, 2, 1).build();
    int rejected = 0;
    for (int seed = 0; seed < 5_000; seed++) {
      Random random = new Random(seed);
      byte[] bad = good.clone();
      int changes = 1 + random.nextInt(6);
      for (int i = 0; i < changes; i++) {
        // Half of them in the header, where most of the meaning is.
        int at = random.nextInt(random.nextBoolean() ? 52 + 32 : bad.length);
        bad[at] = (byte) (random.nextInt(3) == 0 ? random.nextInt(4) * 85 : random.nextInt(256));
      }
      try {
        FirmwareImage.parse("fuzz", bad);
      } catch (ImageRejectedException e) {
        rejected++;
        assertThat(e.getMessage()).as("seed %d", seed).startsWith("fuzz: ").doesNotContain("null");
      } catch (Throwable e) {
        fail("seed %d: %s", seed, e);
      }
    }
    assertThat(rejected).isGreaterThan(800);
  }
}
