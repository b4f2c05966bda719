package io.defragsim.scenario.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Matcher;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of mistake has its own words, and what the library refuses has one of them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class JsonSyntaxTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      textBlock =
          """
          {"a": 1\\n "b": 2}       | 1:8  | a comma is missing after line 1
          {"a": 1,\\n "b": 2\\n\\n"c": 3} | 2:8 | a comma is missing after line 2
          {"a": 1 "b": 2}         | 1:8  | a comma is missing before "b"
          [1 2]                   | 1:3  | a comma is missing before 2
          [{} {}]                 | 1:4  | a comma is missing before this {
          {"a": 1; "b": 2}        | 1:8  | a comma stands between values, no semicolon
          {"a": 1,, "b": 2}       | 1:9  | a comma too many: a key is missing before it
          [1,,2]                  | 1:4  | a comma too many: a value is missing before it
          [,1]                    | 1:2  | a comma too many: a value is missing before it
          {"a" 1}                 | 1:5  | a colon and a value are missing after the key "a"
          {"a"}                   | 1:5  | a colon and a value are missing after the key "a"
          {"a" = 1}               | 1:6  | a colon stands between a key and its value, no =
          {"a":: 1}               | 1:6  | a value is missing before this colon
          {"a": }                 | 1:7  | the value of "a" is missing
          {"a": , "b": 1}         | 1:7  | the value of "a" is missing
          {: 1}                   | 1:2  | a key is missing before this colon
          {{"a": 1}}              | 1:2  | a key is missing before this {
          ["a": 1]                | 1:5  | a key and a value stand in { }, and this is in the [ of line 1, column 1
          {a: 1}                  | 1:2  | a key stands in double quotes: "a"
          {1: 1}                  | 1:2  | a key stands in double quotes: "1"
          {'a': 1}                | 1:2  | a key stands in straight double quotes: "..."
          {“a”: 1}                | 1:2  | a key stands in straight double quotes: "..."
          {"a": 'b'}              | 1:7  | a string stands in straight double quotes: "..."
          {"a": b}                | 1:7  | a string stands in double quotes: "b"
          {"a": True}             | 1:7  | "True" is written true
          {"a": None}             | 1:7  | "None" is written null
          {"a": NaN}              | 1:7  | "NaN" is no number in JSON
          {"a": -Infinity}        | 1:7  | a digit is missing after the minus sign
          {"a": +1}               | 1:7  | a number has no plus sign
          {"a": .5}               | 1:7  | a number begins with a digit: 0.5, not .5
          {"a": 1.}               | 1:9  | a digit is missing after the decimal point
          {"a": 1e}               | 1:9  | a digit is missing in the exponent
          {"a": 01}               | 1:7  | a number has no leading zeros
          {"a": 0x10}             | 1:7  | a value that is no plain number stands in double quotes: "0x10"
          {"a": 20us}             | 1:7  | a value that is no plain number stands in double quotes: "20us"
          {"a": 2%}               | 1:7  | a value that is no plain number stands in double quotes: "2%"
          {"a": 1                 | 1:8  | the file ends, and the { of line 1, column 1 is not closed
          {"a": [1,               | 1:10 | the file ends, and the [ of line 1, column 7 is not closed
          {"a": [1}               | 1:9  | the [ of line 1, column 7 is closed by ], not by }
          [{"a": 1]               | 1:9  | the { of line 1, column 2 is closed by }, not by ]
          {"a": 1}}               | 1:9  | this } closes nothing
          {} {}                   | 1:4  | the file goes on after the end of the scenario
          {"a": "b                | 1:7  | the file ends, and this string is not closed
          {"a": "b\\n"}            | 1:7  | this string is not closed on its line
          {"a": "b\\tc"}           | 1:9  | a tab in a string is written \\\\t
          {"a": "b\\u0001c"}       | 1:9  | a control character in a string is written \\\\u0001
          {"a": "C:\\\\dir"}       | 1:10 | \\\\d is no escape; a backslash itself is written \\\\\\\\
          {"a": "\\\\u12"}         | 1:8  | \\\\u needs four hexadecimal digits
          # a\\n{}                 | 1:1  | a comment begins with // or /*, not with #
          {} /* a                 | 1:4  | the file ends, and this comment is not closed
          {"a": 1\\u00a0}          | 1:8  | the character U+00A0 has no meaning here
          """)
  void a_mistake_is_named_at_its_place(String text, String place, String words) {
    assertThatThrownBy(() -> JsonSyntax.checkRelaxed(unescaped(text), "the scenario"))
        .isInstanceOfSatisfying(
            NotJsonException.class,
            e ->
                assertThat(e.format("f"))
                    .isEqualTo("f:" + place + ": not JSON: " + unescaped(words)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '@',
      textBlock =
          """
          {"a": 1,}               | 1:9  | a comma too many before this }
          [1,]                    | 1:4  | a comma too many before this ]
          {"a": 1} // b           | 1:10 | there are no comments in a baseline
          {"a": 1,\\n"a": 2}       | 2:1  | "a" is given twice; the first is on line 1
          """)
  void a_file_of_a_program_is_held_to_more(String text, String place, String words)
      throws NotJsonException {
    assertThatThrownBy(() -> JsonSyntax.checkStrict(unescaped(text), "a baseline"))
        .isInstanceOfSatisfying(
            NotJsonException.class,
            e -> assertThat(e.format("f")).isEqualTo("f:" + place + ": not JSON: " + words));
    JsonSyntax.checkRelaxed(unescaped(text), "the scenario");
  }

  @Test
  void long_numbers_and_deep_nesting_are_mistakes() {
    assertThatThrownBy(() -> JsonSyntax.checkRelaxed("[" + "1".repeat(1001) + "]", ""))
        .hasMessage("not JSON: a number has more than 1000 characters");
    assertThatThrownBy(() -> JsonSyntax.checkRelaxed("[".repeat(65), ""))
        .hasMessage("not JSON: nested more than 64 deep");
  }

  @Test
  void a_text_is_refused_where_the_library_refuses_it_and_only_there() {
    JsonMapper relaxed =
        mapper()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .build();
    JsonMapper strict = mapper().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    String good =
        "{\"a\": [1, -2.5e3, true,\n null], // b\n \"c\": {\"d\": \"e\\n\"}, /* f */ \"g\": []}";
    String plain = good.replace("// b", "").replace("/* f */", "");
    String alphabet = "{}[]:,\"'/*\\\n0123456789.-+eEtruefalsnabcd \t#";
    long seed = 20261127;
    Random random = new Random(seed);
    for (int i = 0; i < 1500; i++) {
      boolean isRelaxed = i % 2 == 0;
      StringBuilder text = new StringBuilder(isRelaxed ? good : plain);
      for (int j = 0; j <= random.nextInt(3); j++) {
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, c);
          case 1 -> text.insert(at, c);
          default -> text.deleteCharAt(at);
        }
      }
      assertThat(isRefused(text.toString(), isRelaxed))
          .as("seed %d, round %d: %s", seed, i, text)
          .isEqualTo(isRefusedBy(isRelaxed ? relaxed : strict, text.toString()));
    }
  }

  @Test
  void a_byte_that_is_no_text_has_a_place() {
    assertThatThrownBy(() -> JsonText.of("{}\n \u00e4".getBytes(StandardCharsets.ISO_8859_1), ""))
        .isInstanceOfSatisfying(
            NotJsonException.class,
            e ->
                assertThat(e.format("f"))
                    .isEqualTo("f:2:2: is not a text in UTF-8: the byte 0xe4; save it as UTF-8"));
    assertThatThrownBy(() -> JsonText.of("{}".getBytes(StandardCharsets.UTF_16LE), ""))
        .hasMessage("is in UTF-16: save it as UTF-8");
  }

  private static JsonMapper.Builder mapper() {
    return JsonMapper.builder(
            com.fasterxml.jackson.core.JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).build())
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  private static boolean isRefusedBy(JsonMapper mapper, String text) {
    try {
      return mapper.readTree(text).isMissingNode();
    } catch (JsonProcessingException e) {
      return true;
    }
  }

  private static boolean isRefused(String text, boolean relaxed) {
    try {
      if (relaxed) {
        JsonSyntax.checkRelaxed(text, "");
      } else {
        JsonSyntax.checkStrict(text, "");
      }
      return false;
    } catch (NotJsonException e) {
      return true;
    }
  }

  private static String unescaped(String text) {
    return java.util.regex.Pattern.compile("\\\\(u[0-9a-f]{4}(?!\")|n|t|\\\\)")
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    switch (found.group(1)) {
                      case "n" -> "\n";
                      case "t" -> "\t";
                      case "\\" -> "\\";
                      default ->
                          String.valueOf((char) Integer.parseInt(found.group(1).substring(1), 16));
                    }));
  }
}
