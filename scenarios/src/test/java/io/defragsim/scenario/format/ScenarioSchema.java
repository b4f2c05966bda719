package io.defragsim.scenario.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes the JSON Schema of scenarios from the shapes that the reader goes by. */
final class ScenarioSchema {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

  private final Map<String, ObjectNode> definitions = new LinkedHashMap<>();

  private ScenarioSchema() {}

  /** The text of the schema. */
  static String text() throws JsonProcessingException {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(new ScenarioSchema().root())
        + "\n";
  }

  private ObjectNode root() {
    Map<String, String> descriptions =
        Figures.ALL.stream()
            .collect(
                Collectors.toMap(
                    Figure::name,
                    figure -> figure.description() + " (" + figure.unit().key() + ")"));
    Shape shape = ScenarioBinder.shape(LimitBinder.form(Figures.units(), descriptions));
    ObjectNode root = MAPPER.createObjectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("$id", "urn:defrag-sim:scenario:1");
    root.setAll(object(shape));
    root.put("title", "Scenario of defrag-sim");
    ObjectNode all = root.putObject("$defs");
    definitions.forEach(all::set);
    return root;
  }

  private ObjectNode of(Form form) {
    ObjectNode node = MAPPER.createObjectNode();
    if (form instanceof Form.Amount amount) {
      node.putArray("anyOf").add(number(amount)).add(string(amount.kind()));
    } else if (form instanceof Form.Choice choice) {
      ObjectNode numbers = MAPPER.createObjectNode();
      choice.numbers().forEach(numbers.putArray("enum")::add);
      node.putArray("anyOf").add(numbers).add(string(Quantity.Kind.COUNT));
    } else if (form instanceof Form.Text text) {
      node.put("type", "string");
      String pattern = text.pattern();
      if (pattern != null) {
        node.put("pattern", pattern);
      }
      if (text.most() < Integer.MAX_VALUE) {
        node.put("maxLength", text.most());
      }
    } else if (form instanceof Form.Word word) {
      word.words().forEach(node.put("type", "string").putArray("enum")::add);
    } else if (form instanceof Form.Flag) {
      node.put("type", "boolean");
    } else if (form instanceof Form.Sequence sequence) {
      node.put("type", "array").set("items", of(sequence.element()));
      node.put("minItems", sequence.least());
      if (sequence.most() < Integer.MAX_VALUE) {
        node.put("maxItems", sequence.most());
      }
    } else if (form instanceof Form.Struct struct) {
      return reference(struct.shape().name(), () -> object(struct.shape()));
    } else if (form instanceof Form.Table table) {
      node.put("type", "object");
      ObjectNode properties = node.putObject("properties");
      table
          .entries()
          .forEach(
              (name, named) ->
                  properties.set(
                      name, of(named.form()).put("description", sentence(named.description()))));
      node.put("additionalProperties", false);
    } else if (form instanceof Form.Either either) {
      ArrayNode forms = node.putArray("anyOf");
      either.forms().forEach(each -> forms.add(of(each)));
    } else if (form instanceof Form.Reference named) {
      return reference(named.name(), () -> of(named.form().get()));
    }
    return node;
  }

  private ObjectNode object(Shape shape) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("title", shape.name()).put("description", shape.description()).put("type", "object");
    ObjectNode properties = node.putObject("properties");
    for (Shape.Key key : shape.keys()) {
      ObjectNode property = MAPPER.createObjectNode();
      property.put("description", sentence(key.description()));
      property.setAll(of(key.form()));
      if (key.standard() != null) {
        property.set("default", MAPPER.valueToTree(key.standard()));
      }
      properties.set(key.name(), property);
    }
    List<String> required =
        shape.keys().stream().filter(key -> key.expected() != null).map(Shape.Key::name).toList();
    if (!required.isEmpty()) {
      required.forEach(node.putArray("required")::add);
    }
    node.put("additionalProperties", false);
    shape.rules().forEach(rule -> rule(node, rule));
    return node;
  }

  private static void rule(ObjectNode object, Shape.Rule rule) {
    if (rule instanceof Shape.Rule.One one) {
      ArrayNode each = object.putArray("oneOf");
      one.keys().forEach(key -> each.add(required(List.of(key))));
    } else if (rule instanceof Shape.Rule.Any any) {
      ArrayNode each = object.putArray("anyOf");
      any.keys().forEach(keys -> each.add(required(keys)));
    } else if (rule instanceof Shape.Rule.Needs needs) {
      ObjectNode when = required(List.of(needs.key()));
      when.putObject("properties").putObject(needs.key()).put("const", needs.value());
      implication(object, when, required(List.of(needs.needed())));
    } else if (rule instanceof Shape.Rule.Only only) {
      ObjectNode then = MAPPER.createObjectNode();
      only.values()
          .forEach(then.putObject("properties").putObject(only.key()).putArray("enum")::add);
      implication(object, required(List.of(only.only())), then);
    } else if (rule instanceof Shape.Rule.ObjectBeside beside) {
      ObjectNode then = MAPPER.createObjectNode();
      then.putObject("properties").putObject(beside.key()).put("type", "object");
      implication(object, required(beside.keys()), then);
    }
  }

  private static void implication(ObjectNode object, ObjectNode when, ObjectNode then) {
    ObjectNode implication = object.withArray("allOf").addObject();
    implication.set("if", when);
    implication.set("then", then);
  }

  private static ObjectNode required(List<String> keys) {
    ObjectNode node = MAPPER.createObjectNode();
    keys.forEach(node.putArray("required")::add);
    return node;
  }

  private static ObjectNode number(Form.Amount amount) {
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

  private ObjectNode string(Quantity.Kind kind) {
    return reference(
        kind.key(),
        () -> {
          ObjectNode node = MAPPER.createObjectNode();
          node.put("description", sentence(kind.what()) + ", like " + kind.examples());
          node.put("type", "string").put("pattern", Quantity.pattern(kind));
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
