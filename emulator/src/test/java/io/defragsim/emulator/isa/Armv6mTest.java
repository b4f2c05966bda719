package io.defragsim.emulator.isa;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decoder, over all encodings, against {@link Manual} and against counts made by hand. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class Armv6mTest {

  /** How many of the 0xE800 16-bit encodings each form has, counted by hand from its diagram. */
  private static final String NARROW_COUNTS =
      """
      MOVS_REGISTER 64       LSLS_IMMEDIATE 1984     LSRS_IMMEDIATE 2048    ASRS_IMMEDIATE 2048
      ADDS_REGISTER 512      SUBS_REGISTER 512       ADDS_IMMEDIATE3 512    SUBS_IMMEDIATE3 512
      MOVS_IMMEDIATE 2048    CMP_IMMEDIATE 2048      ADDS_IMMEDIATE8 2048   SUBS_IMMEDIATE8 2048
      ANDS 64  EORS 64  LSLS_REGISTER 64  LSRS_REGISTER 64  ASRS_REGISTER 64  ADCS 64  SBCS 64
      RORS 64  TST 64   RSBS 64           CMP_REGISTER 64   CMN 64            ORRS 64  MULS 64
      BICS 64  MVNS 64
      ADD_SP_TO_PC 1         ADD_SP_REGISTER 15      ADD_REGISTER_TO_SP 15  ADD_TO_PC 14
      ADD_REGISTER_HIGH 210  CMP_REGISTER_HIGH 161   MOV_TO_PC 16           MOV_REGISTER_HIGH 240
      BX 15                  BLX 15                  LDR_LITERAL 2048
      STR_REGISTER 512       STRH_REGISTER 512       STRB_REGISTER 512      LDRSB_REGISTER 512
      LDR_REGISTER 512       LDRH_REGISTER 512       LDRB_REGISTER 512      LDRSH_REGISTER 512
      STR_IMMEDIATE 2048     LDR_IMMEDIATE 2048      STRB_IMMEDIATE 2048    LDRB_IMMEDIATE 2048
      STRH_IMMEDIATE 2048    LDRH_IMMEDIATE 2048     STR_SP 2048            LDR_SP 2048
      ADR 2048               ADD_SP_IMMEDIATE 2048   ADD_TO_SP_IMMEDIATE 128
      SUB_FROM_SP_IMMEDIATE 128   SXTH 64  SXTB 64  UXTH 64  UXTB 64  REV 64  REV16 64  REVSH 64
      PUSH 511  POP 255  POP_PC 256  CPS 2  BKPT 256  STM 2040  LDM 2040  SVC 256
      NOP 1  YIELD 1  WFE 1  WFI 1  SEV 1  HINT_UNALLOCATED 11
      B_CONDITIONAL 3584     B 2048
      UNDEFINED 2320         UNPREDICTABLE 370
      """;

  /** The same for the 32-bit encodings whose first halfword is 0xF000 to 0xF7FF. */
  private static final String WIDE_COUNTS =
      """
      BL 16777216
      MSR 154       MSR_UNPREDICTABLE 261990
      MRS 154       MRS_UNPREDICTABLE 261990
      BARRIER 48    BARRIER_UNPREDICTABLE 24528
      UNDEFINED 116891648
      """;

  @Test
  void every_16_bit_encoding_means_what_the_manual_says() {
    List<String> differences = new ArrayList<>();
    for (int halfword = 0; halfword < 0xE800; halfword++) {
      Decoded decoded = Armv6m.decode(halfword, 0xFFFF);
      String actual =
          switch (decoded.getClass().getSimpleName()) {
            case "Undefined" -> Manual.UNDEFINED;
            case "Unpredictable" -> Manual.UNPREDICTABLE;
            default -> decoded.toString();
          };
      String expected = Manual.narrow(halfword);
      if (!actual.equals(expected) || decoded.bytes() != 2 || decoded.encoding() != halfword) {
        differences.add(String.format("%04x: %s, not %s", halfword, actual, expected));
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void every_form_has_as_many_16_bit_encodings_as_its_diagram_leaves_room_for() {
    Map<String, Long> counts =
        IntStream.range(0, 0xE800)
            .mapToObj(halfword -> Armv6m.decode(halfword, 0))
            .collect(
                groupingBy(
                    decoded ->
                        decoded instanceof Instruction instruction
                            ? instruction.form().name()
                            : decoded instanceof Undefined ? "UNDEFINED" : "UNPREDICTABLE",
                    TreeMap::new,
                    counting()));

    assertThat(counts).isEqualTo(golden(NARROW_COUNTS));
    assertThat(golden(NARROW_COUNTS).values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(0xE800);
  }

  /** All 134,217,728 of them, with the target of every BL. */
  @Test
  @Tag("campaign") // the two below are parts of it
  void every_32_bit_encoding_from_f000_to_f7ff_means_what_the_manual_says() {
    assertThat(checkedCounts(0xF000, 0xF800)).isEqualTo(golden(WIDE_COUNTS));
  }

  @Test
  void every_special_register_and_barrier_means_what_the_manual_says() {
    Map<String, Long> others = new TreeMap<>(golden(WIDE_COUNTS));
    others.keySet().removeAll(List.of("BL", "UNDEFINED"));

    assertThat(checkedCounts(0xF380, 0xF400)).containsAllEntriesOf(others);
  }

  @Test
  void every_61st_32_bit_encoding_from_f000_to_f7ff_means_what_the_manual_says() {
    for (int first = 0xF000; first < 0xF800; first++) {
      for (int second = first % 61; second <= 0xFFFF; second += 61) {
        checked(first, second);
      }
    }
  }

  private static Map<String, Long> checkedCounts(int from, int to) {
    return IntStream.range(from, to)
        .parallel()
        .mapToObj(Armv6mTest::checkedCounts)
        .flatMap(counts -> counts.entrySet().stream())
        .collect(
            groupingBy(
                count -> count.getKey().name(),
                TreeMap::new,
                summingLong(count -> count.getValue()[0])));
  }

  private static Map<Manual.Wide, long[]> checkedCounts(int first) {
    Map<Manual.Wide, long[]> counts = new EnumMap<>(Manual.Wide.class);
    for (Manual.Wide kind : Manual.Wide.values()) {
      counts.put(kind, new long[1]);
    }
    for (int second = 0; second <= 0xFFFF; second++) {
      counts.getOrDefault(checked(first, second), new long[1])[0]++;
    }
    return counts;
  }

  private static Manual.Wide checked(int first, int second) {
    Manual.Wide expected = Manual.wide(first, second);
    Decoded decoded = Armv6m.decode(first, second);
    if (kindOf(decoded) != expected
        || decoded.bytes() != 4
        || decoded.encoding() != ((first << 16) | second)
        || (expected == Manual.Wide.BL && !goesWhereTheManualSays(decoded, first, second))) {
      throw new AssertionError(
          String.format("%04x %04x: %s, not %s", first, second, decoded, expected));
    }
    return expected;
  }

  private static boolean goesWhereTheManualSays(Decoded decoded, int first, int second) {
    long at = 0x0800_0100L;
    return decoded instanceof Instruction bl
        && bl.target(at) == ((at + 4 + Manual.branchLinkOffset(first, second)) & 0xFFFF_FFFFL);
  }

  private static Manual.Wide kindOf(Decoded decoded) {
    if (decoded instanceof Undefined) {
      return Manual.Wide.UNDEFINED;
    }
    boolean allowed = decoded instanceof Instruction;
    Form form =
        decoded instanceof Instruction instruction
            ? instruction.form()
            : ((Unpredictable) decoded).form();
    return switch (form) {
      case BL -> Manual.Wide.BL;
      case MSR -> allowed ? Manual.Wide.MSR : Manual.Wide.MSR_UNPREDICTABLE;
      case MRS -> allowed ? Manual.Wide.MRS : Manual.Wide.MRS_UNPREDICTABLE;
      case DMB, DSB, ISB -> allowed ? Manual.Wide.BARRIER : Manual.Wide.BARRIER_UNPREDICTABLE;
      default -> throw new AssertionError("a 16-bit form: " + form);
    };
  }

  @Test
  void every_32_bit_encoding_outside_f000_to_f7ff_is_undefined() {
    IntStream outside =
        IntStream.concat(IntStream.range(0xE800, 0xF000), IntStream.range(0xF800, 0x10000));

    outside.forEach(
        first -> {
          int stride = first % 256 == 0 ? 1 : 251;
          for (int second = first % 251; second <= 0xFFFF; second += stride) {
            assertThat(Armv6m.decode(first, second))
                .isEqualTo(new Undefined((first << 16) | second, 4));
          }
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "f380 8810 | msr primask, r0",
        "f38e 8809 | msr psp, lr",
        "f3ef 8c14 | mrs r12, control",
        "f3ef 8003 | mrs r0, xpsr",
        "f3bf 8f4f | dsb sy",
        "f3bf 8f5f | dmb sy",
        "f3bf 8f6f | isb sy",
        "f3bf 8f40 | dsb #0",
        "f000 f800 | bl .+4",
        "f7ff fffe | bl .+0",
        "f7ff ff80 | bl .-252",
        "f3af 8000 | 0xf3af8000 (undefined: a 32-bit encoding that ARMv6-M does not have)",
        "f7f1 a234 | 0xf7f1a234 (undefined: udf.w #4660, which is there to fault)",
        "de2a 0000 | 0xde2a (undefined: udf #42, which is there to fault)",
        "b108 0000 | 0xb108 (undefined: a 16-bit encoding that ARMv6-M does not have)",
        "f3ef 8d10 | 0xf3ef8d10 (unpredictable: mrs with sp as its register)",
        "f38f 8810 | 0xf38f8810 (unpredictable: msr with pc as its register)",
        "f3ef 8011 | 0xf3ef8011 (unpredictable: mrs with the reserved special register 17)",
        "f380 8010 | 0xf3808010 (unpredictable: msr with bit 11 clear, which should be 1)",
        "4701 0000 | 0x4701 (unpredictable: bx with bit 0 set, which should be 0)",
        "c900 0000 | 0xc900 (unpredictable: ldm with an empty register list)",
        "4508 0000 | 0x4508 (unpredictable: cmp with two low registers in the encoding for high ones)"
      })
  void messages_say_what_the_encoding_is(String halfwords, String text) {
    int first = Integer.parseInt(halfwords, 0, 4, 16);
    int second = Integer.parseInt(halfwords, 5, 9, 16);

    assertThat(Armv6m.decode(first, second)).hasToString(text);
  }

  @Test
  void operands_that_the_encoding_implies_are_operands_too() {
    assertThat(instruction(0xB082).rd()).isEqualTo(13); // sub sp, #8
    assertThat(instruction(0xB082).rn()).isEqualTo(13);
    assertThat(instruction(0x9801).rn()).isEqualTo(13); // ldr r0, [sp, #4]
    assertThat(instruction(0x4801).rn()).isEqualTo(15); // ldr r0, [pc, #4]
    assertThat(instruction(0xA001).rn()).isEqualTo(15); // adr
    assertThat(instruction(0xB500).rn()).isEqualTo(13); // push {lr}
    assertThat(instruction(0x4469).rn()).isEqualTo(13); // add r1, sp
    assertThat(instruction(0x4469).rm()).isEqualTo(1);
    assertThat(instruction(0x448D).rn()).isEqualTo(13); // add sp, r1
    assertThat(instruction(0x3105).rn()).isEqualTo(1); // adds r1, #5
    assertThat(instruction(0x4351).rm()).isEqualTo(1); // muls r1, r2, r1
    assertThat(instruction(0x4487).rd()).isEqualTo(15); // add pc, r0
    assertThat(instruction(0x0000).rt()).isEqualTo(-1);
    assertThat(instruction(0xBD81).registerList()).isEqualTo(0x8081); // pop {r0, r7, pc}
    assertThat(instruction(0xB581).registerList()).isEqualTo(0x4081); // push {r0, r7, lr}
    assertThat(instruction(0xB581).registerCount()).isEqualTo(3);
  }

  @Test
  void a_target_wraps_around_the_address_space() {
    assertThat(instruction(0xE7FE).target(0)).isZero();
    assertThat(instruction(0xE400).target(0)).isEqualTo(0xFFFF_F804L);
    assertThat(instruction(0xD07F).target(0xFFFF_FFFEL)).isEqualTo(0x100);
    assertThat(instruction(0xE7FE).toString(0x0800_0120L)).isEqualTo("b 0x08000120");
    assertThat(instruction(0xD1FD).toString(0x0800_0120L)).isEqualTo("bne 0x0800011e");
    assertThatThrownBy(() -> instruction(0x4770).target(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("bx lr");
  }

  @Test
  void stm_writes_its_base_back_whatever_is_in_the_list() {
    for (int halfword = 0xC000; halfword < 0xC800; halfword++) {
      if (Armv6m.decode(halfword, 0) instanceof Instruction stm) {
        assertThat(stm.writesBack()).as("%s", stm).isTrue();
      }
    }
  }

  @Test
  void conditions_hold_as_their_names_say() {
    for (int nzcv = 0; nzcv < 16; nzcv++) {
      int apsr = (nzcv << 28) | 0x0100_0003;
      boolean n = nzcv >= 8;
      boolean z = nzcv % 8 >= 4;
      boolean c = nzcv % 4 >= 2;
      boolean v = nzcv % 2 == 1;
      List<Boolean> held =
          Arrays.stream(Condition.values()).map(condition -> condition.holds(apsr)).toList();

      assertThat(held)
          .as("NZCV = %s", Integer.toBinaryString(nzcv))
          .containsExactly(
              z,
              !z,
              c,
              !c,
              n,
              !n,
              v,
              !v,
              c && !z, // higher
              !c || z, // lower or same
              n == v, // greater or equal
              n != v, // less than
              !z && n == v, // greater than
              z || n != v); // less or equal
    }
    assertThat(instruction(0xDC00).condition()).isEqualTo(Condition.GT);
    assertThat(instruction(0xE000).condition()).isNull();
  }

  private static Instruction instruction(int halfword) {
    return (Instruction) Armv6m.decode(halfword, 0);
  }

  private static Map<String, Long> golden(String text) {
    String[] words = text.strip().split("\\s+", -1);
    Map<String, Long> counts = new TreeMap<>();
    for (int w = 0; w < words.length; w += 2) {
      counts.put(words[w], Long.valueOf(words[w + 1]));
    }
    return counts;
  }
}
