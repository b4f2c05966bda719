package io.defragsim.scenario.board;

import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.exec.Script.Step;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns the located tree of one script file into steps. */
final class ScriptBinder {
  private static final int MOST_STEPS = 10_000;
  private static final int LONGEST_SEND = 1 << 16;
  private static final long LONGEST = 1L << 48;
  private static final String LIKE = "a step like {\"expect\": \">>> \"} or {\"send\": \"x\\r\"}";

  private static final Key<String> EXPECT =
      Key.must(
          "expect",
          bytes("(?s).", Script.MOST_KEPT, "empty: nothing is never waited for"),
          "a text",
          "waits until the program has sent this text, behind what the step before waited for");
  private static final Key<String> SEND =
      Key.must(
          "send",
          bytes("", LONGEST_SEND, ""),
          "a text",
          "types this text: what a terminal sends for the Enter key is \"\\r\"");
  private static final Key<Long> PAUSE =
      Key.must("pause", Types.duration(1, LONGEST), "a duration", "lets time pass, a duration");
  private static final Key<Integer> PIN =
      Key.must(
          "pin",
          Types.count(0, 31),
          "the number of a pin, like 17",
          "gives this pin of the part a level from outside, as a button does");
  private static final Key<Step.Level> LEVEL =
      Key.must(
          "level",
          Types.word("level", List.of(Step.Level.values()), Step.Level::key),
          "\"low\", \"high\" or \"released\"",
          "what it is given");
  private static final Key<String> DESCRIPTION =
      Key.may(
          "description",
          Types.description(),
          "what it shows; a string, or an array of strings that are joined");

  private final Key<Long> within =
      Key.may(
          "within",
          Types.duration(1, LONGEST),
          "10 s",
          "how long each \"expect\" may take that does not say so itself, a duration");
  private final Key<Long> pace =
      Key.may(
          "pace",
          Types.duration(0, LONGEST),
          0,
          "from one byte to the next, where a \"send\" does not say so itself, a duration; the"
              + " line itself takes longer if that is shorter");
  private final Key<Long> stepWithin =
      Key.may("within", Types.duration(1, LONGEST), "how long it may take, a duration");
  private final Key<Long> stepPace =
      Key.may("pace", Types.duration(0, LONGEST), "from one byte to the next, a duration");
  private final Key<List<Step>> script =
      Key.must(
          "script",
          steps(),
          "steps, like [{\"expect\": \">>> \"}, {\"send\": \"1+1\\r\"}]",
          "what is typed and waited for, in this order");

  /** What holds for steps that say nothing else. */
  private long usualWithin;

  private long usualPace;

  private static Type<String> bytes(String pattern, int most, String otherwise) {
    Type.Text text = new Type.Text(pattern, most, otherwise);
    return new Type.Own<>(
        List.of(text),
        (json, in) -> {
          String value = text.of(json, in);
          int bytes = value.getBytes(StandardCharsets.UTF_8).length;
          if (bytes > most) {
            throw new Unreadable("%d bytes are too many: expected at most %d", bytes, most);
          }
          return value;
        });
  }

  /** How a script is written. */
  Type.Struct<ScriptFile> type() {
    return new Type.Struct<>(
        "script",
        "an object: { \"script\": [ ... ] }",
        "What is typed on a program's serial line, and what is waited for.",
        List.of(Types.SCHEMA, DESCRIPTION, within, pace, script),
        this::bind);
  }

  private @Nullable ScriptFile bind(Fields fields) {
    fields.get(Types.SCHEMA);
    String description = fields.get(DESCRIPTION);
    usualWithin = fields.orStandard(within);
    usualPace = fields.orStandard(pace);
    List<Step> steps = fields.get(script);
    return steps == null ? null : new ScriptFile(description == null ? "" : description, steps);
  }

  private Type<List<Step>> steps() {
    Map<String, Type.Struct<Step>> verbs = new LinkedHashMap<>();
    verbs.put(
        EXPECT.name(),
        step(EXPECT, stepWithin, (text, time) -> new Step.Expect(text, or(time, usualWithin))));
    verbs.put(
        SEND.name(),
        step(SEND, stepPace, (text, time) -> new Step.Send(text, or(time, usualPace))));
    verbs.put(
        PIN.name(),
        new Type.Struct<>(
            "step.pin",
            LIKE,
            "A step: " + PIN.description() + ".",
            List.of(PIN, LEVEL),
            fields -> {
              Integer number = fields.get(PIN);
              Step.Level level = fields.get(LEVEL);
              return number == null || level == null ? null : new Step.Pin(number, level);
            }));
    verbs.put(
        PAUSE.name(),
        new Type.Struct<>(
            "step.pause",
            LIKE,
            "A step: " + PAUSE.description() + ".",
            List.of(PAUSE),
            fields -> {
              Long cycles = fields.get(PAUSE);
              return cycles == null ? null : new Step.Pause(cycles);
            }));
    return new Type.Sequence<>(
        new Type.Union<>("step", LIKE, verbs),
        1,
        MOST_STEPS,
        "steps",
        " steps are too many: expected at most " + MOST_STEPS);
  }

  private static long or(@Nullable Long value, long otherwise) {
    return value == null ? otherwise : value;
  }

  /** Makes a step of its text and of a time, null if it gives none. */
  private interface Maker {
    Step make(String text, @Nullable Long time);
  }

  private static Type.Struct<Step> step(Key<String> verb, Key<Long> time, Maker maker) {
    Function<Fields, @Nullable Step> bind =
        fields -> {
          String text = fields.get(verb);
          Long cycles = fields.get(time);
          return text == null ? null : maker.make(text, cycles);
        };
    return new Type.Struct<>(
        "step." + verb.name(),
        LIKE,
        "A step: " + verb.description() + ".",
        List.of(verb, time),
        bind);
  }
}
