package io.defragsim.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents for developers say of the tree is there. */
final class DocumentsTest {
  private static final Path ROOT =
      Path.of(Objects.requireNonNull(System.getProperty("defragsim.root")));

  /** A class, perhaps with its package before it or a member behind it. */
  private static final Pattern CLASS =
      Pattern.compile("`(?:[a-z]+\\.)*([A-Z][a-z]\\w*)(?:\\.\\w+)?`");

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

  @Test
  void every_class_that_a_document_names_exists() throws IOException {
    Set<String> classes = classes();
    Set<String> unknown = new TreeSet<>();
    for (Path document : documents()) {
      Matcher named = CLASS.matcher(Files.readString(document));
      while (named.find()) {
        if (!classes.contains(named.group(1))) {
          unknown.add(ROOT.relativize(document) + ": " + named.group());
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void every_link_between_documents_leads_somewhere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        if (!Files.exists(document.resolveSibling(link.group(1)))) {
          dead.add(ROOT.relativize(document) + ": " + link.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("DEVELOPER.md")));
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs/design"))) {
      documents.addAll(pages.sorted().toList());
    }
    assertThat(documents).hasSizeGreaterThan(7);
    return documents;
  }

  /** By their simple names, those within others too. */
  private static Set<String> classes() throws IOException {
    Pattern declared = Pattern.compile("\\b(?:class|record|interface|enum) (\\w+)");
    Set<String> names = new TreeSet<>(Set.of("Makefile"));
    for (String module : List.of("emulator", "scenarios", "allocator-firmware", "junit", "cli")) {
      try (Stream<Path> all = Files.walk(ROOT.resolve(module).resolve("src"))) {
        for (Path file : all.filter(file -> file.toString().endsWith(".java")).toList()) {
          Matcher matcher = declared.matcher(Files.readString(file));
          names.addAll(matcher.results().map(found -> found.group(1)).collect(Collectors.toSet()));
        }
      }
    }
    return names;
  }
}
