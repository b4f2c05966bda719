package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.recording.Account;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import io.defragsim.lab.result.HeapImage.Span;
import io.defragsim.lab.result.HeapImage.Use;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Stalls.Stall;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.workload.OperationKind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a listener hears of a run, and that it changes nothing. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class RunListenerTest {

  /** Asks for everything at every call, and holds what it hears against what it sees. */
  private static final class Curious implements RunListener {
    private final Map<String, PlacedBlock> before = new HashMap<>();
    private final Map<ContractFunction, Long> calls = new TreeMap<>();
    private final Map<OperationKind, Long> failed = new TreeMap<>();
    private final boolean asksImage;
    private long began;
    private long done;
    private long ended;
    private long moved;
    private boolean moving;
    private int tableBytes = -1;
    private long pool;

    Curious(boolean asksImage) {
      this.asksImage = asksImage;
    }

    @Override
    public void started(RunEvent.Started event, HeapView heap) {
      tableBytes = event.tableBytes();
      pool = event.subject().pool().address();
      assertThat(heap.blocks()).isEmpty();
    }

    @Override
    public void began(RunEvent.Began event, HeapView heap) {
      assertThat(event.account().number()).isEqualTo(began++).isEqualTo(done);
      assertThat(event.account().operation()).isNotNull();
      assertThat(event.account().calls()).isEqualTo(Account.Cost.NOTHING);
    }

    @Override
    public void called(RunEvent.Called event, HeapView heap) {
      Call call = event.call();
      calls.merge(call.function(), 1L, Long::sum);
      Map<String, PlacedBlock> now = new HashMap<>();
      heap.blocks().forEach(b -> now.put(b.name(), b));
      for (Call.Move move : call.moves()) {
        moved += move.bytes();
        assertThat(offset(before, move.block())).isEqualTo(offset(move.from()));
        assertThat(offset(now, move.block())).isEqualTo(offset(move.to()));
      }
      if (call.function() == ContractFunction.STEP) {
        List<String> moves = call.moves().stream().map(Call.Move::block).toList();
        now.forEach(
            (name, block) -> {
              if (!moves.contains(name)) {
                assertThat(block.offset()).isEqualTo(offset(before, name));
              }
            });
      }
      before.clear();
      before.putAll(now);
      if (asksImage) {
        ask(heap, now);
      }
    }

    private int offset(long address) {
      return (int) (address - pool);
    }

    private static int offset(Map<String, PlacedBlock> blocks, String name) {
      return Objects.requireNonNull(blocks.get(name)).offset();
    }

    private void ask(HeapView heap, Map<String, PlacedBlock> now) {
      HeapImage map = heap.image();
      long payload =
          map.spans().stream()
              .filter(s -> s.use() == Use.USED || s.use() == Use.LOCKED)
              .mapToLong(Span::bytes)
              .sum();
      boolean inTwoParts = now.values().stream().anyMatch(PlacedBlock::inTwoParts);
      assertThat(payload)
          .isEqualTo(
              now.values().stream()
                  .filter(b -> !b.inTwoParts())
                  .mapToLong(PlacedBlock::bytes)
                  .sum());
      moving |= map.spans().stream().anyMatch(s -> s.use() == Use.MOVING);
      if (inTwoParts) {
        assertThat(map.spans()).extracting(Span::use).contains(Use.MOVING);
      }
      long listed =
          heap.image().freeLists().values().stream()
              .flatMap(List::stream)
              .mapToLong(Span::bytes)
              .sum();
      long holes =
          map.spans().stream().filter(s -> s.use() == Use.FREE).mapToLong(Span::bytes).sum();
      assertThat(listed).isLessThanOrEqualTo(holes);
      assertThat(heap.largestRequest()).isLessThanOrEqualTo(heap.freeBytes());
    }

    @Override
    public void done(RunEvent.Done event, HeapView heap) {
      Account account = event.account();
      assertThat(account.number()).isEqualTo(done++);
      assertThat(account.isOver()).isTrue();
      if (account.failure() != null) {
        failed.merge(account.failure().kind(), 1L, Long::sum);
      }
    }

    @Override
    public void ended(RunEvent.Ended event, HeapView heap) {
      ended++;
    }
  }

  static Stream<Scenario> shipped() {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units())).stream();
  }

  static Stream<Scenario> some() {
    Set<String> names =
        Set.of("swiss-cheese", "resize-buffers", "pinned-buffers", "too-small", "idle-watermark");
    return shipped().filter(scenario -> names.contains(scenario.name()));
  }

  @ParameterizedTest
  @MethodSource("shipped")
  @Tag("campaign")
  void hears_all_of_any_shipped_scenario(Scenario scenario) throws IOException {
    hears_every_operation_call_move_and_failure_of_a_run_and_changes_nothing(scenario);
  }

  @ParameterizedTest
  @MethodSource("some")
  void hears_every_operation_call_move_and_failure_of_a_run_and_changes_nothing(Scenario scenario)
      throws IOException {
    FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
    Lab.Options options = Lab.Options.standard().withoutSampling();
    Curious listener = new Curious(false);
    RunResult heard = Lab.run(scenario, image, options, listener);

    assertThat(heard).isEqualTo(Lab.run(scenario, image, options));
    assertThat(listener.done).isEqualTo(heard.executed());
    assertThat(listener.ended).isOne();
    assertThat(listener.tableBytes).isEqualTo(Objects.requireNonNull(heard.memory()).table());
    assertThat(listener.moved).isGreaterThanOrEqualTo(heard.pauses().bytesMoved());
    assertThat(listener.calls.getOrDefault(ContractFunction.STEP, 0L))
        .isEqualTo(heard.pauses().cycles().count());
    assertThat(listener.failed.values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(heard.failures().count());
  }

  @Test
  void may_look_at_the_heap_between_any_two_calls() {
    Bench bench = new Bench().pool(1024, 8).policy(new DefragPolicy.OnFailure(64));
    for (char block = 'a'; block <= 'f'; block++) {
      bench.alloc(block, 100);
    }
    Scenario scenario =
        bench.free('a').free('c').free('e').lock('b').alloc('x', 500).unlock('b').scenario();
    Curious listener = new Curious(true);
    RunResult heard = Lab.run(scenario, Bench.defrag(), Lab.Options.standard(), listener);

    assertThat(heard).isEqualTo(Lab.run(scenario, Bench.defrag(), Lab.Options.standard()));
    assertThat(listener.moved).isPositive();
    assertThat(listener.moving).isTrue();
  }

  /** All that happens in a run, as it comes. */
  private static List<RunEvent> events(Scenario scenario, FirmwareImage image) {
    List<RunEvent> events = new ArrayList<>();
    Lab.run(
        scenario,
        image,
        Lab.Options.standard().withoutSampling(),
        new RunListener() {
          @Override
          public void happened(RunEvent event, HeapView heap) {
            events.add(event);
          }
        });
    return events;
  }

  private static String names(List<RunEvent> events) {
    return events.stream()
        .map(event -> event.getClass().getSimpleName())
        .collect(Collectors.joining(" "));
  }

  @Test
  void the_events_of_a_run_come_in_an_order_that_never_changes() {
    Scenario scenario =
        new Bench().policy(new DefragPolicy.Every(2, 64, 0)).alloc('a', 24).free('a').scenario();
    assertThat(names(events(scenario, Bench.defrag())))
        .isEqualTo(
            "Started PhaseStarted Began Called Done Began Called Done Called PhaseEnded Ended");
  }

  @Test
  void a_call_that_breaks_the_contract_is_told_as_such_and_its_operation_is_never_done()
      throws IOException {
    Scenario scenario = new Bench().alloc('a', 24).alloc('b', 24).scenario();
    List<RunEvent> events = events(scenario, Bench.faulty("overlaps"));

    assertThat(names(events)).endsWith("Done Began Broke Ended");
    RunEvent.Ended ended = (RunEvent.Ended) events.get(events.size() - 1);
    assertThat(ended.account().block()).isEqualTo("b");
    assertThat(ended.account().kind()).isEqualTo(OperationKind.ALLOC);
    assertThat(ended.account().outcome()).isEqualTo(Account.Outcome.UNDER_WAY);
    assertThat(ended.account().calls()).isEqualTo(Account.Cost.NOTHING);
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void the_accounts_of_all_operations_together_are_what_the_run_counted(Scenario scenario)
      throws IOException {
    if (!Set.of("swiss-cheese", "idle-watermark", "resize-buffers").contains(scenario.name())) {
      return;
    }
    FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
    RunResult result = Lab.run(scenario, image, Lab.Options.standard().withoutSampling());
    Map<Long, Account> last = new TreeMap<>();
    for (RunEvent event : events(scenario, image)) {
      if (event instanceof RunEvent.Called called) {
        last.put(called.account().number(), called.account());
      } else if (event instanceof RunEvent.Done done) {
        last.put(done.account().number(), done.account());
      }
    }
    assertThat(sum(last, account -> account.pauses().count()))
        .isEqualTo(result.pauses().cycles().count());
    assertThat(sum(last, account -> account.pauses().elapsed()))
        .isEqualTo(result.pauses().cycles().total());
    assertThat(sum(last, account -> account.pauses().bytesMoved()))
        .isEqualTo(result.pauses().bytesMoved());
    assertThat(sum(last, account -> account.waiting().count()))
        .isEqualTo(result.stalls().events().kept().stream().mapToLong(Stall::steps).sum());
    assertThat(sum(last, account -> account.failure() == null ? 0 : 1))
        .isEqualTo(result.failures().count());
    assertThat(last.values().stream().map(Account::stall).filter(Objects::nonNull).toList())
        .isEqualTo(result.stalls().events().kept());
  }

  private static long sum(Map<Long, Account> accounts, ToLongFunction<Account> of) {
    return accounts.values().stream().mapToLong(of).sum();
  }
}
