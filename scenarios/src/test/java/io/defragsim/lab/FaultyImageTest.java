package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.model.Fault;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** Each image breaks in its own way, and each way has its own ending. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FaultyImageTest {

  /** Three blocks side by side; the middle one freed. */
  private static final Scenario SCENARIO =
      new Bench()
          .alloc('a', 24)
          .alloc('b', 24)
          .alloc('c', 24)
          .lock('a')
          .unlock('a')
          .free('b')
          .free('c')
          .scenario();

  private static RunResult run(String image) {
    RunResult result = Lab.run(SCENARIO, Bench.faulty(image));
    assertThat(result).isEqualTo(Lab.run(SCENARIO, Bench.faulty(image)));
    return result;
  }

  private static RunEnding.Faulted faulted(String image, Fault.Kind kind, long operation) {
    RunResult result = run(image);
    assertThat(result.ending()).isInstanceOf(RunEnding.Faulted.class);
    RunEnding.Faulted ending = (RunEnding.Faulted) result.ending();
    assertThat(ending.fault().kind()).isEqualTo(kind);
    assertThat(ending.operation()).isEqualTo(operation);
    assertThat(result.exitStatus()).isEqualTo(4);
    // what was measured until then stands
    assertThat(result.executed()).isEqualTo(operation + 1);
    assertThat(result.heapAtEnd()).isNotNull();
    return ending;
  }

  private static RunEnding.ContractViolated violated(String image, long operation) {
    RunResult result = run(image);
    assertThat(result.ending()).isInstanceOf(RunEnding.ContractViolated.class);
    RunEnding.ContractViolated ending = (RunEnding.ContractViolated) result.ending();
    assertThat(ending.operation()).isEqualTo(operation);
    assertThat(result.exitStatus()).isEqualTo(4);
    return ending;
  }

  @Test
  void a_read_of_unmapped_memory_is_located_and_the_operation_named() {
    RunEnding.Faulted ending = faulted("reads-unmapped", Fault.Kind.UNMAPPED_ACCESS, 2);
    assertThat(ending.fault().accessAddress()).isEqualTo(0x40000000L);
    assertThat(ending.fault().at().function()).isEqualTo("image_alloc");
    assertThat(ending.during()).isEqualTo("alloc c (24\u00a0bytes), in image_alloc");
  }

  @Test
  void an_unaligned_load_is_a_fault_where_checks_are_strict_and_noted_where_not() {
    FirmwareImage image = Bench.faulty("unaligned-load");
    RunResult normal = Lab.run(SCENARIO, image);
    assertThat(normal.ending()).isEqualTo(new RunEnding.Completed());
    assertThat(normal.subject().notes()).contains("unaligned data accesses were not checked");

    RunResult strict =
        Lab.run(SCENARIO, image, Lab.Options.standard().withStrictness(Strictness.STRICT));
    assertThat(strict.exitStatus()).isEqualTo(4);
    assertThat(strict.subject().notes())
        .contains("strict: every access of every instruction was checked")
        .noneMatch(note -> note.contains("unaligned"));
    assertThat(strict.ending())
        .isInstanceOfSatisfying(
            RunEnding.Faulted.class,
            ending -> {
              assertThat(ending.fault().kind()).isEqualTo(Fault.Kind.UNALIGNED_ACCESS);
              assertThat(ending.fault().at().function()).isEqualTo("image_alloc");
              assertThat(ending.fault().accessAddress()).isNotNull();
              assertThat(ending.fault().accessAddress() % 4).isEqualTo(1);
              assertThat(ending.during()).isEqualTo("alloc c (24\u00a0bytes), in image_alloc");
            });
  }

  @Test
  void a_write_to_flash_is_refused() {
    faulted("writes-flash", Fault.Kind.WRITE_PROTECTED, 2);
  }

  @Test
  void an_undefined_instruction_is_a_fault() {
    faulted("executes-undefined", Fault.Kind.UNDEFINED_INSTRUCTION, 2);
  }

  @Test
  void a_stack_that_outgrows_its_reserve_is_a_fault() {
    faulted("overflows-stack", Fault.Kind.STACK_OVERFLOW, 2);
  }

  @Test
  void a_stack_that_steps_over_the_end_of_its_reserve_is_found_where_nobody_may_write() {
    McuConfig large =
        new McuConfig("large", 16_000_000, 16_000_000, 1, 32 * 1024, 0x20000000L, 64 * 1024);
    RunResult result =
        Lab.run(
            new Bench().part(large).alloc('a', 24).alloc('b', 24).alloc('c', 24).scenario(),
            Bench.faulty("overflows-stack"));
    assertThat(result.ending())
        .isInstanceOfSatisfying(
            RunEnding.ContractViolated.class,
            ending -> assertThat(ending.what()).contains("between the pool and the stack reserve"));
    assertThat(result.exitStatus()).isEqualTo(4);
  }

  @Test
  void a_clobbered_register_is_a_fault() {
    RunEnding.Faulted ending = faulted("clobbers-r4", Fault.Kind.CALLING_CONVENTION, 5);
    assertThat(ending.during()).isEqualTo("free b, in image_free");
  }

  @Test
  void a_corrupted_neighbour_is_found_and_its_first_wrong_byte_named() {
    RunEnding.ContractViolated ending = violated("corrupts-neighbour", 6);
    assertThat(ending.what())
        .contains("block c (24\u00a0bytes at 0x2000")
        .contains("its byte 0 is 0x");
    assertThat(ending.during()).isEqualTo("free c");
  }

  @Test
  void a_block_that_nobody_asks_for_again_is_checked_at_the_end() {
    Scenario scenario = new Bench().alloc('a', 24).alloc('b', 24).free('a').scenario();
    RunResult result = Lab.run(scenario, Bench.faulty("corrupts-neighbour"));
    assertThat(result.ending())
        .isInstanceOfSatisfying(
            RunEnding.ContractViolated.class,
            ending -> {
              assertThat(ending.what()).startsWith("block b").contains("is corrupted");
              assertThat(ending.during()).isEqualTo("the check at the end");
            });
    assertThat(result.exitStatus()).isEqualTo(4);
  }

  @Test
  void blocks_that_overlap_are_found_at_the_allocation() {
    // a sample would find before that more is free than can be
    RunResult result =
        Lab.run(SCENARIO, Bench.faulty("overlaps"), Lab.Options.standard().withoutSampling());
    assertThat(result.exitStatus()).isEqualTo(4);
    assertThat(result.ending())
        .isInstanceOfSatisfying(
            RunEnding.ContractViolated.class,
            ending -> {
              assertThat(ending.operation()).isEqualTo(1);
              assertThat(ending.what()).contains("block b").contains("overlaps block a");
            });
  }

  @Test
  void an_allocation_that_hangs_exhausts_its_budget() {
    RunResult result = run("hangs-in-alloc");
    assertThat(result.ending()).isInstanceOf(RunEnding.BudgetExhausted.class);
    RunEnding.BudgetExhausted ending = (RunEnding.BudgetExhausted) result.ending();
    assertThat(ending.operation()).isEqualTo(2);
    assertThat(ending.at().function()).isEqualTo("image_alloc");
    assertThat(ending.budget()).isEqualTo(SCENARIO.callBudget());
    assertThat(result.exitStatus()).isEqualTo(5);
  }

  @Test
  void an_image_that_never_parks_exhausts_its_budget_in_reset() {
    RunResult result = run("never-parks");
    assertThat(result.ending()).isInstanceOf(RunEnding.BudgetExhausted.class);
    RunEnding.BudgetExhausted ending = (RunEnding.BudgetExhausted) result.ending();
    assertThat(ending.during()).isEqualTo("reset");
    assertThat(ending.operation()).isEqualTo(RunEnding.BEFORE_FIRST);
    assertThat(result.exitStatus()).isEqualTo(5);
    assertThat(result.executed()).isZero();
    assertThat(result.heapAtEnd()).isNull();
  }

  @Test
  void a_probe_that_faults_ends_sampling_and_not_the_run() {
    // after two allocations every further one faults, and so does the probe
    Scenario two = new Bench().alloc('a', 24).alloc('b', 24).free('a').scenario();
    RunResult result = Lab.run(two, Bench.faulty("reads-unmapped"));
    assertThat(result.ending()).isEqualTo(new RunEnding.Completed());
    assertThat(result.fragmentation().samples()).hasSize(1);
    assertThat(result.subject().notes())
        .anyMatch(note -> note.startsWith("fragmentation was not sampled from operation 1 on"));
  }

  @Test
  void an_image_without_the_contract_is_refused_with_all_that_is_missing() {
    assertThatThrownBy(() -> Lab.run(SCENARIO, Bench.faulty("no-contract")))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessage(
            "no-contract is no allocator image: it has no image_contract, image_features,"
                + " image_init, image_alloc, image_free, image_lock, image_unlock, image_address,"
                + " image_free_bytes; the contract: an allocator image has the constants and functions"
                + " that are not optional");
  }

  @Test
  void what_does_not_fit_is_refused_with_the_sum() {
    Scenario large = new Bench().alloc('a', 8).pool(8000, 16).scenario();
    assertThatThrownBy(() -> Lab.run(large, Bench.defrag()))
        .isInstanceOf(DoesNotFitException.class)
        .hasMessageMatching(
            "does not fit: \\d+ bytes of data of image defrag \\+ 8000 of pool \\+ 512 of stack"
                + " reserve = \\d+ bytes, \\d+ more than the 8192 bytes of SRAM of bench; a pool"
                + " of \\d+ bytes fits");
  }

  @Test
  void a_pool_that_the_image_refuses_breaks_the_contract() {
    Scenario tiny = new Bench().alloc('a', 8).pool(64, 16).scenario();
    RunResult result = Lab.run(tiny, Bench.defrag());
    assertThat(result.exitStatus()).isEqualTo(4);
    assertThat(result.ending())
        .isInstanceOfSatisfying(
            RunEnding.ContractViolated.class,
            ending -> assertThat(ending.what()).contains("64, 16) answered -12 (bad argument)"));
  }
}
