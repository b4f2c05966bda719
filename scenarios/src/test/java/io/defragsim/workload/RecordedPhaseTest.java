package io.defragsim.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.workload.Workload.Explicit;
import io.defragsim.workload.Workload.Part;
import io.defragsim.workload.Workload.Phase;
import io.defragsim.workload.Workload.Recorded;
import io.defragsim.workload.Workload.Repeat;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.trace.CallStack;
import io.defragsim.workload.trace.RandomTrace;
import io.defragsim.workload.trace.TraceChangedException;
import io.defragsim.workload.trace.TraceFile;
import io.defragsim.workload.trace.TraceLine;
import io.defragsim.workload.trace.TraceWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a scenario plays of a trace. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class RecordedPhaseTest {
  private static final String FRAMES = "s 1 0\tmain\tmain.c:12\ns 2 1\tparse_value\tcJSON.c:123\n";

  @TempDir Path folder;

  @Test
  void each_line_is_the_operation_of_a_replay() throws IOException {
    String lines = "a 0 100 @2\nl 0\nl 0\nu 0\nu 0\nr 0 300 @1\nw 5000\na 7 0\nf 0\nf 7\na 0 8\n";

    assertThat(played(phase(FRAMES + lines, false)))
        .containsExactly(
            "start app",
            "alloc parse_value#0 100",
            "lock parse_value#0",
            "lock parse_value#0",
            "unlock parse_value#0",
            "unlock parse_value#0",
            "resize parse_value#0 300",
            "wait 5000",
            "alloc app#7 0",
            "free parse_value#0",
            "free app#7",
            "alloc app#0 8",
            "end app");
  }

  @Test
  void what_the_program_was_refused_is_asked_for_and_freed_at_once() throws IOException {
    assertThat(played(phase(FRAMES + "x 67108864 @2\nx 5\n", false)))
        .containsExactly(
            "start app",
            "alloc a refused request in parse_value 67108864",
            "free a refused request in parse_value",
            "alloc a refused request in app 5",
            "free a refused request in app",
            "end app");
  }

  @Test
  void what_no_heap_could_serve_is_not_asked_for() throws IOException {
    Part phase = phase(FRAMES + "x 4294967295 @2\nx 67108865\nx 5\na 0 8\n", false);

    assertThat(played(phase)).hasSize(5).contains("alloc a refused request in app 5");
    TraceFile file = new Workload(List.of(phase), List.of()).traces().get(0);
    assertThat(file.refused()).isEqualTo(1);
    assertThat(file.leftOut()).isEqualTo(2);
    assertThat(file.operations()).isEqualTo(3);
  }

  @Test
  void an_aligned_block_is_asked_for_with_as_much_more_as_an_allocator_of_8_needs()
      throws IOException {
    String lines = "a 0 100 align=1\na 1 100 align=8\na 2 100 align=32\na 3 4294967290 align=64\n";

    assertThat(played(phase(lines, false)))
        .contains(
            "alloc app#0 100", "alloc app#1 100", "alloc app#2 124", "alloc app#3 4294967295");
  }

  @Test
  void a_phase_that_the_trace_begins_ends_the_one_before_and_names_its_blocks() throws IOException {
    assertThat(played(phase("a 0 1\np the second\na 1 2\nf 0\np third\n", true)))
        .containsExactly(
            "start app",
            "alloc app#0 1",
            "end app",
            "start the second",
            "alloc the second#1 2",
            "free app#0",
            "end the second",
            "start third",
            "free the second#1",
            "end third");
  }

  @Test
  void each_run_of_a_trace_has_blocks_of_its_own() throws IOException {
    Part app = phase("a 0 1\na 1 2\nl 1\n", false);

    assertThat(played(new Repeat(3, List.of(app)), drain()))
        .containsExactly(
            "start app",
            "alloc app#0 1",
            "alloc app#1 2",
            "lock app#1",
            "end app",
            "start app",
            "alloc app#0 (2) 1",
            "alloc app#1 (2) 2",
            "lock app#1 (2)",
            "end app",
            "start app",
            "alloc app#0 (3) 1",
            "alloc app#1 (3) 2",
            "lock app#1 (3)",
            "end app",
            "start drain",
            "alloc a 8",
            "free app#0",
            "unlock app#1",
            "free app#1",
            "free app#0 (2)",
            "unlock app#1 (2)",
            "free app#1 (2)",
            "free app#0 (3)",
            "unlock app#1 (3)",
            "free app#1 (3)",
            "free a",
            "end drain");
  }

  @Test
  void a_run_that_leaves_nothing_gives_its_names_back() throws IOException {
    Part app = phase("a 0 1\n", true);

    assertThat(played(app, app))
        .containsExactly(
            "start app",
            "alloc app#0 1",
            "free app#0",
            "end app",
            "start app",
            "alloc app#0 1",
            "free app#0",
            "end app");
  }

  @Test
  void a_long_name_of_a_site_is_shortened_in_its_middle() throws IOException {
    String name = "a".repeat(100) + "b".repeat(100);

    assertThat(played(phase("s 1 0\t" + name + "\t\na 3 1 @1\n", false)))
        .contains("alloc " + "a".repeat(32) + "..." + "b".repeat(32) + "#3 1");
  }

  @Test
  void an_operation_knows_the_stack_in_which_its_block_or_its_new_size_was_asked_for()
      throws IOException {
    Part app = phase(FRAMES + "a 0 1 @2\nr 0 9 @1\nr 0 10\nw 4\nf 0\na 1 1\nx 5 @2\n", false);
    List<String> stacks = new ArrayList<>();
    try (TraceIterator trace = workload(app).play()) {
      while (trace.hasNext()) {
        TraceElement element = trace.next();
        CallStack stack = trace.askedFor();
        stacks.add(
            element.line().replaceFirst(" .*", "")
                + " "
                + (stack == null ? "-" : stack.innermost().function()));
      }
    }

    assertThat(stacks)
        .containsExactly(
            "phase -",
            "alloc parse_value",
            "resize main",
            "resize parse_value",
            "wait -",
            "free parse_value",
            "alloc -",
            "alloc parse_value",
            "free parse_value",
            "end -");
  }

  @Test
  void random_traces_beside_generated_and_written_phases_keep_the_promises_of_a_workload()
      throws IOException {
    long seed = Long.getLong("defragsim.seed", 20261128);
    Random random = new Random(seed);
    for (int round = 0; round < 10; round++) {
      Path file = folder.resolve(round + (random.nextBoolean() ? ".trace" : ".trace.gz"));
      List<TraceLine> lines = RandomTrace.lines(random, 100);
      write(lines, file);
      Part app = phase(file, random.nextInt(3) == 0);
      Part other = phase(file, random.nextInt(3) == 0);
      List<Part> parts =
          new ArrayList<>(List.of(app, drain(), new Repeat(2, List.of(other)), generated()));
      Workload workload = new Workload(parts, List.of("a"));

      assertThat(operations(workload)).as("seed " + seed).isEqualTo(operations(workload));
      holdPromises(workload, "seed " + seed + ", round " + round);
    }
  }

  /** No block is alive twice, by number or by name; numbers come back. */
  private static void holdPromises(Workload workload, String what) {
    Map<Integer, String> alive = new HashMap<>();
    Map<Integer, Integer> locks = new HashMap<>();
    Set<Integer> numbers = new HashSet<>();
    int most = 0;
    try (TraceIterator trace = workload.play()) {
      while (trace.hasNext()) {
        if (!(trace.next() instanceof Operation operation)
            || operation.block() == Operation.NO_BLOCK) {
          continue;
        }
        int block = operation.block();
        if (operation.kind() == OperationKind.ALLOC) {
          assertThat(alive)
              .as(what)
              .doesNotContainKey(block)
              .doesNotContainValue(trace.blockName());
          alive.put(block, trace.blockName());
          locks.put(block, 0);
          numbers.add(block);
          most = Math.max(most, alive.size());
        }
        assertThat(alive.get(block)).as(what).isEqualTo(trace.blockName());
        switch (operation.kind()) {
          case LOCK -> locks.merge(block, 1, Integer::sum);
          case UNLOCK -> locks.merge(block, -1, Integer::sum);
          case FREE -> {
            assertThat(locks.remove(block)).as(what).isZero();
            alive.remove(block);
          }
          case RESIZE -> assertThat(locks.get(block)).as(what).isZero();
          default -> {}
        }
        assertThat(locks.values()).as(what).allMatch(count -> count >= 0);
      }
    }
    assertThat(numbers.stream().filter(RecordedBlocks::has).count())
        .as(what)
        .isLessThanOrEqualTo(most + 1L);
  }

  @Test
  void numbers_come_back_so_that_a_trace_may_have_more_blocks_than_there_are_numbers()
      throws IOException {
    Workload workload = workload(phase("a 0 1\nf 0\n".repeat(1000), false));
    Set<Integer> numbers = new HashSet<>();
    operations(workload).forEach(operation -> numbers.add(operation.block()));

    assertThat(numbers).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void a_file_knows_how_much_a_replay_of_it_is() throws IOException {
    Part app =
        phase("# none\ns 1 0\tf\t\na 0 1\np two\nr 0 2\nl 0\nu 0\nx 5 @1\nw 7\nw 8\nf 0\n", false);
    TraceFile file = ((Recorded) ((Phase) app).content()).file();

    assertThat(file.operations()).isEqualTo(9).isEqualTo(workload(app).countOperations());
    assertThat(file.waited()).isEqualTo(15);
    assertThat(phase("w 281474976710656\n".repeat(40_000), false))
        .extracting(each -> ((Recorded) ((Phase) each).content()).file().waited())
        .isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_file_that_changes_after_it_was_checked_is_played_no_further() throws IOException {
    String many = "a 0 1\nf 0\n".repeat(60_000);
    Workload grown = workload(phase(many, false));
    Path file = folder.resolve("1.trace");
    try (TraceIterator trace = grown.play()) {
      trace.next();
      trace.next();
      Files.writeString(file, many + "a 0 2\n");
      assertThatThrownBy(() -> trace.forEachRemaining(element -> {}))
          .isInstanceOf(TraceChangedException.class)
          .hasMessage("1.trace: has changed since it was checked, in the beginning of this run");
    }
    assertThatThrownBy(grown::countOperations).isInstanceOf(TraceChangedException.class);

    Workload broken = workload(phase(many, false));
    try (TraceIterator trace = broken.play()) {
      trace.next();
      trace.next();
      Files.writeString(folder.resolve("2.trace"), many.replace('1', 'x'));
      assertThatThrownBy(() -> trace.forEachRemaining(element -> {}))
          .isInstanceOf(TraceChangedException.class);
    }

    Workload gone = workload(phase(many, false));
    Files.delete(folder.resolve("3.trace"));
    assertThatThrownBy(gone::countOperations).isInstanceOf(TraceChangedException.class);
  }

  private int files;

  private Part phase(String trace, boolean drain) throws IOException {
    files++;
    return phase(Files.writeString(folder.resolve(files + ".trace"), trace), drain);
  }

  private static Part phase(Path file, boolean drain) throws IOException {
    TraceFile checked =
        TraceFile.check(
            file,
            problem -> {
              throw new AssertionError(problem.format());
            });
    return new Phase("app", new Recorded(checked), drain);
  }

  /** A phase with a block of its own that frees all. */
  private static Part drain() {
    return new Phase("drain", new Explicit(List.of(new Single(new Operation.Alloc(0, 8)))), true);
  }

  private static Part generated() {
    return new Phase("generated", TraceTest.busy(7), false);
  }

  private static void write(List<TraceLine> lines, Path file) throws IOException {
    try (TraceWriter writer =
        TraceWriter.of(Files.newOutputStream(file), TraceWriter.isPacked(file.toString()))) {
      for (TraceLine line : lines) {
        writer.write(line);
      }
    }
  }

  private static Workload workload(Part... parts) {
    return new Workload(Arrays.asList(parts), List.of("a"));
  }

  private static List<Operation> operations(Workload workload) {
    List<Operation> operations = new ArrayList<>();
    workload.trace().forEach(element -> element.accept(operations::add));
    return operations;
  }

  /** Each element with the name of its block. */
  private static List<String> played(Part... parts) {
    List<String> words = new ArrayList<>();
    try (TraceIterator trace = workload(parts).play()) {
      while (trace.hasNext()) {
        trace
            .next()
            .accept(
                new TraceElement.Visitor() {
                  @Override
                  public void operation(Operation operation) {
                    words.add(
                        operation
                            .line()
                            .replaceFirst(
                                "^(\\w+) " + operation.block() + "\\b", "$1 " + trace.blockName()));
                  }

                  @Override
                  public void phaseStart(String name) {
                    words.add("start " + name);
                  }

                  @Override
                  public void phaseEnd(String name) {
                    words.add("end " + name);
                  }
                });
      }
    }
    return words;
  }
}
