package io.defragsim.lab.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Limit.Bounds;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class VerdictsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "operations          | 100000 |        | 5002    | 94,998 too few",
        "stack.max           |        | 100    | 162     | 62 bytes too many",
        "alloc.max           |        | 9      | 10      | 1 cycle too many",
        "fragmentation.max   |        | 400000 | 709756  | 30.9756 points above",
        "fragmentation.max   | 600000 | 700000 | 85129   | 51.4871 points below",
      })
  void the_sentence_of_a_limit_ends_as_the_remark_beside_it(
      String figure, Long min, Long max, Long measured, String beyond) {
    LimitVerdict verdict =
        new LimitVerdict(
            new RunResult.Limit(
                Objects.requireNonNull(Figures.named(figure)),
                new Bounds(min, max),
                Bounds.NONE,
                null),
            measured,
            null,
            false);
    assertThat(Numbers.unglued(Verdicts.remark(verdict))).isEqualTo(beyond);
    assertThat(Numbers.unglued(Verdicts.sentence(verdict))).endsWith(": " + beyond);
  }
}
