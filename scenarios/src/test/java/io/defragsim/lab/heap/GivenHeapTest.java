package io.defragsim.lab.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.exec.Program;
import io.defragsim.scenario.Unreadable;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GivenHeapTest {
  private final Program program = Recorded.program("hello-printf");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "free=_free_r:block=r1                     | nothing in",
        "malloc                                    | \"malloc\" names no function",
        "malloc=                                   | \"malloc=\" names no function",
        "mallok=_malloc_r                          | \"mallok\" is nothing that a heap does; did you mean \"malloc\"?",
        "malloc=_maloc_r                           | no symbol \"_maloc_r\" in hello-printf; did you mean \"_malloc_r\"?",
        "malloc=__malloc_free_list                 | __malloc_free_list is a variable of hello-printf, and no function",
        "malloc=0x20000000                         | 0x20000000: the program has no code at 0x20000000",
        "malloc=_malloc_r:sise=r1                  | \"sise\" of \"malloc=_malloc_r:sise=r1\" is no argument",
        "malloc=_malloc_r:size=r4                  | \"r4\" of \"malloc=_malloc_r:size=r4\" is no place",
        "malloc=_malloc_r:size                     | \"\" of \"malloc=_malloc_r:size\" is no place",
        "malloc=_malloc_r:size=stack+2             | \"stack+2\" of"
      })
  void what_it_cannot_mean_is_said(String text, String message) {
    assertThatThrownBy(() -> HeapFunctions.of(program, List.of(text)))
        .isInstanceOf(Unreadable.class)
        .hasMessageContaining(message);
  }

  @Test
  void a_heap_named_by_addresses_is_the_one_that_symbols_name() {
    String given =
        String.format(
            Locale.ROOT,
            "malloc=0x%x:size=r1,free=0x%x:block=r1",
            program.image().function("_malloc_r").orElseThrow() | 1,
            program.image().function("_free_r").orElseThrow());
    HeapRecording heap = Recorded.of("hello-printf", given).heaps().get(0);
    assertThat(Recorded.operations(heap))
        .isEqualTo(Recorded.operations(Recorded.of("hello-printf").only()));
  }
}
