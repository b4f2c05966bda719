package io.defragsim.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.result.Figures;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What documents say of the tree is there. */
final class DocumentsTest {
  private static final Path ROOT =
      Path.of(Objects.requireNonNull(System.getProperty("defragsim.root")));

  /** What a build makes, and what is no part of the tree. */
  private static final Set<String> PASSED_OVER = Set.of(".git", "target", "build");

  /** What documents name that is not of this project, or is the reader's own. */
  private static final Set<String> OTHERS =
      Set.of(
          "Class.getResource",
          "KiB",
          "hello.script.json",
          "my.elf",
          "my.json",
          "src/test/java/HeapTest.java",
          "src/test/resources/heap.json");

  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

  /** What stands between two fences is a transcript or code, and tested as such. */
  private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");

  /** A class, perhaps with its package before it or a member behind it. */
  private static final Pattern CLASS =
      Pattern.compile("((?:[a-z]+\\.)*)([A-Z][a-z]\\w*)(?:\\.(\\w+)(?:\\(\\))?)?");

  /** A package, a file by its name, a figure, or a key of scenarios in another. */
  private static final Pattern DOTTED = Pattern.compile("[a-z]+(?:\\.[a-z]+)+");

  /**
   * A path of which the last name may be missing; what is in a build's folder is not always there.
   */
  private static final Pattern PATH =
      Pattern.compile("(?:\\./)?+((?!(?:[\\w-]+/)?target/)(?:[\\w.*-]+/)+[\\w.*-]*)");

  /** In no code: a class stands alone, for a capital also begins a sentence that is quoted. */
  private static final String NOT_SPLIT = "\n";

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  /** All files and folders, relative to the root. */
  private static final List<String> TREE = new ArrayList<>();

  /** What each file of Java or C++ says, by the names of the classes in it. */
  private static final Map<String, List<ClassFile>> CLASSES = new TreeMap<>();

  private record ClassFile(String folder, String text) {}

  @BeforeAll
  static void look() throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            TREE.add(relative(folder));
            return PASSED_OVER.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            TREE.add(relative(file));
            return FileVisitResult.CONTINUE;
          }
        });
    Pattern declared = Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)");
    for (String path : TREE) {
      if (path.endsWith(".java") || path.endsWith(".hpp")) {
        String text = Files.readString(ROOT.resolve(path));
        ClassFile file = new ClassFile(path.substring(0, path.lastIndexOf('/')), text);
        declared
            .matcher(text)
            .results()
            .forEach(
                found -> CLASSES.computeIfAbsent(found.group(1), n -> new ArrayList<>()).add(file));
      }
    }
  }

  @Test
  void every_class_that_a_document_names_exists_in_that_package_and_with_that_member()
      throws IOException {
    assertThat(
            unknown(
                CLASS,
                NOT_SPLIT,
                name ->
                    isFile(name.group())
                        || CLASSES.getOrDefault(name.group(2), List.of()).stream()
                            .anyMatch(file -> fits(file, name.group(1), name.group(3)))))
        .isEmpty();
  }

  private static boolean fits(ClassFile file, String before, @Nullable String member) {
    return ("/" + file.folder + "/").endsWith("/" + before.replace('.', '/'))
        && (member == null || Pattern.compile("\\b" + member + "\\b").matcher(file.text).find());
  }

  @Test
  void every_package_figure_and_key_that_a_document_names_exists() throws IOException {
    String schema = Files.readString(ROOT.resolve("scenarios/scenario.schema.json"));
    assertThat(
            unknown(
                DOTTED,
                " ",
                name ->
                    isFile(name.group())
                        || Figures.named(name.group()) != null
                        || Stream.of(name.group().split("\\."))
                            .allMatch(key -> schema.contains("\"" + key + "\" : {"))
                        || CLASSES.values().stream()
                            .flatMap(List::stream)
                            .anyMatch(file -> fits(file, name.group() + ".", null))))
        .isEmpty();
  }

  private static boolean isFile(String name) {
    return TREE.stream().anyMatch(path -> ("/" + path).endsWith("/" + name));
  }

  /** They begin at the root or below it; {@code ...} and words in capitals stand for any name. */
  @Test
  void every_path_that_a_document_names_exists() throws IOException {
    assertThat(
            unknown(
                PATH,
                " ",
                name -> {
                  Pattern path =
                      Pattern.compile(
                          "(?:.*/)?"
                              + name.group(1)
                                  .replaceFirst("/$", "")
                                  .replaceAll("(?<=^|/)[A-Z]+(?=/|$)", "*")
                                  .replace(".", "\\.")
                                  .replace("*", "[^/]*")
                                  .replace("\\.\\.\\.", ".*"));
                  return TREE.stream().anyMatch(there -> path.matcher(there).matches());
                }))
        .isEmpty();
  }

  @Test
  void every_link_between_documents_leads_somewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          dead.add(relative(document) + ": " + link.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  /** The words of code in all documents that have a form, and are not what they should be. */
  private static Set<String> unknown(Pattern form, String between, Predicate<Matcher> known)
      throws IOException {
    Set<String> unknown = new TreeSet<>();
    int all = 0;
    for (Path document : documents()) {
      Matcher code = CODE.matcher(FENCED.matcher(Files.readString(document)).replaceAll(""));
      while (code.find()) {
        for (String word : code.group(1).split(between, -1)) {
          Matcher name = form.matcher(word);
          if (name.matches()) {
            all++;
            if (!known.test(name) && !OTHERS.contains(word)) {
              unknown.add(relative(document) + ": " + word);
            }
          }
        }
      }
    }
    assertThat(all).isGreaterThan(10);
    return unknown;
  }

  /** All but golden files. */
  private static List<Path> documents() {
    List<Path> documents =
        TREE.stream()
            .filter(path -> path.endsWith(".md") && !path.contains("src/test/resources/"))
            .sorted()
            .map(ROOT::resolve)
            .toList();
    assertThat(documents).hasSizeGreaterThan(20);
    return documents;
  }

  private static String relative(Path path) {
    return ROOT.relativize(path).toString().replace('\\', '/');
  }
}
