package io.defragsim.lab.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.recording.Account;
import io.defragsim.workload.Operation;
import io.defragsim.workload.TraceElement;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class EventWordsTest {

  @Test
  void an_operation_is_said_with_its_block_and_its_size() {
    assertThat(
            Stream.of(
                new Operation.Alloc(3, 1),
                new Operation.Alloc(3, 4096, true),
                new Operation.Grow(3, 0),
                new Operation.Resize(3, 0xFFFF_FFFFL),
                new Operation.Free(3),
                new Operation.Lock(3),
                new Operation.Unlock(3),
                new Operation.Write(3),
                new Operation.Step(1),
                new Operation.Step(2),
                new Operation.Wait(1_000_000)))
        .extracting(EventWordsTest::words)
        .containsExactly(
            "alloc block 3 (1 byte)",
            "alloc block 3 (4,096 bytes, pinned)",
            "grow block 3 (to 0 bytes)",
            "resize block 3 (to 4,294,967,295 bytes)",
            "free block 3",
            "lock block 3",
            "unlock block 3",
            "write block 3",
            "step at most 1 time",
            "step at most 2 times",
            "wait 1,000,000 cycles");
  }

  @Test
  void an_account_says_its_operation_by_the_name_of_its_block() {
    Account account = Account.of(0, new Operation.Alloc(3, 4096), "big");
    assertThat(EventWords.operation(account)).isEqualTo("alloc big (4,096\u00a0bytes)");
    assertThat(EventWords.operation(Account.of(Account.BEFORE_FIRST, null, ""))).isEmpty();
  }

  @Test
  void a_phase_is_said_by_its_name() {
    assertThat(words(new TraceElement.PhaseStart("send"))).isEqualTo("the start of phase \"send\"");
    assertThat(words(new TraceElement.PhaseEnd("send"))).isEqualTo("the end of phase \"send\"");
  }

  private static String words(TraceElement element) {
    String block = element instanceof Operation operation ? "block " + operation.block() : "";
    return Numbers.unglued(EventWords.element(element, block));
  }
}
