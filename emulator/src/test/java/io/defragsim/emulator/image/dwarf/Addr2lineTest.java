package io.defragsim.emulator.image.dwarf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.FirmwareImage.Segment;
import io.defragsim.emulator.model.SourceLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lines of programs against those of the Arm toolchain's {@code addr2line}, at every halfword
 * that they load: a file's last part, and the line.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("campaign")
final class Addr2lineTest {
  private static final String ADDR2LINE = "arm-none-eabi-addr2line";

  /** For version 5 of clang, whose files the other one counts from 1, and so takes for others. */
  private static final String LLVM_ADDR2LINE = "llvm-addr2line-16";

  private static final String GCC = "arm-none-eabi-gcc";
  private static final String CLANG = "clang-16";
  private static final Path FIRMWARE =
      Path.of(Objects.requireNonNull(System.getProperty("defragsim.root")), "allocator-firmware");

  /** Code of several files in one function, of a function twice, and of one that is left out. */
  private static final String HEADER =
      """
      static inline int twice(int n) {
        if (n > 7) {
          return n + n;
        }
        return n << 1;
      }
      int other(int n);
      """;

  private static final String FIRST =
      """
      #include "inner/shared.h"
      volatile int sink;
      int left_out(int n) {
        return twice(n) + 3;
      }
      __attribute__((section(".vectors"))) const void *const vectors[2] = {
        (void *)0x20001000, (void *)other};
      int main(void) {
        for (int i = 0; i < 10; i++) {
          sink = twice(sink) +
              other(i);
        }
        return sink;
      }
      """;

  private static final String SECOND =
      """
      #include "inner/shared.h"
      extern volatile int sink;
      int also_left_out(int n) {
        return n * 5;
      }
      #line 1000 "generated.y"
      int other(int n) {
        int main(void);
        switch (n) {
          case 1: return twice(sink);
          case 2: return sink;
          case 3: return sink + 1;
          case 5: sink = 9; return main();
          default: break;
        }

        return twice(n) ^ 1;
      }
      """;

  @TempDir Path folder;

  private String tool = ADDR2LINE;

  @Test
  void those_of_the_committed_programs_are_the_same() throws Exception {
    needs(ADDR2LINE);
    int withLines = 0;
    try (Stream<Path> files = Files.walk(FIRMWARE)) {
      for (Path elf :
          files
              .filter(file -> file.toString().matches(".*/prebuilt/[^/]*\\.elf"))
              .sorted()
              .toList()) {
        if (new String(Files.readAllBytes(elf), UTF_8).contains(".debug_line")) {
          assertThat(compare(elf)).as(elf.toString()).isGreaterThan(100);
          withLines++;
        }
      }
    }
    assertThat(withLines).isGreaterThan(5);
  }

  @Test
  void those_of_what_gcc_compiles_are_the_same_in_each_version() throws Exception {
    needs(ADDR2LINE, GCC);
    for (String version : List.of("2", "3", "4", "5")) {
      for (String level : List.of("-O0", "-O2")) {
        compileAndCompare(List.of(GCC, "-mcpu=cortex-m0"), "-gdwarf-" + version, level);
      }
    }
    compileAndCompare(List.of(GCC, "-mcpu=cortex-m0"), "-gdwarf-4", "-O2", "-gz");
    compileAndCompare(List.of(GCC, "-mcpu=cortex-m0"), "-gdwarf-5", "-O2", "-gz");
  }

  @Test
  void those_of_64_bit_tables_are_the_same() throws Exception {
    needs(ADDR2LINE, GCC);
    for (String version : List.of("3", "4", "5")) {
      compileAndCompare(List.of(GCC, "-mcpu=cortex-m0"), "-gdwarf-" + version, "-gdwarf64", "-O2");
    }
  }

  @Test
  void those_of_what_clang_compiles_are_the_same_in_each_version() throws Exception {
    needs(ADDR2LINE, LLVM_ADDR2LINE, GCC, CLANG);
    for (String version : List.of("4", "5")) {
      tool = version.equals("5") ? LLVM_ADDR2LINE : ADDR2LINE;
      List<String> clang = List.of(CLANG, "--target=thumbv6m-none-eabi");
      compileAndCompare(clang, "-gdwarf-" + version, "-O0");
      compileAndCompare(clang, "-gdwarf-" + version, "-O2", "-gz");
    }
  }

  /** The C library's own lines: version 5, many units, assembly, and folders by the dozen. */
  @Test
  void those_of_a_whole_C_library_are_the_same() throws Exception {
    needs(ADDR2LINE, GCC);
    for (String nano : List.of("--specs=nano.specs", "")) {
      Path elf = folder.resolve("library.elf");
      Path source = Files.writeString(folder.resolve("library.c"), LIBRARY);
      List<String> command =
          new ArrayList<>(List.of(GCC, "-mcpu=cortex-m0", "-mthumb", "-g", nano));
      command.addAll(List.of("--specs=nosys.specs", "-O2", "-Wl,-Ttext=0x08000100"));
      command.add("-Wl,--section-start=.init=0x08000000");
      command.addAll(List.of(source.toString(), "-o", elf.toString()));
      run(command);
      assertThat(compare(elf)).as(nano).isGreaterThan(1000);
    }
  }

  private static final String LIBRARY =
      """
      #include <stdio.h>
      #include <stdlib.h>
      int main(int argc, char **argv) {
        double *numbers = malloc(argc * sizeof *numbers);
        numbers[0] = strtod(argv[0], 0);
        printf("%f %d\\n", numbers[0], argc / 3);
        free(numbers);
        return 0;
      }
      """;

  private void compileAndCompare(List<String> compiler, String... options) throws Exception {
    Files.createDirectories(folder.resolve("inner"));
    Files.writeString(folder.resolve("inner/shared.h"), HEADER);
    Files.writeString(folder.resolve("first.c"), FIRST);
    Files.writeString(folder.resolve("second.c"), SECOND);
    List<String> objects = new ArrayList<>();
    for (String source :
        List.of("first.c", "second.c", FIRMWARE.resolve("src/defrag.c").toString())) {
      String object = Path.of(source).getFileName() + ".o";
      objects.add(object);
      List<String> command = new ArrayList<>(compiler);
      command.addAll(List.of(options));
      command.addAll(
          List.of(
              "-mthumb",
              "-ffreestanding",
              "-ffunction-sections",
              "-I" + FIRMWARE.resolve("include"),
              "-c",
              source,
              "-o",
              object));
      run(command);
    }
    List<String> link =
        new ArrayList<>(
            List.of(
                GCC,
                "-mcpu=cortex-m0",
                "-nostdlib",
                "-Wl,--gc-sections",
                "-Wl,-u,vectors",
                "-Wl,--section-start=.vectors=0x08000000",
                "-Wl,-Ttext=0x08000100",
                "-Wl,-Tdata=0x20000000",
                "-Wl,-e,main",
                "-Wl,-u,defrag_check",
                "-o",
                "linked.elf"));
    link.addAll(objects);
    if (List.of(options).contains("-gz")) {
      link.add("-Wl,--compress-debug-sections=zlib");
    }
    link.add("-lgcc");
    run(link);
    assertThat(compare(folder.resolve("linked.elf")))
        .as("%s %s", compiler, List.of(options))
        .isGreaterThan(300);
  }

  /** Gives the number of halfwords that have a line. */
  private int compare(Path elf) throws Exception {
    FirmwareImage image = FirmwareImage.read(elf);
    List<Long> addresses = new ArrayList<>();
    for (Segment segment : image.segments()) {
      for (int at = 0; at < segment.stored().length; at += 2) {
        long address = segment.runAddress() + at;
        if (image.objectAround(address) == null) { // of an object it says where that is declared
          addresses.add(address);
        }
      }
    }
    List<@Nullable String> theirs = addr2line(elf, addresses);
    List<String> differences = new ArrayList<>();
    int withLine = 0;
    for (int i = 0; i < addresses.size(); i++) {
      SourceLine line = image.line(addresses.get(i));
      String ours = line == null ? null : lastPart(line.file()) + ":" + line.line();
      if (!Objects.equals(ours, theirs.get(i))) {
        // It misses the first address of some units, depending on what it was asked before.
        String alone = addr2line(elf, addresses.subList(i, i + 1)).get(0);
        if (!Objects.equals(ours, alone)) {
          differences.add(
              String.format(Locale.ROOT, "%08x: %s, addr2line: %s", addresses.get(i), ours, alone));
        }
      }
      withLine += ours == null ? 0 : 1;
    }
    assertThat(differences).as("%s, of %d", elf, addresses.size()).isEmpty();
    return withLine;
  }

  private List<@Nullable String> addr2line(Path elf, List<Long> addresses)
      throws IOException, InterruptedException {
    Path asked = folder.resolve("addresses.txt");
    Files.write(asked, addresses.stream().map(Long::toHexString).toList());
    Process process =
        new ProcessBuilder(tool, "-e", elf.toString())
            .redirectInput(asked.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<@Nullable String> places = new ArrayList<>();
    new String(process.getInputStream().readAllBytes(), UTF_8)
        .lines()
        .forEach(printed -> places.add(lineOf(printed)));
    assertThat(process.waitFor()).isZero();
    assertThat(places).hasSameSizeAs(addresses);
    return places;
  }

  /** What addr2line prints, without folders; null where it knows no line. */
  private static @Nullable String lineOf(String printed) {
    String place = printed.replaceFirst(" \\(discriminator \\d+\\)$", "");
    return place.startsWith("??") || place.endsWith(":?") || place.endsWith(":0")
        ? null
        : lastPart(place);
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command.stream().filter(word -> !word.isEmpty()).toList())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s%n%s", command, output).isZero();
  }

  private static void needs(String... tools) {
    for (String tool : tools) {
      boolean present =
          Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
              .anyMatch(place -> Files.isExecutable(Path.of(place, tool)));
      if (!present && Boolean.getBoolean("defragsim.requireTools")) {
        fail(tool + " is not installed");
      }
      assumeTrue(present, tool + " is not installed");
    }
  }
}
