package io.defragsim.lab.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.ProgramHeap;
import io.defragsim.lab.result.ProgramHeap.Finding;
import io.defragsim.lab.result.ProgramHeap.SiteUse;
import io.defragsim.lab.result.RunResult;
import io.defragsim.workload.OperationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real programs, and what is known of their heaps. */
class HeapRecordingTest {

  @Test
  void what_printf_asks_for_is_named() {
    HeapRecording heap = Recorded.of("hello-printf").only();
    ProgramHeap facts = Recorded.facts(heap);
    assertThat(facts.atPeak())
        .extracting(use -> use.site().function(), SiteUse::bytes, SiteUse::blocks)
        .containsExactly(
            tuple("__smakebuf_r", 1024L, 1L), tuple("__sfp", 428L, 1L), tuple("main", 8L, 1L));
    assertThat(facts.atPeak().get(0).site().callers().toString())
        .contains("printf")
        .contains("hello-printf.c:");
    assertThat(facts.leakedBytes()).isEqualTo(1452);
    assertThat(facts.findings().count()).isZero();
    RunResult result = heap.result();
    assertThat(result.peakLiveBytes()).isEqualTo(1460);
    assertThat(result.executed()).isEqualTo(4);
    assertThat(result.operation(OperationKind.ALLOC))
        .extracting(OperationStats::count)
        .isEqualTo(3L);
    assertThat(facts.claimedBytes()).isEqualTo(result.subject().pool().bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"readings", "kernel"})
  void a_program_that_is_watched_does_what_it_does(String name) {
    ExecutionResult alone =
        new Execution(Recorded.program(name), Console.NONE, 1 << 16).run(20_000_000);
    assertThat(Recorded.of(name).result()).isEqualTo(alone);
  }

  @Test
  void each_family_does_what_its_list_says() throws IOException {
    Recorded recorded = Recorded.of("stand-ins");
    Map<String, List<String>> expected = expected();
    assertThat(recorded.heaps().stream().map(HeapRecording::name))
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    for (HeapRecording heap : recorded.heaps()) {
      assertThat(renumbered(Recorded.operations(heap)))
          .as(heap.name())
          .isEqualTo(renumbered(Objects.requireNonNull(expected.get(heap.name()))));
      assertThat(Recorded.facts(heap).findings().count()).as(heap.name()).isZero();
    }
  }

  /** The list beside the program, by heaps. */
  private static Map<String, List<String>> expected() throws IOException {
    Path list =
        Path.of(
            System.getProperty("defragsim.root", ".."),
            "allocator-firmware/programs/heap/stand-ins.expected");
    Map<String, List<String>> expected = new LinkedHashMap<>();
    for (String line : Files.readAllLines(list)) {
      if (!line.startsWith("#") && !line.isBlank()) {
        String[] words = line.split(" +", 2);
        String operation = words[1].replace(" align=4", ""); // less than a trace's 8
        expected.computeIfAbsent(heap(words[0]), name -> new ArrayList<>()).add(operation);
      }
    }
    return expected;
  }

  private static String heap(String function) {
    if (function.startsWith("sys_heap")) {
      return "zephyr-plain_heap";
    } else if (function.startsWith("k_heap")) {
      return "zephyr-own_heap";
    } else if (function.startsWith("k_")) {
      return "zephyr-system_heap";
    } else if (function.startsWith("memp_")) {
      return "memp";
    } else if (function.startsWith("mem_")) {
      return "lwip";
    } else if (function.startsWith("lv_")) {
      return "lvgl";
    } else if (function.startsWith("__rust")) {
      return "rust";
    }
    return function.replaceFirst("(_|Allocate|Free).*", "");
  }

  /** With blocks by the order in which they are met. */
  private static List<String> renumbered(List<String> operations) {
    Map<String, Integer> numbers = new HashMap<>();
    return operations.stream()
        .map(
            line -> {
              String[] words = line.split(" ", 3);
              return words[0].equals("x")
                  ? line
                  : words[0]
                      + " "
                      + numbers.computeIfAbsent(words[1], word -> numbers.size())
                      + (words.length > 2 ? " " + words[2] : "");
            })
        .toList();
  }

  @Test
  void blocks_with_handles_are_locked_and_refused_as_their_allocator_says() {
    HeapRecording heap = Recorded.of("handles").only();
    RunResult result = heap.result();
    assertThat(result.operation(OperationKind.LOCK)).isNotNull();
    assertThat(Recorded.operations(heap)).filteredOn(line -> line.startsWith("l ")).hasSize(26);
    assertThat(Recorded.operations(heap)).filteredOn(line -> line.startsWith("u ")).hasSize(26);
    assertThat(result.failures().kept())
        .extracting(Failure::error)
        .containsExactly(ContractError.FRAGMENTED, ContractError.OUT_OF_MEMORY);
    assertThat(heap.recording()).isNull();
    assertThat(result.heapAtEnd()).isNull();
  }

  @Test
  void threads_are_kept_apart_and_a_heap_in_an_array_is_that_array() {
    HeapRecording heap = Recorded.of("kernel").only();
    ProgramHeap facts = Recorded.facts(heap);
    assertThat(facts.threads()).isEqualTo(2);
    assertThat(facts.extent()).isEqualTo("the array ucHeap");
    assertThat(facts.claimedBytes()).isEqualTo(1536);
    assertThat(facts.churn())
        .extracting(use -> use.site().function())
        .contains("packets", "messages");
    assertThat(heap.result().operation(OperationKind.ALLOC))
        .extracting(OperationStats::count)
        .isEqualTo(80L);
    assertThat(heap.result().operation(OperationKind.FREE))
        .extracting(OperationStats::count)
        .isEqualTo(80L);
    assertThat(facts.findings().count()).isZero();
    assertThat(facts.leaks()).isEmpty();
  }

  @Test
  void a_request_that_fails_though_enough_is_free_is_fragmented() {
    RunResult result = Recorded.of("readings").only().result();
    assertThat(result.failures().kept())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.error()).isEqualTo(ContractError.FRAGMENTED);
              assertThat(failure.catastrophic()).isTrue();
              assertThat(failure.requestedBytes()).isEqualTo(1024);
            });
    assertThat(result.fragmentation().worst()).isNotNull();
    assertThat(result.figures().get("heap.bytes")).isEqualTo(1800);
    assertThat(result.figures().get("leaks")).isEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({
    "misuse-double-free, DOUBLE_FREE",
    "misuse-wild-free, NEVER_ALLOCATED",
    "misuse-long-jump, NEVER_RETURNED",
    "misuse-overrun, STOPPED",
    "misuse-deadlock, STUCK"
  })
  void misuse_is_found_with_its_line(String program, Finding.Kind kind) {
    HeapRecording heap = Recorded.of(program).only();
    Finding first = Recorded.facts(heap).findings().kept().get(0);
    assertThat(first.kind()).isEqualTo(kind);
    assertThat(first.site().place()).contains("misuse.c:");
  }

  @Test
  void the_same_program_gives_the_same_trace() {
    String once = Recorded.trace(Recorded.of("containers").only());
    assertThat(Recorded.trace(Recorded.of("containers").only())).isEqualTo(once);
    assertThat(once).doesNotContain("/home", "/work", "/usr");
  }
}
