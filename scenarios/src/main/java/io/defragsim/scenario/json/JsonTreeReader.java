package io.defragsim.scenario.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON text with comments and trailing commas into a located tree. */
public final class JsonTreeReader {
  private static final class TooManyValuesException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A million operations written out have two or three each. */
  private static final int MOST_VALUES = 4_000_000;

  private final Problems problems;
  private final JsonParser parser;
  private int values;

  private JsonTreeReader(JsonParser parser, Problems problems) {
    this.parser = parser;
    this.problems = problems;
  }

  /**
   * The tree; null if the text is not JSON, which is then a problem.
   *
   * @param file what the text is, with its article: "the scenario"
   */
  public static @Nullable Json read(String text, String file, Problems problems) {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(JsonSyntax.CONSTRAINTS)
            .build();
    try (JsonParser parser = factory.createParser(text)) {
      JsonTreeReader reader = new JsonTreeReader(parser, problems);
      if (parser.nextToken() != null) {
        Json tree = reader.value(null, null, 0);
        if (parser.nextToken() == null) {
          return tree;
        }
      }
      problems.add(mistake(text, file, parser.currentLocation()));
    } catch (JsonProcessingException e) {
      problems.add(mistake(text, file, e.getLocation()));
    } catch (TooManyValuesException e) {
      problems.add(new Problem(0, 0, "", "holds more than " + MOST_VALUES + " values"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return null;
  }

  /**
   * What is wrong with a text that the library refuses.
   *
   * @param at where it does
   */
  private static Problem mistake(String text, String file, @Nullable JsonLocation at) {
    try {
      JsonSyntax.checkRelaxed(text, file);
    } catch (NotJsonException e) {
      return e.problem();
    }
    return at == null
        ? new Problem(1, 1, "", "not JSON")
        : new Problem(at.getLineNr(), at.getColumnNr(), "", "not JSON from here on");
  }

  private Json value(Json.@Nullable Location parent, @Nullable String key, int index)
      throws IOException {
    if (++values > MOST_VALUES) {
      throw new TooManyValuesException();
    }
    JsonLocation place = parser.currentTokenLocation();
    Json.Location at =
        new Json.Location(place.getLineNr(), place.getColumnNr(), parent, key, index);
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
      Json value = value(at, key, 0);
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
      elements.add(value(at, null, elements.size()));
    }
    return new Json.Array(at, List.copyOf(elements));
  }
}
