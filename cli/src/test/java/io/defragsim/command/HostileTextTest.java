package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.defragsim.command.Cli.Finished;
import io.defragsim.console.Terminal;
import io.defragsim.words.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Text that wants to steer a terminal, a log or a reader's eye stands everywhere where text of
 * others is taken. None of it goes out, whatever the command and the format.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class HostileTextTest {

  /** A title, a style that no report uses, commands, direction, unseen characters, half a pair. */
  private static final String TEXT =
      "::stop-commands::x\u001b]0;t\u0007\u001b[7m\r\n ::error::y ##[add-mask]z\n##vso[task.a]b"
          + " \u009b2J\u202e\u2066\u200e\u061c\u200b\ufeff\ufff9\udb40\udc41\uffff\u2028c\ud83d";

  /** The same as far as a file can be called so. */
  private static final String FILE = "::stop-commands::x\u001b]0;t\u0007\n::error::y ##[add-mask]z";

  /** The same as far as a trace may have it: without control characters of ASCII. */
  private static final String NAME =
      "::stop-commands::x ::error::y ##[add-mask]z##vso[task.a]b\u009b2J\u202e\u2066\u200e\u061c"
          + "\u200b\ufeff\ufff9\udb40\udc41\uffff\u2028c";

  /** As long as the name of an interrupt may be. */
  private static final String SHORT = "::a\u001b[7m\r\n::b\u202e\ufeff\ud83d";

  /** Of as many bytes as {@link #FUNCTION}. */
  private static final String SYMBOL = "::abc\u001b[7m\n::error::\u202e";

  private static final String FUNCTION = "bin_insert.constprop.0";

  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));

  @TempDir static Path folder;

  @BeforeAll
  static void write_the_inputs() throws IOException {
    byte[] image = Files.readAllBytes(ROOT.resolve("allocator-firmware/prebuilt/defrag.elf"));
    String bytes = new String(image, StandardCharsets.ISO_8859_1);
    assertThat(SYMBOL.getBytes(StandardCharsets.UTF_8))
        .hasSameSizeAs(FUNCTION.getBytes(StandardCharsets.UTF_8));
    String hostile =
        new String(SYMBOL.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains(FUNCTION);
    Files.write(
        folder.resolve(FILE + ".elf"),
        bytes.replace(FUNCTION, hostile).getBytes(StandardCharsets.ISO_8859_1));
    byte[] program =
        Files.readAllBytes(
            ROOT.resolve("allocator-firmware/programs/heap/prebuilt/containers.elf"));
    Files.write(
        folder.resolve(FILE + "-program.elf"),
        new String(program, StandardCharsets.ISO_8859_1)
            .replace("_ZNSt7__cxx1112basic_s", hostile)
            .getBytes(StandardCharsets.ISO_8859_1));
    Files.writeString(folder.resolve(FILE + ".json"), scenario("2 KiB", ""));
    Files.writeString(folder.resolve("wrong.json"), scenario(TEXT, TEXT));
    String frame = "s 1 0\t%s\t%s\n".formatted(NAME, NAME);
    Files.writeString(
        folder.resolve(FILE + ".trace"),
        frame + "p " + NAME + "\na 1 8\na 2 9 @1\na 3 600\nf 2\nx 900 @1\nf 3\n");
    Files.writeString(folder.resolve("wrong.trace"), NAME + " 1\na " + NAME + "\n");
    Files.writeString(
        folder.resolve("wrong-trace.json"),
        """
        {"mcu": "cortex-m0", "pool": {"size": "2 KiB", "handles": 16},
         "workload": [{"phase": "app", "trace": "wrong.trace"}]}
        """);
  }

  /**
   * With hostile text in every place.
   *
   * @param key one more that there is none of; empty for none
   */
  private static String scenario(String size, String key) throws IOException {
    String text = quoted(TEXT);
    return """
        {"name": %s, "description": %s, "mcu": "cortex-m0", "image": %s, %s
         "pool": {"size": %s, "handles": 16},
         "interrupts": [{"name": %s, "every": 3000, "cycles": 100}],
         "workload": [
           {"phase": %s, "operations": [
             {"alloc": "a", "bytes": 200}, {"alloc": "b", "bytes": 400}, {"alloc": "c", "bytes": 200},
             {"alloc": "d", "bytes": 600}, {"lock": "a"}, {"free": "b"}, {"alloc": "e", "bytes": 500},
             {"unlock": "a"}, {"alloc": "f", "bytes": 900}]},
           {"phase": "2", "operations": [{"free": "a"}]},
           {"phase": "3", "trace": %s}],
         "limits": {"alloc.max": 1, "fragmentation.max": {"max": "1 %%"}}}
        """
        .formatted(
            text,
            text,
            quoted(FILE + ".elf"),
            key.isEmpty() ? "" : quoted(key) + ": 1,",
            quoted(size),
            quoted(SHORT),
            text,
            quoted(FILE + ".trace"));
  }

  /** As JSON that is ASCII, so that half a pair can stand in it. */
  private static String quoted(String text) throws IOException {
    return JsonMapper.builder(
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build())
        .build()
        .writeValueAsString(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          3 | run SCENARIO
          3 | run SCENARIO --color always
          3 | run -q SCENARIO --github
          3 | run SCENARIO --json OUT --junit OUT2 --markdown OUT3 --html OUT4 --svg OUT5 --github
          3 | run SCENARIO --json -
          3 | run SCENARIO --junit -
          3 | run SCENARIO --markdown -
          3 | run SCENARIO --html -
          3 | run SCENARIO --svg -
          3 | run SCENARIO SCENARIO
          3 | compare SCENARIO --color always
          3 | compare SCENARIO --json OUT --html OUT2
          0 | stalls SCENARIO
          0 | explain SCENARIO
          0 | explain SCENARIO --color always
          0 | watch SCENARIO --frames 12
          0 | watch SCENARIO --frames 12 --color always
          0 | fit SCENARIO --step 256 --json OUT
          0 | guarantee SCENARIO --json OUT
          0 | guarantee SCENARIO --markdown OUT --html OUT2
          0 | summarize TRACE
          0 | summarize TRACE --color always -o OUT
          2 | summarize WRONG
          2 | summarize TEXT
          2 | summarize TRACE --by TEXT
          0 | validate SCENARIO
          0 | baseline update SCENARIO --baselines BASELINES
          0 | baseline check SCENARIO --baselines BASELINES --all
          3 | run SCENARIO --baseline --baselines BASELINES --wait-states 1 --junit OUT2 --markdown OUT3 --github
          2 | validate WRONG
          2 | validate WRONGTRACE
          2 | run SCENARIO --allocator TEXT
          2 | run SCENARIO --limit TEXT
          2 | run TEXT
          2 | run SCENARIO TEXT
          2 | run SCENARIO --TEXT
          2 | TEXT
          2 | run SCENARIO --color TEXT
          2 | run SCENARIO --wait-states TEXT
          1 | run SCENARIO --json NOWHERE
          2 | run SCENARIO -q --tolerance TEXT
          2 | compare SCENARIO --allocator TEXT
          2 | explain SCENARIO --from TEXT
          2 | watch SCENARIO --frames TEXT
          2 | schema TEXT
          2 | help TEXT
          0 | exec IMAGE --profile --json OUT --folded OUT2
          2 | exec IMAGE --from TEXT --to TEXT
          3 | record PROGRAM -o OUT --json OUT2 --html OUT3 --junit OUT4 --markdown OUT5 --github --limit alloc.max=1
          2 | record PROGRAM -o OUT --heap malloc=TEXT
          2 | record PROGRAM -o OUT --heap TEXT
          2 | exec TEXT
          2 | exec SCENARIO
          2 | bounds --allocator TEXT
          1 | new SCENARIO
          """)
  void nothing_that_steers_goes_out(int status, String line) throws IOException {
    Path out = Files.createTempDirectory(folder, "out");
    Path summary = out.resolve("summary.md");
    String[] arguments =
        Stream.of(line.split(" ", -1)).map(word -> argument(word, out)).toArray(String[]::new);
    Map<String, String> environment =
        Map.of("GITHUB_STEP_SUMMARY", summary.toString(), "GITHUB_WORKSPACE", folder.toString());

    Finished run = Cli.run(Terminal.NONE, environment, arguments);

    boolean annotated = line.contains("--github");
    boolean coloured = line.contains("always");
    assertHarmless(run.out(), annotated, coloured);
    assertHarmless(run.err(), false, false);
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        boolean trace = file.toString().endsWith(".trace"); // in which tabs part the columns
        assertPrintable(Files.readString(file).replace(trace ? "\t" : "\0", ""));
        if (Files.readString(file).startsWith("{")) {
          assertValuesPrintable(file);
        }
      }
    }
    assertThat(run.status()).as(run.err()).isEqualTo(status);
  }

  private static String argument(String word, Path out) {
    return switch (word) {
      case "SCENARIO" -> folder.resolve(FILE + ".json").toString();
      case "WRONG" -> folder.resolve("wrong.json").toString();
      case "TRACE" -> folder.resolve(FILE + ".trace").toString();
      case "WRONGTRACE" -> folder.resolve("wrong-trace.json").toString();
      case "IMAGE" -> folder.resolve(FILE + ".elf").toString();
      case "PROGRAM" -> folder.resolve(FILE + "-program.elf").toString();
      case "BASELINES" -> folder.resolve("baselines").toString();
      case "NOWHERE" -> out.resolve(FILE).resolve("x.json").toString();
      case "TEXT" -> FILE;
      case "--TEXT" -> "--" + FILE;
      default -> word.startsWith("OUT") ? out.resolve(word).toString() : word;
    };
  }

  private static void assertHarmless(String log, boolean annotated, boolean coloured) {
    String plain = log;
    if (coloured) {
      assertThat(log).doesNotContain("\u001b[7m");
      plain = log.replaceAll("\u001b\\[[0-9;]*m", "");
    }
    assertPrintable(plain);
    assertThat(plain.lines().filter(line -> line.strip().startsWith("::")))
        .allMatch(
            line -> annotated && line.matches("::(error|warning|notice) ([a-z]+=[^:,]*,?)+::.*"));
    assertThat(plain).doesNotContainPattern("##[A-Za-z_-]*\\[");
  }

  private static void assertPrintable(String text) {
    assertThat(text.codePoints().filter(c -> c != '\n' && !Printable.is(c)).boxed())
        .as(text)
        .isEmpty();
  }

  private static void assertValuesPrintable(Path json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json.toFile())) {
      while (parser.nextToken() != null) {
        assertThat(parser.getText().codePoints()).allMatch(Printable::is);
      }
    }
  }
}
