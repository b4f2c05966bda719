package io.defragsim.lab.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.calls.CallListener.Memory;
import io.defragsim.emulator.calls.WatchedCall;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.ProgramHeap.Finding;
import io.defragsim.lab.result.RunResult;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What calls come to, told by hand, with the symbols of a program. */
class HeapRecorderTest {
  private static final long RAM = 0x2000_0000L;
  private static final int A = 0x2000_0100;
  private static final int B = 0x2000_0200;

  private final Program program = Recorded.program("readings");
  private HeapRecorder recorder = recorder();
  private final Map<Integer, Deque<WatchedCall>> open = new HashMap<>();
  private long cycle = 100;

  private final Memory memory =
      new Memory() {
        @Override
        public @Nullable Integer word(long address) {
          return address >= RAM && address < RAM + 0x1_0000 ? 0 : null;
        }

        @Override
        public @Nullable Integer octet(long address) {
          return address >= RAM && address < RAM + 0x1_0000 ? 0 : null;
        }
      };

  private HeapRecorder recorder(String... heaps) {
    return new HeapRecorder(program.image(), HeapFunctions.of(program, List.of(heaps)));
  }

  private long address(String function) {
    FirmwareImage image = program.image();
    OptionalLong address = image.function(function);
    return address.orElseThrow(() -> new AssertionError(function));
  }

  private void enter(int thread, String function, int... arguments) {
    Deque<WatchedCall> calls = open.computeIfAbsent(thread, number -> new ArrayDeque<>());
    List<Integer> registers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      registers.add(i < arguments.length ? arguments[i] : 0);
    }
    WatchedCall call =
        new WatchedCall(
            address(function),
            registers,
            0x2000_8000 - 8 * calls.size(),
            0x100,
            thread,
            calls.peek(),
            cycle,
            List.of(address("main") + 10));
    calls.push(call);
    recorder.entered(call, memory);
    cycle += 10;
  }

  private void leave(int thread, int result) {
    WatchedCall call = open.getOrDefault(thread, new ArrayDeque<>()).pop();
    cycle += 10;
    recorder.returned(call, result, cycle, cycle - call.begin(), false, memory);
  }

  private void call(String function, int result, int... arguments) {
    enter(0, function, arguments);
    leave(0, result);
  }

  /** The operations of all heaps, as words. */
  private List<String> operations() {
    List<String> lines = new ArrayList<>();
    for (Heap heap : recorder.all()) {
      for (long number : heap.heaps()) {
        heap.log(number)
            .replay(
                operation ->
                    lines.add(
                        operation.kind()
                            + (operation.block() < 0 ? "" : " " + operation.block())
                            + " "
                            + operation.bytes()));
      }
    }
    return lines;
  }

  private List<Finding.Kind> findings() {
    return recorder.findings().kept().stream().map(Finding::kind).toList();
  }

  @Test
  void only_the_outermost_call_counts() {
    enter(0, "malloc", 24);
    call("_malloc_r", A, 0, 24);
    leave(0, A);
    enter(0, "realloc", A, 48);
    enter(0, "_realloc_r", 0, A, 48);
    call("_malloc_r", B, 0, 48);
    call("_free_r", 0, 0, A);
    leave(0, B);
    leave(0, B);
    enter(0, "free", B);
    call("_free_r", 0, 0, B);
    leave(0, 0);
    assertThat(operations()).containsExactly("ALLOCATED 0 24", "RESIZED 0 48", "FREED 0 48");
    assertThat(findings()).isEmpty();
  }

  @Test
  void what_does_nothing_is_nothing_and_size_zero_is_what_the_heap_makes_of_it() {
    call("free", 0, 0);
    call("malloc", 0, 0);
    call("malloc", A, 0);
    call("realloc", B, 0, 16);
    call("realloc", 0, B, 0);
    assertThat(operations()).containsExactly("ALLOCATED 0 1", "ALLOCATED 1 16", "FREED 1 16");
    assertThat(findings()).isEmpty();
  }

  @Test
  void a_block_whose_resize_is_refused_stays() {
    call("malloc", A, 16);
    call("realloc", 0, A, 5000);
    call("free", 0, A);
    call("malloc", 0, 6000);
    assertThat(operations())
        .containsExactly("ALLOCATED 0 16", "RESIZE_REFUSED 0 5000", "FREED 0 16", "REFUSED 6000");
  }

  @Test
  void what_cannot_be_right_is_found() {
    call("malloc", A, 16);
    call("free", 0, A);
    call("free", 0, A);
    call("free", 0, B);
    call("realloc", 0, A, 8);
    call("malloc", B, 32);
    call("malloc", B + 16, 32);
    call("malloc", A + 2, 8);
    call("malloc", 0x1000_0000, 8);
    assertThat(findings())
        .containsExactly(
            Finding.Kind.DOUBLE_FREE,
            Finding.Kind.NEVER_ALLOCATED,
            Finding.Kind.RESIZE_OF_DEAD,
            Finding.Kind.OVERLAP,
            Finding.Kind.UNALIGNED,
            Finding.Kind.NO_MEMORY);
    Finding first = recorder.findings().kept().get(0);
    assertThat(first.site().function()).isEqualTo("main");
    assertThat(first.other()).isNotNull();
    assertThat(first.bytes()).isEqualTo(16);
  }

  @Test
  void a_block_where_no_memory_is_is_no_part_of_the_heap() {
    call("malloc", A, 16);
    call("malloc", -1, 16);
    call("malloc", B, 16);
    RunResult result =
        HeapRecording.of(recorder, Recorded.conditions(program, cycle)).get(0).result();
    assertThat(result.figures()).containsEntry("heap.bytes", (long) B + 16 - A);
    assertThat(Objects.requireNonNull(result.heapAtEnd()).blocks()).hasSize(2);
  }

  @Test
  void a_heap_that_begins_far_inside_an_object_has_what_is_from_its_lowest_block_on() {
    FirmwareImage.Symbol object =
        Objects.requireNonNull(
            program.image().objectAround(program.image().object("impure_data").orElseThrow()));
    int block = (int) object.address() + 72;
    call("malloc", block, 8);
    call("malloc", 0, 20);
    RunResult result =
        HeapRecording.of(recorder, Recorded.conditions(program, cycle)).get(0).result();
    assertThat(Objects.requireNonNull(result.program()).extent())
        .isEqualTo("inside the object impure_data, from its lowest block on");
    assertThat(result.figures()).containsEntry("heap.bytes", object.bytes() - 72L);
    assertThat(result.failures().kept())
        .extracting(Failure::error)
        .containsExactly(ContractError.OUT_OF_MEMORY);
  }

  @Test
  void a_heap_in_memories_that_lie_apart_is_not_drawn() {
    call("malloc", A, 16);
    call("malloc", B, -1);
    HeapRecording heap = HeapRecording.of(recorder, Recorded.conditions(program, cycle)).get(0);
    assertThat(heap.recording()).isNull();
    assertThat(heap.result().heapAtEnd()).isNull();
    assertThat(heap.result().subject().notes()).anyMatch(note -> note.contains("lie apart"));
  }

  @Test
  void a_block_may_be_given_out_again_before_the_call_that_frees_it_is_over() {
    call("malloc", A, 16);
    enter(1, "free", A);
    enter(2, "malloc", 16);
    leave(2, A);
    leave(1, 0);
    assertThat(findings()).isEmpty();
    assertThat(recorder.all().iterator().next().threads()).containsExactly(0, 1, 2);
  }

  @Test
  void a_heap_that_asks_malloc_for_each_of_its_blocks_is_one_with_it() {
    recorder = recorder("malloc=main:size=r0,free=read_line:block=r0");
    enter(0, "main", 24);
    call("malloc", A, 24);
    leave(0, A);
    enter(0, "read_line", A);
    call("free", 0, A);
    leave(0, 0);
    call("malloc", B, 8);
    assertThat(recorder.all()).hasSize(1);
    assertThat(operations()).containsExactly("ALLOCATED 0 24", "FREED 0 24", "ALLOCATED 1 8");
  }

  @Test
  void a_heap_that_asks_malloc_for_its_memory_is_another() {
    recorder = recorder("malloc=main:size=r0,free=read_line:block=r0");
    enter(0, "main", 24);
    call("malloc", A, 1024);
    leave(0, A + 16);
    assertThat(recorder.all()).hasSize(2);
    assertThat(operations()).containsExactlyInAnyOrder("ALLOCATED 0 1024", "ALLOCATED 1 24");
    assertThat(findings()).isEmpty();
  }

  @Test
  void a_pool_whose_first_element_is_where_its_memory_begins_is_another_heap() {
    recorder = recorder("malloc=main:size=r0,free=read_line:block=r0");
    enter(0, "main", 8);
    enter(0, "malloc", 1000);
    call("_malloc_r", A, 0, 1000);
    leave(0, A);
    leave(0, A);
    enter(0, "read_line", A);
    enter(0, "free", A);
    call("_free_r", 0, 0, A);
    leave(0, 0);
    leave(0, 0);
    assertThat(recorder.all()).hasSize(2);
    assertThat(operations())
        .containsExactlyInAnyOrder(
            "ALLOCATED 0 1000", "FREED 0 1000", "ALLOCATED 1 8", "FREED 1 8");
    assertThat(findings()).isEmpty();
  }

  @Test
  void a_block_is_in_the_one_that_an_aligned_request_asks_for() {
    enter(0, "malloc", 24);
    call("_malloc_r", A, 0, 64);
    call("_free_r", 0, 0, A);
    leave(0, A + 32);
    assertThat(operations()).containsExactly("ALLOCATED 0 24");
    assertThat(findings()).isEmpty();
  }

  @Test
  void what_a_hook_does_within_a_request_to_blocks_of_its_own_counts() {
    call("malloc", A, 200);
    enter(0, "malloc", 180);
    call("_malloc_r", 0, 0, 180);
    enter(0, "free", A);
    call("_free_r", 0, 0, A);
    leave(0, 0);
    enter(0, "malloc", 16);
    call("_malloc_r", B, 0, 16);
    leave(0, B);
    call("malloc", B + 64, 8);
    call("free", 0, B + 64);
    call("_malloc_r", A, 0, 180);
    leave(0, A);
    call("free", 0, B);
    assertThat(operations())
        .containsExactly(
            "ALLOCATED 0 200", "FREED 0 200", "ALLOCATED 1 16", "ALLOCATED 2 180", "FREED 1 16");
    assertThat(findings()).isEmpty();
  }

  @Test
  void an_exception_that_leaves_a_request_is_a_block_of_its_own() {
    enter(0, "malloc", 4000);
    call("_malloc_r", 0, 0, 4000);
    enter(0, "malloc", 132);
    call("_malloc_r", A, 0, 132);
    leave(0, A);
    recorder.left(open.getOrDefault(0, new ArrayDeque<>()).pop(), cycle, false);
    call("free", 0, A);
    assertThat(operations()).containsExactly("ALLOCATED 0 132", "REFUSED 4000", "FREED 0 132");
    assertThat(findings()).isEmpty();
  }

  @Test
  void a_free_is_an_operation_of_the_heap_that_the_block_is_of() {
    recorder = recorder("malloc=main:size=r0,free=read_line:block=r0");
    call("malloc", A, 24);
    call("main", B, 8);
    call("read_line", 0, A);
    List<HeapRecording> heaps = HeapRecording.of(recorder, Recorded.conditions(program, cycle));
    assertThat(heaps.stream().map(Recorded::operations))
        .containsExactly(List.of("a 0 24", "f 0"), List.of("a 1 8"));
  }

  @Test
  void a_request_that_is_refused_and_left_is_refused() {
    enter(0, "malloc", 4000);
    call("_malloc_r", 0, 0, 4000);
    recorder.left(open.getOrDefault(0, new ArrayDeque<>()).pop(), cycle, false);
    assertThat(operations()).containsExactly("REFUSED 4000");
    assertThat(findings()).isEmpty();
    recorder.ended(cycle, false, true, null);
    HeapRecording heap = HeapRecording.of(recorder, Recorded.conditions(program, cycle)).get(0);
    assertThat(heap.result().callsAreEstimates()).isFalse();
  }

  @Test
  void a_replay_has_the_heap_that_the_program_had_and_a_handle_for_what_is_refused() {
    call("_sbrk", A, 256);
    call("malloc", A, 100);
    call("malloc", A + 104, 100);
    call("malloc", 0, 4000);
    recorder.ended(cycle, false, true, null);
    HeapRecording heap = HeapRecording.of(recorder, Recorded.conditions(program, cycle)).get(0);
    assertThat(heap.trace().scenario("x", "x.trace", ""))
        .contains("at most; the pool has so many.\"")
        .contains("\"size\" : 256", "\"handles\" : 3");
  }

  @Test
  void a_call_that_never_comes_back_is_found() {
    enter(0, "malloc", 24);
    recorder.left(open.getOrDefault(0, new ArrayDeque<>()).pop(), cycle, false);
    enter(0, "free", A);
    recorder.ended(cycle, false, true, null);
    assertThat(findings()).containsExactly(Finding.Kind.NEVER_RETURNED, Finding.Kind.STOPPED);
  }

  @Test
  void a_heap_whose_first_call_never_came_back_is_reported() {
    enter(0, "malloc", 24);
    recorder.ended(cycle, false, true, null);
    HeapRecording heap = HeapRecording.of(recorder, Recorded.conditions(program, cycle)).get(0);
    assertThat(Recorded.facts(heap).findings().kept())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Finding.Kind.STOPPED);
              assertThat(finding.site().function()).isEqualTo("main");
            });
    assertThat(heap.result().executed()).isZero();
    assertThat(heap.result().figures()).containsEntry("findings", 1L);
  }

  @Test
  void a_call_that_was_under_way_when_the_budget_ended_is_none_that_hangs() {
    enter(0, "malloc", 24);
    recorder.ended(cycle + 50, false, false, null);
    assertThat(findings()).isEmpty();
    enter(0, "malloc", 24);
    recorder.ended(cycle + 1_000_000, false, false, null);
    assertThat(findings()).containsExactly(Finding.Kind.STUCK);
  }

  @Test
  void a_call_of_a_thread_that_waits_when_another_ends_the_program_is_none_that_hangs() {
    enter(1, "malloc", 24);
    enter(2, "malloc", 24);
    leave(2, A);
    recorder.ended(cycle, false, true, program.image().locate(address("main")));
    assertThat(findings()).isEmpty();
    enter(1, "malloc", 24);
    recorder.ended(cycle, false, true, program.image().locate(address("_malloc_r")));
    assertThat(findings()).containsExactly(Finding.Kind.STOPPED);
  }
}
