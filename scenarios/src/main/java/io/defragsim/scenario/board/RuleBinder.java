package io.defragsim.scenario.board;

import io.defragsim.emulator.board.Delay;
import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Rule;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Reads {@code rules}: what single bits of registers without a model do. */
final class RuleBinder {
  /** More than any part has bits that do something. */
  static final int MOST = 100_000;

  private static final int LONGEST_WHY = 500;
  private static final int MOST_INTERRUPT = 31;
  private static final String FIELD_LIKE = "a field, like \"RCC.CR.HSERDY\"";
  private static final String LIKE =
      "a rule like {\"field\": \"RCC.CR.HSERDY\", \"follows\": \"RCC.CR.HSEON\", \"why\": \"...\"}";

  /** In cycles, or in nanoseconds up to an hour: which clock the part will have is not known. */
  private static final Type<Long> TIME = Types.duration(0, 3_600_000_000_000L);

  private static final Key<Delay> AFTER =
      Key.may(
          "after",
          new Type.Own<>(List.of(TIME), RuleBinder::delay),
          0,
          "how long later, a duration; the ledger of a run names it");
  private static final String LINE = "\"console\"";
  private static final Type<String> CONSOLE =
      Types.word("serial line", List.of("console"), word -> word);
  private static final Key<String> WHY =
      Key.must(
          "why",
          new Type.Text("\\S", LONGEST_WHY, "empty: say what the hardware does"),
          "what the hardware does, in a sentence",
          "what the hardware does, in a sentence");
  private static final Key<String> SOURCE =
      Key.may(
          "source",
          new Type.Text("", LONGEST_WHY, ""),
          "where that is written: a manual and its chapter, a header or a driver");
  private static final Key<Boolean> BECOMES =
      Key.must(
          "becomes",
          new Type.Word<>("state", states(), ""),
          "\"set\" or \"clear\"",
          "that an access sets all bits of a field, or clears them");
  private static final Key<Rule.Access> ON =
      Key.must(
          "on",
          Types.word(
              "access",
              List.of(Rule.Access.values()),
              access -> access.name().toLowerCase(Locale.ROOT).replace('_', ' ')),
          "the access, like \"store\"",
          "what the program does: a load or a store of the register, or a store of a 1 or a 0 to"
              + " a bit of the field");
  private static final Key<String> ITSELF =
      Key.must(
          "clears",
          Types.word("thing that a field clears", List.of("itself"), word -> word),
          "\"itself\"",
          "that a field becomes 0 after a store made it something else");
  private static final Key<String> SENDS =
      Key.must(
          "sends", CONSOLE, LINE, "that what is stored to a field goes out on the serial line");
  private static final Key<String> RECEIVES =
      Key.must("receives", CONSOLE, LINE, "that what comes on the serial line stands in a field");
  private static final Key<Integer> INTERRUPT =
      Key.must(
          "interrupt",
          Types.count(0, MOST_INTERRUPT),
          "the number of a line, like 27",
          "the number of a line of interrupt that a field holds high");

  private final Key<Field> field;
  private final Key<Field> follows;
  private final Key<Field> of;
  private final Key<Long> input;
  private final Key<Field> whileSet;
  private final Key<Field> enabledBy;
  private final Key<Field> ready;
  private final Claims claims = new Claims();

  RuleBinder(FieldNames names) {
    Type<Field> type = new Type.Reference<>("field", names::type);
    field = Key.must("field", type, FIELD_LIKE, "the field that changes");
    follows =
        Key.must("follows", type, FIELD_LIKE, "that a field becomes what this one is stored as");
    of = Key.must("of", type, FIELD_LIKE, "the field, or its register, that is accessed");
    input =
        Key.must(
            "input",
            BoardBinder.WORD,
            "what comes from outside, like \"0xffff\"",
            "that a field is this value from outside, whatever is stored");
    whileSet =
        Key.must("while", type, FIELD_LIKE, "the status: the line is high while it is not 0");
    ready = Key.must("ready", type, FIELD_LIKE, "the field that is 1 until what came is loaded");
    enabledBy = Key.may("enabledBy", type, "nothing happens while this field is 0");
  }

  private static Map<String, Boolean> states() {
    Map<String, Boolean> states = new LinkedHashMap<>();
    states.put("set", true);
    states.put("clear", false);
    return states;
  }

  /** How rules are written. */
  Type<List<Rule>> type() {
    Map<String, Type.Struct<Rule>> kinds = new LinkedHashMap<>();
    kinds.put(follows.name(), kind(follows, this::follows, field, AFTER));
    kinds.put(ITSELF.name(), kind(ITSELF, this::clearsItself, field, AFTER));
    kinds.put(BECOMES.name(), kind(BECOMES, this::changes, field, ON, of, AFTER));
    kinds.put(input.name(), kind(input, this::input, field));
    kinds.put(SENDS.name(), kind(SENDS, this::sends, field));
    kinds.put(RECEIVES.name(), kind(RECEIVES, this::receives, field, ready, enabledBy, AFTER));
    kinds.put(INTERRUPT.name(), kind(INTERRUPT, this::level, whileSet, enabledBy));
    return new Type.Sequence<>(
        new Type.Union<>("rule", LIKE, kinds),
        0,
        MOST,
        "rules",
        " rules are too many: expected at most " + MOST);
  }

  /** Rules of one kind, told by a key. */
  private Type.Struct<Rule> kind(
      Key<?> key, BiFunction<Fields, Rule.Basis, Rule> bind, Key<?>... others) {
    List<Key<?>> keys = new ArrayList<>(List.of(key));
    keys.addAll(Arrays.asList(others));
    keys.addAll(List.of(WHY, SOURCE));
    return new Type.Struct<>(
        "rule." + key.name(), LIKE, "A rule: " + key.description() + ".", keys, f -> rule(f, bind));
  }

  private @Nullable Rule rule(Fields fields, BiFunction<Fields, Rule.Basis, Rule> bind) {
    String why = fields.get(WHY);
    String source = fields.get(SOURCE);
    Rule rule =
        bind.apply(fields, new Rule.Basis(why == null ? "" : why, source == null ? "" : source));
    if (rule == null || !fields.isSound()) {
      return null;
    }
    String other = claims.take(rule, fields.object().at().line());
    if (other != null) {
      fields.problem(null, "%s", other);
    }
    return rule;
  }

  private @Nullable Rule follows(Fields fields, Rule.Basis basis) {
    Field target = fields.get(field);
    Field cause = fields.get(follows);
    Delay after = fields.orStandard(AFTER);
    if (target == null || cause == null) {
      return null;
    }
    if (target.width() != cause.width()) {
      fields.problem(
          follows,
          "\"%s\" has %s, and \"%s\", which follows it, %s",
          cause,
          bits(cause),
          target,
          bits(target));
    }
    return new Rule.Follows(target, cause, after, basis);
  }

  private @Nullable Rule clearsItself(Fields fields, Rule.Basis basis) {
    fields.get(ITSELF);
    Field target = fields.get(field);
    Delay after = fields.orStandard(AFTER);
    return target == null ? null : new Rule.ClearsItself(target, after, basis);
  }

  private @Nullable Rule changes(Fields fields, Rule.Basis basis) {
    Field target = fields.get(field);
    Boolean state = fields.get(BECOMES);
    Rule.Access access = fields.get(ON);
    Field cause = fields.get(of);
    Delay after = fields.orStandard(AFTER);
    return target == null || state == null || access == null || cause == null
        ? null
        : new Rule.Changes(target, state, access, cause, after, basis);
  }

  private @Nullable Rule input(Fields fields, Rule.Basis basis) {
    Field target = fields.get(field);
    Long value = fields.get(input);
    if (target == null || value == null) {
      return null;
    }
    if (value >>> target.width() != 0) {
      fields.problem(input, "0x%x does not fit: \"%s\" has %s", value, target, bits(target));
    }
    return new Rule.Input(target, value.intValue(), basis);
  }

  private @Nullable Rule sends(Fields fields, Rule.Basis basis) {
    fields.get(SENDS);
    Field target = fields.get(field);
    return target == null ? null : new Rule.Sends(target, basis);
  }

  private @Nullable Rule receives(Fields fields, Rule.Basis basis) {
    fields.get(RECEIVES);
    Field target = fields.get(field);
    Field says = fields.get(ready);
    Field enable = fields.get(enabledBy);
    Delay after = fields.orStandard(AFTER);
    return target == null || says == null
        ? null
        : new Rule.Receives(target, says, enable, after, basis);
  }

  private @Nullable Rule level(Fields fields, Rule.Basis basis) {
    Integer interrupt = fields.get(INTERRUPT);
    Field status = fields.get(whileSet);
    Field enable = fields.get(enabledBy);
    return interrupt == null || status == null
        ? null
        : new Rule.Level(interrupt, status, enable, basis);
  }

  private static String bits(Field field) {
    return field.width() + (field.width() == 1 ? " bit" : " bits");
  }

  private static @Nullable Delay delay(Json json, Reading in) {
    Long value = TIME.of(json, in);
    if (value == null) {
      return null;
    }
    return json instanceof Json.Text text && !Quantity.isInCycles(text.value())
        ? new Delay(0, value)
        : new Delay(value, 0);
  }
}
