package io.defragsim.scenario.board;

import io.defragsim.emulator.board.Board.Block;
import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Register;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields that rules speak of: declared ones, whole registers, and bits of registers. */
final class FieldNames {
  private static final Pattern WRITTEN =
      Pattern.compile(
          "^([A-Za-z_][A-Za-z0-9_.]*|0[xX][0-9a-fA-F]{1,8})(\\[([0-9]{1,2}(:[0-9]{1,2})?)\\])?$");
  private static final Type.Text TEXT =
      new Type.Text(
          WRITTEN.pattern(),
          Type.LONGEST_NAME,
          "no field: expected one like \"RCC.CR.HSERDY\", \"RCC.CR[17]\" or \"0x40021000[3:2]\"");

  /** The product of the lengths of names that are compared: a part's thousands of fields fit. */
  private static final long MOST_WORK = 3_000_000;

  private final Places places;
  private final Map<String, Register> registers = new LinkedHashMap<>();
  private final Map<String, Field> fields = new LinkedHashMap<>();
  private final Map<Long, Register> byAddress = new HashMap<>();

  FieldNames(Places places) {
    this.places = places;
  }

  /** How a field is written in a rule. */
  Type<Field> type() {
    return new Type.Own<>(List.of(TEXT), this::find);
  }

  /** A register that is declared; gives the other at its address, null if there is none. */
  @Nullable Register declare(Register register) {
    registers.put(register.name(), register);
    return byAddress.putIfAbsent(register.address(), register);
  }

  /** A field that is declared. */
  void declare(Field field) {
    fields.put(field.name(), field);
  }

  boolean isField(String name) {
    return fields.containsKey(name);
  }

  private @Nullable Field find(Json json, Reading in) {
    String written = TEXT.of(json, in);
    Matcher parts = WRITTEN.matcher(written);
    if (!parts.matches()) {
      throw new IllegalStateException(written);
    }
    String name = parts.group(1);
    String numbers = parts.group(3);
    Field field = fields.get(name);
    if (field == null) {
      Register register = name.startsWith("0") ? at(name) : registers.get(name);
      if (register == null) {
        in.problems().add(json.at(), () -> unknown(name));
        return null;
      }
      Bits bits = numbers == null ? Bits.ALL : Bits.of(numbers);
      String suffix = numbers == null ? "" : "[" + numbers + "]";
      field = new Field(register.name() + suffix, register, bits.low(), bits.width());
    } else if (numbers != null) {
      throw new Unreadable(
          "\"%s\" is a field: only bits of a register have numbers, as in \"%s[%s]\"",
          name, field.register().name(), numbers);
    }
    Block block = places.at(field.register().address());
    if (block != null && block.model() != null) {
      throw new Unreadable(
          "\"%s\" stands in %s, which has a model: no rule goes there", written, block.name());
    }
    return field;
  }

  private Register at(String written) {
    long address = Long.decode(written);
    Block block = places.at(address);
    if (address % 4 != 0 || block == null) {
      throw new Unreadable(
          address % 4 != 0 ? "%s is not a multiple of 4" : "no peripheral of the board has %s",
          written);
    }
    return byAddress.computeIfAbsent(
        address,
        at ->
            new Register(
                String.format(Locale.ROOT, "%s+0x%x", block.name(), at - block.base()),
                at,
                block.fill()));
  }

  private String unknown(String name) {
    List<String> all = new ArrayList<>();
    long work = 0; // a hint is worth so much of it, whatever a file holds
    for (Map<String, ?> names : List.of(registers, fields)) {
      for (String each : names.keySet()) {
        work += (long) each.length() * name.length();
        if (work <= MOST_WORK) {
          all.add(each);
        }
      }
    }
    return "\""
        + name
        + "\" is no register and no field of the board"
        + Nearest.hint(
            name, all, all.isEmpty() ? ": \"registers\" declares them, or write an address" : "");
  }
}
