package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.lab.image.PoolMemory;
import io.defragsim.lab.image.SramLayout;
import io.defragsim.lab.recording.Call;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class ShadowHeapTest {
  private static final long BASE = 0x20000000L;
  private static final long POOL = BASE + 64;

  private final byte[] sram = new byte[1024];
  private final ShadowHeap heap =
      new ShadowHeap(
          new SramLayout(64, 0, POOL, 512, 0, 448),
          new PoolMemory() {
            @Override
            public byte[] read(long address, int length) {
              int at = (int) (address - BASE);
              return Arrays.copyOfRange(sram, at, at + length);
            }

            @Override
            public void write(long address, byte[] bytes) {
              System.arraycopy(bytes, 0, sram, (int) (address - BASE), bytes.length);
            }
          });

  private Block add(String name, int handle, int bytes, long offset) {
    Block block = heap.add(name, handle, bytes, POOL + offset, false);
    heap.fill(block, FillPattern.of(handle, block.nextWrite(), bytes));
    return block;
  }

  private void copy(Block block, long offset) {
    heap.fill(block, block.content());
    System.arraycopy(
        block.content(), 0, sram, (int) (POOL + offset - BASE), block.content().length);
  }

  @Test
  void blocks_side_by_side_are_fine_and_one_byte_of_overlap_is_not() {
    add("a", 1, 16, 0);
    add("b", 2, 9, 16);
    add("c", 3, 8, 32);
    assertThatThrownBy(() -> add("d", 4, 9, 24))
        .hasMessageContaining(
            "d (9\u00a0bytes at 0x20000058) overlaps block c (8\u00a0bytes at 0x20000060)");
    assertThatThrownBy(() -> add("e", 5, 8, 24)).hasMessageContaining("overlaps block b");
    heap.verifyAll();
  }

  @Test
  void a_block_must_be_inside_the_pool_and_aligned_and_have_a_handle_of_its_own() {
    add("a", 1, 16, 0);
    assertThatThrownBy(() -> add("b", 2, 8, -8)).hasMessageContaining("not inside the pool");
    assertThatThrownBy(() -> add("b", 2, 9, 504)).hasMessageContaining("not inside the pool");
    assertThatThrownBy(() -> add("b", 2, 8, 20)).hasMessageContaining("not aligned");
    assertThatThrownBy(() -> add("b", 1, 8, 40)).hasMessageContaining("handle 0x1");
    add("b", 2, 8, 504);
  }

  @Test
  void one_changed_byte_is_found_and_named() {
    Block a = add("a", 1, 24, 8);
    sram[(int) (POOL + 8 - BASE) + 17] ^= 0x40;
    assertThatThrownBy(() -> heap.verify(a))
        .hasMessageContaining("a (24\u00a0bytes at 0x20000048) is corrupted: its byte 17 is 0x");
  }

  @Test
  void the_content_of_another_block_or_of_an_earlier_write_is_noticed() {
    assertThat(FillPattern.of(1, 0, 8)).isNotEqualTo(FillPattern.of(2, 0, 8));
    assertThat(FillPattern.of(1, 0, 8)).isNotEqualTo(FillPattern.of(1, 1, 8));
    assertThat(FillPattern.of(1, 0, 8)).isEqualTo(Arrays.copyOf(FillPattern.of(1, 0, 20), 8));
  }

  @Test
  void blocks_that_take_each_others_places_are_followed_and_their_bytes_counted() {
    Block a = add("a", 1, 16, 16);
    Block b = add("b", 2, 16, 32);
    Block c = add("c", 3, 40, 100 / 8 * 8);
    copy(a, 0);
    copy(b, 16);
    Map<Block, Long> now = new HashMap<>(Map.of(a, POOL, b, POOL + 16, c, c.address()));
    assertThat(heap.refresh(now::get))
        .containsExactly(
            new Call.Move("a", POOL + 16, POOL, 16), new Call.Move("b", POOL + 32, POOL + 16, 16));
    assertThat(heap.refresh(now::get)).isEmpty();
    heap.verifyAll();
  }

  @Test
  void a_block_in_two_parts_counts_when_it_has_arrived_whole() {
    Block a = add("a", 1, 128, 64);
    assertThat(heap.refresh(b -> 0)).isEmpty();
    assertThat(heap.someInTwoParts()).isTrue();
    heap.verifyAll();
    System.arraycopy(a.content(), 0, sram, (int) (POOL - BASE), 128);
    assertThat(heap.refresh(b -> POOL)).containsExactly(new Call.Move("a", POOL + 64, POOL, 128));
    assertThat(heap.someInTwoParts()).isFalse();
  }

  @Test
  void a_move_that_loses_a_byte_is_found_at_once() {
    Block a = add("a", 1, 16, 64);
    copy(a, 0);
    sram[(int) (POOL - BASE) + 3]++;
    assertThatThrownBy(() -> heap.refresh(b -> POOL)).hasMessageContaining("corrupted");
  }

  @Test
  void a_locked_block_must_not_move_and_a_lock_must_answer_where_it_is() {
    Block a = add("a", 1, 16, 64);
    assertThatThrownBy(() -> heap.locked(a, POOL + 72)).hasMessageContaining("answered 0x20000088");
    heap.locked(a, POOL + 64);
    copy(a, 0);
    assertThatThrownBy(() -> heap.refresh(b -> POOL)).hasMessageContaining("although it is locked");
  }

  @Test
  void peaks_remember_the_most() {
    Block a = add("a", 1, 100, 0);
    add("b", 2, 50, 104);
    heap.remove(a);
    add("c", 3, 8, 0);
    assertThat(heap.peakBytes()).isEqualTo(150);
    assertThat(heap.liveBytes()).isEqualTo(58);
    assertThat(heap.peakBlocks()).isEqualTo(2);
  }
}
