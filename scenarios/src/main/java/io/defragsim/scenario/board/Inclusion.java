package io.defragsim.scenario.board;

import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.JsonTreeReader;
import io.defragsim.scenario.json.Problems;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Puts the entries of a shipped board before those of a file that includes it. What is wrong with
 * them then (they overlap, say, with one of the file) stands where they are included.
 */
final class Inclusion {
  static final String PERIPHERALS = "peripherals";
  static final String MEMORIES = "memories";
  static final String REGISTERS = "registers";
  static final String DEVICES = "devices";
  static final String RULES = "rules";
  private static final List<String> SECTIONS =
      List.of(PERIPHERALS, MEMORIES, REGISTERS, DEVICES, RULES);

  private Inclusion() {}

  /** The tree with what it includes; as it is if it includes nothing that is there. */
  static Json in(Json file) {
    if (!(file instanceof Json.Obj own)) {
      return file;
    }
    Optional<Json> named = member(own, BoardBinder.INCLUDE.name());
    if (named.isEmpty() || !(named.get() instanceof Json.Text text)) {
      return file;
    }
    byte[] shipped = ShippedBoards.text(text.value());
    Json tree =
        shipped == null
            ? null
            : JsonTreeReader.read(
                new String(shipped, StandardCharsets.UTF_8), "the board", new Problems());
    return tree instanceof Json.Obj board ? joined(own, board, text.at()) : file;
  }

  private static Optional<Json> member(Json.Obj object, String key) {
    return object.members().stream()
        .filter(member -> member.key().equals(key))
        .map(Json.Member::value)
        .findFirst();
  }

  private static Json.Obj joined(Json.Obj own, Json.Obj included, Json.Location at) {
    List<Json.Member> members = new ArrayList<>();
    for (Json.Member member : own.members()) {
      Optional<Json> before =
          SECTIONS.contains(member.key()) ? member(included, member.key()) : Optional.empty();
      members.add(
          before.isEmpty()
              ? member
              : new Json.Member(
                  member.key(), member.keyAt(), joined(before.get(), member.value(), at)));
    }
    for (Json.Member member : included.members()) {
      if (SECTIONS.contains(member.key()) && member(own, member.key()).isEmpty()) {
        members.add(moved(member, at));
      }
    }
    return new Json.Obj(own.at(), members);
  }

  private static Json joined(Json first, Json then, Json.Location at) {
    if (first instanceof Json.Obj one && then instanceof Json.Obj other) {
      Set<String> replaced =
          other.members().stream().map(Json.Member::key).collect(Collectors.toSet());
      List<Json.Member> members = new ArrayList<>();
      for (Json.Member member : one.members()) {
        if (!replaced.contains(member.key())) {
          members.add(moved(member, at));
        }
      }
      members.addAll(other.members());
      return new Json.Obj(then.at(), members);
    }
    if (first instanceof Json.Array one && then instanceof Json.Array other) {
      List<Json> elements = new ArrayList<>();
      one.elements().forEach(each -> elements.add(moved(each, at)));
      elements.addAll(other.elements());
      return new Json.Array(then.at(), elements);
    }
    return then;
  }

  private static Json.Member moved(Json.Member member, Json.Location at) {
    return new Json.Member(member.key(), at, moved(member.value(), at));
  }

  private static Json moved(Json json, Json.Location at) {
    if (json instanceof Json.Obj object) {
      return new Json.Obj(at, object.members().stream().map(each -> moved(each, at)).toList());
    }
    if (json instanceof Json.Array array) {
      return new Json.Array(at, array.elements().stream().map(each -> moved(each, at)).toList());
    }
    if (json instanceof Json.Text text) {
      return new Json.Text(at, text.value());
    }
    return json instanceof Json.Numeral number ? new Json.Numeral(at, number.written()) : json;
  }
}
