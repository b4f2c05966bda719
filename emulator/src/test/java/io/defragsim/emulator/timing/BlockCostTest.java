package io.defragsim.emulator.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.isa.Undefined;
import io.defragsim.emulator.isa.Unpredictable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class BlockCostTest {
  private static final long AT = 0x0800_0100L;

  @Test
  void a_block_is_the_sum_of_its_instructions() {
    // push {r4, lr} · ldr r0, [r1, #4] · dsb sy · adds r0, #1 · bne to the start
    BlockCost block = block(0xB510, 0x6848, 0xF3BF, 0x8F4F, 0x3001, 0xD1F9);

    assertThat(block.count()).isEqualTo(5);
    assertThat(block.cycles()).isEqualTo(3 + 2 + 4 + 1 + 1);
    assertThat(block.takenExtra()).isEqualTo(2);
    assertThat(block.endsConditionally()).isTrue();
    assertThat(block.target()).isEqualTo(AT);
    assertThat(block.end()).isEqualTo(AT + 12);
    assertThat(block.refused()).isNull();
    assertThat(block.last()).hasToString("bne .-10");
  }

  @Test
  void the_address_of_any_instruction_is_known() {
    BlockCost block = block(0xB510, 0x6848, 0xF3BF, 0x8F4F, 0x3001, 0xD1F9);

    long[] addresses = {AT, AT + 2, AT + 4, AT + 8, AT + 10, AT + 12};
    for (int index = 0; index <= block.count(); index++) {
      assertThat(block.address(index)).isEqualTo(addresses[index]);
    }
  }

  @Test
  void a_block_ends_before_the_first_encoding_that_is_refused() {
    BlockCost undefined = block(0x2001, 0x6848, 0xFB90, 0xF1F2, 0x2001);
    assertThat(undefined.count()).isEqualTo(2);
    assertThat(undefined.cycles()).isEqualTo(3);
    assertThat(undefined.end()).isEqualTo(AT + 4);
    assertThat(undefined.refused()).isEqualTo(new Undefined(0xFB90F1F2, 4));
    assertThat(undefined.endsConditionally()).isFalse();

    BlockCost unpredictable = block(0xC900, 0x2001);
    assertThat(unpredictable.count()).isZero();
    assertThat(unpredictable.cycles()).isZero();
    assertThat(unpredictable.last()).isNull();
    assertThat(unpredictable.target()).isEqualTo(-1);
    assertThat(unpredictable.refused()).isInstanceOf(Unpredictable.class);
  }

  @Test
  void only_direct_branches_have_a_target() {
    assertThat(block(0x2001, 0x4770).target()).as("bx lr").isEqualTo(-1);
    assertThat(block(0x2001).target()).as("movs").isEqualTo(-1);
    assertThat(block(0xE7FE).target()).as("b .").isEqualTo(AT);
    assertThat(block(0xE7FE).takenExtra()).as("b .").isZero();
    assertThat(block(0xF000, 0xF802).target()).as("bl").isEqualTo(AT + 8);

    BlockCost toTheNext = block(0xD0FF);
    assertThat(toTheNext.target()).as("beq .+2").isEqualTo(toTheNext.end());
  }

  @Test
  void bytes_that_are_no_block_are_refused() {
    assertThatThrownBy(() -> block(0x4770, 0x2001))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bx lr");
    assertThatThrownBy(() -> block(0x2001, 0xF000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ends inside an instruction");
  }

  private static BlockCost block(int... halfwords) {
    ByteBuffer code = ByteBuffer.allocate(halfwords.length * 2).order(ByteOrder.LITTLE_ENDIAN);
    for (int halfword : halfwords) {
      code.putShort((short) halfword);
    }
    return BlockCost.of(CycleModel.cortexM0(1), AT, code.array());
  }
}
