package io.defragsim.scenario.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Changes a tree in one place, in ways that are sometimes right. */
public final class Tampering {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Random random;
  private final List<JsonNode> values = new ArrayList<>();
  private final List<String> keys = new ArrayList<>();

  /**
   * @param originals whose values and keys turn up elsewhere
   * @param oddStrings strings that do, besides
   * @param oddKeys keys that do
   */
  public Tampering(
      Random random, List<JsonNode> originals, List<String> oddStrings, List<String> oddKeys) {
    this.random = random;
    originals.forEach(this::gather);
    oddStrings.forEach(odd -> values.add(NODES.textNode(odd)));
    for (long odd : new long[] {-1, 0, 1, 2, 7, 8, 9, 64, 1000, 1L << 31, 1L << 49}) {
      values.add(NODES.numberNode(odd));
    }
    values.add(NODES.numberNode(new java.math.BigDecimal("0.5")));
    values.add(NODES.numberNode(new java.math.BigDecimal("2.5")));
    values.addAll(
        List.of(
            NODES.nullNode(),
            NODES.booleanNode(true),
            NODES.booleanNode(false),
            NODES.arrayNode(),
            NODES.objectNode()));
    keys.addAll(oddKeys);
  }

  private void gather(JsonNode node) {
    values.add(node);
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> member : object.properties()) {
        keys.add(member.getKey());
        gather(member.getValue());
      }
    } else if (node instanceof ArrayNode array) {
      array.forEach(this::gather);
    }
  }

  /** Changes the tree, and says how. */
  public String of(JsonNode root) {
    List<JsonNode> places = new ArrayList<>();
    containers(root, places);
    JsonNode place = places.get(random.nextInt(places.size()));
    if (place instanceof ObjectNode object) {
      return inObject(object);
    }
    return inArray((ArrayNode) place);
  }

  private String inObject(ObjectNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    String name = names.isEmpty() ? "" : pick(names);
    switch (names.isEmpty() ? 3 : random.nextInt(4)) {
      case 0 -> {
        object.remove(name);
        return "without " + name;
      }
      case 1 -> {
        String other = name + "x";
        JsonNode value = object.remove(name);
        object.set(other, value);
        return name + " called " + other;
      }
      case 2 -> {
        object.set(name, value());
        return name + " other";
      }
      default -> {
        String other = pick(keys);
        object.set(other, value());
        return "with " + other;
      }
    }
  }

  private String inArray(ArrayNode array) {
    int index = array.isEmpty() ? 0 : random.nextInt(array.size());
    switch (array.isEmpty() ? 2 : random.nextInt(3)) {
      case 0 -> {
        array.remove(index);
        return "without element " + index;
      }
      case 1 -> {
        array.set(index, value());
        return "element " + index + " other";
      }
      default -> {
        array.add(value());
        return "one element more";
      }
    }
  }

  private JsonNode value() {
    return values.get(random.nextInt(values.size())).deepCopy();
  }

  private String pick(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static void containers(JsonNode node, List<JsonNode> into) {
    if (node.isContainerNode()) {
      into.add(node);
      node.forEach(child -> containers(child, into));
    }
  }
}
