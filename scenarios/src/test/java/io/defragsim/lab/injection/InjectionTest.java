package io.defragsim.lab.injection;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.injection.Injector.Interrupts;
import io.defragsim.lab.injection.Operation.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An interrupt handler may lock, read, write and unlock blocks at any time, in another handler too.
 * Up to how many operations all heaps are made of is {@code -Ddefragsim.injection.operations};
 * {@code -Ddefragsim.injection.threads} says by how many threads, and {@code
 * -Ddefragsim.injection.image} which ELF is tried instead of the shipped one.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class InjectionTest {
  private static final int OPERATIONS = Integer.getInteger("defragsim.injection.operations", 3);
  private static final int THREADS = Integer.getInteger("defragsim.injection.threads", 1);

  /** Cycles for which a step may keep an interrupt waiting. */
  private static final int MOST_MASKED = 40;

  private static FirmwareImage image() throws IOException {
    String other = System.getProperty("defragsim.injection.image");
    return other == null ? resource("defrag") : FirmwareImage.read(Path.of(other));
  }

  private static FirmwareImage resource(String name) throws IOException {
    String file = "/io/defragsim/firmware/" + name + ".elf";
    try (InputStream in = InjectionTest.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException("no image " + name);
      }
      return FirmwareImage.parse(name, in.readAllBytes());
    }
  }

  /** All heaps of a few operations: a pool of 128 bytes and 4 handles. */
  private static Findings smallHeaps(
      FirmwareImage image, Set<Kind> functions, int operations, int threads) {
    return smallHeaps(image, functions, Interrupts.SINGLE, operations, threads);
  }

  private static Findings smallHeaps(
      FirmwareImage image,
      Set<Kind> functions,
      Interrupts interrupts,
      int operations,
      int threads) {
    long start = System.nanoTime();
    Findings findings =
        Campaign.exhaustive(image, 128, 4, functions, interrupts, operations, threads);
    System.out.printf(
        "heaps of at most %d operations, by %d threads, in %.1f s%n",
        operations, threads, (System.nanoTime() - start) / 1e9);
    return findings;
  }

  private static void assertUndisturbed(Findings findings) {
    System.out.println("interrupts injected: " + findings);
    assertThat(findings.failures()).isEmpty();
    assertThat(findings.longestMasked).isLessThanOrEqualTo(MOST_MASKED);
  }

  @Test
  void no_interrupt_disturbs_any_call_on_any_small_heap() throws IOException {
    assertUndisturbed(smallHeaps(image(), Campaign.BASIC, OPERATIONS, THREADS));
  }

  @Tag("campaign")
  @Test
  void no_interrupt_disturbs_any_call_on_any_heap_of_six_operations() throws IOException {
    assertUndisturbed(smallHeaps(image(), Campaign.BASIC, 6, processors()));
  }

  /** Resizing to five sizes makes so many heaps that two operations less make as many. */
  @Test
  void no_interrupt_disturbs_a_small_heap_with_pinned_and_resized_blocks() throws IOException {
    assertUndisturbed(smallHeaps(image(), Campaign.ALL, Math.max(2, OPERATIONS - 2), THREADS));
  }

  @Tag("campaign")
  @Test
  void no_interrupt_disturbs_a_heap_of_four_operations_with_pinned_and_resized_blocks()
      throws IOException {
    assertUndisturbed(smallHeaps(image(), Campaign.ALL, 4, processors()));
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** A hole as large as the block, or larger: the block stays whole until the last part. */
  @ParameterizedTest
  @ValueSource(ints = {64, 256})
  void no_interrupt_disturbs_a_large_block_that_is_copied(int budget) throws IOException {
    Campaign campaign = new Campaign(image(), 1024, 8, Campaign.ALL, Interrupts.SINGLE, true);
    copied(campaign, budget);
    assertUndisturbed(campaign.findings());
  }

  @Test
  @Tag("campaign") // as many injections as there are small parts
  void no_interrupt_disturbs_one_that_is_copied_in_small_parts() throws IOException {
    no_interrupt_disturbs_a_large_block_that_is_copied(16);
  }

  private static void copied(Campaign campaign, int budget) {
    new Sequence(campaign)
        .alloc('a', 300)
        .alloc('b', 200)
        .alloc('c', 60)
        .free('a')
        .alloc('a', 500) // fragmented
        .compact(budget);
  }

  /** A hole that is smaller than the block: its parts overlap. */
  @ParameterizedTest
  @ValueSource(ints = {16, 64, 256})
  void no_interrupt_disturbs_a_large_block_that_slides(int budget) throws IOException {
    Campaign campaign = new Campaign(image(), 1024, 8, Campaign.ALL, Interrupts.SINGLE, true);
    slid(campaign, budget);
    assertUndisturbed(campaign.findings());
  }

  private static void slid(Campaign campaign, int budget) {
    new Sequence(campaign)
        .alloc('a', 100)
        .alloc('b', 300)
        .free('a')
        .alloc('a', 600) // fragmented
        .compact(budget);
  }

  @Test
  void no_interrupt_disturbs_compaction_around_locked_blocks() throws IOException {
    Campaign campaign = new Campaign(image(), 1024, 8, Campaign.ALL, Interrupts.SINGLE, true);
    aroundLocked(campaign);
    assertUndisturbed(campaign.findings());
  }

  private static void aroundLocked(Campaign campaign) {
    new Sequence(campaign)
        .allocAll("abcdefgh", 100)
        .lock('c', 'f', 'f')
        .free('a', 'd', 'g')
        .alloc('a', 300) // fragmented
        .compact(64) // blocked
        .unlock('f', 'c', 'f')
        .compact(64); // served
  }

  @Test
  void no_interrupt_disturbs_the_compaction_of_a_pool_that_is_almost_full() throws IOException {
    Campaign campaign = new Campaign(image(), 512, 8, Campaign.ALL, Interrupts.SINGLE, true);
    new Sequence(campaign)
        .allocAll("abcdefg", 60)
        .free('b')
        .alloc('b', 20)
        .free('e')
        .alloc('e', 100) // fragmented
        .compact(16);
    assertUndisturbed(campaign.findings());
  }

  @Test
  void no_interrupt_disturbs_a_pool_with_many_holes_in_a_bin() throws IOException {
    Campaign campaign = new Campaign(image(), 512, 14, Campaign.ALL, Interrupts.SINGLE, true);
    new Sequence(campaign)
        .allocAll("abcdefghijklmn", 20)
        .free('a', 'c', 'e', 'g', 'i', 'k', 'm')
        .alloc('a', 12)
        .alloc('c', 140) // fragmented
        .compact(64);
    assertUndisturbed(campaign.findings());
  }

  // ---- Handlers that interrupt handlers ----

  @Test
  void no_interrupt_in_a_handler_disturbs_any_call_on_the_smallest_heaps() throws IOException {
    assertUndisturbed(smallHeaps(image(), Campaign.BASIC, Interrupts.NESTED, 1, THREADS));
  }

  @Test
  void no_interrupt_in_a_handler_disturbs_a_move() throws IOException {
    assertUndisturbed(oneMove(image(), COPIED, Interrupts.NESTED, true));
    assertUndisturbed(oneMove(image(), SLID, Interrupts.NESTED, true));
  }

  @Tag("campaign")
  @Test
  void no_interrupt_in_a_handler_disturbs_any_call_on_any_heap_of_four_operations()
      throws IOException {
    assertUndisturbed(smallHeaps(image(), Campaign.BASIC, Interrupts.NESTED, 4, processors()));
  }

  @Tag("campaign")
  @Test
  void no_interrupt_in_a_handler_disturbs_a_heap_of_two_operations_with_pinned_and_resized_blocks()
      throws IOException {
    assertUndisturbed(smallHeaps(image(), Campaign.ALL, Interrupts.NESTED, 2, processors()));
  }

  @Tag("campaign")
  @Test
  void no_interrupt_in_a_handler_disturbs_large_blocks_that_move() throws IOException {
    Campaign copied = new Campaign(image(), 1024, 8, Campaign.ALL, Interrupts.NESTED, true);
    copied(copied, 64);
    assertUndisturbed(copied.findings());
    Campaign slid = new Campaign(image(), 1024, 8, Campaign.ALL, Interrupts.NESTED, true);
    slid(slid, 64);
    assertUndisturbed(slid.findings());
  }

  @Tag("campaign")
  @Test
  void no_interrupt_in_a_handler_disturbs_compaction_around_locked_blocks() throws IOException {
    Campaign campaign = new Campaign(image(), 1024, 8, Campaign.BASIC, Interrupts.NESTED, true);
    aroundLocked(campaign);
    assertUndisturbed(campaign.findings());
  }

  @Test
  void locks_that_only_a_handler_in_a_handler_can_come_into_are_found_by_that_alone()
      throws IOException {
    FirmwareImage image = resource("test/locks-not-nested");
    assertThat(smallHeaps(image, Campaign.BASIC, 2, 1).failures()).isEmpty();
    assertThat(oneMove(image, COPIED, Interrupts.SINGLE, true).failures()).isEmpty();
    assertThat(oneMove(image, COPIED, Interrupts.NESTED, true).failures())
        .isNotEmpty()
        .allMatch(failure -> failure.contains("\" and it by \""))
        .anyMatch(failure -> failure.contains("an unlock that matches a lock gives -11"));
  }

  // ---- What is found ----

  @Test
  void a_move_that_interrupts_can_come_into_is_found() throws IOException {
    List<Operation> hole =
        List.of(
            new Operation(Kind.ALLOC, 0, 4),
            new Operation(Kind.ALLOC, 1, 28),
            new Operation(Kind.FREE, 0, 0));
    Findings findings =
        oneCall(
            resource("test/moves-unmasked"),
            Interrupts.SINGLE,
            hole,
            new Operation(Kind.STEP, 0, 64),
            true);
    assertThat(findings.longestMasked).isZero();
    // read in the middle of the move, and written between the copy and its commit
    assertThat(findings.failures())
        .isNotEmpty()
        .allMatch(failure -> failure.startsWith("image_step interrupted in image_step"))
        .anyMatch(failure -> failure.contains("a block that is locked does not hold its content"))
        .anyMatch(failure -> failure.contains("what the handler wrote is lost"));
  }

  @Test
  void a_move_that_masks_interrupts_for_long_is_measured() throws IOException {
    Findings findings = oneMove(resource("test/masks-too-long"), COPIED, Interrupts.SINGLE, true);
    assertThat(findings.failures()).isEmpty();
    assertThat(findings.longestMasked).isGreaterThan(MOST_MASKED);
  }

  @Test
  void runs_that_are_not_executed_end_as_if_they_were() throws IOException {
    FirmwareImage image = resource("test/moves-unmasked");
    endAsIfExecuted(sharing -> oneMove(image, COPIED, Interrupts.SINGLE, sharing));
  }

  @Test
  @Tag("campaign")
  void those_of_the_shipped_image_do_too() throws IOException {
    FirmwareImage image = resource("defrag");
    endAsIfExecuted(sharing -> oneMove(image, COPIED, Interrupts.SINGLE, sharing));
  }

  @Test
  void those_of_handlers_in_handlers_do_too() throws IOException {
    FirmwareImage image = resource("test/locks-not-nested");
    List<Operation> before = List.of(new Operation(Kind.ALLOC, 0, 4));
    Operation last = new Operation(Kind.LOCK, 0, 0);
    endAsIfExecuted(sharing -> oneCall(image, Interrupts.NESTED, before, last, sharing));
  }

  @Test
  @Tag("campaign")
  void those_of_handlers_in_handlers_of_the_shipped_image_do_too() throws IOException {
    FirmwareImage image = resource("defrag");
    List<Operation> before =
        List.of(
            new Operation(Kind.ALLOC, 0, 28),
            new Operation(Kind.ALLOC, 1, 28),
            new Operation(Kind.FREE, 0, 0),
            new Operation(Kind.ALLOC, 0, 60), // fragmented
            new Operation(Kind.STEP, 0, 16)); // the first part of a copy
    for (Operation last :
        List.of(new Operation(Kind.LOCK, 1, 0), new Operation(Kind.STEP, 0, 16))) {
      endAsIfExecuted(sharing -> oneCall(image, Interrupts.NESTED, before, last, sharing));
    }
  }

  private static Findings oneCall(
      FirmwareImage image,
      Interrupts interrupts,
      List<Operation> before,
      Operation last,
      boolean sharing) {
    Campaign campaign = new Campaign(image, 128, 4, Campaign.BASIC, interrupts, sharing);
    Heap heap = campaign.empty();
    for (Operation operation : before) {
      heap = campaign.carryOut(heap, operation).after();
    }
    campaign.inject(heap, last);
    return campaign.findings();
  }

  private static void endAsIfExecuted(Function<Boolean, Findings> bySharing) {
    Findings shared = bySharing.apply(true);
    Findings executed = bySharing.apply(false);
    assertThat(shared.injections).isEqualTo(executed.injections);
    assertThat(shared.failuresByPlace()).isEqualTo(executed.failuresByPlace());
    assertThat(executed.runsToTheEnd).isEqualTo(executed.injections - refusedByHandler(executed));
    assertThat(shared.instructions).isLessThan(executed.instructions / 20);
  }

  private static long refusedByHandler(Findings findings) {
    return findings.failuresByPlace().entrySet().stream()
        .filter(failure -> failure.getKey().contains("handler: "))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /**
   * Blocks below which there is a hole.
   *
   * @param hole its bytes
   * @param block bytes of the block right above it, which moves in parts
   * @param wanted bytes for which both blocks have to move
   */
  private record Shape(int hole, int block, int wanted) {}

  private static final Shape COPIED = new Shape(28, 28, 84);
  private static final Shape SLID = new Shape(12, 28, 76);

  /** Each step that moves two blocks, one in parts, and the calls on them in the middle. */
  private static Findings oneMove(
      FirmwareImage image, Shape shape, Interrupts interrupts, boolean sharing) {
    Campaign campaign = new Campaign(image, 160, 4, Campaign.ALL, interrupts, sharing);
    Heap heap = campaign.empty();
    for (Operation operation :
        List.of(
            new Operation(Kind.ALLOC, 0, shape.hole),
            new Operation(Kind.ALLOC, 1, shape.block),
            new Operation(Kind.ALLOC, 2, 12),
            new Operation(Kind.FREE, 0, 0),
            new Operation(Kind.ALLOC, 0, shape.wanted))) {
      heap = campaign.carryOut(heap, operation).after();
    }
    assertThat(heap.wanted().isPending()).isTrue();
    Operation step = new Operation(Kind.STEP, 0, 16);
    Reference stepped;
    do {
      campaign.inject(heap, step);
      for (int block = 1; block <= 2; block++) {
        campaign.inject(heap, new Operation(Kind.LOCK, block, 0));
        campaign.inject(heap, new Operation(Kind.FREE, block, 0));
      }
      stepped = campaign.carryOut(heap, step);
      heap = stepped.after();
    } while (stepped.result() == 1);
    return campaign.findings();
  }
}
