package io.defragsim.lab.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A program's functions by their names, in a program of which one has another name. */
class HeapFunctionsTest {
  private static final String SHORT = "read_line";
  private static final String LONG = "_malloc_usable_size_r";

  private static Program renamed(String from, String to) {
    Program program = Recorded.program("readings");
    String elf = new String(Recorded.elf("readings"), StandardCharsets.ISO_8859_1);
    String rest = "\0".repeat(from.length() - to.length() + 1);
    byte[] renamed =
        elf.replace("\0" + from + "\0", "\0" + to + rest).getBytes(StandardCharsets.ISO_8859_1);
    return Program.load(program.part(), FirmwareImage.parse("renamed", renamed));
  }

  private static HeapFunctions of(Program program, String... given) {
    return HeapFunctions.of(program, List.of(given));
  }

  private static long address(String function) {
    return Recorded.program("readings").image().function(function).orElseThrow();
  }

  @Test
  void a_name_that_some_heap_has_is_none_of_it_where_nothing_allocates_for_that() {
    HeapFunctions functions = of(renamed(SHORT, "mem_free"));
    assertThat(functions.names()).contains("malloc").doesNotContain("mem_free");
    assertThat(functions.isInside("mem_free")).isFalse();
    assertThat(functions.notes())
        .singleElement()
        .asString()
        .startsWith("mem_free is not watched: the program has no function that allocates for lwIP");
  }

  @Test
  void all_functions_of_a_name_are_watched() {
    HeapFunctions functions = of(renamed(SHORT, "malloc"));
    assertThat(functions.addresses()).contains(address("malloc"), address(SHORT));
    assertThat(functions.notes())
        .containsExactly("2 functions are called malloc: all of them are watched");
    Program program = renamed(SHORT, "main");
    assertThat(of(program, "malloc=main").addresses()).contains(address("main"), address(SHORT));
  }

  @Test
  void a_function_that_the_compiler_has_only_given_a_longer_name_is_watched() {
    HeapFunctions functions = of(renamed(LONG, "tlsf_malloc.llvm.12"));
    assertThat(Objects.requireNonNull(functions.at(address(LONG))).name()).isEqualTo("tlsf_malloc");
    assertThat(functions.isInside("tlsf_malloc.lto_priv.0")).isTrue();
    assertThat(functions.notes()).isEmpty();
  }

  @Test
  void one_whose_arguments_it_has_changed_is_not_and_a_note_says_so() {
    HeapFunctions functions = of(renamed(LONG, "pvPortMalloc.isra.0"));
    assertThat(functions.addresses()).doesNotContain(address(LONG));
    assertThat(functions.notes())
        .singleElement()
        .asString()
        .startsWith("pvPortMalloc.isra.0 is not watched: the compiler made it of pvPortMalloc");
  }
}
