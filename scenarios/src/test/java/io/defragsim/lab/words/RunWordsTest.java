package io.defragsim.lab.words;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.scenario.DefragPolicy;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class RunWordsTest {

  @Test
  void a_policy_is_said_with_counts_as_people_read_them() {
    assertThat(
            Stream.of(
                new DefragPolicy.OnFailure(64),
                new DefragPolicy.Every(1, 1, 0),
                new DefragPolicy.Every(1000, 2048, 0),
                new DefragPolicy.Idle(64, 1024),
                new DefragPolicy.Never(64)))
        .extracting(policy -> Numbers.unglued(RunWords.policy(policy)))
        .containsExactly(
            "on failure, 64 bytes a step",
            "every 1 operation, 1 byte a step",
            "every 1,000 operations, 2,048 bytes a step",
            "while idle, 64 bytes a step, a hole of 1,024 bytes kept ready",
            "never, 64 bytes a step");
  }
}
