package io.defragsim.scenario.format;

import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.DefragPolicy.When;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.KeyRule;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import io.defragsim.workload.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code defrag}: a policy's word, or an object that says more of it. */
final class DefragBinder {
  static final String WORDS =
      "on-failure: steps only after a request failed because memory is fragmented, until it is"
          + " served; every: one step after every so many operations; idle: steps between phases and"
          + " in waits; never: only those of step operations";
  private static final int DEFAULT_BUDGET = 64;
  private static final int LARGEST_BUDGET = 1 << 20;
  private static final String EVERY = When.EVERY.word();
  private static final String IDLE = When.IDLE.word();
  private static final Map<String, When> POLICIES = new LinkedHashMap<>();

  static {
    for (When when : When.values()) {
      POLICIES.put(when.word(), when);
    }
  }

  static final Key<When> WHEN =
      Key.must(
          "when",
          new Type.Word<>("policy", POLICIES, ""),
          "one of: " + String.join(", ", POLICIES.keySet()),
          WORDS);
  static final Key<Integer> OPERATIONS =
      Key.may(
          "operations",
          Types.count(1, Workload.MOST_OPERATIONS),
          "with \"every\": how many operations from one step to the next");
  static final Key<Integer> BUDGET =
      Key.may(
          "budget",
          Types.size(1, LARGEST_BUDGET),
          DEFAULT_BUDGET,
          "the most bytes that one step moves");

  static final Key<Integer> READY =
      Key.may(
          "ready",
          Types.size(1, ScenarioBinder.LARGEST_POOL),
          "with \"idle\" and \"every\": steps that no failed request waits for keep one hole for"
              + " so many bytes ready");

  private static final Type<DefragPolicy> OBJECT =
      new Type.Struct<>(
          "defrag",
          "a policy like {\"when\": \"on-failure\", \"budget\": 64}",
          "When compaction runs, and in what steps.",
          List.of(WHEN, OPERATIONS, BUDGET, READY),
          List.of(
              new KeyRule.With(
                  WHEN,
                  EVERY,
                  new KeyRule.Needed(OPERATIONS, "how many operations from one step to the next")),
              new KeyRule.Only(
                  OPERATIONS, WHEN, List.of(EVERY), "goes with \"when\": \"every\" only"),
              new KeyRule.Only(
                  READY,
                  WHEN,
                  List.of(EVERY, IDLE),
                  "goes with \"when\": \"idle\" or \"every\", whose steps no request waits for")),
          DefragBinder::bind);

  /** How a policy is written. */
  static final Type<DefragPolicy> TYPE = type();

  private DefragBinder() {}

  private static Type<DefragPolicy> type() {
    Map<String, When> alone = new LinkedHashMap<>(POLICIES);
    alone.remove(EVERY);
    return new Type.Own<>(
        List.of(new Type.Word<>("policy", alone, ""), OBJECT),
        (json, in) -> {
          if (!(json instanceof Json.Text word)) {
            return OBJECT.of(json, in);
          }
          if (word.value().equals(EVERY)) {
            throw new Unreadable(
                "\"every\" needs its number: {\"when\": \"every\", \"operations\": 16}");
          }
          When when = WHEN.type().of(json, in);
          return when == null ? null : policy(when, 0, DEFAULT_BUDGET, 0);
        });
  }

  private static @Nullable DefragPolicy bind(Fields fields) {
    When when = fields.get(WHEN);
    Integer operations = fields.get(OPERATIONS);
    int budget = fields.orStandard(BUDGET);
    Integer ready = fields.get(READY, Types.size(1, ScenarioReading.of(fields.in()).mostReady));
    return when == null
        ? null
        : policy(when, operations == null ? 0 : operations, budget, ready == null ? 0 : ready);
  }

  /** The policy with those of the numbers that go with it. */
  private static DefragPolicy policy(When when, int operations, int budget, int ready) {
    return switch (when) {
      case ON_FAILURE -> new DefragPolicy.OnFailure(budget);
      case EVERY -> new DefragPolicy.Every(operations, budget, ready);
      case IDLE -> new DefragPolicy.Idle(budget, ready);
      case NEVER -> new DefragPolicy.Never(budget);
    };
  }
}
