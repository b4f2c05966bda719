package io.defragsim.architecture;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Names and sizes. Sizes are a smell: a file that has grown beyond these has more than one subject,
 * a package more than one room. Whoever has a reason for an exception writes it beside the name.
 */
final class SourceTreeTest {
  private static final int MOST_LINES_OF_JAVA = 500;
  private static final int MOST_LINES_OF_C = 700;
  private static final int MOST_CLASSES_OF_A_PACKAGE = 25;

  /** Files and packages that may be larger, and why. */
  private static final Map<String, String> EXCEPTIONS = Map.of();

  private static final Path ROOT =
      Path.of(Objects.requireNonNull(System.getProperty("defragsim.root")));

  @Test
  void no_java_file_of_the_product_has_more_than_500_lines() throws IOException {
    Map<String, Integer> longest = longerThan(MOST_LINES_OF_JAVA, javaFiles());
    assertThat(without(longest)).isEmpty();
  }

  @Test
  void no_c_file_has_more_than_700_lines() throws IOException {
    Map<String, Integer> longest = longerThan(MOST_LINES_OF_C, cFiles());
    assertThat(without(longest)).isEmpty();
  }

  @Test
  void no_package_has_more_than_25_classes() throws IOException {
    assertThat(without(crowdedPackages())).isEmpty();
  }

  @Test
  void no_exception_stands_here_without_need() throws IOException {
    Map<String, Integer> all = longerThan(MOST_LINES_OF_JAVA, javaFiles());
    all.putAll(longerThan(MOST_LINES_OF_C, cFiles()));
    all.putAll(crowdedPackages());
    assertThat(all.keySet()).containsAll(EXCEPTIONS.keySet());
  }

  @Test
  void no_two_classes_of_the_product_have_one_name() throws IOException {
    Map<String, List<Path>> byName =
        javaFiles().stream()
            .filter(file -> !file.endsWith("package-info.java"))
            .collect(groupingBy(file -> String.valueOf(file.getFileName())));
    byName.values().removeIf(files -> files.size() == 1);
    assertThat(byName).isEmpty();
  }

  private static Map<String, Integer> without(Map<String, Integer> found) {
    found.keySet().removeAll(EXCEPTIONS.keySet());
    return found;
  }

  private static Map<String, Integer> longerThan(int most, List<Path> files) throws IOException {
    Map<String, Integer> longer = new TreeMap<>();
    for (Path file : files) {
      int lines = Files.readAllLines(file).size();
      if (lines > most) {
        longer.put(name(file), lines);
      }
    }
    return longer;
  }

  private static Map<String, Integer> crowdedPackages() throws IOException {
    Map<String, Integer> crowded = new TreeMap<>();
    javaFiles().stream()
        .filter(file -> !file.endsWith("package-info.java"))
        .collect(groupingBy(file -> name(Objects.requireNonNull(file.getParent()))))
        .forEach((folder, files) -> crowded.put(folder, files.size()));
    crowded.values().removeIf(classes -> classes <= MOST_CLASSES_OF_A_PACKAGE);
    return crowded;
  }

  private static List<Path> javaFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String module : List.of("emulator", "allocator-firmware", "scenarios", "junit", "cli")) {
      found.addAll(below(module + "/src/main/java", ".java"));
    }
    assertThat(found).hasSizeGreaterThan(300);
    return found;
  }

  /** Headers, too, and those of tests, examples and images. */
  private static List<Path> cFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String ending : List.of(".c", ".h", ".hpp")) {
      found.addAll(below("allocator-firmware", ending));
      found.addAll(below("emulator/src/main/native", ending));
    }
    assertThat(found).hasSizeGreaterThan(40);
    return found;
  }

  private static List<Path> below(String folder, String ending) throws IOException {
    if (!Files.isDirectory(ROOT.resolve(folder))) {
      return List.of(); // a module that is all C
    }
    try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
      return all.filter(file -> name(file).endsWith(ending) && !name(file).contains("/target/"))
          .toList();
    }
  }

  private static String name(Path file) {
    return ROOT.relativize(file).toString().replace('\\', '/');
  }
}
