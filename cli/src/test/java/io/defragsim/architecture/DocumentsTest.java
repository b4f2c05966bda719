package io.defragsim.architecture;

import static org.assertj.core.api.Assertions.assertThat;

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

/** What documents for developers say of the tree is there. */
final class DocumentsTest {
  private static final Path ROOT =
      Path.of(Objects.requireNonNull(System.getProperty("defragsim.root")));

  /** What a build makes, and what is no part of the tree. */
  private static final Set<String> PASSED_OVER = Set.of(".git", "target", "build");

  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

  /** A class, perhaps with its package before it or a member behind it. */
  private static final Pattern CLASS =
      Pattern.compile("((?:[a-z]+\\.)*)([A-Z][a-z]\\w*)(?:\\.(\\w+)(?:\\(\\))?)?");

  /** A package, or a file by its name: {@code report.html} may be either. */
  private static final Pattern DOTTED = Pattern.compile("[a-z]+(?:\\.[a-z]+)+");

  /**
   * A path of which the last name may be missing; what is in a build's folder is not always there.
   */
  private static final Pattern PATH =
      Pattern.compile("(?:\\./)?+((?!\\w+/target/)(?:[\\w.*-]+/)+[\\w.*-]*)");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  /** All files and folders, relative to the root. */
  private static final List<String> TREE = new ArrayList<>();

  /** What each Java file says, by the names of the classes in it. */
  private static final Map<String, List<JavaFile>> CLASSES = new TreeMap<>();

  private record JavaFile(String folder, String text) {}

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
      if (path.endsWith(".java")) {
        String text = Files.readString(ROOT.resolve(path));
        JavaFile file = new JavaFile(path.substring(0, path.lastIndexOf('/')), text);
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
                name ->
                    isFile(name.group())
                        || CLASSES.getOrDefault(name.group(2), List.of()).stream()
                            .anyMatch(file -> fits(file, name.group(1), name.group(3)))))
        .isEmpty();
  }

  private static boolean fits(JavaFile file, String before, @Nullable String member) {
    return ("/" + file.folder + "/").endsWith("/" + before.replace('.', '/'))
        && (member == null || Pattern.compile("\\b" + member + "\\b").matcher(file.text).find());
  }

  @Test
  void every_package_that_a_document_names_exists() throws IOException {
    assertThat(
            unknown(
                DOTTED,
                name ->
                    isFile(name.group())
                        || CLASSES.values().stream()
                            .flatMap(List::stream)
                            .anyMatch(file -> fits(file, name.group() + ".", null))))
        .isEmpty();
  }

  private static boolean isFile(String name) {
    return TREE.stream().anyMatch(path -> ("/" + path).endsWith("/" + name));
  }

  /** They begin at the root or below it; {@code ...} and words in capitals stand for any folder. */
  @Test
  void every_path_that_a_document_names_exists() throws IOException {
    assertThat(
            unknown(
                PATH,
                name -> {
                  Pattern path =
                      Pattern.compile(
                          "(?:.*/)?"
                              + name.group(1)
                                  .replaceFirst("/$", "")
                                  .replaceAll("(?<=^|/)[A-Z]+(?=/)", "*")
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
  private static Set<String> unknown(Pattern form, Predicate<Matcher> known) throws IOException {
    Set<String> unknown = new TreeSet<>();
    int all = 0;
    for (Path document : documents()) {
      Matcher code = CODE.matcher(Files.readString(document));
      while (code.find()) {
        for (String word : code.group(1).split(" ", -1)) {
          Matcher name = form.matcher(word);
          if (name.matches()) {
            all++;
            if (!known.test(name)) {
              unknown.add(relative(document) + ": " + word);
            }
          }
        }
      }
    }
    assertThat(all).isGreaterThan(10);
    return unknown;
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("DEVELOPER.md")));
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs/design"))) {
      documents.addAll(pages.sorted().toList());
    }
    assertThat(documents).hasSizeGreaterThan(7);
    return documents;
  }

  private static String relative(Path path) {
    return ROOT.relativize(path).toString().replace('\\', '/');
  }
}
