package io.defragsim.scenario.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.defragsim.scenario.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes the JSON Schema of a kind of file from the types that the reader goes by. */
public final class SchemaWriter {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  private final Map<String, ObjectNode> definitions = new LinkedHashMap<>();

  private SchemaWriter() {}

  /**
   * The text of a schema.
   *
   * @param file what the whole file is
   * @param id of the schema, for example {@code urn:defrag-sim:scenario:1}
   * @param title of the schema
   */
  public static String text(Type.Struct<?> file, String id, String title)
      throws JsonProcessingException {
    return MAPPER
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(new SchemaWriter().root(file, id, title))
        + "\n";
  }

  private ObjectNode root(Type.Struct<?> file, String id, String title) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("$id", id);
    root.setAll(object(file));
    root.put("title", title);
    ObjectNode all = root.putObject("$defs");
    definitions.forEach(all::set);
    return root;
  }

  private ObjectNode of(Type<?> type) {
    ObjectNode node = MAPPER.createObjectNode();
    if (type instanceof Type.Amount<?> amount) {
      node.putArray("anyOf").add(number(amount)).add(string(amount.kind()));
    } else if (type instanceof Type.Choice choice) {
      ObjectNode numbers = MAPPER.createObjectNode();
      choice.numbers().forEach(numbers.putArray("enum")::add);
      node.putArray("anyOf").add(numbers).add(string(Quantity.Kind.COUNT));
    } else if (type instanceof Type.Text text) {
      node.put("type", "string");
      String pattern = text.pattern();
      if (!pattern.isEmpty()) {
        node.put("pattern", pattern);
      }
      if (text.most() < Integer.MAX_VALUE) {
        node.put("maxLength", text.most());
      }
    } else if (type instanceof Type.Word<?> word) {
      word.words().keySet().forEach(node.put("type", "string").putArray("enum")::add);
    } else if (type instanceof Type.Flag) {
      node.put("type", "boolean");
    } else if (type instanceof Type.Sequence<?> sequence) {
      node.put("type", "array").set("items", of(sequence.element()));
      node.put("minItems", sequence.least());
      if (sequence.most() < Integer.MAX_VALUE) {
        node.put("maxItems", sequence.most());
      }
    } else if (type instanceof Type.Struct<?> struct) {
      return reference(struct.name(), () -> object(struct));
    } else if (type instanceof Type.Table<?> table) {
      node.put("type", "object");
      ObjectNode properties = node.putObject("properties");
      table
          .entries()
          .forEach(
              (name, named) ->
                  properties.set(
                      name, of(named.type()).put("description", sentence(named.description()))));
      node.put("additionalProperties", false);
    } else if (type instanceof Type.Dictionary<?> dictionary) {
      node.put("type", "object").put("maxProperties", dictionary.most());
      if (dictionary.least() > 0) {
        node.put("minProperties", dictionary.least());
      }
      node.set("propertyNames", of(dictionary.name()));
      node.set("additionalProperties", of(dictionary.value()));
    } else if (type instanceof Type.Union<?> union) {
      ArrayNode kinds = node.putArray("anyOf");
      union.kinds().values().forEach(each -> kinds.add(of(each)));
    } else if (type instanceof Type.Own<?> own) {
      if (own.types().size() == 1) {
        return of(own.types().get(0));
      }
      ArrayNode types = node.putArray("anyOf");
      own.types().forEach(each -> types.add(of(each)));
    } else if (type instanceof Type.Reference<?> named) {
      return reference(named.name(), () -> of(named.type().get()));
    }
    return node;
  }

  private ObjectNode object(Type.Struct<?> struct) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("title", struct.name()).put("description", struct.description());
    node.put("type", "object");
    ObjectNode properties = node.putObject("properties");
    for (Key<?> key : struct.keys()) {
      ObjectNode property = MAPPER.createObjectNode();
      property.put("description", sentence(key.description()));
      property.setAll(of(key.type()));
      if (key.standard() != null) {
        property.set("default", MAPPER.valueToTree(key.standard()));
      }
      properties.set(key.name(), property);
    }
    List<Key<?>> required = struct.keys().stream().filter(key -> key.expected() != null).toList();
    if (!required.isEmpty()) {
      node.setAll(required(required));
    }
    node.put("additionalProperties", false);
    struct.rules().forEach(rule -> rule(node, rule));
    return node;
  }

  private static void rule(ObjectNode object, KeyRule rule) {
    if (rule instanceof KeyRule.One one) {
      ArrayNode each = object.putArray("oneOf");
      one.keys().forEach(key -> each.add(required(key)));
    } else if (rule instanceof KeyRule.Any any) {
      ArrayNode each = object.putArray("anyOf");
      any.keys().forEach(key -> each.add(required(key)));
    } else if (rule instanceof KeyRule.Without without) {
      List<Key<?>> needed = new ArrayList<>();
      without.needed().forEach(each -> needed.add(each.key()));
      object.putArray("anyOf").add(required(without.key())).add(required(needed));
    } else if (rule instanceof KeyRule.With with) {
      ObjectNode when = required(with.key());
      when.putObject("properties").putObject(with.key().name()).put("const", with.word());
      implication(object, when, required(with.needed().key()));
    } else if (rule instanceof KeyRule.Never never) {
      ObjectNode then = MAPPER.createObjectNode();
      never.others().forEach(key -> then.withObject("/properties").put(key.name(), false));
      implication(object, required(never.key()), then);
    } else if (rule instanceof KeyRule.Only only) {
      ObjectNode then = MAPPER.createObjectNode();
      only.words()
          .forEach(then.putObject("properties").putObject(only.key().name()).putArray("enum")::add);
      implication(object, required(only.only()), then);
    } else if (rule instanceof KeyRule.ObjectBeside beside) {
      ObjectNode then = MAPPER.createObjectNode();
      then.putObject("properties").putObject(beside.key().name()).put("type", "object");
      implication(object, required(beside.keys()), then);
    }
  }

  private static void implication(ObjectNode object, ObjectNode when, ObjectNode then) {
    ObjectNode implication = object.withArray("allOf").addObject();
    implication.set("if", when);
    implication.set("then", then);
  }

  private static ObjectNode required(Key<?> key) {
    return required(List.of(key));
  }

  private static ObjectNode required(List<Key<?>> keys) {
    ObjectNode node = MAPPER.createObjectNode();
    keys.forEach(key -> node.withArray("required").add(key.name()));
    return node;
  }

  private static ObjectNode number(Type.Amount<?> amount) {
    ObjectNode node = MAPPER.createObjectNode();
    if (amount.kind() == Quantity.Kind.RATE) {
      // A fraction. That the reader refuses 1 and takes 1.0 is beyond a schema, which holds both
      // for one number.
      return node.put("type", "number").put("minimum", 0).put("maximum", 1);
    }
    node.put("type", "integer");
    node.put("minimum", amount.min());
    if (amount.max() < Long.MAX_VALUE - 1) {
      node.put("maximum", amount.max());
    }
    if (amount.multiple() > 1) {
      node.put("multipleOf", amount.multiple());
    }
    return node;
  }

  /** The strings that may be a quantity of the kind. */
  public static String pattern(Quantity.Kind kind) {
    Set<String> units = kind.units();
    String named = units.stream().filter(each -> !each.isEmpty()).collect(Collectors.joining("|"));
    String any = named.isEmpty() ? "" : "(" + named + ")" + (units.contains("") ? "?" : "");
    return "^\\s*[0-9][0-9_]*(\\.[0-9]+)?\\s*" + any + "\\s*$";
  }

  private ObjectNode string(Quantity.Kind kind) {
    return reference(
        kind.key(),
        () -> {
          ObjectNode node = MAPPER.createObjectNode();
          node.put("description", sentence(kind.what()) + ", like " + kind.examples());
          node.put("type", "string").put("pattern", pattern(kind));
          List<String> examples =
              QUOTED.matcher(kind.examples()).results().map(found -> found.group(1)).toList();
          if (!examples.isEmpty()) {
            examples.forEach(node.putArray("examples")::add);
          }
          return node;
        });
  }

  /** What makes a definition. */
  private interface Definition {
    ObjectNode make();
  }

  private ObjectNode reference(String name, Definition definition) {
    if (!definitions.containsKey(name)) {
      // It may refer to itself.
      definitions.put(name, MAPPER.createObjectNode());
      definitions.put(name, definition.make());
    }
    return MAPPER.createObjectNode().put("$ref", "#/$defs/" + name);
  }

  private static String sentence(String words) {
    Matcher first = Pattern.compile("^[a-z](?=[a-z ])").matcher(words);
    return first.replaceFirst(letter -> letter.group().toUpperCase(java.util.Locale.ROOT));
  }
}
