package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.Probe;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.result.ContractError;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Whether {@code sliding-handles} has each block where it must slide to: onto the block below it,
 * unless it is locked; and whether nothing but locks is in the way of a request.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class SlidingHandlesTest {
  private static final int POOL = 1600;
  private static final int HANDLES = 40;
  private static final int OPERATIONS = 500;

  /** Places and sizes in granules of 8 bytes. */
  private static final class Block {
    final int handle;
    final int granules;
    int place;
    int locks;

    Block(int handle, int granules, int place) {
      this.handle = handle;
      this.granules = granules;
      this.place = place;
    }

    int end() {
      return place + granules;
    }
  }

  private final List<Block> blocks = new ArrayList<>();
  private final int whole = (POOL - 4 * HANDLES) / 8 - 1;

  @Test
  void each_block_slides_onto_the_one_below_unless_a_lock_holds_it() {
    for (long seed = 1; seed <= 3; seed++) {
      blocks.clear();
      try (AllocatorImage image =
          AllocatorImage.load(
              new Bench().pool(POOL, HANDLES).scenario(),
              Bench.shipped("sliding-handles"),
              Strictness.NORMAL)) {
        image.reset();
        assertThat(image.calls().init()).isNull();
        play(image, new Random(seed), "seed " + seed);
      }
    }
  }

  private void play(AllocatorImage image, Random random, String seed) {
    int blocked = 0;
    for (int operation = 0; operation < OPERATIONS; operation++) {
      String context = seed + ", operation " + operation;
      Block any = blocks.isEmpty() ? null : blocks.get(random.nextInt(blocks.size()));
      int draw = random.nextInt(20);
      if (any == null || draw < 10) {
        blocked += alloc(image, 1 + random.nextInt(random.nextInt(4) == 0 ? 400 : 60), context);
      } else if (draw < 16) {
        ContractError refused = error(image.calls().free(any.handle));
        assertThat(refused)
            .as(context)
            .isEqualTo(any.locks > 0 ? ContractError.STILL_LOCKED : null);
        if (refused == null) {
          blocks.remove(any);
          slide();
        }
      } else if (draw < 18) {
        assertThat(image.calls().lock(any.handle).isError()).as(context).isFalse();
        any.locks++;
      } else {
        ContractError refused = error(image.calls().unlock(any.handle));
        assertThat(refused).as(context).isEqualTo(any.locks == 0 ? ContractError.NOT_LOCKED : null);
        any.locks = Math.max(0, any.locks - 1);
        slide();
      }
      assertPlaces(image, context);
    }
    assertThat(blocked).as(seed + ": requests that locks blocked").isPositive();
  }

  private static @Nullable ContractError error(Answer answer) {
    return answer.isError() ? answer.error() : null;
  }

  /** Whether it was blocked: 1 or 0. */
  private int alloc(AllocatorImage image, int request, String context) {
    int granules = (request + 4 + 7) / 8;
    int top = blocks.isEmpty() ? 0 : blocks.get(blocks.size() - 1).end();
    int free = whole - blocks.stream().mapToInt(block -> block.granules).sum();
    Answer answer = image.calls().alloc(request);
    if (blocks.size() == HANDLES) {
      assertThat(answer.error()).as(context).isEqualTo(ContractError.OUT_OF_HANDLES);
    } else if (granules > free) {
      assertThat(answer.error()).as(context).isEqualTo(ContractError.OUT_OF_MEMORY);
    } else if (granules > whole - top) {
      assertThat(answer.error()).as(context).isEqualTo(ContractError.BLOCKED_BY_LOCKS);
      int named = image.<Integer>untimed(Probe::blocker);
      assertThat(blocks).as(context).anyMatch(b -> b.handle == named && b.locks > 0);
      return 1;
    } else {
      assertThat(answer.isError()).as(context).isFalse();
      blocks.add(new Block(answer.value(), granules, top));
    }
    return 0;
  }

  private void slide() {
    int to = 0;
    for (Block block : blocks) {
      block.place = block.locks > 0 ? block.place : to;
      to = block.end();
    }
  }

  private void assertPlaces(AllocatorImage image, String context) {
    long origin = image.layout().poolAddress() + 4 * HANDLES + 8;
    List<Long> addresses =
        image.untimed(probe -> blocks.stream().map(b -> probe.address(b.handle)).toList());
    List<Long> expected = blocks.stream().map(b -> origin + 8L * b.place).toList();
    assertThat(addresses).as(context).isEqualTo(expected);
  }
}
