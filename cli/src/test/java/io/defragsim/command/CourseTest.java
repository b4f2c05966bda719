package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.report.text.Page;
import io.defragsim.scenario.board.ScriptReader;
import io.defragsim.scenario.schema.ReadResult;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the lessons say is so. A lesson is a scenario, or a script for a program, and a text of the
 * same name. In the text, commands are run and their output compared, as in the README; a block
 * fenced as {@code diff} is a change of the file, which is made in a copy that the commands after
 * it run on. Each number in the sentences must stand in an output, in the file or in a change, and
 * what an answer writes as code in an output. With {@code -Ddefragsim.update=true} outputs are
 * written instead.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CourseTest {

  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));
  private static final Path COURSE = ROOT.resolve("scenarios/course");
  private static final int LESSONS = 14;

  private static final Pattern FENCED = Pattern.compile("(?m)^```(\\w+)\\n((?s:.*?))^```$");
  private static final Pattern NUMBER = Pattern.compile("\\d[\\d,.]*\\d|\\d");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  @TempDir Path folder;

  static List<String> lessons() throws IOException {
    try (Stream<Path> files = Files.list(COURSE)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d\\d-.*\\.md"))
          .map(name -> name.replace(".md", ""))
          .sorted()
          .toList();
    }
  }

  static List<String> lessonsWithoutSearches() throws IOException {
    return lessons().stream().filter(lesson -> !isSearch(lesson)).toList();
  }

  static List<String> searches() throws IOException {
    return lessons().stream().filter(CourseTest::isSearch).toList();
  }

  /** A search for the smallest pool takes many runs. */
  private static boolean isSearch(String lesson) {
    return lesson.endsWith("-fit");
  }

  @ParameterizedTest
  @MethodSource("lessonsWithoutSearches")
  void every_output_that_a_lesson_shows_is_what_the_program_prints(String lesson)
      throws IOException {
    compare(lesson);
  }

  @ParameterizedTest
  @MethodSource("searches")
  @Tag("campaign")
  void outputs_of_searches_are_too(String lesson) throws IOException {
    compare(lesson);
  }

  private void compare(String lesson) throws IOException {
    Path file = COURSE.resolve(lesson + ".md");
    String text = Files.readString(file);
    if (text.contains(Tool.MICROPYTHON.toString())) {
      Tool.require(Tool.MICROPYTHON);
    }
    String own = "scenarios/course/" + lesson + ".json";
    Path copy = Files.copy(COURSE.resolve(lesson + ".json"), folder.resolve(lesson + ".json"));
    Path trace = COURSE.resolve(lesson + ".trace");
    if (Files.exists(trace)) {
      Files.copy(trace, folder.resolve(lesson + ".trace"));
    }
    Matcher block = FENCED.matcher(text);
    StringBuilder updated = new StringBuilder();
    int changes = 0;
    while (block.find()) {
      String shown = block.group(2);
      if (block.group(1).equals("diff")) {
        change(copy, shown);
        changes++;
      } else if (block.group(1).equals("console")) {
        shown =
            Transcript.of(
                    shown, argument -> argument.equals(own) ? copy.toString() : mine(argument))
                .replace(copy.toString(), own)
                .replace(folder + File.separator, "");
        assertThat(shown).as("independent of where the file is").doesNotContain(folder.toString());
      }
      block.appendReplacement(
          updated, Matcher.quoteReplacement("```" + block.group(1) + "\n" + shown + "```"));
    }
    block.appendTail(updated);
    assertThat(changes).as("changes of a number").isPositive();
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(file, updated);
    } else {
      assertThat(text)
          .as("%s is stale: run this test with -Ddefragsim.update=true", file)
          .isEqualTo(updated.toString());
    }
  }

  /** What a command of a lesson writes has a name that begins with {@code my-}. */
  private String mine(String argument) {
    return argument.startsWith("my-") ? folder.resolve(argument).toString() : argument;
  }

  /** Takes out the lines with a minus and puts in those with a plus, whatever stands around. */
  private static void change(Path scenario, String diff) throws IOException {
    String text = Files.readString(scenario);
    List<String> lines = diff.lines().toList();
    assertThat(lines).as("a line out and a line in").hasSize(2);
    String old = lines.get(0).substring(1).strip();
    String now = lines.get(1).substring(1).strip();
    assertThat(lines.get(0)).startsWith("-");
    assertThat(lines.get(1)).startsWith("+");
    assertThat(text.split(Pattern.quote(old), -1)).as("once: %s", old).hasSize(2);
    assertThat(digitsOut(old)).as("only numbers change: %s", diff).isEqualTo(digitsOut(now));
    Files.writeString(scenario, text.replace(old, now));
  }

  private static String digitsOut(String line) {
    return NUMBER.matcher(line).replaceAll("#");
  }

  @Test
  void the_recording_that_a_lesson_replays_is_what_record_writes() throws IOException {
    Path program = ROOT.resolve("allocator-firmware/programs/heap/prebuilt/readings.elf");
    Path name = folder.resolve("now");
    Cli.run("record", "--quiet", program.toString(), "-o", name.toString());
    String recorded = Files.readString(folder.resolve("now.trace"));
    Path shipped = COURSE.resolve("12-record.trace");
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(shipped, recorded);
    }
    assertThat(Files.readString(shipped)).isEqualTo(recorded);
  }

  @ParameterizedTest
  @MethodSource("lessons")
  void every_number_and_every_answer_in_a_lesson_stands_in_an_output(String lesson)
      throws IOException {
    String text = Files.readString(COURSE.resolve(lesson + ".md"));
    String prose = FENCED.matcher(text).replaceAll("");
    String outputs =
        FENCED
            .matcher(text)
            .results()
            .map(block -> block.group(2))
            .collect(Collectors.joining("\n"));
    String known = outputs + Files.readString(COURSE.resolve(lesson + ".json"));
    List<String> numbers = NUMBER.matcher(known).results().map(MatchResult::group).toList();
    String said =
        prose
            .replaceAll("(?m)^\\d\\. ", "")
            .replaceAll("\\]\\([^)]*\\)", "]")
            .replaceAll("[Ll]essons? \\d+( and \\d+)?", "")
            .replaceAll("`\\./defrag-sim [^`]*`", "");
    assertThat(NUMBER.matcher(said).results().map(MatchResult::group)).isSubsetOf(numbers);

    List<String> answers =
        Arrays.stream(prose.split("\n\n")).filter(p -> p.startsWith("**Answer")).toList();
    assertThat(answers).as("answers").isNotEmpty();
    String flat = outputs.replaceAll("\\s+", " ");
    for (String answer : answers) {
      List<String> codes = CODE.matcher(answer).results().map(found -> found.group(1)).toList();
      assertThat(codes).as("what the answer quotes: %s", answer).isNotEmpty();
      assertThat(codes).allMatch(code -> flat.contains(code.replaceAll("\\s+", " ")));
    }
  }

  @ParameterizedTest
  @MethodSource("lessons")
  void every_lesson_has_its_parts_in_order(String lesson) throws IOException {
    String text = Files.readString(COURSE.resolve(lesson + ".md"));
    assertThat(text.lines().filter(line -> line.startsWith("## ")).map(line -> line.substring(3)))
        .containsExactly("Predict", "Run", "Look", "Change one number", "What you know now");
    assertThat(text.lines().filter(line -> !line.startsWith("$ ")))
        .allMatch(line -> line.length() <= 128);
    FENCED
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals("console"))
        .flatMap(block -> block.group(2).lines())
        .filter(line -> !line.startsWith("$ "))
        .forEach(line -> assertThat(line).hasSizeLessThanOrEqualTo(Page.GREATEST_WIDTH));
  }

  @Test
  void there_are_so_many_lessons_and_the_index_leads_to_each_in_order() throws IOException {
    List<String> lessons = lessons();
    assertThat(lessons).hasSize(LESSONS);
    List<String> links =
        Pattern.compile("\\]\\((\\d\\d-[^)]*)\\.md\\)")
            .matcher(Files.readString(COURSE.resolve("README.md")))
            .results()
            .map(link -> link.group(1))
            .toList();
    assertThat(links).isEqualTo(lessons);
  }

  @Test
  void every_scenario_and_every_script_of_the_course_is_valid() throws IOException {
    Map<Boolean, List<Path>> files =
        lessons().stream()
            .map(lesson -> COURSE.resolve(lesson + ".json"))
            .collect(Collectors.partitioningBy(CourseTest::isScript));
    List<Path> scripts = files.getOrDefault(true, List.of());
    List<Path> scenarios = files.getOrDefault(false, List.of());
    String[] arguments =
        Stream.concat(Stream.of("validate"), scenarios.stream().map(Path::toString))
            .toArray(String[]::new);
    Finished validated = Cli.run(arguments);
    assertThat(validated.err()).isEmpty();
    assertThat(validated.out().lines()).hasSize(scenarios.size());
    for (Path script : scripts) {
      assertThat(new ScriptReader(16_000_000).read(script)).isInstanceOf(ReadResult.Valid.class);
    }
  }

  private static boolean isScript(Path file) {
    try {
      return Files.readString(file).contains("script.schema.json");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
