package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the installed launcher keeps class archives. In place of a JVM stands a script, which says
 * what it is called with, and writes what it is asked to write.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ClassArchiveTest {
  private static final Path DIST =
      Path.of(System.getProperty("defragsim.root"), "cli/src/main/dist");
  private static final String JVM =
      """
      #!/bin/sh
      for word in "$@"; do
        case $word in
          -XX:ArchiveClassesAtExit=*)
            if [ -e "${0%/*}/unable" ]; then exec mv "${0%/*}/unable" "${0%/*}/asked"; fi
            echo classes >"${word#*=}"
            exit ;;
        esac
        echo "$word"
      done
      """;

  @TempDir Path folder;
  private Path caches = Path.of("");

  @BeforeEach
  void install() throws IOException {
    Tool.require("sh");
    Path lib = Files.createDirectories(folder.resolve("an installation/lib"));
    for (String file : List.of("bin/defrag-sim", "lib/surroundings.sh", "lib/class-archive.sh")) {
      Path to = lib.resolveSibling(file);
      Files.createDirectories(to.getParent());
      Files.copy(DIST.resolve(file), to);
    }
    assertThat(lib.resolveSibling("bin/defrag-sim").toFile().setExecutable(true)).isTrue();
    for (String jar : List.of("cli-1.jar", "engine-1.jar")) {
      age(Files.createFile(lib.resolve(jar)), 60);
    }
    jvm("jdk");
    caches = folder.resolve("my caches");
  }

  @Test
  void the_first_use_has_none_and_makes_it_for_the_next() throws Exception {
    assertThat(archiveOf(use())).isEmpty();

    Path made = made(usual());

    assertThat(made).content().isEqualTo("classes\n");
    assertThat(made.getParent()).isEqualTo(caches.resolve("defrag-sim"));
    assertThat(Files.getPosixFilePermissions(made.getParent())).hasSize(3); // the owner's
  }

  @Test
  void it_lies_where_the_caches_of_the_user_and_the_system_lie() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    Path windows = folder.resolve("AppData/Local");

    assertThat(made(Map.of("XDG_CACHE_HOME", "relative", "HOME", home.toString())))
        .startsWith(home.resolve(".cache"));
    Path mac = Files.createDirectories(home.resolve("Library/Caches"));
    assertThat(made(Map.of("HOME", home.toString()))).startsWith(mac);
    assertThat(made(Map.of("LOCALAPPDATA", windows.toString(), "HOME", home.toString())))
        .startsWith(windows);

    assertThat(folder.resolve("relative")).doesNotExist();
  }

  @Test
  void where_there_is_no_such_place_the_program_runs_without() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    for (Map<String, String> nowhere :
        List.of(
            Map.<String, String>of(),
            Map.of("HOME", ""),
            Map.of("HOME", file.toString()),
            Map.of("XDG_CACHE_HOME", folder + "/a:b"))) {
      assertThat(archiveOf(use(nowhere))).as("%s", nowhere).isEmpty();
    }

    assertThat(folder.resolve("a:b")).doesNotExist();
  }

  @Test
  void a_damaged_one_is_not_used_and_made_anew() throws Exception {
    Files.writeString(made(usual()), "clusses\n");

    assertThat(archiveOf(use())).isEmpty();

    assertThat(made(usual())).content().isEqualTo("classes\n");
  }

  @Test
  void one_that_is_older_than_a_jar_is_made_anew() throws Exception {
    age(made(usual()), 30);
    Path jar = folder.resolve("an installation/lib/cli-1.jar");
    age(jar, 10);

    assertThat(archiveOf(use())).isEmpty();

    assertThat(Files.getLastModifiedTime(made(usual())))
        .isGreaterThan(Files.getLastModifiedTime(jar));
  }

  @Test
  void another_jvm_and_another_class_path_have_their_own() throws Exception {
    Path first = made(usual());

    assertThat(archiveOf(use(jvm("another jdk"), usual()))).isEmpty();
    Files.delete(folder.resolve("an installation/lib/engine-1.jar"));
    assertThat(archiveOf(use())).isEmpty();

    assertThat(made(usual())).isNotEqualTo(first);
    until(() -> list(".jsa").size() == 3);
    assertThat(first).exists();
  }

  @Test
  void a_jvm_that_cannot_make_one_is_asked_once_an_hour() throws Exception {
    Files.createFile(folder.resolve("jdk/bin/unable"));
    use();
    until(() -> Files.exists(folder.resolve("jdk/bin/asked")));
    Path begun = list(".new").get(0);

    use();
    use();
    assertThat(list(".new")).containsExactly(begun);
    assertThat(list(".jsa")).isEmpty();
    age(begun, 61 * 60);

    made(usual());
  }

  @Test
  void the_eight_that_were_made_last_are_kept() throws Exception {
    Path ours = Files.createDirectories(caches.resolve("defrag-sim"));
    for (int i = 1; i <= 9; i++) {
      age(Files.createFile(ours.resolve("1-" + i + ".2-" + i + ".jsa")), 100 * i);
    }

    Path made = made(usual());
    until(() -> list(".jsa").size() == 8);

    assertThat(list(".jsa"))
        .contains(made, ours.resolve("1-7.2-7.jsa"))
        .doesNotContain(ours.resolve("1-8.2-8.jsa"));
  }

  @Test
  void options_of_the_user_come_behind_those_of_the_launcher() throws Exception {
    String all =
        use(
            folder.resolve("jdk"),
            Map.of("DEFRAG_SIM_OPTS", "-XX:TieredStopAtLevel=4 -Dmine=*", "HOME", "/dev/null"));

    assertThat(all.lines())
        .containsSubsequence(
            "-XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=4", "-Dmine=*", "-jar", "a b");
  }

  private Path jvm(String name) throws IOException {
    Path java = folder.resolve(name).resolve("bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, JVM);
    assertThat(java.toFile().setExecutable(true)).isTrue();
    return folder.resolve(name);
  }

  private Map<String, String> usual() {
    return Map.of("XDG_CACHE_HOME", caches.toString());
  }

  private String use() throws Exception {
    return use(usual());
  }

  private String use(Map<String, String> environment) throws Exception {
    return use(folder.resolve("jdk"), environment);
  }

  /** What the JVM was called with, a word a line; nothing else was printed. */
  private String use(Path jdk, Map<String, String> environment) throws Exception {
    Path out = Files.createTempFile(folder, "out", null);
    ProcessBuilder builder =
        new ProcessBuilder(
                folder.resolve("an installation/bin/defrag-sim").toString(), "run", "a b")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder
        .environment()
        .keySet()
        .removeAll(List.of("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "DEFRAG_SIM_OPTS"));
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().putAll(environment);
    assertThat(builder.start().waitFor()).isZero();
    String words = Files.readString(out);
    assertThat(words).startsWith("-XX:+UseSerialGC\n").endsWith("\nrun\na b\n");
    return words;
  }

  private static String archiveOf(String words) {
    return words
        .lines()
        .filter(word -> word.startsWith("-XX:SharedArchiveFile="))
        .map(word -> word.substring(word.indexOf('=') + 1))
        .findFirst()
        .orElse("");
  }

  /** Uses the program until it has an archive; gives that. */
  private Path made(Map<String, String> environment) throws Exception {
    until(() -> !archiveOf(use(environment)).isEmpty());
    return Path.of(archiveOf(use(environment)));
  }

  private static void until(Callable<Boolean> done) throws Exception {
    Instant end = Instant.now().plusSeconds(20);
    while (!done.call()) {
      assertThat(Instant.now()).isBefore(end);
      Thread.sleep(20);
    }
  }

  private List<Path> list(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(caches.resolve("defrag-sim"))) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static void age(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
  }
}
