package io.defragsim.scenario.board;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.exec.Script.Step;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ScriptReaderTest {
  static final ScriptReader READER = new ScriptReader(16_000_000);

  private static ReadResult<ScriptFile> read(String text) {
    return READER.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ScriptFile valid(ReadResult<ScriptFile> result) {
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<ScriptFile>) result).value();
  }

  private static String problem(String text) {
    return ((ReadResult.Invalid<ScriptFile>) read(text)).problems().get(0).message();
  }

  @Test
  void times_become_cycles_of_the_part_and_steps_say_what_the_file_does_not() throws IOException {
    ScriptFile script = valid(READER.read(BoardReaderTest.resource("script.json")));

    assertThat(script.description()).isEqualTo("It computes.");
    assertThat(script.steps())
        .containsExactly(
            new Step.Expect(">>> ", 16_000_000),
            new Step.Send("print(6*7)\r", 20),
            new Step.Expect("42", 320),
            new Step.Send("é", 16_000),
            new Step.Pin(17, Step.Level.LOW),
            new Step.Pause(1_600_000));
  }

  @Test
  void what_nobody_says_is_10_seconds_and_as_fast_as_the_line() {
    assertThat(valid(read("{\"script\": [{\"expect\": \"a\"}, {\"send\": \"b\"}]}")).steps())
        .containsExactly(new Step.Expect("a", 160_000_000), new Step.Send("b", 0));
  }

  @Test
  void every_mistake_of_a_script_is_named_with_its_place() throws IOException {
    ReadResult<ScriptFile> result = READER.read(BoardReaderTest.resource("script-mistakes.json"));
    BoardReaderTest.holdTo(
        "script-mistakes.txt", ((ReadResult.Invalid<ScriptFile>) result).lines("mistakes.json"));
  }

  @Test
  void what_is_waited_for_is_no_longer_than_what_is_kept() {
    String most = "x".repeat(4096);
    assertThat(read("{\"script\": [{\"expect\": \"" + most + "\"}]}"))
        .isInstanceOf(ReadResult.Valid.class);
    assertThat(problem("{\"script\": [{\"expect\": \"" + most + "y\"}]}"))
        .isEqualTo("4097 characters are too many: expected at most 4096");
    assertThat(problem("{\"script\": [{\"expect\": \"" + "é".repeat(2049) + "\"}]}"))
        .isEqualTo("4098 bytes are too many: expected at most 4096");
    assertThat(problem("{\"script\": [{\"pause\": 1}" + ", {\"pause\": 1}".repeat(10_000) + "]}"))
        .isEqualTo("10001 steps are too many: expected at most 10000");
    assertThat(problem("{\"script\": []}")).isEqualTo("empty: expected steps");
  }
}
