package io.defragsim.lab.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.defragsim.emulator.exec.Program;
import io.defragsim.lab.result.ProgramHeap.SiteUse;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SiteUsesTest {
  private final Program program = Recorded.program("readings");
  private final Stacks stacks = new Stacks(program.image(), HeapFunctions.of(program, List.of()));

  private int stack(String... functions) {
    return stacks.number(
        Stream.of(functions)
            .map(name -> program.image().function(name).orElseThrow() + 10)
            .toList());
  }

  @Test
  void a_site_has_all_who_called_it_each_with_its_own_bytes() {
    SiteUses uses = new SiteUses();
    uses.add(stack("read_line", "main"), 4, 80);
    uses.add(stack("read_line", "reset_handler"), 1, 50);
    uses.add(stack("read_line", "system_exit"), 2, 600);
    uses.add(stack("main", "reset_handler"), 1, 100);
    List<SiteUse> sites = uses.bySite(stacks);
    assertThat(sites)
        .extracting(use -> use.site().function(), SiteUse::blocks, SiteUse::bytes)
        .containsExactly(tuple("read_line", 7L, 730L), tuple("main", 1L, 100L));
    assertThat(sites.get(0).site().callers().get(0).function()).isEqualTo("system_exit");
    assertThat(sites.get(0).callers())
        .extracting(one -> one.site().callers().get(0).function(), one -> one.bytes())
        .containsExactly(
            tuple("system_exit", 600L), tuple("main", 80L), tuple("reset_handler", 50L));
  }

  @Test
  void callers_that_lie_behind_the_first_known_line_are_one() {
    SiteUses uses = new SiteUses();
    uses.add(stack("read_line", "main", "reset_handler"), 1, 8);
    uses.add(stack("read_line", "main", "system_exit"), 1, 8);
    assertThat(uses.bySite(stacks))
        .singleElement()
        .satisfies(use -> assertThat(use.callers()).hasSize(1));
  }
}
