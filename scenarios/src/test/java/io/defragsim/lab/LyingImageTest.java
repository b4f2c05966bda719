package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.model.Fault;
import io.defragsim.lab.image.ContractRule;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Scenario;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One image with many lies, each told in a run of its own: whatever it says, the rule that it
 * breaks is named, or the run is the same as that of the image that does not lie.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class LyingImageTest {

  /** Every function of the contract is called, with blocks that are locked, freed, and moved. */
  private static final Scenario SCENARIO =
      new Bench()
          .pool(512, 8)
          .callBudget(100_000)
          .policy(new DefragPolicy.OnFailure(64))
          .alloc('a', 64)
          .alloc('b', 96)
          .alloc('c', 64)
          .alloc('d', 96)
          .alloc('e', 64)
          .write('c')
          .lock('a')
          .resize('d', 88)
          .free('b')
          .alloc('f', 160)
          .resize('c', 48)
          .lock('c')
          .unlock('c')
          .free('d')
          .lock('f')
          .alloc('g', 400)
          .scenario();

  private static FirmwareImage image(int lie) {
    return new PatchedElf("lies").words("image_lie", lie).image();
  }

  /** What a lie must come to. */
  private sealed interface Verdict {
    /** The rule is named. */
    record Names(ContractRule rule) implements Verdict {}

    record Faults(Fault.Kind kind, String detail) implements Verdict {}

    record ExhaustsItsBudget() implements Verdict {}

    /** It changes nothing. */
    record Harmless() implements Verdict {}

    /** The run completes, otherwise than that of the honest image, and says so in a note. */
    record Noted(String words) implements Verdict {}

    /** What is said is a refusal that an image may give. */
    record Refuses() implements Verdict {}
  }

  private record Lie(int number, String words, Verdict verdict) {
    @Override
    public String toString() {
      return number + " " + words;
    }
  }

  private static Lie names(int number, String words, ContractRule rule) {
    return new Lie(number, words, new Verdict.Names(rule));
  }

  private static Lie faults(int number, String words, Fault.Kind kind, String detail) {
    return new Lie(number, words, new Verdict.Faults(kind, detail));
  }

  private static Lie hangs(int number, String words) {
    return new Lie(number, words, new Verdict.ExhaustsItsBudget());
  }

  private static Lie harmless(int number, String words) {
    return new Lie(number, words, new Verdict.Harmless());
  }

  private static Lie refuses(int number, String words) {
    return new Lie(number, words, new Verdict.Refuses());
  }

  private static Stream<Lie> lies() {
    return Stream.of(
            List.of(
                names(1, "init answers 1", ContractRule.INIT),
                names(2, "init answers -77", ContractRule.ERRORS),
                names(3, "init refuses", ContractRule.INIT),
                hangs(4, "init hangs"),
                names(5, "init answers the least number", ContractRule.ERRORS),
                names(6, "SP is above all memory at the park", ContractRule.PARKS),
                names(7, "SP is below SRAM at the park", ContractRule.PARKS),
                names(8, "start-up stops on another breakpoint", ContractRule.PARKS),
                harmless(9, "start-up masks interrupts"),
                hangs(10, "start-up hangs"),
                faults(11, "start-up calls the supervisor", Fault.Kind.UNHANDLED_EXCEPTION, "svc"),
                names(101, "alloc answers 0", ContractRule.ALLOC),
                names(102, "alloc answers the handle of a live block", ContractRule.ALLOC),
                names(103, "alloc answers a handle of no block", ContractRule.PLACE),
                names(104, "alloc answers -77", ContractRule.ERRORS),
                names(105, "alloc says that the heap is corrupted", ContractRule.SOUND_HEAP),
                names(106, "alloc answers -6", ContractRule.ALLOC),
                new Lie(
                    107,
                    "alloc says out of memory where enough is free",
                    new Verdict.Noted("answered -1 (out of memory) to ")),
                names(108, "alloc answers -8", ContractRule.ALLOC),
                names(109, "alloc answers -12", ContractRule.ALLOC),
                names(110, "alloc answers the least number", ContractRule.ERRORS),
                names(111, "a block is not aligned", ContractRule.PLACE),
                names(112, "a block is outside the pool", ContractRule.PLACE),
                names(113, "a block is below the pool", ContractRule.PLACE),
                names(114, "a block is nowhere", ContractRule.PLACE),
                names(115, "a block is in another", ContractRule.PLACE),
                names(116, "a block goes beyond the pool", ContractRule.PLACE),
                names(120, "alloc writes into a block", ContractRule.CONTENT),
                names(121, "alloc writes above the pool", ContractRule.OWN_MEMORY),
                faults(122, "alloc masks", Fault.Kind.CALLING_CONVENTION, "PRIMASK was 0x0000"),
                faults(123, "alloc uses PSP", Fault.Kind.CALLING_CONVENTION, "CONTROL was 0x0000"),
                faults(124, "alloc parks", Fault.Kind.UNEXPECTED_BREAKPOINT, "bkpt"),
                faults(125, "alloc calls the supervisor", Fault.Kind.UNHANDLED_EXCEPTION, "svc"),
                hangs(126, "alloc hangs"),
                faults(127, "alloc stores nowhere", Fault.Kind.UNMAPPED_ACCESS, "0x40000000"),
                faults(128, "alloc is undefined", Fault.Kind.UNDEFINED_INSTRUCTION, "udf"),
                names(201, "free answers 1", ContractRule.FREE),
                names(202, "free answers -6", ContractRule.FREE),
                names(203, "free answers -77", ContractRule.ERRORS),
                names(204, "free frees nothing", ContractRule.WALK_BLOCKS),
                names(205, "free says that the heap is corrupted", ContractRule.SOUND_HEAP),
                names(206, "free says that the block moves", ContractRule.LOCKS_ENFORCED),
                names(207, "free says that the block is locked", ContractRule.FREE),
                names(208, "free frees a locked block", ContractRule.LOCKS_ENFORCED),
                names(209, "free frees what is not there", ContractRule.STALE_HANDLES),
                names(210, "free gives the handle to the next block", ContractRule.STALE_HANDLES),
                names(220, "free writes into a block", ContractRule.CONTENT),
                faults(222, "free masks", Fault.Kind.CALLING_CONVENTION, "PRIMASK was 0x0000"),
                faults(223, "free uses PSP", Fault.Kind.CALLING_CONVENTION, "CONTROL was 0x0000"),
                names(301, "lock answers 0", ContractRule.LOCK),
                names(302, "lock answers 4 too much", ContractRule.LOCK),
                names(303, "lock answers the pool's end", ContractRule.LOCK),
                names(304, "lock answers -77", ContractRule.ERRORS),
                names(305, "lock says too many", ContractRule.LOCK),
                names(306, "lock answers -6", ContractRule.LOCK),
                names(307, "lock counts nothing", ContractRule.UNLOCK),
                names(308, "lock locks what is not there", ContractRule.STALE_HANDLES),
                names(320, "lock writes into a block", ContractRule.CONTENT),
                faults(322, "lock masks", Fault.Kind.CALLING_CONVENTION, "PRIMASK was 0x0000"),
                names(401, "unlock answers 1", ContractRule.UNLOCK),
                names(402, "unlock answers -11", ContractRule.UNLOCK),
                names(403, "unlock answers -77", ContractRule.ERRORS),
                names(404, "unlock takes nothing back", ContractRule.WALK_LOCKS),
                names(405, "unlock takes back one too many", ContractRule.LOCKS_ENFORCED),
                names(420, "unlock writes into a block", ContractRule.CONTENT),
                faults(422, "unlock masks", Fault.Kind.CALLING_CONVENTION, "PRIMASK was 0x0000"),
                names(501, "step answers 2", ContractRule.STEP),
                names(502, "step answers -77", ContractRule.ERRORS),
                names(503, "step says that the heap is corrupted", ContractRule.SOUND_HEAP),
                hangs(504, "step has more to do for ever"),
                refuses(505, "step has nothing to do"),
                names(506, "step moves a locked block", ContractRule.STAYS),
                names(507, "step leaves the content behind", ContractRule.CONTENT),
                names(508, "step moves a block into another", ContractRule.PLACE),
                names(509, "step answers the greatest number", ContractRule.STEP),
                hangs(510, "step has more to do though the request would be served"),
                names(520, "step writes into a block", ContractRule.CONTENT),
                faults(522, "step masks", Fault.Kind.CALLING_CONVENTION, "PRIMASK was 0x0000"),
                hangs(526, "step hangs"),
                names(601, "resize answers 1", ContractRule.RESIZE),
                names(602, "resize answers -4", ContractRule.RESIZE),
                names(603, "resize answers -77", ContractRule.ERRORS),
                names(605, "resize leaves a block that is not aligned", ContractRule.PLACE),
                names(606, "resize leaves a block without an address", ContractRule.PLACE)),
            List.of(
                names(701, "address is not aligned", ContractRule.PLACE),
                names(702, "address is 0", ContractRule.PLACE),
                names(703, "address is the pool's end", ContractRule.PLACE),
                names(704, "address is nowhere", ContractRule.PLACE),
                names(705, "address is the pool's start for all", ContractRule.PLACE),
                names(706, "address is another one than before", ContractRule.STAYS),
                hangs(707, "address hangs"),
                faults(727, "address stores nowhere", Fault.Kind.UNMAPPED_ACCESS, "0x40000000"),
                names(801, "4 GiB are free", ContractRule.FREE_BYTES),
                names(802, "the whole pool is free", ContractRule.FREE_BYTES),
                names(803, "nothing is free", ContractRule.FREE_BYTES),
                names(804, "a byte less is free", ContractRule.FREE_BYTES),
                hangs(805, "free bytes hang"),
                names(806, "8 bytes more are free", ContractRule.FREE_BYTES),
                names(807, "2 GiB are free", ContractRule.FREE_BYTES),
                harmless(808, "free bytes free a block"),
                faults(827, "free bytes store nowhere", Fault.Kind.UNMAPPED_ACCESS, "0x40000000"),
                names(901, "the blocker is no block", ContractRule.BLOCKER),
                names(902, "the blocker is an error", ContractRule.BLOCKER),
                hangs(903, "the blocker hangs"),
                names(951, "the check says corrupted", ContractRule.CHECK),
                names(952, "the check answers 1", ContractRule.CHECK),
                hangs(953, "the check hangs"),
                harmless(954, "the check writes into the pool"),
                faults(927, "the check stores nowhere", Fault.Kind.UNMAPPED_ACCESS, "0x40000000"),
                names(1001, "a walk has kind 6", ContractRule.WALK),
                names(1002, "a walk has kind 15", ContractRule.WALK),
                names(1003, "a walk has a piece of 0 bytes", ContractRule.WALK_ORDER),
                names(1004, "a walk goes from the top", ContractRule.WALK_ORDER),
                names(1005, "a walk begins below the pool", ContractRule.WALK_ORDER),
                names(1006, "a walk ends above the pool", ContractRule.WALK_ORDER),
                names(1007, "a walk is nowhere", ContractRule.WALK_ORDER),
                names(1008, "a walk has a piece of 256 MiB", ContractRule.WALK_ORDER),
                names(1009, "a walk has an unknown handle", ContractRule.WALK_BLOCKS),
                names(1010, "a walk has no handles", ContractRule.WALK_BLOCKS),
                names(1011, "a walk has one handle for all", ContractRule.WALK_BLOCKS),
                names(1012, "a walk has blocks too small", ContractRule.WALK_BLOCKS),
                names(1013, "a walk has blocks too high", ContractRule.WALK_BLOCKS),
                names(1014, "a walk has nothing locked", ContractRule.WALK_LOCKS),
                names(1015, "a walk has all locked", ContractRule.WALK_LOCKS),
                names(1016, "a walk has all in two parts", ContractRule.WALK_BLOCKS),
                names(1017, "a walk has blocks for holes", ContractRule.WALK_BLOCKS),
                names(1018, "a walk has a handle for a hole", ContractRule.WALK_BLOCKS),
                names(1019, "a list has number 1000000", ContractRule.WALK_LISTS),
                names(1020, "a list has number -1", ContractRule.WALK_LISTS),
                names(1021, "a list has what is no hole", ContractRule.WALK_LISTS),
                names(1022, "a list has another size", ContractRule.WALK_LISTS),
                names(1023, "a walk has its holes twice", ContractRule.WALK_ORDER),
                names(1024, "a walk has lists alone", ContractRule.WALK_BLOCKS),
                names(1025, "a walk leaves out all blocks", ContractRule.WALK_BLOCKS),
                names(1026, "a walk leaves out a block", ContractRule.WALK_BLOCKS),
                names(1027, "a walk has each piece twice", ContractRule.WALK_ORDER),
                names(1028, "a list has its holes twice", ContractRule.WALK_LISTS),
                names(1051, "a walk answers -1", ContractRule.WALK),
                names(1052, "a walk answers more than it may", ContractRule.WALK),
                names(1053, "a walk never ends", ContractRule.WALK),
                hangs(1054, "a walk hangs"),
                names(1055, "a walk has nothing to say", ContractRule.WALK_BLOCKS),
                names(1056, "a walk answers the greatest number", ContractRule.WALK),
                names(1057, "a list runs in a circle", ContractRule.WALK_LENGTH),
                harmless(1058, "a walk writes over the pool")))
        .flatMap(List::stream);
  }

  /** On the interpreter, which needs no time to start. */
  private static RunResult run(int lie) {
    Lab.Options strict = Lab.Options.standard().withStrictness(Strictness.STRICT);
    // what is free matters to who samples
    return Lab.run(SCENARIO, image(lie), lie / 100 == 8 ? strict : strict.withoutSampling());
  }

  private static final RunResult HONEST =
      Lab.run(SCENARIO, image(0), Lab.Options.standard().withStrictness(Strictness.STRICT));

  @Test
  void the_honest_image_completes_on_every_function() {
    assertThat(HONEST.ending()).isEqualTo(new RunEnding.Completed());
    assertThat(HONEST.stalls().events().count()).isEqualTo(1);
    assertThat(HONEST.stalls().unserved()).isZero();
    assertThat(HONEST.failures().count()).isEqualTo(1);
    System.out.println(lies().count() + " lies, each held against the contract");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void every_lie_is_told_apart(Lie lie) {
    RunResult result = run(lie.number());
    Verdict verdict = lie.verdict();
    if (verdict instanceof Verdict.Names names) {
      assertThat(result.exitStatus()).isEqualTo(4);
      assertThat(result.ending()).isInstanceOf(RunEnding.ContractViolated.class);
      assertThat(what(result)).isEqualTo(wordsOf(result) + names.rule().broken("").getMessage());
    } else if (verdict instanceof Verdict.Faults faults) {
      assertThat(result.exitStatus()).isEqualTo(4);
      assertThat(result.ending()).isInstanceOf(RunEnding.Faulted.class);
      Fault fault = ((RunEnding.Faulted) result.ending()).fault();
      assertThat(fault.kind()).isEqualTo(faults.kind());
      assertThat(fault.detail()).contains(faults.detail());
    } else if (verdict instanceof Verdict.ExhaustsItsBudget) {
      assertThat(result.exitStatus()).isEqualTo(5);
    } else if (verdict instanceof Verdict.Noted noted) {
      assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
      assertThat(result.subject().notes()).anyMatch(note -> note.contains(noted.words()));
    } else if (verdict instanceof Verdict.Refuses) {
      assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
      assertThat(result.failures().count()).isGreaterThan(HONEST.failures().count());
    } else {
      // but for the cycles that the image takes to tell its lies apart
      assertThat(result.ending()).isEqualTo(HONEST.ending());
      assertThat(result.failures()).isEqualTo(HONEST.failures());
      assertThat(result.heapAtEnd()).isEqualTo(HONEST.heapAtEnd());
      if (!result.fragmentation().samples().isEmpty()) {
        assertThat(worst(result)).isEqualTo(worst(HONEST));
      }
      assertThat(result.pauses().bytesMoved()).isEqualTo(HONEST.pauses().bytesMoved());
    }
  }

  @Test
  void a_lie_breaks_no_look_at_the_heap() {
    RunListener looker =
        new RunListener() {
          @Override
          public void happened(RunEvent event, HeapView heap) {
            if (!(event instanceof RunEvent.Ended)) {
              heap.image();
              heap.freeBytes();
              heap.largestRequest();
            }
          }
        };
    Lab.Options options =
        Lab.Options.standard().withStrictness(Strictness.STRICT).withoutSampling();
    // of an address, of what is free, and of a walk: what a look asks
    for (int lie : new int[] {703, 801, 1007, 1051}) {
      assertThatNoException()
          .as("lie %d", lie)
          .isThrownBy(() -> Lab.run(SCENARIO, image(lie), options, looker));
    }
  }

  private static @Nullable Long worst(RunResult result) {
    return Objects.requireNonNull(result.fragmentation().worst()).ppm();
  }

  private static String what(RunResult result) {
    return ((RunEnding.ContractViolated) result.ending()).what();
  }

  private static String wordsOf(RunResult result) {
    String what = what(result);
    int rule = what.indexOf("; the contract: ");
    assertThat(rule).as(what).isPositive();
    return what.substring(0, rule);
  }

  @Test
  void registers_are_held_against_the_contract_on_both_engines() {
    for (int lie : new int[] {122, 123}) {
      RunResult result = Lab.run(SCENARIO, image(lie), Lab.Options.standard().withoutSampling());
      assertThat(result.ending()).isEqualTo(run(lie).ending());
    }
  }

  @Test
  void a_hole_to_be_kept_ready_is_accepted_with_0_only() {
    Scenario idle =
        new Bench().pool(512, 8).policy(new DefragPolicy.Idle(64, 32)).alloc('a', 8).scenario();
    assertThat(Lab.run(idle, image(0)).ending()).isEqualTo(new RunEnding.Completed());
    assertThat(what(Lab.run(idle, image(850)))).contains("image_keep_ready(32) answered 1");
    assertThat(what(Lab.run(idle, image(851)))).contains("image_keep_ready answered -77");
    assertThat(what(Lab.run(idle, image(852)))).contains("image_keep_ready(32) answered -5");
  }

  @Test
  void what_only_the_glue_needs_is_no_place_for_blocks() {
    for (int pointers : new int[] {1, 4, 16}) {
      FirmwareImage image = new PatchedElf("lies").words("image_pointers", pointers).image();
      assertThat(what(Lab.run(SCENARIO, image)))
          .contains("image_free_bytes answers ", "at most the pool less what is alive");
    }
    refused(new PatchedElf("lies").words("image_pointers", 17), ContractRule.POINTERS);
    refused(new PatchedElf("lies").words("image_pointers", -1), ContractRule.POINTERS);
  }

  @Test
  void a_step_that_should_have_answered_0_is_told_so() {
    RunEnding ending = run(510).ending();
    assertThat(((RunEnding.BudgetExhausted) ending).during())
        .endsWith("the request would be served now: image_step must answer 0 then");
    assertThat(((RunEnding.BudgetExhausted) run(504).ending()).during())
        .doesNotContain("image_step must answer 0");
  }

  @Test
  void what_is_no_image_of_this_contract_is_refused_before_it_runs() {
    refused(new PatchedElf("lies").words("image_contract", 2), ContractRule.VERSION);
    refused(new PatchedElf("lies").words("image_features", 16), ContractRule.FEATURES);
    refused(new PatchedElf("lies").words("image_features", -1), ContractRule.FEATURES);
    refused(new PatchedElf("lies").without("image_step"), ContractRule.FEATURES);
    refused(new PatchedElf("lies").without("image_init"), ContractRule.SYMBOLS);
    for (String constant : List.of("image_contract", "image_features", "image_pointers")) {
      for (int address : new int[] {0, 0x40000000, 0x20010000, 0x20000000, -4, 0x08000001}) {
        refused(new PatchedElf("lies").symbol(constant, address), ContractRule.IN_MEMORY);
      }
    }
    for (String function : List.of("image_alloc", "image_walk", "image_step")) {
      for (int address : new int[] {1, 0x40000001, 0x20010001, -1, 0x08008001}) {
        refused(new PatchedElf("lies").symbol(function, address), ContractRule.IN_MEMORY);
      }
    }
  }

  private static void refused(PatchedElf elf, ContractRule rule) {
    FirmwareImage image = elf.image();
    assertThatThrownBy(() -> Lab.run(SCENARIO, image))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageStartingWith("lies is no allocator image: ")
        .hasMessageEndingWith(Objects.requireNonNull(rule.broken("").getMessage()));
  }
}
