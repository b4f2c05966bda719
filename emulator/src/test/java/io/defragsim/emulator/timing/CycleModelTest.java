package io.defragsim.emulator.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The Cortex-M0's costs against the ones in its Technical Reference Manual, form by form. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CycleModelTest {

  /** Form, encoding, cycles with the 1-cycle multiplier: not taken / taken where that matters. */
  private static final String BY_HAND =
      """
      MOVS_REGISTER          0008       1
      LSLS_IMMEDIATE         0048       1
      LSRS_IMMEDIATE         0848       1
      ASRS_IMMEDIATE         1048       1
      ADDS_REGISTER          1888       1
      SUBS_REGISTER          1a88       1
      ADDS_IMMEDIATE3        1c48       1
      SUBS_IMMEDIATE3        1e48       1
      MOVS_IMMEDIATE         2001       1
      CMP_IMMEDIATE          2801       1
      ADDS_IMMEDIATE8        3001       1
      SUBS_IMMEDIATE8        3801       1
      ANDS                   4008       1
      EORS                   4048       1
      LSLS_REGISTER          4088       1
      LSRS_REGISTER          40c8       1
      ASRS_REGISTER          4108       1
      ADCS                   4148       1
      SBCS                   4188       1
      RORS                   41c8       1
      TST                    4208       1
      RSBS                   4248       1
      CMP_REGISTER           4288       1
      CMN                    42c8       1
      ORRS                   4308       1
      MULS                   4348       1
      BICS                   4388       1
      MVNS                   43c8       1
      ADD_SP_TO_PC           44ef       3
      ADD_SP_REGISTER        4468       1
      ADD_REGISTER_TO_SP     4485       1
      ADD_TO_PC              4487       3
      ADD_REGISTER_HIGH      4480       1
      CMP_REGISTER_HIGH      4588       1
      MOV_TO_PC              46f7       3
      MOV_REGISTER_HIGH      4640       1
      BX                     4770       3
      BLX                    4780       3
      LDR_LITERAL            4801       2
      STR_REGISTER           5088       2
      STRH_REGISTER          5288       2
      STRB_REGISTER          5488       2
      LDRSB_REGISTER         5688       2
      LDR_REGISTER           5888       2
      LDRH_REGISTER          5a88       2
      LDRB_REGISTER          5c88       2
      LDRSH_REGISTER         5e88       2
      STR_IMMEDIATE          6048       2
      LDR_IMMEDIATE          6848       2
      STRB_IMMEDIATE         7048       2
      LDRB_IMMEDIATE         7848       2
      STRH_IMMEDIATE         8048       2
      LDRH_IMMEDIATE         8848       2
      STR_SP                 9001       2
      LDR_SP                 9801       2
      ADR                    a001       1
      ADD_SP_IMMEDIATE       a801       1
      ADD_TO_SP_IMMEDIATE    b001       1
      SUB_FROM_SP_IMMEDIATE  b081       1
      SXTH                   b208       1
      SXTB                   b248       1
      UXTH                   b288       1
      UXTB                   b2c8       1
      PUSH                   b410       2
      PUSH                   b500       2
      PUSH                   b5ff      10
      CPS                    b672       1
      REV                    ba08       1
      REV16                  ba48       1
      REVSH                  bac8       1
      POP                    bc10       2
      POP                    bcff       9
      POP_PC                 bd00       5
      POP_PC                 bd10       6
      POP_PC                 bdff      13
      BKPT                   be00       0
      NOP                    bf00       1
      YIELD                  bf10       1
      WFE                    bf20       2
      WFI                    bf30       2
      SEV                    bf40       1
      HINT_UNALLOCATED       bf50       1
      STM                    c002       2
      STM                    c0fe       8
      LDM                    c802       2
      LDM                    c8ff       9
      SVC                    df00       0
      B_CONDITIONAL          d0fe       1/3
      B_CONDITIONAL          ddfe       1/3
      B                      e7fe       3
      BL                     f000f800   4
      MSR                    f3808810   4
      DSB                    f3bf8f4f   4
      DMB                    f3bf8f5f   4
      ISB                    f3bf8f6f   4
      MRS                    f3ef8010   4
      """;

  @Test
  void every_form_costs_what_the_reference_manual_says() {
    CycleModel model = CycleModel.cortexM0(1);
    Set<Form> seen = EnumSet.noneOf(Form.class);

    BY_HAND
        .lines()
        .forEach(
            line -> {
              String[] row = line.split(" +", -1);
              Form form = Form.valueOf(row[0]);
              Instruction instruction = decode(row[1]);
              String[] cycles = row[2].split("/", -1);
              assertThat(instruction.form()).as(line).isEqualTo(form);
              assertThat(model.cycles(instruction, false))
                  .as(line)
                  .isEqualTo(Integer.parseInt(cycles[0]));
              assertThat(model.cycles(instruction, true))
                  .as(line)
                  .isEqualTo(Integer.parseInt(cycles[cycles.length - 1]));
              seen.add(form);
            });

    assertThat(seen).containsExactly(Form.values());
  }

  @Test
  void the_multiplier_changes_nothing_but_muls() {
    CycleModel fast = CycleModel.cortexM0(1);
    CycleModel slow = CycleModel.cortexM0(32);

    for (int halfword = 0; halfword < 0xE800; halfword++) {
      if (Armv6m.decode(halfword, 0) instanceof Instruction instruction) {
        int expected = instruction.form() == Form.MULS ? 32 : fast.cycles(instruction, false);
        assertThat(slow.cycles(instruction, false)).as("%s", instruction).isEqualTo(expected);
      }
    }
    assertThatThrownBy(() -> CycleModel.cortexM0(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a multiplier takes 1 or 32 cycles: 2");
  }

  @Test
  void transfers_of_many_registers_cost_one_cycle_each_and_one_more() {
    CycleModel model = CycleModel.cortexM0(1);

    for (int list = 1; list <= 0xFF; list++) {
      int registers = (int) Integer.toBinaryString(list).chars().filter(c -> c == '1').count();
      for (int opcode : new int[] {0xB400, 0xBC00, 0xC000, 0xC800}) {
        assertThat(cycles(model, opcode + list)).as("%x", opcode + list).isEqualTo(1 + registers);
      }
      assertThat(cycles(model, 0xB500 + list)).as("push with lr").isEqualTo(2 + registers);
      assertThat(cycles(model, 0xBD00 + list)).as("pop with pc").isEqualTo(5 + registers);
    }
  }

  @Test
  void a_model_names_itself_and_prices_every_class() {
    assertThat(CycleModel.cortexM0(1).name()).isEqualTo("cortex-m0, 1-cycle multiplier");
    assertThat(CycleModel.cortexM0(32).name()).isEqualTo("cortex-m0, 32-cycle multiplier");
    assertThat(CycleModel.cortexM0(1).exceptionEntry()).isEqualTo(16);
    assertThatThrownBy(() -> new CycleModel("empty", Map.of(), 16, 16, FlashWaits.NONE))
        .hasMessageContaining("no cost for DATA");
  }

  private static int cycles(CycleModel model, int halfword) {
    return model.cycles((Instruction) Armv6m.decode(halfword, 0), false);
  }

  private static Instruction decode(String hex) {
    int[] halfwords =
        Arrays.stream(hex.split("(?<=\\G.{4})", -1))
            .filter(digits -> !digits.isEmpty())
            .mapToInt(digits -> Integer.parseInt(digits, 16))
            .toArray();
    return (Instruction) Armv6m.decode(halfwords[0], halfwords.length == 2 ? halfwords[1] : 0);
  }

  /** What differs on a Cortex-M0+, by hand; everything else costs the same. */
  private static final String PLUS =
      """
      d0fe 1 2
      e7fe 2 2
      4770 2 2
      4780 2 2
      4687 2 2
      4487 2 2
      f000f800 3 3
      bd00 4 4
      bdff 12 12
      f3808810 3 3
      f3ef8010 3 3
      f3bf8f4f 3 3
      """;

  @Test
  void a_cortex_m0plus_is_faster_where_the_program_goes_elsewhere_and_nowhere_else() {
    CycleModel plus = CycleModel.cortexM0Plus(32);
    PLUS.lines()
        .forEach(
            line -> {
              String[] row = line.split(" ", -1);
              Instruction instruction = decode(row[0]);
              assertThat(plus.cycles(instruction, false))
                  .as(line)
                  .isEqualTo(Integer.parseInt(row[1]));
              assertThat(plus.cycles(instruction, true))
                  .as(line)
                  .isEqualTo(Integer.parseInt(row[2]));
            });
    for (String same : new String[] {"1888", "4348", "6848", "b5ff", "c8ff", "b672", "bf30"}) {
      assertThat(plus.cycles(decode(same), false))
          .as(same)
          .isEqualTo(CycleModel.cortexM0(32).cycles(decode(same), false));
    }
    assertThat(plus.exceptionEntry()).isEqualTo(15);
  }
}
