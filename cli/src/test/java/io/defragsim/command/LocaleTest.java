package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever language the machine speaks, everything goes out byte for byte the same. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class LocaleTest {
  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));
  private static final String QUEENS =
      ROOT.resolve("allocator-firmware/programs/prebuilt/queens.elf").toString();

  private static final String READINGS =
      ROOT.resolve("allocator-firmware/programs/heap/prebuilt/readings.elf").toString();

  /** What writes text; {@code OUT} is a folder. */
  private static final List<String> SOME =
      List.of(
          "run SCENARIO --github --json OUT/1.json --junit OUT/1.xml --markdown OUT/1.md"
              + " --html OUT/1.html --svg OUT/1.svg",
          "run -q SCENARIO --limit alloc.max=1,fragmentation.max=50% --wait-states 1",
          "explain SCENARIO",
          "watch SCENARIO --frames 2",
          "baseline update SCENARIO --baselines OUT",
          "baseline check SCENARIO --baselines OUT --all",
          "run SCENARIO --limit alloc.max=x");

  private static final List<String> OTHERS =
      List.of(
          "compare SCENARIO --json OUT/2.json",
          "stalls SCENARIO",
          "fit SCENARIO --step 256 --json OUT/3.json",
          "guarantee SCENARIO --json OUT/guarantee.json --markdown OUT/guarantee.md --html OUT/guarantee.html",
          "exec QUEENS --profile --json OUT/4.json --folded OUT/4.txt",
          "record READINGS -o OUT/6 --json OUT/6.report.json --html OUT/6.html",
          "bounds --effort 20 --json OUT/5.json",
          "list",
          "help run",
          "man run");

  @TempDir static Path folder;
  private static String scenario = "";
  private static Map<String, String> expected = Map.of();

  @BeforeAll
  static void run_in_English() throws IOException {
    scenario = new TestScenarios(folder).on("defrag", Map.of("alloc.max", 1L, "free.max", 900L));
    expected = in("en-US");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr-TR", "ar-EG"})
  @ResourceLock(Resources.LOCALE)
  void every_output_is_the_same_in_every_locale(String language) throws IOException {
    assertThat(in(language)).isEqualTo(expected);
  }

  private static Map<String, String> in(String language) throws IOException {
    Locale usual = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      Map<String, String> all = new TreeMap<>();
      Path out = Files.createDirectory(folder.resolve("out"));
      for (String command : SOME) {
        Finished run = Cli.run(arguments(command, out));
        all.put(command, run.status() + "\n" + run.out() + run.err());
      }
      collect(out, all);
      assertThat(Locale.getDefault()).isEqualTo(Locale.forLanguageTag(language));
      return all;
    } finally {
      Locale.setDefault(usual);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Duser.language=tr -Duser.country=TR",
        "-Duser.language=az -Duser.country=AZ",
        "-Duser.language=ar -Duser.country=EG",
        "-Duser.language=fa -Duser.country=IR",
        "-Duser.language=th -Duser.country=TH -Duser.extensions=u-nu-thai"
      })
  @Tag("campaign") // a process for each command and locale
  void the_program_itself_starts_and_writes_the_same_in_every_locale(String settings)
      throws Exception {
    Map<String, String> english = ofProcesses("-Duser.language=en -Duser.country=US");
    assertThat(ofProcesses(settings)).isEqualTo(english);
  }

  private Map<String, String> ofProcesses(String settings) throws Exception {
    Map<String, String> all = new TreeMap<>();
    Path out = Files.createDirectory(folder.resolve("out"));
    List<String> commands = new ArrayList<>(SOME);
    commands.addAll(OTHERS);
    for (String command : commands) {
      List<String> line =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  DefragSim.class.getName()));
      line.addAll(List.of(arguments(command, out)));
      ProcessBuilder builder =
          new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().put("JAVA_TOOL_OPTIONS", settings);
      Process process = builder.start();
      ByteArrayOutputStream written = new ByteArrayOutputStream();
      process.getInputStream().transferTo(written);
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
      all.put(command, process.exitValue() + "\n" + written.toString(StandardCharsets.UTF_8));
    }
    collect(out, all);
    return all;
  }

  private static String[] arguments(String command, Path out) {
    return Stream.of(command.split(" ", -1))
        .map(
            word ->
                word.replace("SCENARIO", scenario)
                    .replace("QUEENS", QUEENS)
                    .replace("READINGS", READINGS)
                    .replace("OUT", out.toString()))
        .toArray(String[]::new);
  }

  /** Adds what stands in the files of a folder, and deletes it. */
  private static void collect(Path out, Map<String, String> all) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(out)) {
      files = found.filter(Files::isRegularFile).toList();
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(6);
    for (Path file : files) {
      all.put(out.relativize(file).toString(), Files.readString(file));
      Files.delete(file);
    }
    Files.delete(out);
  }
}
