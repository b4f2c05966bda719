package io.defragsim.scenario;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads JSON text with comments and trailing commas into a located tree. */
final class JsonTreeReader {
  private static final int DEEPEST = 64;
  private static final Pattern NEVER_CLOSED =
      Pattern.compile(
          "Unexpected end-of-input.*close marker for (Object|Array).*line: (\\d+), column: (\\d+).*",
          Pattern.DOTALL);

  private final Problems problems;
  private final JsonParser parser;

  private JsonTreeReader(JsonParser parser, Problems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /** The tree; null if the text is not JSON, which is then a problem. */
  static @Nullable Json read(String text, Problems problems) {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();
    try (JsonParser parser = factory.createParser(text)) {
      JsonTreeReader reader = new JsonTreeReader(parser, problems);
      if (parser.nextToken() == null) {
        problems.add(new Json.Location(1, 1, ""), "the file is empty; expected an object: { ... }");
        return null;
      }
      Json tree = reader.value("");
      if (parser.nextToken() != null) {
        problems.add(reader.here(""), "the file goes on after the end of the scenario");
        return null;
      }
      return tree;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      problems.add(
          at == null
              ? new Json.Location(1, 1, "")
              : new Json.Location(at.getLineNr(), at.getColumnNr(), ""),
          "not JSON: " + sentence(e.getOriginalMessage()));
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parser's message without its talk of sources and character codes. */
  private static String sentence(String message) {
    Matcher open = NEVER_CLOSED.matcher(message);
    if (open.matches()) {
      String bracket = open.group(1).equals("Object") ? "{" : "[";
      return "the file ends, and the "
          + bracket
          + " of line "
          + open.group(2)
          + ", column "
          + open.group(3)
          + " is not closed";
    }
    if (message.contains("nesting depth")) {
      return "nested more than " + DEEPEST + " deep";
    }
    String plain = message.replaceAll(" \\(code \\d+(?: / 0x[0-9a-f]+)?\\)", "");
    return plain.substring(0, 1).toLowerCase(java.util.Locale.ROOT)
        + plain.substring(1).replaceAll("\\s+", " ").strip();
  }

  private Json.Location here(String pointer) {
    JsonLocation at = parser.currentTokenLocation();
    return new Json.Location(at.getLineNr(), at.getColumnNr(), pointer);
  }

  private Json value(String pointer) throws IOException {
    Json.Location at = here(pointer);
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(at);
      case START_ARRAY -> array(at);
      case VALUE_STRING -> new Json.Text(at, parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Numeral(at, parser.getText());
      case VALUE_TRUE -> new Json.Flag(at, true);
      case VALUE_FALSE -> new Json.Flag(at, false);
      default -> new Json.Nothing(at);
    };
  }

  private Json object(Json.Location at) throws IOException {
    List<Json.Member> members = new ArrayList<>();
    Map<String, Json.Location> seen = new HashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      JsonLocation keyLocation = parser.currentTokenLocation();
      Json.Location keyAt = at.to(keyLocation.getLineNr(), keyLocation.getColumnNr(), key);
      parser.nextToken();
      Json value = value(keyAt.pointer());
      Json.Location first = seen.putIfAbsent(key, keyAt);
      if (first == null) {
        members.add(new Json.Member(key, keyAt, value));
      } else {
        problems.add(keyAt, "\"" + key + "\" is given twice; the first is on line " + first.line());
      }
    }
    return new Json.Obj(at, List.copyOf(members));
  }

  private Json array(Json.Location at) throws IOException {
    List<Json> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(at.pointer() + "/" + elements.size()));
    }
    return new Json.Array(at, List.copyOf(elements));
  }
}
