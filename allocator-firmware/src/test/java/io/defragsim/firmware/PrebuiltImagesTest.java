package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed ELFs: what their checksums say, and what the sources build. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class PrebuiltImagesTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "prebuilt",
        "test/prebuilt",
        "programs/prebuilt",
        "programs/heap/prebuilt",
        "board/prebuilt"
      })
  void the_checksums_are_those_of_all_files(String where)
      throws IOException, NoSuchAlgorithmException {
    Path prebuilt = Toolchain.FIRMWARE.resolve(where);
    StringBuilder sums = new StringBuilder();
    for (Path elf : elfsIn(prebuilt)) {
      sums.append(line(elf, elf));
    }
    assertThat(prebuilt.resolve("SHA256SUMS")).hasContent(sums.toString());
  }

  /** So a change that alters no code shows it: these sums stay, whatever happens to the others. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "prebuilt",
        "test/prebuilt",
        "programs/prebuilt",
        "programs/heap/prebuilt",
        "board/prebuilt"
      })
  void so_are_those_of_the_bytes_that_the_files_load(String where)
      throws IOException, InterruptedException, NoSuchAlgorithmException {
    Toolchain.needs("arm-none-eabi-objcopy");
    Path prebuilt = Toolchain.FIRMWARE.resolve(where);
    StringBuilder sums = new StringBuilder();
    for (Path elf : elfsIn(prebuilt)) {
      Path loaded = folder.resolve("loaded.bin");
      Toolchain.run(
          folder, "arm-none-eabi-objcopy", "-O", "binary", elf.toString(), loaded.toString());
      sums.append(line(loaded, elf));
    }
    assertThat(prebuilt.resolve("LOADED_SHA256SUMS")).hasContent(sums.toString());
  }

  private static String line(Path bytes, Path elf) throws IOException, NoSuchAlgorithmException {
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(bytes));
    return HexFormat.of().formatHex(sum) + "  " + elf.getFileName() + "\n";
  }

  @Test
  void the_sources_build_the_same_bytes_in_another_folder()
      throws IOException, InterruptedException {
    Toolchain.needsTheImagesCompiler();
    Path copy = folder.resolve("elsewhere");
    for (String part :
        List.of(
            "Makefile",
            "include",
            "src",
            "platform",
            "images",
            "test/images",
            "programs",
            "board")) {
      copyTree(Toolchain.FIRMWARE.resolve(part), copy.resolve(part));
    }
    Path build = folder.resolve("build");
    Toolchain.make(copy, build, "images", "programs", "board");
    assertSame(build, Toolchain.FIRMWARE.resolve("prebuilt"));
    assertSame(build.resolve("test"), Toolchain.FIRMWARE.resolve("test/prebuilt"));
    assertSame(build.resolve("programs"), Toolchain.FIRMWARE.resolve("programs/prebuilt"));
    assertSame(
        build.resolve("programs/heap"), Toolchain.FIRMWARE.resolve("programs/heap/prebuilt"));
    assertSame(build.resolve("board"), Toolchain.FIRMWARE.resolve("board/prebuilt"));
  }

  @Test
  void the_library_needs_nothing_from_outside_as_any_image_has_it()
      throws IOException, InterruptedException {
    Toolchain.needsTheImagesCompiler();
    Toolchain.make(Toolchain.FIRMWARE, folder, "lib");
    for (String image : List.of("defrag", "defrag-sliding", "defrag-small", "defrag-os")) {
      Path file = folder.resolve("lib/" + image + ".o");
      Toolchain.Result undefined =
          Toolchain.run(folder, "arm-none-eabi-nm", "--undefined-only", file.toString());
      assertThat(undefined).as(image).isEqualTo(new Toolchain.Result(0, ""));
    }
  }

  private static void assertSame(Path built, Path committed) throws IOException {
    List<String> names = elfsIn(committed).stream().map(f -> f.getFileName().toString()).toList();
    assertThat(elfsIn(built))
        .extracting(f -> f.getFileName().toString())
        .containsExactlyElementsOf(names);
    for (String name : names) {
      assertThat(built.resolve(name)).hasSameBinaryContentAs(committed.resolve(name));
    }
  }

  private static List<Path> elfsIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".elf")).sorted().toList();
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Path parent = target.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.copy(file, target);
      }
    }
  }
}
