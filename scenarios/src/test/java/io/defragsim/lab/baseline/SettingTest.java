package io.defragsim.lab.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.schema.ReadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class SettingTest {
  private static final String SMALL =
      """
      {"mcu": "cortex-m0", "pool": {"size": "2 KiB", "handles": 20}, "seed": 3, "workload": [
        {"phase": "p", "operations": [
          {"alloc": "a[0..1]", "bytes": [8, 16]}, {"lock": "a[0]"}, {"unlock": "a[0]"},
          {"alloc": "p", "bytes": 8, "pinned": true},
          {"write": "a[1]"}, {"grow": "a[1]", "bytes": 40}, {"resize": "a[1]", "bytes": 4},
          {"step": 2}, {"wait": "1 ms"}, {"free": "a[1]"}]},
        {"phase": "q", "generate": {"operations": 50, "sizes": {"uniform": [8, 60]},
          "lifetimes": {"geometric": 9}, "fill": 500, "writes": "10 %"}}],
       "limits": {"alloc.max": 900}}
      """;

  private static Scenario read(String text) {
    ReadResult<Scenario> result =
        new ScenarioReader(Figures.units())
            .read(text.getBytes(StandardCharsets.UTF_8), "x", Path.of(""));
    assertThat(result).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<Scenario>) result).value();
  }

  private static Setting setting(String text) {
    return Setting.of(read(text));
  }

  /** It is kept in files of users', too, so that counts stay as they are written there. */
  @Test
  void a_policy_is_kept_with_bare_numbers() {
    String often = "\"defrag\": {\"when\": \"every\", \"operations\": 1, \"budget\": 2048}, ";
    assertThat(setting(SMALL.replace("\"seed\"", often + "\"seed\"")).policy())
        .isEqualTo("every 1 operations, 2048 bytes a step");
  }

  /** The hash is kept in files of users': it never changes. */
  @ParameterizedTest
  @CsvSource({
    "sensor-node, 3487b0e7aa11a06b6ebc14c2f4c172f1b17d4e8c20d8c7fb1b580e9621990963",
    "swiss-cheese, 03178702eae09e52345aacf0162728107a25efc76831bb5ec7e674aac10e8d1c",
    "too-small, c51a1ceefba69e18f4831145fc453dcfdaaec4598028aa13a858fd857be1c31a",
  })
  void the_hash_of_a_workload_is_what_it_always_was(String name, String hash) {
    byte[] text = Objects.requireNonNull(ScenarioLibrary.text(name));
    assertThat(setting(new String(text, StandardCharsets.UTF_8)).workload()).isEqualTo(hash);
  }

  @Test
  void the_hash_is_that_of_the_documented_lines() throws NoSuchAlgorithmException {
    String lines =
        """
        phase
        alloc 0 8
        alloc 1 16
        pin 2 8
        lock 0
        unlock 0
        write 1
        grow 1 40
        resize 1 4
        step 2
        wait 7
        free 1
        end
        """;
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(lines.getBytes(StandardCharsets.UTF_8));
    assertThat(
            setting(
                    """
                    {"mcu": "cortex-m0", "pool": {"size": "2 KiB", "handles": 20}, "workload": [
                      {"phase": "p", "operations": [
                        {"alloc": "a[0..1]", "bytes": [8, 16]},
                        {"alloc": "p", "bytes": 8, "pinned": true},
                        {"lock": "a[0]"}, {"unlock": "a[0]"},
                        {"write": "a[1]"}, {"grow": "a[1]", "bytes": 40},
                        {"resize": "a[1]", "bytes": 4},
                        {"step": 2}, {"wait": 7}, {"free": "a[1]"}]}]}
                    """)
                .workload())
        .isEqualTo(HexFormat.of().formatHex(hash));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "seed": 3                     | "seed":   3 /* the same */
          "phase": "p"                  | "phase": "other"
          {"mcu": "cortex-m0",          | {"name": "n", "description": "d", "mcu": "cortex-m0",
          "limits": {"alloc.max": 900}  | "limits": {}
          {"lock": "a[0]"}              | {"repeat": 1, "operations": [{"lock": "a[0]"}]}
          "alloc": "a[0..1]", "bytes": [8, 16] | "bytes": [8, 16], "alloc": ["a[0]", "a[1]"]
          "writes": "10 %"              | "writes": 0.1
          "1 ms"                        | 48000
          """)
  void how_a_scenario_is_written_and_what_it_is_called_change_nothing(String from, String to) {
    assertThat(SMALL).contains(from);
    assertThat(setting(SMALL.replace(from, to))).isEqualTo(setting(SMALL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "seed": 3          | "seed": 4
          [8, 16]            | [8, 17]
          "step": 2          | "step": 3
          "1 ms"             | "2 ms"
          , "pinned": true   | , "pinned": false
          "writes": "10 %"   | "writes": "40 %"
          {"write": "a[1]"}, | {"write": "a[0]"},
          "operations": 50   | "operations": 51
          {"phase": "q",     | {"phase": "q", "drain": true,
          """)
  void another_operation_is_another_workload(String from, String to) {
    assertThat(SMALL).contains(from);
    Setting other = setting(SMALL.replace(from, to));
    assertThat(other.workload()).isNotEqualTo(setting(SMALL).workload());
    assertThat(other.pool()).isEqualTo(setting(SMALL).pool());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "2 KiB"       | "4 KiB"
          "handles": 20 | "handles": 21
          "seed": 3     | "seed": 3, "stack": 256
          "seed": 3     | "seed": 3, "defrag": "idle"
          "cortex-m0"   | "cortex-m0plus"
          "seed": 3     | "seed": 3, "interrupts": [{"every": 9000, "cycles": 100}]
          """)
  void another_condition_is_the_same_workload_in_another_setting(String from, String to) {
    assertThat(SMALL).contains(from);
    Setting other = setting(SMALL.replace(from, to));
    assertThat(other.workload()).isEqualTo(setting(SMALL).workload());
    assertThat(other).isNotEqualTo(setting(SMALL));
  }
}
